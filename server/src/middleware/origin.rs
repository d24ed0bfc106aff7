//! A change of state must come from our own pages (FE-3, T-22). Server functions have no such defence of their own.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::header::{CONTENT_TYPE, ORIGIN};
use http::{HeaderMap, HeaderName, Method, StatusCode};
use rekey_shared::Problem;

use crate::refuse::{RefusalFormat, answer};
use crate::registry;
use crate::site::Site;

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The only form in which our pages send anything. Other forms that browsers send across origins without asking
/// first (`text/plain`, `multipart/form-data`) are refused whatever else is right.
const OWN_FORM: &str = "application/x-www-form-urlencoded";

/// Answers 403 for what others have sent in a person's name.
pub async fn check(State(site): State<Site>, request: Request, next: Next) -> Response {
    if is_welcome(request.method(), request.uri().path(), request.headers(), site.host.origin()) {
        return next.run(request).await;
    }
    site.metrics.refused("origin");
    // The word is OWASP's: a request forged across sites.
    tracing::warn!(event = "malicious_csrf", "a request from another site was refused");
    let format = RefusalFormat::new(&site, request.headers());
    answer(&site, format, StatusCode::FORBIDDEN, &Problem::Forbidden)
}

fn is_welcome(method: &Method, path: &str, headers: &HeaderMap, own: &str) -> bool {
    if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE) {
        // Nothing changes by these. What answers scripts is for our own scripts all the same.
        return !path.starts_with(registry::API) || same_site(headers).unwrap_or(true);
    }
    if registry::takes_from_anywhere(path) {
        return true;
    }
    let by_origin = same_origin(headers, own);
    same_site(headers).map_or(by_origin == Some(true), |same| same && by_origin != Some(false)) && is_own_form(headers)
}

/// What the browser says of the relation between the two sites; `None` when it says nothing.
fn same_site(headers: &HeaderMap) -> Option<bool> {
    let mut all = headers.get_all(FETCH_SITE).into_iter().peekable();
    all.peek()?;
    Some(all.all(|site| site == "same-origin"))
}

/// Whether the page that sent it is ours; `None` when the browser does not say.
fn same_origin(headers: &HeaderMap, own: &str) -> Option<bool> {
    let mut all = headers.get_all(ORIGIN).into_iter().peekable();
    all.peek()?;
    Some(all.all(|origin| origin.as_bytes() == own.as_bytes()))
}

fn is_own_form(headers: &HeaderMap) -> bool {
    let mut all = headers.get_all(CONTENT_TYPE).into_iter();
    let (Some(kind), None) = (all.next(), all.next()) else { return false };
    let kind = kind.to_str().unwrap_or_default();
    kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case(OWN_FORM))
}

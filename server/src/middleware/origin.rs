//! A change of state must come from our own pages (FE-3, T-22). Server functions have no such defence of their own.

use http::header::{CONTENT_TYPE, ORIGIN};
use http::{HeaderMap, HeaderName, Method};

use crate::routes::{Body, Origin, Rule};

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The only form in which our pages send forms. Other forms that browsers send across origins without asking
/// first (`text/plain`, `multipart/form-data`) are refused whatever else is right.
const OWN_FORM: &str = "application/x-www-form-urlencoded";

/// Whether a request comes from where its route takes requests from. `own` is our origin.
pub fn is_allowed(rule: &Rule, method: &Method, headers: &HeaderMap, own: &str) -> bool {
    match rule.origin {
        // Of where a request to this machine comes from, its headers tell nothing.
        Origin::Anywhere | Origin::ThisMachine => true,
        // Nothing changes by these, but what answers scripts is for our own scripts all the same.
        Origin::OwnPages if matches!(*method, Method::GET | Method::HEAD) => same_site(headers).unwrap_or(true),
        Origin::OwnPages => is_from_own_page(headers, own) && (rule.body != Body::Form || is_own_form(headers)),
    }
}

fn is_from_own_page(headers: &HeaderMap, own: &str) -> bool {
    let by_origin = same_origin(headers, own);
    same_site(headers).map_or(by_origin == Some(true), |same| same && by_origin != Some(false))
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
    media_type(headers).is_some_and(|kind| kind.eq_ignore_ascii_case(OWN_FORM))
}

/// The media type of a body, without parameters; `None` unless exactly one is named.
pub fn media_type(headers: &HeaderMap) -> Option<&str> {
    let mut all = headers.get_all(CONTENT_TYPE).into_iter();
    let (Some(kind), None) = (all.next(), all.next()) else { return None };
    kind.to_str().ok()?.split(';').next().map(str::trim)
}

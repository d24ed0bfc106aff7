//! One span and one line for each request (LG-1…LG-3).
//!
//! The route's pattern is written, never the path: paths hold tokens. No query, no body, no cookie, no address.

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderName, HeaderValue, Method};
use tracing::Instrument as _;

use crate::site::Site;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Gives a request its id and writes down what became of it.
pub async fn trace(State(site): State<Site>, request: Request, next: Next) -> Response {
    let id = format!("{:016x}", u64::from_be_bytes(site.random()));
    let (method, route) = (known(request.method()), route_of(&request));
    let begun_at = site.services().clock.now();
    let span = tracing::info_span!("request", request.id = %id, http.method = method, http.route = %route);

    let mut response = next.run(request).instrument(span.clone()).await;

    let (status, took) = (response.status().as_u16(), site.services().clock.now().since(begun_at));
    site.metrics.answered(method, route, status, took);
    span.in_scope(|| note(method, status, took));
    if let Ok(id) = HeaderValue::try_from(id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// Reading is the bulk of all requests and says little; it is written only when asked for.
fn note(method: &str, status: u16, took: std::time::Duration) {
    let took = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    if status >= 500 {
        tracing::warn!(http.status = status, http.millis = took, "answered");
    } else if method == "GET" || method == "HEAD" {
        tracing::debug!(http.status = status, http.millis = took, "answered");
    } else {
        tracing::info!(http.status = status, http.millis = took, "answered");
    }
}

fn route_of(request: &Request) -> String {
    request.extensions().get::<MatchedPath>().map_or_else(|| "-".to_owned(), |path| path.as_str().to_owned())
}

/// A client can invent methods; the log and the counters know these.
fn known(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}

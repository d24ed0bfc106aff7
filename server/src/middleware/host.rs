//! Requests for a name that is not ours go no further (T-07).

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::LOCATION;
use http::{Method, StatusCode};
use rekey_shared::Problem;

use crate::public_host::HostMatch;
use crate::refusal::{RefusalFormat, answer};
use crate::site::Site;

/// Probes ask for these by address; they tell nothing and make no links.
const FOR_PROBES: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

/// Answers 421 for names that are not ours, and leads from other names of this machine to ours.
pub async fn check(State(site): State<Site>, request: Request, next: Next) -> Response {
    if FOR_PROBES.contains(&request.uri().path()) {
        return next.run(request).await;
    }
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    match site.host.match_request(request.uri(), request.headers()) {
        HostMatch::Own => return next.run(request).await,
        HostMatch::LoopbackAlias if reads => {
            if let Some(page) = site.host.own_page(request.uri()) {
                return (StatusCode::PERMANENT_REDIRECT, [(LOCATION, page)]).into_response();
            }
        }
        HostMatch::LoopbackAlias | HostMatch::Foreign => {}
    }
    site.metrics.refused("host");
    let format = RefusalFormat::new(&site, request.headers());
    answer(&site, format, StatusCode::MISDIRECTED_REQUEST, &Problem::BadRequest)
}

//! A handler that panics costs its own request only.

use std::panic::AssertUnwindSafe;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use futures_util::FutureExt as _;
use http::StatusCode;
use rekey_shared::Problem;

use crate::refusal::{RefusalFormat, answer};
use crate::site::Site;

/// Turns a panic into a page with a reference. The panic's own text goes nowhere: it may hold what a person typed.
pub async fn catch(State(site): State<Site>, request: Request, next: Next) -> Response {
    let format = RefusalFormat::new(&site, request.headers());
    let Ok(response) = AssertUnwindSafe(next.run(request)).catch_unwind().await else {
        let reference = site.reference();
        tracing::error!(error.reference = reference.as_str(), "a handler panicked");
        return answer(&site, format, StatusCode::INTERNAL_SERVER_ERROR, &Problem::Unexpected(reference));
    };
    response
}

//! A handler that panics costs its own request only.

use std::panic::AssertUnwindSafe;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use futures_util::FutureExt as _;
use http::StatusCode;
use rekey_shared::Problem;

use crate::refuse::{Asker, answer};
use crate::site::Site;

/// Turns a panic into a page with a reference. The panic's own text goes nowhere: it may hold what somebody typed.
pub async fn catch(State(site): State<Site>, request: Request, next: Next) -> Response {
    let asker = Asker::new(&site, request.headers());
    match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(response) => response,
        Err(_) => {
            let reference = site.reference();
            tracing::error!(error.reference = reference.as_str(), "a handler panicked");
            answer(&site, asker, StatusCode::INTERNAL_SERVER_ERROR, &Problem::Unexpected(reference))
        }
    }
}

//! Bodies are small and come at once (API-2).

use std::time::Duration;

use axum::body::{Body, HttpBody as _, to_bytes};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::StatusCode;
use http_body_util::LengthLimitError;
use rekey_shared::Problem;

use crate::refuse::{RefusalFormat, answer};
use crate::site::Site;

/// The time that a whole body gets.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Reads the body before anybody works on it: 413 beyond the limit, announced or not; 408 when it does not come.
pub async fn read(State(site): State<Site>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    if body.is_end_stream() {
        return next.run(Request::from_parts(parts, body)).await;
    }
    let refused = |status| {
        site.metrics.refused("body");
        answer(&site, RefusalFormat::new(&site, &parts.headers), status, &Problem::BadRequest)
    };
    if body.size_hint().lower() > site.limits.body as u64 {
        return refused(StatusCode::PAYLOAD_TOO_LARGE);
    }
    match tokio::time::timeout(TIMEOUT, to_bytes(body, site.limits.body)).await {
        Ok(Ok(bytes)) => next.run(Request::from_parts(parts, Body::from(bytes))).await,
        Ok(Err(error)) if is_too_long(&error) => refused(StatusCode::PAYLOAD_TOO_LARGE),
        Ok(Err(_)) => refused(StatusCode::BAD_REQUEST),
        Err(_) => refused(StatusCode::REQUEST_TIMEOUT),
    }
}

fn is_too_long(error: &axum::Error) -> bool {
    std::error::Error::source(error).is_some_and(<dyn std::error::Error>::is::<LengthLimitError>)
}

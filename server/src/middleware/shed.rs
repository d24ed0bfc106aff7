//! What cannot be served soon is refused at once, so that what is served stays fast.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::StatusCode;
use rekey_shared::Problem;

use crate::refusal::{RefusalFormat, answer};
use crate::site::Site;

/// Admits as many requests at once as `limits.requests` says.
pub async fn shed(State(site): State<Site>, request: Request, next: Next) -> Response {
    let Ok(_slot) = site.request_slots.try_acquire() else {
        site.metrics.refused("full");
        let format = RefusalFormat::new(&site, request.headers());
        return answer(&site, format, StatusCode::SERVICE_UNAVAILABLE, &Problem::Busy);
    };
    next.run(request).await
}

//! Challenges to work, for browsers that are about to ask for a text message.

use axum::extract::{Path as Named, State};
use axum::response::{IntoResponse as _, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderMap, StatusCode};
use rekey_domain::journey::JourneyKind;
use rekey_service::work;
use rekey_shared::Problem;

use crate::refusal::{RefusalFormat, answer};
use crate::site::Site;

/// `GET /api/v1/work/{journey}`: a new challenge for a `registration` or a `recovery`, as its bits, a space and its text.
/// 204 when none is asked for. Writes nothing, and knows nothing of who asks.
pub async fn challenge(State(site): State<Site>, Named(journey): Named<String>, headers: HeaderMap) -> Response {
    let kind = match journey.as_str() {
        "registration" => JourneyKind::Registration,
        "recovery" => JourneyKind::Recovery,
        _ => return answer(&site, RefusalFormat::new(&site, &headers), StatusCode::NOT_FOUND, &Problem::BadRequest),
    };
    let Some(challenge) = work::issue(site.services(), kind) else { return StatusCode::NO_CONTENT.into_response() };
    let kind = (CONTENT_TYPE, "text/plain; charset=utf-8");
    ([kind, (CACHE_CONTROL, "no-store")], format!("{} {}", challenge.bits, challenge.text)).into_response()
}

//! For programs that watch: is the process up, is it ready, what did it count.

use std::time::Duration;

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, StatusCode};
use rekey_service::message::texts::{self, TextStanding};
use rekey_service::{Services, Unexpected};
use rekey_store::OutboxCounts;
use sha2::{Digest as _, Sha256};

use crate::middleware::address::is_local;
use crate::site::Site;
use rekey_shared::Secret;

/// The time that the database gets to answer.
const PATIENCE: Duration = Duration::from_secs(3);

/// Ready, and something that an operator should see to.
const BEHIND_UNKNOWN: &str = "warning: forwarded requests come from an address that is not in trusted_proxies\n";
const CLOCK_SKEW: &str = "warning: this node's clock is more than two seconds from the database's\n";

/// The process is up.
pub async fn up() -> &'static str {
    "up\n"
}

/// The database answers and has the tables that this program knows.
pub async fn ready(State(site): State<Site>) -> (StatusCode, String) {
    let unready = |why: &str| (StatusCode::SERVICE_UNAVAILABLE, why.to_owned());
    match tokio::time::timeout(PATIENCE, is_ready(&site)).await {
        Ok(Ok(true)) => (StatusCode::OK, format!("ready\n{}", warnings(&site).concat())),
        Ok(Ok(false)) => unready("the database is not migrated\n"),
        Ok(Err(failure)) => {
            site.services().report(&failure);
            unready("the database does not answer\n")
        }
        Err(_) => unready("the database does not answer\n"),
    }
}

fn warnings(site: &Site) -> Vec<&'static str> {
    let is_behind_unknown = site.unknown_proxy.is_seen(site.services().clock.now());
    let warnings = [(is_behind_unknown, BEHIND_UNKNOWN), (site.clock_skew.is_large(), CLOCK_SKEW)];
    warnings.into_iter().filter_map(|(is_so, warning)| is_so.then_some(warning)).collect()
}

async fn is_ready(site: &Site) -> Result<bool, Unexpected> {
    site.services().store.ping().await?;
    Ok(site.services().store.is_migrated().await?)
}

/// Marks requests to the listener for counters.
#[derive(Debug, Clone, Copy)]
pub struct MetricsListener;

/// Whether a request may read the counters: by their own listener, from this machine when they have none, or by token.
pub fn reads_metrics(site: &Site, request: &Request) -> bool {
    request.extensions().get::<MetricsListener>().is_some()
        || (site.metrics_here && is_local(request))
        || site.metrics_token.as_ref().is_some_and(|token| brings(token, request.headers()))
}

fn brings(token: &Secret, headers: &HeaderMap) -> bool {
    let authorization = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let Some((scheme, brought)) = authorization.split_once(' ') else { return false };
    // Compared by their hashes, so that the time tells nothing of how much of a guess was right.
    scheme.eq_ignore_ascii_case("bearer") && Sha256::digest(brought) == Sha256::digest(token.expose())
}

/// The counters.
pub async fn metrics(State(site): State<Site>) -> Response {
    let cx = site.services();
    let (counts, texts) = match tokio::time::timeout(PATIENCE, look(cx)).await {
        Ok(Ok(found)) => found,
        Ok(Err(failure)) => {
            cx.report(&failure);
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
        Err(_) => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
    };
    let now = cx.clock.now();
    let oldest = counts.oldest_waiting_at.map_or(Duration::ZERO, |at| now.since(at));
    match site.metrics.write(&counts, oldest, &texts) {
        Ok(text) => {
            ([(CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")], text).into_response()
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// What is counted in the database.
async fn look(cx: &Services) -> Result<(OutboxCounts, TextStanding), Unexpected> {
    let texts = texts::standing(&cx.store, &cx.settings().texts, cx.clock.now()).await?;
    Ok((cx.store.outbox_counts().await?, texts))
}

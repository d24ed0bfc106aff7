//! Refused links: which of unknown, expired, spent and revoked it was is in the log, and nowhere else.

use rekey_domain::account::action_token::ActionTokenKind;
use rekey_domain::audit::{AuditEvent, Detail, LinkKind, Reason, Target};
use rekey_domain::journey::challenge::Challenge;
use rekey_domain::journey::{self, Journey, JourneyKind};

use crate::audit::refusals;
use crate::context::About as _;
use crate::journey::held::{self, ProofSource};
use crate::{PlainToken, RequestMeta, Services, Unexpected};

/// Writes down why the link of an action token was refused.
pub(crate) async fn refused(cx: &Services, meta: &RequestMeta, link: LinkKind, token: &str) -> Result<(), Unexpected> {
    let kind = match link {
        LinkKind::Owner => ActionTokenKind::Owner,
        LinkKind::NotMe | LinkKind::Recovery => ActionTokenKind::NotMe,
    };
    let now = cx.now();
    let found = match PlainToken::parse(token) {
        Some(token) => cx.store.find_action_token(token.digest()).await?,
        None => None,
    };
    // Open again a moment after it was refused: another one was using it and came to nothing.
    let reason =
        found.as_ref().map_or(Some(Reason::Unknown), |found| found.refusal(kind, now)).unwrap_or(Reason::Spent);
    let mut entry = meta.audit(AuditEvent::LinkRefused, now).reason(reason).detail(Detail::Link(link));
    if let Some(found) = found {
        entry.account = found.account;
        entry = entry.target(Target::ActionToken(found.id));
    }
    refusals::record(cx, meta, entry).await
}

/// Writes down why a recovery could not be ended by what was presented.
pub(crate) async fn recovery_refused(
    cx: &Services,
    meta: &RequestMeta,
    source: ProofSource<'_>,
) -> Result<(), Unexpected> {
    let now = cx.now();
    let (found, link) = match source {
        ProofSource::Link(token) => by_link(cx, token).await?,
        ProofSource::Journey(handle) => (by_handle(cx, handle).await?, None),
    };
    let account = match &found {
        Some(journey) => held::account_of(cx, journey).await?,
        None => None,
    };
    let held = held::find(cx, JourneyKind::Recovery, source).await?;
    let awaits_proof = held.is_some_and(|held| held.open_gate(now).is_some());
    let reason = journey::refusal(found.as_ref(), account.as_ref(), link.as_ref(), awaits_proof, now);
    let mut entry = meta.audit(AuditEvent::LinkRefused, now).reason(reason).detail(Detail::Link(LinkKind::Recovery));
    entry.account = account.map(|account| account.id);
    entry.journey = found.map(|journey| journey.id);
    refusals::record(cx, meta, entry).await
}

/// The rows as they are, not as their browser may see them.
async fn by_link(cx: &Services, token: &str) -> Result<(Option<Journey>, Option<Challenge>), Unexpected> {
    let Some(token) = PlainToken::parse(token) else { return Ok((None, None)) };
    let mail = cx.store.find_challenge_by_link(token.digest()).await?;
    let journey = match mail.and_then(|mail| mail.owner.journey()) {
        Some(id) => cx.store.find_journey_by_id(id).await?,
        None => None,
    };
    Ok((journey, mail))
}

async fn by_handle(cx: &Services, handle: &str) -> Result<Option<Journey>, Unexpected> {
    let Some(handle) = PlainToken::parse(handle) else { return Ok(None) };
    Ok(cx.store.find_journey(JourneyKind::Recovery, handle.digest()).await?)
}

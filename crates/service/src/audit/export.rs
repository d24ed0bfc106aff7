//! Exporting sealed entries as JSON, a line each.

use rekey_domain::audit::AuditEvent;
use rekey_domain::audit::chain::SealedEntry;
use rekey_shared::Timestamp;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use crate::{Services, Unexpected};

/// Entries that are read at a time.
const PAGE: u64 = 1_000;

/// The version of the lines; any change that a reader could notice raises it.
const VERSION: u8 = 1;

/// From which moment to which: the second one is not part of it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Span {
    /// Not before.
    pub from: Option<Timestamp>,
    /// Before.
    pub before: Option<Timestamp>,
}

#[derive(Serialize)]
struct Line<'a> {
    v: u8,
    seq: u64,
    at: String,
    event: &'a str,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    event_type: Option<String>,
    actor: Party<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<Thing<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    journey: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client: Option<Client<'a>>,
    mac: String,
}

#[derive(Serialize)]
struct Party<'a> {
    kind: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<Uuid>,
}

#[derive(Serialize)]
struct Thing<'a> {
    kind: &'a str,
    id: &'a str,
}

#[derive(Serialize)]
struct Client<'a> {
    address: &'a str,
    device: &'a str,
}

/// Gives every sealed entry of a span to `each`, in the order of the log, as one line of JSON without its end. Stops at
/// the first one that `each` cannot take.
pub async fn export<E>(
    cx: &Services,
    span: Span,
    mut each: impl FnMut(&str) -> Result<(), E>,
) -> Result<Result<u64, E>, Unexpected> {
    let (mut after, mut lines) = (0, 0);
    loop {
        let page = cx.store.list_audit(after, span.from, span.before, PAGE).await?;
        for sealed in &page {
            let line = line(sealed).map_err(Unexpected::new)?;
            if let Err(stop) = each(&line) {
                return Ok(Err(stop));
            }
            lines += 1;
        }
        let Some(last) = page.last() else { return Ok(Ok(lines)) };
        after = last.seal.seq;
    }
}

fn line(sealed: &SealedEntry) -> serde_json::Result<String> {
    let entry = &sealed.entry;
    let known = AuditEvent::ALL.iter().find(|event| event.name() == entry.event);
    let client = entry.address.as_deref();
    serde_json::to_string(&Line {
        v: VERSION,
        seq: sealed.seal.seq,
        at: entry.at.rfc3339(),
        event: &entry.event,
        event_type: known.and_then(|event| event.event_type()),
        actor: Party { kind: &entry.actor, id: entry.actor_id },
        account: entry.account,
        target: entry.target.as_deref().zip(entry.target_id.as_deref()).map(|(kind, id)| Thing { kind, id }),
        reason: entry.reason.as_deref(),
        detail: entry.detail.as_deref().map(json),
        journey: entry.journey,
        session: entry.session,
        client: client.map(|address| Client { address, device: entry.device.as_deref().unwrap_or_default() }),
        mac: sealed.seal.mac_hex(),
    })
}

/// What is no JSON was tampered with; it is shown as the text that it is.
fn json(detail: &str) -> Value {
    serde_json::from_str(detail).unwrap_or_else(|_| Value::String(detail.to_owned()))
}

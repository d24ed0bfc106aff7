//! The list of signed-in browsers, and ending them.

use rekey_domain::SessionId;
use rekey_domain::audit::{Actor, AuditEntry, AuditEvent, Detail, Reason, Target};
use rekey_shared::Timestamp;
use rekey_shared::view::SessionView;

use crate::context::About as _;
use crate::sign_in::Caller;
use crate::{RequestMeta, Services, Unexpected};

/// The caller's live sessions, the present one first, then by last use.
pub async fn list(cx: &Services, caller: &Caller) -> Result<Vec<SessionView>, Unexpected> {
    let now = cx.now();
    let mut live: Vec<_> = cx
        .store
        .list_sessions(caller.account.id)
        .await?
        .into_iter()
        .filter(|session| session.is_live(&caller.account, cx.settings().session, now))
        .map(|session| SessionView {
            id: session.id.0,
            current: session.id == caller.session.id,
            device: session.device,
            place: String::new(),
            created_at: session.created_at,
            last_used_at: session.last_used_at,
        })
        .collect();
    live.sort_by_key(|session| (!session.current, std::cmp::Reverse(session.last_used_at)));
    Ok(live)
}

/// Ends one of the caller's sessions; `false` when there is no such session of theirs.
pub async fn end(cx: &Services, meta: &RequestMeta, caller: &Caller, id: SessionId) -> Result<bool, Unexpected> {
    let now = cx.now();
    let mut tx = cx.store.begin_write().await?;
    let ended = tx.end_session(caller.account.id, id, now).await?;
    if ended {
        tx.record(ended_by(meta, caller, now).target(Target::Session(id)).detail(Detail::Sessions(1)));
    }
    tx.commit().await?;
    Ok(ended)
}

/// Ends all of the caller's sessions but the present one.
pub async fn end_others(cx: &Services, meta: &RequestMeta, caller: &Caller) -> Result<u64, Unexpected> {
    let now = cx.now();
    let mut tx = cx.store.begin_write().await?;
    let ended = tx.end_sessions(caller.account.id, Some(caller.session.id), now).await?;
    tx.record(ended_by(meta, caller, now).detail(Detail::Sessions(ended)));
    tx.commit().await?;
    Ok(ended)
}

fn ended_by(meta: &RequestMeta, caller: &Caller, now: Timestamp) -> AuditEntry {
    let (id, session) = (caller.account.id, caller.session.id);
    let entry = meta.audit(AuditEvent::SessionRevoked, now).by(Actor::Person(id)).account(id);
    entry.session(session).reason(Reason::EndedElsewhere)
}

//! The list of signed-in browsers, and ending them.

use rekey_domain::SessionId;
use rekey_domain::audit::AuditEvent;
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
        let mut line = meta.audit(AuditEvent::SessionEnded, now).account(caller.account.id);
        line.session = Some(id);
        tx.record(line);
    }
    tx.commit().await?;
    Ok(ended)
}

/// Ends all of the caller's sessions but the present one.
pub async fn end_others(cx: &Services, meta: &RequestMeta, caller: &Caller) -> Result<u64, Unexpected> {
    let now = cx.now();
    let mut tx = cx.store.begin_write().await?;
    let ended = tx.end_sessions(caller.account.id, Some(caller.session.id), now).await?;
    tx.record(meta.audit(AuditEvent::SessionEnded, now).account(caller.account.id));
    tx.commit().await?;
    Ok(ended)
}

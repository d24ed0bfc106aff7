//! "This was not me": freezing an account whose password someone else may have changed.

use rekey_domain::Status;
use rekey_domain::account::action_token::{ActionToken, ActionTokenKind};
use rekey_domain::audit::{Actor, AuditEvent, LinkKind, Reason, Target};
use rekey_store::transaction;

use crate::audit::links;
use crate::context::About as _;
use crate::password::history;
use crate::{PlainToken, RequestMeta, Services, Unexpected, journey::revoke, message::notices};

/// Why an account was not frozen.
#[derive(Debug, thiserror::Error)]
pub enum FreezeError {
    /// The link is unknown, expired or used.
    #[error("not valid")]
    NotValid,
    /// Something broke.
    #[error(transparent)]
    Unexpected(#[from] Unexpected),
}

crate::error::from_store!(FreezeError);

/// Whether the link would still work. Changes nothing.
pub async fn link_is_open(cx: &Services, token: &str) -> Result<bool, Unexpected> {
    Ok(find(cx, token).await?.is_some())
}

async fn find(cx: &Services, token: &str) -> Result<Option<ActionToken>, Unexpected> {
    let Some(token) = PlainToken::parse(token) else { return Ok(None) };
    let action_token = cx.store.find_action_token(token.digest()).await?;
    Ok(action_token.filter(|action_token| action_token.is_open(ActionTokenKind::NotMe, cx.now())))
}

/// Refuses, and writes down why: the page says nothing of it.
async fn refuse(cx: &Services, meta: &RequestMeta, token: &str) -> Result<(), FreezeError> {
    links::refused(cx, meta, LinkKind::NotMe, token).await?;
    Err(FreezeError::NotValid)
}

/// Freezes the account, takes its password away and ends all its sessions, once. What was used to change the password
/// cannot be used to release it, and the password that was objected to opens nothing any more.
pub async fn freeze(cx: &Services, meta: &RequestMeta, token: &str) -> Result<(), FreezeError> {
    let found = find(cx, token).await?.and_then(|action_token| Some((action_token.account?, action_token)));
    let Some((id, action_token)) = found else { return refuse(cx, meta, token).await };
    let (now, remembered) = (cx.now(), history::depth(cx).await?);
    let frozen = transaction!(cx.store, |tx| {
        // The account before its link, as where a new password revokes the link: the other order could deadlock.
        tx.lock_account(id).await?;
        if !tx.spend_action_token(action_token.id, now).await? {
            // The same button in another tab was faster.
            return Err(FreezeError::NotValid);
        }
        let account = tx.find_account(id).await?.ok_or(FreezeError::NotValid)?;
        // Frozen or disabled already: the link is spent, and the account is as safe as it was asked to be.
        if account.status == Status::Active && tx.freeze_account(id, action_token.disputed, remembered, now).await? {
            tx.bump_epoch(id).await?;
            tx.end_sessions(id, None, now).await?;
            revoke::revoke_all(tx, id, None).await?;
            let entry = meta.audit(AuditEvent::AccountDisabled, now).by(Actor::Person(id)).account(id);
            tx.record(entry.reason(Reason::OwnersObjection).target(Target::ActionToken(action_token.id)));
            let known = cx.store.list_identifiers(id).await?;
            notices::account_frozen(cx, tx, &account, &known).await?;
        }
        Ok(())
    })
    .await;
    match frozen {
        Err(FreezeError::NotValid) => return refuse(cx, meta, token).await,
        done => done?,
    }
    cx.wake.notify_one();
    Ok(())
}

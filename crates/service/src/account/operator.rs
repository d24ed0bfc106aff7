//! What the operator does at the command line: switching accounts off and on, releasing frozen ones.

use rekey_domain::audit::{Actor, AuditEntry, AuditEvent, Reason};
use rekey_domain::{Account, ChangeCause, Status};
use rekey_shared::identifier::Identifier;

use crate::context::About as _;
use crate::{Services, Unexpected, journey::revoke, verifier};

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum OperatorError {
    /// No account goes by that.
    #[error("no account has this identifier")]
    NotFound,
    /// Something broke.
    #[error(transparent)]
    Unexpected(#[from] Unexpected),
}

crate::error::from_store!(OperatorError);

/// Switches an account off and ends all its sessions, links and codes.
pub async fn disable(cx: &Services, identifier: &str) -> Result<(), OperatorError> {
    set(cx, identifier, Status::Disabled, AuditEvent::AccountDisabled).await
}

/// Lets a disabled account be used again.
pub async fn enable(cx: &Services, identifier: &str) -> Result<(), OperatorError> {
    set(cx, identifier, Status::Active, AuditEvent::AccountEnabled).await
}

/// Lets a frozen account be used again.
pub async fn release(cx: &Services, identifier: &str) -> Result<(), OperatorError> {
    set(cx, identifier, Status::Active, AuditEvent::AccountEnabled).await
}

/// Ends the wait after wrong passwords, as the right one would.
pub async fn unlock(cx: &Services, identifier: &str) -> Result<(), OperatorError> {
    let account = find(cx, identifier).await?;
    let mut tx = cx.store.begin_write().await?;
    tx.clear_budget(verifier::password_budget(cx, &account), cx.clock.now()).await?;
    tx.record(entry(cx, AuditEvent::SignInUnlocked, &account));
    Ok(tx.commit().await?)
}

/// Marks an account: the password must be changed before anything else can be done with it.
pub async fn require_change(cx: &Services, identifier: &str) -> Result<(), OperatorError> {
    let account = find(cx, identifier).await?;
    let mut tx = cx.store.begin_write().await?;
    tx.require_change(account.id, ChangeCause::Operator).await?;
    tx.record(entry(cx, AuditEvent::CredentialChangeRequired, &account));
    Ok(tx.commit().await?)
}

/// Sets whether the password of an account grows old (GX-10).
pub async fn set_never_expires(cx: &Services, identifier: &str, never: bool) -> Result<(), OperatorError> {
    let account = find(cx, identifier).await?;
    let event = if never { AuditEvent::PasswordExpiryLifted } else { AuditEvent::PasswordExpirySet };
    let mut tx = cx.store.begin_write().await?;
    tx.set_never_expires(account.id, never).await?;
    tx.record(entry(cx, event, &account));
    Ok(tx.commit().await?)
}

fn entry(cx: &Services, event: AuditEvent, account: &Account) -> AuditEntry {
    let entry = AuditEntry::new(event, Actor::Operator, cx.clock.now()).account(account.id);
    entry.reason(Reason::OperatorsDecision)
}

async fn set(cx: &Services, identifier: &str, status: Status, event: AuditEvent) -> Result<(), OperatorError> {
    let account = find(cx, identifier).await?;
    let now = cx.clock.now();
    let mut tx = cx.store.begin_write().await?;
    tx.set_status(account.id, status, now).await?;
    tx.bump_epoch(account.id).await?;
    tx.end_sessions(account.id, None, now).await?;
    revoke::revoke_all(&tx, account.id, None).await?;
    tx.record(entry(cx, event, &account));
    tx.commit().await?;
    Ok(())
}

/// The account that goes by an email address, a phone number, or a username.
pub async fn find(cx: &Services, typed: &str) -> Result<Account, OperatorError> {
    let identifier = Identifier::parse(typed, &cx.settings().default_region).map_err(|_| OperatorError::NotFound)?;
    let found = cx.store.find_account_by(identifier.kind(), identifier.canonical()).await?;
    found.map(|(account, _)| account).ok_or(OperatorError::NotFound)
}

//! What the operator does at the command line: switching accounts off and on, beginning the recovery of frozen ones.

use rekey_domain::audit::{self, Actor, AuditEntry, AuditEvent, Detail, Reason};
use rekey_domain::password::set::SetOccasion;
use rekey_domain::{Account, ChangeCause, Status};
use rekey_shared::identifier::Identifier;
use rekey_store::{Write, transaction};
use url::Url;

use crate::context::About as _;
use crate::journey::{revoke, start};
use crate::session::known_device;
use crate::{Services, Unexpected, verifier};

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

/// Why an account was not enabled or released.
#[derive(Debug, thiserror::Error)]
pub enum StatusError {
    /// No account goes by that.
    #[error("no account has this identifier")]
    NotFound,
    /// Only a disabled account is enabled.
    #[error("the account is not disabled")]
    NotDisabled,
    /// Only a frozen account is released.
    #[error("the account is not frozen")]
    NotFrozen,
    /// A directory keeps its password: there is none to recover here.
    #[error("the password of this account is kept in a directory")]
    KeptElsewhere,
    /// Something broke.
    #[error(transparent)]
    Unexpected(#[from] Unexpected),
}

crate::error::from_store!(OperatorError, StatusError);

impl From<OperatorError> for StatusError {
    fn from(error: OperatorError) -> Self {
        match error {
            OperatorError::NotFound => Self::NotFound,
            OperatorError::Unexpected(failure) => Self::Unexpected(failure),
        }
    }
}

/// Switches an account off and ends all its sessions, links and codes.
pub async fn disable(cx: &Services, identifier: &str) -> Result<(), OperatorError> {
    let account = find(cx, identifier).await?;
    transaction!(cx.store, |tx| {
        tx.set_status(account.id, Status::Disabled, cx.clock.now()).await?;
        finish(cx, tx, &account, AuditEvent::AccountDisabled).await
    })
    .await
}

/// Lets a disabled account be used again.
pub async fn enable(cx: &Services, identifier: &str) -> Result<(), StatusError> {
    let account = find(cx, identifier).await?;
    transaction!(cx.store, |tx| {
        if !tx.enable_account(account.id, cx.clock.now()).await? {
            return Err(StatusError::NotDisabled);
        }
        Ok(finish(cx, tx, &account, AuditEvent::AccountEnabled).await?)
    })
    .await
}

/// Begins the recovery of a frozen account, and returns its link: for its owner, of whom the operator has made sure.
/// The account stays frozen until it has a new password. Older links of the account die.
pub async fn release(cx: &Services, identifier: &str) -> Result<Url, StatusError> {
    let (identifier, account) = find_named(cx, identifier).await?;
    transaction!(cx.store, |tx| {
        tx.lock_account(account.id).await?;
        // Judged as it is now that nothing else can change it.
        let account = tx.find_account(account.id).await?.ok_or(StatusError::NotFound)?;
        if !matches!(account.status, Status::Frozen { .. }) {
            return Err(StatusError::NotFrozen);
        }
        SetOccasion::Recovery.permit(&account).ok_or(StatusError::KeptElsewhere)?;
        revoke::revoke_all(tx, account.id, None).await?;
        let (started, token) = start::by_operator(cx, &identifier, &account)?;
        started.insert(tx).await?;
        let begun = entry(cx, AuditEvent::RecoveryActivated, &account).journey(started.journey.id);
        tx.record(begun.detail(Detail::Method(audit::Method::Link)));
        Ok(cx.links.recovery(&token, cx.settings().link_form))
    })
    .await
}

/// Ends the wait after wrong passwords, in whatever browser they were typed.
pub async fn unlock(cx: &Services, identifier: &str) -> Result<(), OperatorError> {
    let account = find(cx, identifier).await?;
    transaction!(cx.store, |tx| {
        let now = cx.clock.now();
        let devices = tx.list_known_devices(account.id).await?;
        let mut budgets: Vec<_> = devices.iter().map(|device| known_device::budget(cx, device)).collect();
        budgets.push(verifier::password_budget(cx, &account));
        // In the order of their keys: two who unlock the same account must not wait for each other.
        budgets.sort_unstable_by_key(|budget| budget.0);
        for budget in budgets {
            tx.clear_budget(budget, now).await?;
        }
        tx.record(entry(cx, AuditEvent::SignInUnlocked, &account));
        Ok(())
    })
    .await
}

/// Marks an account: the password must be changed before anything else can be done with it.
pub async fn require_change(cx: &Services, identifier: &str) -> Result<(), OperatorError> {
    let account = find(cx, identifier).await?;
    transaction!(cx.store, |tx| {
        tx.require_change(account.id, ChangeCause::Operator).await?;
        tx.record(entry(cx, AuditEvent::CredentialChangeRequired, &account));
        Ok(())
    })
    .await
}

/// Sets whether the password of an account grows old (GX-10).
pub async fn set_never_expires(cx: &Services, identifier: &str, never: bool) -> Result<(), OperatorError> {
    let account = find(cx, identifier).await?;
    let event = if never { AuditEvent::PasswordExpiryLifted } else { AuditEvent::PasswordExpirySet };
    transaction!(cx.store, |tx| {
        tx.set_never_expires(account.id, never).await?;
        tx.record(entry(cx, event, &account));
        Ok(())
    })
    .await
}

fn entry(cx: &Services, event: AuditEvent, account: &Account) -> AuditEntry {
    let entry = AuditEntry::new(event, Actor::Operator, cx.clock.now()).account(account.id);
    entry.reason(Reason::OperatorsDecision)
}

/// Ends everything that is under way for an account whose status has changed.
async fn finish(cx: &Services, tx: &mut Write, account: &Account, event: AuditEvent) -> Result<(), OperatorError> {
    tx.bump_epoch(account.id).await?;
    tx.end_sessions(account.id, None, cx.clock.now()).await?;
    revoke::revoke_all(tx, account.id, None).await?;
    tx.record(entry(cx, event, account));
    Ok(())
}

/// The account that goes by an email address, a phone number, or a username.
pub async fn find(cx: &Services, typed: &str) -> Result<Account, OperatorError> {
    Ok(find_named(cx, typed).await?.1)
}

async fn find_named(cx: &Services, typed: &str) -> Result<(Identifier, Account), OperatorError> {
    let identifier = Identifier::parse(typed, &cx.settings().default_region).map_err(|_| OperatorError::NotFound)?;
    let found = cx.store.find_account_by(identifier.kind(), identifier.canonical()).await?;
    found.map(|(account, _)| (identifier, account)).ok_or(OperatorError::NotFound)
}

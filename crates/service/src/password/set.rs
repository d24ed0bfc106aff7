//! The one writer of passwords, for every caller and every reason. What comes with a new password follows
//! from the occasion (`domain::password::set`).
//!
//! The caller claims (spends a journey, inserts an account), sets and finishes in one transaction, and has the notices
//! sent when it is committed ([`Services::wake`](crate::context::Inner::wake)). Where a directory keeps the password, the
//! claim has to be committed before the directory is written, since no transaction may wait for a machine far away.

use rekey_domain::account::action_token::ActionTokenKind;
use rekey_domain::audit::{Actor, AuditEntry, AuditEvent, Reason};
use rekey_domain::password::set::{Effect, SetOccasion};
use rekey_domain::{Account, AccountIdentifier, Epoch, IdentifierId, JourneyId, PasswordHash, Status};
use rekey_shared::{Secret, Timestamp};
use rekey_store::{Write, transaction};

use crate::context::About as _;
use crate::journey::revoke;
use crate::message::notices;
use crate::password::history;
use crate::{RequestMeta, Services, Unexpected, verifier};

/// A password to be set, and what is known of the occasion.
pub(crate) struct SetPassword<'a> {
    /// Why.
    pub occasion: SetOccasion,
    /// The account as it was read before anything was judged: if its epoch has changed since, nothing is set.
    pub account: &'a Account,
    /// What the account is known by: its owner is told there.
    pub identifiers: &'a [AccountIdentifier],
    /// The new password.
    pub hash: PasswordHash,
    /// The journey that ends with it. The caller has spent it.
    pub journey: Option<JourneyId>,
    /// The identifier that the owner disputes by saying "this was not me".
    pub proven_by: Option<IdentifierId>,
    /// Who asked; `None` for the operator at the command line.
    pub request: Option<&'a RequestMeta>,
}

/// Why no password was set. The caller lets its transaction fail, and with it what it has claimed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SetError {
    /// The account has got another password, was frozen, released or disabled since it was read.
    #[error("the account has changed meanwhile")]
    Overtaken,
    /// A directory keeps the password of this account.
    #[error("the password is kept in a directory")]
    KeptElsewhere,
    /// Something broke.
    #[error(transparent)]
    Unexpected(#[from] Unexpected),
}

crate::error::from_store!(SetError);

/// Sets a password, with everything that its occasion brings. The epoch that the account is at when it is committed.
pub(crate) async fn set(cx: &Services, tx: &mut Write, new: &SetPassword<'_>) -> Result<Epoch, SetError> {
    let permit = new.occasion.permit(new.account).ok_or(SetError::KeptElsewhere)?;
    let (now, depth) = (cx.now(), history::depth(cx).await?);
    let epoch = tx.set_password(permit, &new.hash, depth, now).await?.ok_or(SetError::Overtaken)?;
    for effect in new.occasion.effects() {
        apply(cx, tx, new, effect).await?;
    }
    if let Some((event, reason)) = new.occasion.event() {
        tx.record(new.audit(event, now).reason(reason));
    }
    Ok(epoch)
}

async fn apply(cx: &Services, tx: &mut Write, new: &SetPassword<'_>, effect: Effect) -> Result<(), Unexpected> {
    let (account, now) = (new.account, cx.now());
    match effect {
        // In the statement that wrote the password: they hold for exactly the row that it found.
        Effect::RememberReplaced | Effect::RaiseEpoch | Effect::RequireChange => {}
        Effect::EndSessions => {
            tx.end_sessions(account.id, None, now).await?;
        }
        Effect::RevokeSecrets => revoke::revoke_all(tx, account.id, new.journey).await?,
        Effect::ClearBudget => tx.clear_budget(verifier::password_budget(cx, account), now).await?,
        Effect::Release => {
            if matches!(account.status, Status::Frozen { .. }) {
                tx.set_status(account.id, Status::Active, now).await?;
                tx.record(new.audit(AuditEvent::AccountEnabled, now).reason(Reason::Recovery));
            }
        }
        Effect::NotifyOwner => {
            let disputed = new.disputed(cx, tx).await?;
            notices::password_changed(cx, tx, account, new.identifiers, disputed).await?;
        }
    }
    Ok(())
}

impl SetPassword<'_> {
    /// What the owner disputes by objecting. A change that rests on the current password is worth no more than what
    /// that one was proven by: else an intruder would shake the objection off by changing the password once more.
    async fn disputed(&self, cx: &Services, tx: &Write) -> Result<Option<IdentifierId>, Unexpected> {
        if self.proven_by.is_some() || !self.occasion.asks_for_current() {
            return Ok(self.proven_by);
        }
        let latest = tx.find_latest_action_token(ActionTokenKind::NotMe, self.account.id).await?;
        let open = latest.filter(|latest| latest.is_open(ActionTokenKind::NotMe, cx.now()));
        Ok(open.and_then(|open| open.disputed))
    }

    fn audit(&self, event: AuditEvent, at: Timestamp) -> AuditEntry {
        let entry = match self.request {
            // Anyone who gets as far as this has proven to be the owner.
            Some(meta) => meta.audit(event, at).by(Actor::Person(self.account.id)),
            None => AuditEntry::new(event, Actor::Operator, at),
        };
        let entry = entry.account(self.account.id);
        match self.journey {
            Some(journey) => entry.journey(journey),
            None => entry,
        }
    }
}

/// Stores the same password in a stronger form when the parameters have risen since it was hashed (PW-10).
/// `typed` has just been verified. A full queue leaves it for the next sign-in.
pub(crate) async fn upgrade(cx: &Services, account: &Account, typed: &Secret) -> Result<(), Unexpected> {
    let Some(old) = account.password.as_ref().filter(|old| cx.hasher.is_outdated(old)) else { return Ok(()) };
    let Ok(permit) = cx.hasher.permit() else { return Ok(()) };
    let new = cx.hasher.hash(permit, typed).await?;
    // Guarded by the old form: a password that was replaced meanwhile stays.
    transaction!(cx.store, |tx| Ok::<_, Unexpected>(tx.rehash(account.id, old, &new).await?)).await?;
    Ok(())
}

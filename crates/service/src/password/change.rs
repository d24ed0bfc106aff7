//! Changing the password when signed in.

use rekey_domain::audit::{Actor, AuditEntry, AuditEvent, Reason};
use rekey_domain::journey::method::Method;
use rekey_domain::password::set::SetOccasion;
use rekey_domain::{AccountIdentifier, PasswordHash};
use rekey_shared::password::{Policy, Report};
use rekey_shared::view::PolicyView;
use rekey_shared::{Field, FieldFault, FieldProblem, Secret};
use rekey_store::transaction;

use crate::audit::refusals;
use crate::context::About as _;
use crate::hasher::{Busy, QueuePermit};
use crate::password::history::{self, HistoryError};
use crate::password::new_password::{CurrentPassword, NewPassword, NewPasswordError, fault};
use crate::password::personal_of_account;
use crate::password::set::{self, SetError, SetPassword};
use crate::session::known_device;
use crate::session::sessions::{self, NewSession};
use crate::sign_in::{self, Caller};
use crate::verifier::{self, PasswordCheck};
use crate::{PlainToken, RequestMeta, Services, Unexpected, policies, temporary};

/// What the form of a signed-in person asks for.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// The current password; not looked at in a session that a temporary password opened.
    pub current_password: Secret,
    /// The new one.
    pub new_password: Secret,
    /// The new one, typed again.
    pub confirm_password: Secret,
}

/// Why a password was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// Fields need another look; a wrong current password is one of them, and so is one that must wait.
    #[error("bad fields")]
    Fields(Vec<FieldProblem>),
    /// The new password does not meet the policy.
    #[error("weak password")]
    Weak(Box<Report>),
    /// It was compared with the past ones three times within the hour.
    #[error("too many tries")]
    TooMany,
    /// The session ended meanwhile.
    #[error("not signed in")]
    NotSignedIn,
    /// The hashing queue is full.
    #[error(transparent)]
    Busy(#[from] Busy),
    /// Something broke.
    #[error(transparent)]
    Unexpected(#[from] Unexpected),
}

crate::error::from_store!(ChangeError);

impl From<NewPasswordError> for ChangeError {
    fn from(error: NewPasswordError) -> Self {
        match error {
            NewPasswordError::Fields(fields) => Self::Fields(fields),
            NewPasswordError::Weak(report) => Self::Weak(report),
            NewPasswordError::Busy(busy) => Self::Busy(busy),
            NewPasswordError::Unexpected(failure) => Self::Unexpected(failure),
        }
    }
}

impl From<HistoryError> for ChangeError {
    fn from(error: HistoryError) -> Self {
        match error {
            HistoryError::Weak(report) => Self::Weak(report),
            HistoryError::TooMany => Self::TooMany,
            HistoryError::Unexpected(failure) => Self::Unexpected(failure),
        }
    }
}

impl From<SetError> for ChangeError {
    fn from(error: SetError) -> Self {
        match error {
            // The session has ended with the epoch. One of an account whose password is kept elsewhere never had
            // a current password to show.
            SetError::Overtaken | SetError::KeptElsewhere => Self::NotSignedIn,
            SetError::Unexpected(failure) => Self::Unexpected(failure),
        }
    }
}

/// The rules for a signed-in person's next password.
pub async fn policy(cx: &Services, caller: &Caller) -> Result<PolicyView, Unexpected> {
    let identifiers = cx.store.list_identifiers(caller.account.id).await?;
    Ok(PolicyView {
        identifier: sign_in::name_of(&identifiers),
        policy: policy_of(cx, caller).await?,
        personal: personal_of_account(cx, &caller.account, &identifiers),
        breached: cx.breaches.list(),
    })
}

/// The policy as it counts now.
async fn policy_of(cx: &Services, caller: &Caller) -> Result<Policy, Unexpected> {
    let occasion = SetOccasion::of_change(caller.must_change);
    let mut policy = policies::of(cx, &caller.account).await?.on(occasion.rules());
    if !occasion.minimum_age_counts() {
        policy.min_age_hours = 0;
    }
    Ok(policy)
}

/// One change under way: what was gathered before anything is judged.
struct Attempt<'a> {
    meta: &'a RequestMeta,
    caller: &'a Caller,
    input: &'a Change,
    occasion: SetOccasion,
    policy: Policy,
    identifiers: Vec<AccountIdentifier>,
}

/// Changes the password, ends every other session and tells the owner.
/// The caller's own session goes on under a new secret, which is returned for its cookie.
///
/// A session that a temporary password opened is its own proof: there the current password is not asked for.
pub async fn change(
    cx: &Services,
    meta: &RequestMeta,
    caller: &Caller,
    input: Change,
) -> Result<PlainToken, ChangeError> {
    let attempt = Attempt {
        meta,
        caller,
        input: &input,
        occasion: SetOccasion::of_change(caller.must_change),
        policy: policy_of(cx, caller).await?,
        identifiers: cx.store.list_identifiers(caller.account.id).await?,
    };
    let hash = if attempt.occasion.asks_for_current() {
        attempt.hash_beside_current(cx).await?
    } else {
        let report = attempt.check(cx, &CurrentPassword::default()).await?;
        attempt.hash_new(cx, cx.hasher.permit()?, report, false).await?
    };
    attempt.save(cx, hash).await
}

impl Attempt<'_> {
    async fn hash_beside_current(&self, cx: &Services) -> Result<PasswordHash, ChangeError> {
        let (account, typed) = (&self.caller.account, &self.input.current_password);
        if typed.is_empty() {
            return Err(ChangeError::Fields(vec![fault(Field::CurrentPassword, FieldFault::Missing)]));
        }
        let current = CurrentPassword { typed: Some(typed), set_at: account.password_changed_at };
        let report = self.check(cx, &current).await?;

        // Both permits before the try is claimed: a full queue costs no try.
        let (first, second) = (cx.hasher.permit()?, cx.hasher.permit()?);
        let budget = known_device::password_budget(cx, self.meta, account).await?;
        match verifier::password(cx, first, budget, Some(account), typed).await? {
            PasswordCheck::Right => {}
            PasswordCheck::Wrong { .. } => {
                refusals::record_compared(cx, self.refusal(cx, Reason::WrongSecret)).await?;
                return Err(current_not_right());
            }
            PasswordCheck::Waiting => {
                refusals::record(cx, self.meta, self.refusal(cx, Reason::NoTryLeft)).await?;
                return Err(current_not_right());
            }
        }
        let hash = self.hash_new(cx, second, report, true).await;
        if hash.is_err() {
            // The current one was right: that try is no failure.
            cx.store.clear_budget(budget, cx.now()).await?;
        }
        hash
    }

    async fn check(&self, cx: &Services, current: &CurrentPassword<'_>) -> Result<Report, ChangeError> {
        let new = NewPassword { password: &self.input.new_password, confirm: &self.input.confirm_password };
        let personal = personal_of_account(cx, &self.caller.account, &self.identifiers);
        Ok(new.check(cx, &self.policy, &personal, current).await?)
    }

    async fn hash_new(
        &self,
        cx: &Services,
        permit: QueuePermit,
        report: Report,
        current_differs: bool,
    ) -> Result<PasswordHash, ChangeError> {
        let (account, typed) = (&self.caller.account, &self.input.new_password);
        Ok(history::hash_unless_used(
            cx,
            permit,
            (account, account.id.0),
            &self.policy,
            (report, typed),
            current_differs,
        )
        .await?)
    }

    fn refusal(&self, cx: &Services, reason: Reason) -> AuditEntry {
        let (id, session) = (self.caller.account.id, self.caller.session.id);
        let refused = self.meta.audit(AuditEvent::CredentialChangeRefused, cx.now()).by(Actor::Person(id)).account(id);
        refused.session(session).reason(reason)
    }

    async fn save(&self, cx: &Services, hash: PasswordHash) -> Result<PlainToken, ChangeError> {
        let account = &self.caller.account;
        let proven_by = match self.occasion {
            SetOccasion::AfterTemporary => temporary::sent_to(cx, account).await?,
            SetOccasion::Registration
            | SetOccasion::Change
            | SetOccasion::RequiredChange
            | SetOccasion::Recovery
            | SetOccasion::Operator => None,
        };
        let new = SetPassword {
            occasion: self.occasion,
            account,
            identifiers: &self.identifiers,
            hash,
            journey: None,
            proven_by,
            request: Some(self.meta),
        };
        let token = transaction!(cx.store, |tx| {
            // An account that was frozen, disabled or reset meanwhile is at another epoch and keeps what it got.
            let epoch = set::set(cx, tx, &new).await?;
            // The caller's own session goes on under the new epoch; everything older has just ended. The new password
            // was typed just now, and is what it has proven from here on.
            let renewed = NewSession {
                account: account.id,
                epoch,
                began_at: self.caller.session.created_at,
                method: Method::Password,
                factor: None,
            };
            let (_, token) = sessions::open(cx, tx, self.meta, renewed).await?;
            known_device::remember(cx, tx, self.meta, (account.id, epoch)).await?;
            Ok::<_, ChangeError>(token)
        })
        .await?;
        cx.wake.notify_one();
        Ok(token)
    }
}

/// Wrong, and not compared at all: one answer.
fn current_not_right() -> ChangeError {
    ChangeError::Fields(vec![fault(Field::CurrentPassword, FieldFault::NotRight)])
}

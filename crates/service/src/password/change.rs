//! Changing the password when signed in.

use rekey_domain::audit::AuditEvent;
use rekey_domain::session::{Session, SessionKind};
use rekey_domain::{Account, AccountIdentifier, PasswordHash, SessionId};
use rekey_shared::identifier::IdentifierKind;
use rekey_shared::password::{Occasion, Personal, Policy, Report};
use rekey_shared::view::{ChangeReason, PolicyView};
use rekey_shared::{Field, FieldFault, FieldProblem, Secret};

use crate::context::About as _;
use crate::hasher::{Busy, QueuePermit};
use crate::password::new_password::{self, CurrentPassword, HistoryFault, NewPassword, NewPasswordFault, fault};
use crate::sign_in::{self, Caller};
use crate::verifier::{self, PasswordCheck};
use crate::{PlainToken, RequestMeta, Services, Unexpected, journey::steps, message::notices, policies, temporary};

/// What a password must not resemble, from names and identifiers.
pub(crate) fn personal_of<'a>(
    cx: &Services,
    given_name: &str,
    family_name: &str,
    known: impl IntoIterator<Item = (IdentifierKind, &'a str)>,
) -> Personal {
    let mut personal = Personal {
        given_name: given_name.to_owned(),
        family_name: family_name.to_owned(),
        organisation: cx.settings().organisation.clone(),
        ..Personal::default()
    };
    for (kind, value) in known {
        match kind {
            IdentifierKind::Email => personal.emails.push(value.to_owned()),
            IdentifierKind::Phone => personal.phones.push(value.to_owned()),
            IdentifierKind::Username => value.clone_into(&mut personal.username),
        }
    }
    personal
}

/// What a password of this account must not resemble.
pub(crate) fn personal_of_account(cx: &Services, account: &Account, known: &[AccountIdentifier]) -> Personal {
    let known = known.iter().map(|identifier| (identifier.kind, identifier.canonical.as_str()));
    personal_of(cx, &account.given_name, &account.family_name, known)
}

/// What the form of a signed-in person asks for.
#[derive(Debug, Clone, Default)]
pub struct Change {
    /// The password being replaced; not looked at in a session that a temporary password opened.
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

impl From<rekey_store::Unexpected> for ChangeError {
    fn from(cause: rekey_store::Unexpected) -> Self {
        Self::Unexpected(cause.into())
    }
}

impl From<NewPasswordFault> for ChangeError {
    fn from(unfit: NewPasswordFault) -> Self {
        match unfit {
            NewPasswordFault::Fields(fields) => Self::Fields(fields),
            NewPasswordFault::Weak(report) => Self::Weak(report),
        }
    }
}

impl From<HistoryFault> for ChangeError {
    fn from(refused: HistoryFault) -> Self {
        match refused {
            HistoryFault::Weak(report) => Self::Weak(report),
            HistoryFault::TooMany => Self::TooMany,
            HistoryFault::Unexpected(failure) => Self::Unexpected(failure),
        }
    }
}

/// The rules for a signed-in person's next password.
pub async fn policy(cx: &Services, caller: &Caller) -> Result<PolicyView, Unexpected> {
    let known = cx.store.list_identifiers(caller.account.id).await?;
    Ok(PolicyView {
        identifier: sign_in::name_of(&known),
        policy: policy_of(cx, caller).await?,
        personal: personal_of_account(cx, &caller.account, &known),
        breached: cx.breaches.list(),
    })
}

/// The policy as it counts now: a password that must go is never too young to, and whoever came by a temporary one
/// does not know the current one.
async fn policy_of(cx: &Services, caller: &Caller) -> Result<Policy, Unexpected> {
    let policy = policies::of(cx, &caller.account).await?;
    let mut policy = policy.on(if by_temporary(caller) { Occasion::Reset } else { Occasion::Change });
    if caller.must_change.is_some() {
        policy.min_age_hours = 0;
    }
    Ok(policy)
}

fn by_temporary(caller: &Caller) -> bool {
    caller.must_change == Some(ChangeReason::Temporary)
}

/// Replaces the password, ends every other session and tells the owner.
/// The caller's own session goes on under a new secret, which is returned for its cookie.
///
/// A session that a temporary password opened is its own proof: there the current password is not asked for.
pub async fn change(
    cx: &Services,
    meta: &RequestMeta,
    caller: &Caller,
    input: Change,
) -> Result<PlainToken, ChangeError> {
    let known = cx.store.list_identifiers(caller.account.id).await?;
    let hash = if by_temporary(caller) {
        let report = judge(cx, caller, &known, &input, &CurrentPassword::default()).await?;
        hash_new(cx, cx.hasher.permit()?, caller, (report, &input.new_password), false).await?
    } else {
        hash_beside_current(cx, meta, caller, &known, &input).await?
    };
    replace(cx, meta, caller, &known, hash).await
}

async fn hash_beside_current(
    cx: &Services,
    meta: &RequestMeta,
    caller: &Caller,
    known: &[AccountIdentifier],
    input: &Change,
) -> Result<PasswordHash, ChangeError> {
    let (account, current) = (&caller.account, &input.current_password);
    if current.is_empty() {
        return Err(ChangeError::Fields(vec![fault(Field::CurrentPassword, FieldFault::Missing)]));
    }
    let replaced = CurrentPassword { current: Some(current), set_at: account.password_changed_at };
    let report = judge(cx, caller, known, input, &replaced).await?;

    let (first, second) = (cx.hasher.permit()?, cx.hasher.permit()?);
    let budget = verifier::password_budget(cx, account);
    if verifier::password(cx, first, budget, Some(account), current).await? != PasswordCheck::Right {
        return wrong_current(cx, meta, caller).await;
    }
    let hash = hash_new(cx, second, caller, (report, &input.new_password), true).await;
    if hash.is_err() {
        // The current one was right: that try is no failure.
        cx.store.clear_budget(budget, cx.now()).await?;
    }
    hash
}

async fn judge(
    cx: &Services,
    caller: &Caller,
    known: &[AccountIdentifier],
    input: &Change,
    replaced: &CurrentPassword<'_>,
) -> Result<Report, ChangeError> {
    let new = NewPassword { password: &input.new_password, confirm: &input.confirm_password };
    let personal = personal_of_account(cx, &caller.account, known);
    Ok(new.judge(cx, &policy_of(cx, caller).await?, &personal, replaced).await?)
}

async fn hash_new(
    cx: &Services,
    permit: QueuePermit,
    caller: &Caller,
    chosen: (Report, &Secret),
    current_differs: bool,
) -> Result<PasswordHash, ChangeError> {
    let policy = policy_of(cx, caller).await?;
    Ok(new_password::hash_new(cx, permit, &caller.account, &policy, chosen, current_differs).await?)
}

async fn wrong_current(cx: &Services, meta: &RequestMeta, caller: &Caller) -> Result<PasswordHash, ChangeError> {
    let mut tx = cx.store.begin_write().await?;
    tx.record(meta.audit(AuditEvent::AuthnPasswordChangeFail, cx.now()).account(caller.account.id));
    tx.commit().await?;
    Err(ChangeError::Fields(vec![fault(Field::CurrentPassword, FieldFault::NotRight)]))
}

async fn replace(
    cx: &Services,
    meta: &RequestMeta,
    caller: &Caller,
    known: &[AccountIdentifier],
    hash: PasswordHash,
) -> Result<PlainToken, ChangeError> {
    let (now, account) = (cx.now(), &caller.account);
    let (token, remembered) = (cx.new_token(), new_password::remembered(cx).await?);
    let proven_by = if by_temporary(caller) { temporary::sent_to(cx, account).await? } else { None };
    let mut tx = cx.store.begin_write().await?;
    // An account that was frozen, disabled or reset meanwhile is at another epoch and keeps what it got.
    let replaced = tx.replace_password(account.id, account.epoch, &hash, remembered, now).await?;
    let epoch = replaced.ok_or(ChangeError::NotSignedIn)?;
    tx.clear_budget(verifier::password_budget(cx, account), now).await?;
    steps::revoke_all(&tx, account.id, None).await?;
    tx.end_sessions(account.id, None, now).await?;
    let session = Session {
        id: SessionId::new(now, cx.random()),
        account: account.id,
        kind: SessionKind::Full,
        epoch,
        device: meta.device.clone(),
        created_at: caller.session.created_at,
        last_used_at: now,
        ended_at: None,
    };
    tx.insert_session(&session, token.digest()).await?;
    let event = if by_temporary(caller) { AuditEvent::AuthnPasswordReset } else { AuditEvent::AuthnPasswordChange };
    tx.record(meta.audit(event, now).account(account.id));
    notices::password_changed(cx, &mut tx, account, known, proven_by).await?;
    tx.commit().await?;
    cx.wake.notify_one();
    Ok(token)
}

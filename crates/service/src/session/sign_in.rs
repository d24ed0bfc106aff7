//! Signing in with a password, and recognising who is signed in.
//!
//! Wrong password, unknown account, disabled, frozen and waiting accounts: one answer, the same work.

use rekey_domain::audit::{self, Actor, AuditEntry, AuditEvent, Detail, Reason};
use rekey_domain::journey::method::Method;
use rekey_domain::password::expiry::PasswordAge;
use rekey_domain::session::{Assurance, Session};
use rekey_domain::{Account, AccountId, AccountIdentifier, ChangeCause, Consent, Digest, FactorId, Status};
use rekey_shared::identifier::{Identifier, IdentifierKind};
use rekey_shared::password::{MAX_INPUT_BYTES, normalise};
use rekey_shared::view::{ChangeReason, PersonView, TermsView};
use rekey_shared::{Field, FieldFault, FieldProblem, Lang, Secret};
use rekey_store::{Write, transaction};
use zeroize::Zeroizing;

use crate::audit::refusals;
use crate::context::About as _;
use crate::hasher::Busy;
use crate::session::known_device;
use crate::session::sessions::{self, NewSession};
use crate::verifier::{self, PasswordCheck, SignInMethod};
use crate::{PlainToken, RequestMeta, Services, Unexpected, message::notices, password, policies, role};

/// Why a sign-in was refused.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// A box was left empty.
    #[error("bad fields")]
    Fields(Vec<FieldProblem>),
    /// Identifier and password do not fit, or the account may not sign in now.
    #[error("refused")]
    Refused,
    /// The hashing queue is full.
    #[error(transparent)]
    Busy(#[from] Busy),
    /// Something broke.
    #[error(transparent)]
    Unexpected(#[from] Unexpected),
}

crate::error::from_store!(SignInError);

/// A person who is signed in, with the account as it is now.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The session.
    pub session: Session,
    /// The account.
    pub account: Account,
    /// What the session has proven, by the policy as it is now.
    pub assurance: Assurance,
    /// How old its password is for its policy.
    pub age: PasswordAge,
    /// Why nothing is open but the page for a new password; `None` for everything that the role allows.
    pub must_change: Option<ChangeReason>,
}

/// Signs a person in; the token is for the session cookie.
pub async fn sign_in(
    cx: &Services,
    meta: &RequestMeta,
    identifier: &str,
    password: Secret,
) -> Result<PlainToken, SignInError> {
    check_fields(identifier, &password)?;
    if password.expose().len() > MAX_INPUT_BYTES {
        // Judged by what was typed alone, so it tells nothing about an account.
        return Err(SignInError::Refused);
    }
    let permit = cx.hasher.permit()?;
    let account = find(cx, identifier).await?;
    let shared = budget_of(cx, account.as_ref(), identifier);
    let id = account.as_ref().map_or_else(|| phantom_account(shared), |account| account.id);
    let device = known_device::find(cx, meta, id).await?;
    let device = device.filter(|device| account.as_ref().is_some_and(|account| device.is_known_to(account)));
    let budget = device.map_or(shared, |device| known_device::budget(cx, &device));
    let whose = (budget, id);
    match verifier::password_or_temporary(cx, permit, whose, account.as_ref(), &password).await? {
        Ok(opened) => match account {
            Some(account) if account.may_sign_in() => admit(cx, meta, &account, budget, &password, opened).await,
            account => refuse(cx, meta, account.as_ref(), budget, PasswordCheck::Right).await,
        },
        Err(checked) => refuse(cx, meta, account.as_ref(), budget, checked).await,
    }
}

fn check_fields(identifier: &str, password: &Secret) -> Result<(), SignInError> {
    let missing = |field, empty: bool| empty.then_some(FieldProblem { field, fault: FieldFault::Missing });
    let faults: Vec<_> = missing(Field::Identifier, identifier.trim().is_empty())
        .into_iter()
        .chain(missing(Field::Password, password.is_empty()))
        .collect();
    if faults.is_empty() { Ok(()) } else { Err(SignInError::Fields(faults)) }
}

async fn find(cx: &Services, typed: &str) -> Result<Option<Account>, Unexpected> {
    let (kind, canonical) = canonical_of(cx, typed);
    Ok(cx.store.find_account_by(kind, &canonical).await?.map(|(account, _)| account))
}

/// What cannot be an identifier is looked up all the same, as a user name that no account can have.
fn canonical_of(cx: &Services, typed: &str) -> (IdentifierKind, String) {
    match Identifier::parse(typed, &cx.settings().default_region) {
        Ok(identifier) => (identifier.kind(), identifier.canonical().to_owned()),
        Err(_) => (IdentifierKind::Username, typed.trim().chars().filter(|c| *c != '\0').take(256).collect()),
    }
}

/// Known accounts have one budget for all their aliases; unknown identifiers have budgets of their own (T-05).
fn budget_of(cx: &Services, account: Option<&Account>, typed: &str) -> Digest {
    match account {
        Some(account) => verifier::password_budget(cx, account),
        None => cx.keys.budget_key("unknown", canonical_of(cx, typed).1.as_bytes()),
    }
}

async fn admit(
    cx: &Services,
    meta: &RequestMeta,
    account: &Account,
    budget: Digest,
    password: &Secret,
    opened: SignInMethod,
) -> Result<PlainToken, SignInError> {
    let now = cx.now();
    let (method, factor) = match &opened {
        SignInMethod::ByPassword => (Method::Password, None),
        SignInMethod::ByTemporary(sent) => (Method::TemporaryPassword, sent.disputed.map(FactorId::from)),
    };
    let by_password = method == Method::Password;
    let breached =
        by_password && account.must_change != Some(ChangeCause::Breached) && is_breached(cx, account, password).await?;
    let admitted = transaction!(cx.store, |tx| {
        if breached {
            // Marked below; like wherever an account and what belongs to it are changed, the account comes first.
            tx.lock_account(account.id).await?;
        }
        let recorded = match &opened {
            SignInMethod::ByPassword => audit::Method::Password,
            SignInMethod::ByTemporary(sent) if tx.spend_action_token(sent.id, now).await? => {
                audit::Method::TemporaryPassword
            }
            SignInMethod::ByTemporary(_) => return Err(SignInError::Refused),
        };
        if by_password {
            // Of what was used and of nothing else (TH-4).
            tx.clear_budget(budget, now).await?;
            known_device::remember_sign_in(cx, tx, meta, account).await?;
        }
        let new = NewSession { account: account.id, epoch: account.epoch, began_at: now, method, factor };
        let (session, token) = sessions::open(cx, tx, meta, new).await?;
        let person = Actor::Person(account.id);
        let established = meta.audit(AuditEvent::SessionEstablished, now).by(person).account(account.id);
        tx.record(established.session(session).detail(Detail::Method(recorded)));
        if breached && tx.require_change_of(account.id, account.epoch, ChangeCause::Breached).await? {
            let required = AuditEntry::new(AuditEvent::CredentialChangeRequired, Actor::System, now);
            tx.record(required.account(account.id).session(session).reason(Reason::Breached));
        }
        Ok(token)
    })
    .await;
    let token = match admitted {
        // The temporary password was used by someone else a moment before.
        Err(SignInError::Refused) => {
            return refuse(cx, meta, Some(account), budget, PasswordCheck::Wrong { just_locked: false }).await;
        }
        done => done?,
    };
    if by_password {
        // The session is there: the person who typed the right password is not told of a failure that is ours.
        if let Err(failure) = password::upgrade(cx, account, password).await {
            cx.report(&failure);
        }
    }
    Ok(token)
}

/// Whether the right password has become known since it was chosen: then this session may only change it (PW-6).
async fn is_breached(cx: &Services, account: &Account, password: &Secret) -> Result<bool, Unexpected> {
    if !policies::of(cx, account).await?.breached {
        return Ok(false);
    }
    let normal = Zeroizing::new(normalise(password.expose()));
    Ok(cx.breaches.holds(&normal))
}

async fn refuse(
    cx: &Services,
    meta: &RequestMeta,
    account: Option<&Account>,
    budget: Digest,
    checked: PasswordCheck,
) -> Result<PlainToken, SignInError> {
    let now = cx.now();
    let just_locked = checked == PasswordCheck::Wrong { just_locked: true };
    let event = if just_locked { AuditEvent::SignInLocked } else { AuditEvent::SignInRefused };
    let mut entry = meta.audit(event, now).reason(reason_of(account, checked));
    entry.account = account.map(|account| account.id);
    if just_locked {
        transaction!(cx.store, |tx| {
            tx.record(entry.clone());
            tell_owner(cx, tx, account.filter(|account| account.may_sign_in()), budget).await
        })
        .await?;
        cx.wake.notify_one();
    } else if checked == PasswordCheck::Waiting {
        refusals::record(cx, meta, entry).await?;
    } else {
        refusals::record_compared(cx, entry).await?;
    }
    Err(SignInError::Refused)
}

/// Why a sign-in was refused: for the audit log alone, the page says one thing for all.
fn reason_of(account: Option<&Account>, checked: PasswordCheck) -> Reason {
    match (account.map(|account| account.status), checked) {
        (None, _) => Reason::NoAccount,
        (Some(_), PasswordCheck::Waiting) => Reason::NoTryLeft,
        (Some(Status::Disabled | Status::Active), PasswordCheck::Wrong { .. }) => Reason::WrongSecret,
        (Some(Status::Disabled), PasswordCheck::Right) => Reason::AccountDisabled,
        // Freezing took the password away, so that none is right; an account that was active was frozen meanwhile.
        (Some(Status::Frozen { .. }), PasswordCheck::Right | PasswordCheck::Wrong { .. })
        | (Some(Status::Active), PasswordCheck::Right) => Reason::AccountFrozen,
    }
}

/// At most once an hour (TH-7). For an identifier of no account the same is looked up and written, about the phantom
/// account: the worker drops it, and the answer takes as long (T-02).
async fn tell_owner(
    cx: &Services,
    tx: &mut Write,
    account: Option<&Account>,
    budget: Digest,
) -> Result<(), Unexpected> {
    const PAUSE: std::time::Duration = std::time::Duration::from_secs(3600);
    let id = account.map_or_else(|| phantom_account(budget), |account| account.id);
    let last = cx.store.last_sign_in_pause_notice(id).await?;
    if last.is_some_and(|last| cx.now().since(last) < PAUSE) {
        return Ok(());
    }
    let known = cx.store.list_identifiers(id).await?;
    notices::sign_in_paused(cx, tx, id, account.map_or(Lang::default(), |account| account.lang), &known).await
}

/// Stands for the account of an identifier that has none: always the same one.
fn phantom_account(budget: Digest) -> AccountId {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&budget.0[..16]);
    AccountId(uuid::Uuid::from_bytes(bytes))
}

/// Who holds this session cookie, if it is good for a request now.
pub async fn authenticate(cx: &Services, token: &str) -> Result<Option<Caller>, Unexpected> {
    let Some(token) = PlainToken::parse(token) else { return Ok(None) };
    let Some((session, account)) = cx.store.find_session(token.digest()).await? else { return Ok(None) };
    let (now, settings) = (cx.now(), cx.settings());
    let proofs = cx.store.list_session_proofs(session.id).await?;
    let Some(assurance) = Assurance::of(&session, &proofs, &settings.sign_in.gates) else { return Ok(None) };
    if !session.is_live(&account, assurance, settings.session, now) {
        return Ok(None);
    }
    cx.store.touch_session(session.id, now).await?;
    let age = account.password_age(policies::of(cx, &account).await?.expiry, now);
    let must_change = assurance.must_change(&account, age);
    Ok(Some(Caller { session, account, assurance, age, must_change }))
}

/// Ends the caller's own session.
pub async fn sign_out(cx: &Services, meta: &RequestMeta, caller: &Caller) -> Result<(), Unexpected> {
    let now = cx.now();
    transaction!(cx.store, |tx| {
        tx.end_session(caller.account.id, caller.session.id, now).await?;
        let ended =
            meta.audit(AuditEvent::SessionRevoked, now).by(Actor::Person(caller.account.id)).account(caller.account.id);
        tx.record(ended.session(caller.session.id).reason(Reason::SignedOut).detail(Detail::Sessions(1)));
        Ok(())
    })
    .await
}

/// The caller as pages show them.
pub async fn person(cx: &Services, caller: &Caller) -> Result<PersonView, Unexpected> {
    let known = cx.store.list_identifiers(caller.account.id).await?;
    Ok(PersonView {
        given_name: caller.account.given_name.clone(),
        family_name: caller.account.family_name.clone(),
        identifier: name_of(&known),
        is_owner: role::is_owner(cx, caller.account.id).await?,
        password_changed_at: caller.account.password_changed_at,
        password_ends_in_days: match caller.age {
            PasswordAge::Warn { days_left } => Some(days_left),
            PasswordAge::Fresh | PasswordAge::Expired => None,
        },
        terms: cx.store.find_latest_consent(caller.account.id).await?.map(terms_view),
    })
}

/// An address is nothing to read: the page leads to the terms.
fn terms_view(consent: Consent) -> TermsView {
    let is_address = ["https:", "http:"].iter().any(|scheme| consent.terms.starts_with(scheme));
    TermsView { version: (!is_address).then_some(consent.terms), accepted_at: consent.at }
}

/// What to call an account by: its address, else its number, else its user name.
pub(crate) fn name_of(known: &[AccountIdentifier]) -> String {
    [IdentifierKind::Email, IdentifierKind::Phone, IdentifierKind::Username]
        .into_iter()
        .find_map(|kind| known.iter().find(|identifier| identifier.kind == kind))
        .map(|identifier| identifier.shown.clone())
        .unwrap_or_default()
}

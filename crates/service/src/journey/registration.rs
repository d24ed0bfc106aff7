//! Registering: identifier → code → name and password → account.

use rekey_domain::account::action_token::ActionTokenKind;
use rekey_domain::audit::{Actor, AuditEvent, LinkKind};
use rekey_domain::journey::{JOURNEY_LIFETIME, Journey, JourneyKind, Ready, Step};
use rekey_domain::password::set::SetOccasion;
use rekey_domain::{Account, AccountId, AccountIdentifier, ActionTokenId, Consent, IdentifierId, PasswordHash, Role};
use rekey_shared::identifier::{Identifier, IdentifierKind, Username};
use rekey_shared::password::{Policy, Report};
use rekey_shared::view::{JourneyView, PolicyView};
use rekey_shared::{Field, FieldFault, FieldProblem, Secret, Timestamp};
use rekey_store::{Inserted, Write, transaction};

use crate::account::names::check_names;
use crate::audit::links;
use crate::context::About as _;
use crate::hasher::Busy;
use crate::journey::challenge;
pub use crate::journey::challenge::{ResendError, VerifyError};
use crate::journey::held::{self, Held, ProofSource};
use crate::journey::start::{self, NewJourney, Send, Started};
use crate::message::{notices, texts};
use crate::password::new_password::{CurrentPassword, NewPassword, NewPasswordError};
use crate::password::{SetError, SetPassword};
use crate::session::known_device;
use crate::verifier::{self, NameCheck};
use crate::{PlainToken, RequestMeta, Services, Unexpected, password, policies, role};

/// What the first page asks for.
#[derive(Debug, Clone, Default)]
pub struct Start {
    /// An e-mail address or a mobile number, as typed.
    pub identifier: String,
    /// The token of an owner's link, for the registration of an owner.
    pub owner: Option<String>,
    /// Whether the terms were accepted.
    pub consent: bool,
}

/// Why a registration does not begin.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Fields need another look.
    #[error("bad fields")]
    Fields(Vec<FieldProblem>),
    /// Registration is switched off, and it is not the owner's.
    #[error("registration is closed")]
    Closed,
    /// The owner's link is unknown, expired, used or replaced.
    #[error("the owner's link does not work")]
    LinkNotValid,
    /// Too many codes for this target or from this client.
    #[error("throttled")]
    Throttled,
    /// No text message is sent to this number now: a limit is reached.
    #[error("text messages are stopped")]
    TextsStopped,
    /// Something broke.
    #[error(transparent)]
    Unexpected(#[from] Unexpected),
}

/// What the last page asks for.
#[derive(Debug, Clone, Default)]
pub struct Complete {
    /// Given name; may be empty.
    pub given_name: String,
    /// Family name; may be empty.
    pub family_name: String,
    /// A user name; may be empty.
    pub username: String,
    /// The password.
    pub new_password: Secret,
    /// The password, typed again.
    pub confirm_password: Secret,
}

/// Why no account came of it.
#[derive(Debug, thiserror::Error)]
pub enum CompleteError {
    /// Fields need another look.
    #[error("bad fields")]
    Fields(Vec<FieldProblem>),
    /// The password does not meet the policy.
    #[error("weak password")]
    Weak(Box<Report>),
    /// The steps were not begun in this browser, are over, or another tab was faster.
    #[error("no such journey")]
    Over,
    /// Registration was switched off meanwhile.
    #[error("registration is closed")]
    Closed,
    /// Too many user names were asked about, or too many passwords hashed.
    #[error("too many tries")]
    TooMany,
    /// The hashing queue is full.
    #[error(transparent)]
    Busy(#[from] Busy),
    /// Something broke.
    #[error(transparent)]
    Unexpected(#[from] Unexpected),
}

crate::error::from_store!(StartError, CompleteError);

impl From<NewPasswordError> for CompleteError {
    fn from(error: NewPasswordError) -> Self {
        match error {
            NewPasswordError::Fields(fields) => Self::Fields(fields),
            NewPasswordError::Weak(report) => Self::Weak(report),
            NewPasswordError::Busy(busy) => Self::Busy(busy),
            NewPasswordError::Unexpected(failure) => Self::Unexpected(failure),
        }
    }
}

impl From<SetError> for CompleteError {
    fn from(error: SetError) -> Self {
        match error {
            SetError::Overtaken | SetError::KeptElsewhere => Self::Over,
            SetError::Unexpected(failure) => Self::Unexpected(failure),
        }
    }
}

/// Begins a registration. Looks no account up: the worker finds out whether the identifier is taken.
pub async fn start(cx: &Services, meta: &RequestMeta, input: Start) -> Result<PlainToken, StartError> {
    let action_token = match input.owner.as_deref() {
        Some(token) => Some(find_owner_token(cx, meta, token).await?.ok_or(StartError::LinkNotValid)?),
        None if cx.settings().registration.open => None,
        None => return Err(StartError::Closed),
    };
    let identifier = parse_start(cx, &input)?;
    let new = NewJourney {
        kind: JourneyKind::Registration,
        identifier: &identifier,
        lifetime: JOURNEY_LIFETIME,
        link_lifetime: None,
        action_token,
        terms: cx.settings().registration.terms(),
    };
    if identifier.kind() == IdentifierKind::Phone && texts::look(cx, meta, identifier.canonical()).await?.is_err() {
        return Err(StartError::TextsStopped);
    }
    let started = start::start(cx, meta.lang, &new);
    let Started { journey, challenge, .. } = &started;

    transaction!(cx.store, |tx| {
        if start::admit(cx, tx, (journey, Send::First), meta).await?.is_err() {
            return Err(StartError::Throttled);
        }
        started.insert(tx).await?;
        start::enqueue(cx, tx, meta, (journey, challenge)).await?;
        tx.record(meta.audit(AuditEvent::RegistrationStarted, journey.created_at).journey(journey.id));
        Ok(())
    })
    .await?;
    cx.wake.notify_one();
    Ok(started.handle)
}

fn parse_start(cx: &Services, input: &Start) -> Result<Identifier, StartError> {
    let mut faults = Vec::new();
    let parsed = parse_contact(cx, &input.identifier);
    if let Err(fault) = &parsed {
        faults.push(FieldProblem { field: Field::Identifier, fault: *fault });
    }
    if cx.settings().registration.terms_url.is_some() && !input.consent {
        faults.push(FieldProblem { field: Field::Consent, fault: FieldFault::MustAccept });
    }
    match parsed {
        Ok(identifier) if faults.is_empty() => Ok(identifier),
        _ => Err(StartError::Fields(faults)),
    }
}

fn parse_contact(cx: &Services, typed: &str) -> Result<Identifier, FieldFault> {
    let settings = cx.settings();
    if typed.trim().is_empty() {
        return Err(if settings.registration.phone { FieldFault::MissingContact } else { FieldFault::EmailOnly });
    }
    let parsed = Identifier::parse_contact(typed, &settings.default_region);
    let is_email = parsed.as_ref().is_ok_and(|identifier| identifier.kind() == IdentifierKind::Email);
    if !settings.registration.phone && !is_email {
        return Err(FieldFault::EmailOnly);
    }
    let identifier = parsed?;
    if identifier.kind() == IdentifierKind::Phone && !texts::serves(cx, identifier.canonical()) {
        return Err(FieldFault::CountryNotServed);
    }
    Ok(identifier)
}

async fn find_owner_token(cx: &Services, meta: &RequestMeta, typed: &str) -> Result<Option<ActionTokenId>, Unexpected> {
    let found = match PlainToken::parse(typed) {
        Some(token) => cx.store.find_action_token(token.digest()).await?,
        None => None,
    };
    let open = found.filter(|action_token| action_token.is_open(ActionTokenKind::Owner, cx.now()));
    if open.is_none() {
        links::refused(cx, meta, LinkKind::Owner, typed).await?;
    }
    Ok(open.map(|action_token| action_token.id))
}

/// Where the registration of this browser stands; `None` when there is none.
pub async fn view(cx: &Services, handle: &str) -> Result<Option<JourneyView>, Unexpected> {
    Ok(find(cx, handle).await?.and_then(|held| held.view(cx.now())))
}

async fn find(cx: &Services, handle: &str) -> Result<Option<Held>, Unexpected> {
    held::find(cx, JourneyKind::Registration, ProofSource::Journey(handle)).await
}

/// Sends the code again.
pub async fn resend(cx: &Services, meta: &RequestMeta, handle: &str) -> Result<(), ResendError> {
    challenge::resend(cx, meta, JourneyKind::Registration, ProofSource::Journey(handle)).await
}

/// Takes the typed code.
pub async fn verify(cx: &Services, meta: &RequestMeta, handle: &str, code: &str) -> Result<(), VerifyError> {
    challenge::verify(cx, meta, JourneyKind::Registration, ProofSource::Journey(handle), (None, code)).await
}

/// The rules for the password of the account to be; `None` when there is no such registration.
pub async fn policy(cx: &Services, handle: &str) -> Result<Option<PolicyView>, Unexpected> {
    let Some(Held { journey, .. }) = find(cx, handle).await? else { return Ok(None) };
    Ok(Some(PolicyView {
        policy: policy_of(cx, &journey).await?,
        personal: password::personal_of(cx, "", "", [(journey.target_kind, journey.target.as_str())]),
        identifier: journey.target_shown,
        breached: cx.breaches.list(),
    }))
}

async fn policy_of(cx: &Services, journey: &Journey) -> Result<Policy, Unexpected> {
    Ok(policies::of_newcomer(cx, role_of(journey)).await?.on(SetOccasion::Registration.rules()))
}

const fn role_of(journey: &Journey) -> Role {
    if journey.action_token.is_some() { Role::Owner } else { Role::Member }
}

/// Makes the account, once.
pub async fn complete(cx: &Services, meta: &RequestMeta, handle: &str, input: Complete) -> Result<(), CompleteError> {
    let held = find(cx, handle).await?.ok_or(CompleteError::Over)?;
    if held.journey.action_token.is_none() && !cx.settings().registration.open {
        return Err(CompleteError::Closed);
    }
    let Ok(Step::Complete(ready)) = held.step(cx.now()) else { return Err(CompleteError::Over) };
    let journey = held.journey;
    let names = (input.given_name.as_str(), input.family_name.as_str(), input.username.as_str());
    let username = check_names(names).map_err(CompleteError::Fields)?;
    let policy = policy_of(cx, &journey).await?;
    check_password(cx, &policy, &journey, &input, username.as_ref()).await?;
    if let Some(username) = &username {
        match verifier::username(cx, journey.id, username).await? {
            NameCheck::Free => {}
            NameCheck::Taken => return Err(taken()),
            NameCheck::NoTryLeft => return Err(CompleteError::TooMany),
        }
    }

    // Argon2 is slow by design: no transaction is open while it runs.
    let hash = verifier::first_password(cx, journey.id, &input.new_password, cx.hasher.permit()?).await?;
    let hash = hash.ok_or(CompleteError::TooMany)?;
    create(cx, meta, &journey, ready, &input, username, hash).await
}

fn taken() -> CompleteError {
    CompleteError::Fields(vec![FieldProblem { field: Field::Username, fault: FieldFault::Taken }])
}

async fn check_password(
    cx: &Services,
    policy: &Policy,
    journey: &Journey,
    input: &Complete,
    username: Option<&Username>,
) -> Result<(), NewPasswordError> {
    let known = [
        (journey.target_kind, journey.target.as_str()),
        (IdentifierKind::Username, username.map_or("", Username::canonical)),
    ];
    let personal = password::personal_of(cx, &input.given_name, &input.family_name, known);
    let new = NewPassword { password: &input.new_password, confirm: &input.confirm_password };
    new.check(cx, policy, &personal, &CurrentPassword::default()).await.map(drop)
}

async fn create(
    cx: &Services,
    meta: &RequestMeta,
    journey: &Journey,
    ready: Ready,
    input: &Complete,
    username: Option<Username>,
    hash: PasswordHash,
) -> Result<(), CompleteError> {
    let now = cx.now();
    let (account, identifiers) = new_account(cx, (journey, ready), input, username);
    let owner = role_of(journey) == Role::Owner;
    let first = SetPassword {
        occasion: SetOccasion::Registration,
        account: &account,
        identifiers: &identifiers,
        hash,
        journey: Some(journey.id),
        proven_by: ready.channel(),
        request: Some(meta),
    };
    transaction!(cx.store, |tx| {
        if owner {
            // Before anything else is locked, like wherever roles are changed.
            tx.lock_roles().await?;
        }
        claim(tx, journey, ready, now).await?;
        insert(tx, journey, &account, &identifiers).await?;
        let created = meta.audit(AuditEvent::AccountCreated, now).by(Actor::Person(account.id)).account(account.id);
        tx.record(created.journey(journey.id));
        if owner {
            role::make_owner(cx, meta, tx, account.id).await?;
        }
        let epoch = password::set(cx, tx, &first).await?;
        known_device::remember(cx, tx, meta, (account.id, epoch)).await?;
        notices::welcome(cx, tx, &account, &identifiers).await?;
        Ok::<_, CompleteError>(())
    })
    .await?;
    cx.wake.notify_one();
    Ok(())
}

/// Spends what the registration rests on: its journey, and the owner's link where it began with one.
async fn claim(tx: &Write, journey: &Journey, ready: Ready, now: Timestamp) -> Result<(), CompleteError> {
    if !tx.spend_journey(ready, now).await? {
        // Another tab was faster.
        return Err(CompleteError::Over);
    }
    match journey.action_token {
        Some(action_token) if !tx.spend_action_token(action_token, now).await? => Err(CompleteError::Over),
        _ => Ok(()),
    }
}

async fn insert(
    tx: &Write,
    journey: &Journey,
    account: &Account,
    identifiers: &[AccountIdentifier],
) -> Result<(), CompleteError> {
    match tx.insert_account(account, identifiers).await? {
        Inserted::Done => {}
        // Since it was looked up.
        Inserted::Taken(IdentifierKind::Username) => return Err(taken()),
        Inserted::Taken(_) => return Err(CompleteError::Over),
    }
    if let Some(terms) = &journey.terms {
        let consent = Consent { account: account.id, terms: terms.clone(), at: journey.created_at };
        tx.insert_consent(&consent).await?;
    }
    Ok(())
}

fn new_account(
    cx: &Services,
    (journey, ready): (&Journey, Ready),
    input: &Complete,
    username: Option<Username>,
) -> (Account, Vec<AccountIdentifier>) {
    let now = cx.now();
    let id = AccountId::new(now, cx.random());
    let identifier = |kind, canonical: &str, shown: &str, verified_at| AccountIdentifier {
        id: IdentifierId::new(now, cx.random()),
        account: id,
        kind,
        canonical: canonical.to_owned(),
        shown: shown.to_owned(),
        verified_at,
    };
    let proven_at = Some(ready.proven_at());
    let proven = identifier(journey.target_kind, &journey.target, &journey.target_shown, proven_at);
    let chosen = username.map(|name| identifier(IdentifierKind::Username, name.canonical(), name.shown(), None));
    let account = Account {
        given_name: input.given_name.trim().to_owned(),
        family_name: input.family_name.trim().to_owned(),
        ..Account::new(id, journey.lang, now)
    };
    (account, std::iter::once(proven).chain(chosen).collect())
}

//! Getting back in: identifier → link or code → new password.
//!
//! Nothing about an account is looked up while a page waits. See `domain::journey::recovery` for the diagram.

use std::sync::OnceLock;

use rekey_domain::audit::AuditEvent;
use rekey_domain::journey::method::Method;
use rekey_domain::journey::{JOURNEY_LIFETIME, Journey, JourneyKind, Ready, Step};
use rekey_domain::password::set::SetOccasion;
use rekey_domain::throttle;
use rekey_domain::{Account, AccountIdentifier, JourneyId, PasswordHash};
use rekey_shared::identifier::Identifier;
use rekey_shared::password::Report;
use rekey_shared::view::{JourneyView, PolicyView};
use rekey_shared::{Field, FieldFault, FieldProblem, Secret};
use rekey_store::transaction;

use crate::audit::links;
use crate::context::About as _;
use crate::hasher::Busy;
use crate::journey::challenge;
pub use crate::journey::challenge::{ChooseError, ResendError, VerifyError};
pub use crate::journey::held::ProofSource;
use crate::journey::held::{self, Held};
use crate::journey::start::{self, NewJourney, Send, Started};
use crate::password::history::{self, HistoryError};
use crate::password::new_password::{CurrentPassword, NewPassword, NewPasswordError};
use crate::password::{SetError, SetPassword};
use crate::session::known_device;
use crate::{PlainToken, RequestMeta, Services, Unexpected, password, policies, verifier, work};

/// Why a recovery does not begin.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Nothing was typed, or nothing that could be an identifier.
    #[error("bad field")]
    Field(FieldProblem),
    /// Refused by the throttle; only when the settings say that it is told (AC-56).
    #[error("throttled")]
    Throttled(throttle::Refusal),
    /// Refused by the throttle without saying so, too often for one more journey that leads nowhere.
    #[error("too many")]
    SlowDown,
    /// Something broke.
    #[error(transparent)]
    Unexpected(#[from] Unexpected),
}

/// What the last page asks for.
#[derive(Debug, Clone, Default)]
pub struct Complete {
    /// The recovery that the page was drawn for. A link that is opened in another tab takes the place of the browser's
    /// own recovery, and would get the password that its owner has chosen for theirs.
    pub journey: Option<JourneyId>,
    /// The new password.
    pub new_password: Secret,
    /// The new password, typed again.
    pub confirm_password: Secret,
}

/// Why the password was not replaced.
#[derive(Debug, thiserror::Error)]
pub enum CompleteError {
    /// Fields need another look.
    #[error("bad fields")]
    Fields(Vec<FieldProblem>),
    /// The password does not meet the policy.
    #[error("weak password")]
    Weak(Box<Report>),
    /// It was compared with the past ones three times within the hour. The link or proof is not spent.
    #[error("too many tries")]
    TooMany,
    /// The page was drawn for another recovery than the browser has hold of now.
    #[error("another journey")]
    OtherJourney,
    /// The link or journey is unknown, expired, spent or revoked. Which it was is in the audit record.
    #[error("not valid")]
    NotValid,
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

impl From<HistoryError> for CompleteError {
    fn from(error: HistoryError) -> Self {
        match error {
            HistoryError::Weak(report) => Self::Weak(report),
            HistoryError::TooMany => Self::TooMany,
            HistoryError::Unexpected(failure) => Self::Unexpected(failure),
        }
    }
}

impl From<SetError> for CompleteError {
    fn from(error: SetError) -> Self {
        match error {
            // Whatever happened to the account while the hash was made has raised its epoch.
            SetError::Overtaken | SetError::KeptElsewhere => Self::NotValid,
            SetError::Unexpected(failure) => Self::Unexpected(failure),
        }
    }
}

/// Begins a recovery. The answer and the work are the same for any identifier (RC-1).
pub async fn start(cx: &Services, meta: &RequestMeta, typed: &str) -> Result<PlainToken, StartError> {
    let identifier = parse(typed, &cx.settings().default_region)?;
    let link_lifetime = cx.settings().recovery.link_ttl;
    let new = NewJourney {
        kind: JourneyKind::Recovery,
        identifier: &identifier,
        lifetime: link_lifetime.max(JOURNEY_LIFETIME),
        link_lifetime: Some(link_lifetime),
        action_token: None,
        terms: None,
    };
    let started = start::start(cx, meta.lang, &new);
    let Started { journey, challenge, .. } = &started;

    // Asked for once, however often the transaction runs: it counts in memory.
    let decoy = OnceLock::new();
    transaction!(cx.store, |tx| {
        let admitted = start::admit(cx, tx, (journey, Send::First), meta).await?;
        if let Err(refusal) = admitted {
            if cx.settings().recovery.throttle.tell {
                return Err(StartError::Throttled(refusal));
            }
            if !*decoy.get_or_init(|| begins_decoy(cx, journey, meta)) {
                return Err(StartError::SlowDown);
            }
        }
        started.insert(tx).await?;
        if admitted.is_ok() {
            start::enqueue(cx, tx, meta, (journey, challenge)).await?;
        } else {
            // Spent all the same: a proof that is still good would tell that nothing was sent.
            work::spend(cx, tx, meta, journey).await?;
        }
        tx.record(meta.audit(AuditEvent::RecoveryStarted, journey.created_at).journey(journey.id));
        Ok(())
    })
    .await?;
    cx.wake.notify_one();
    Ok(started.handle)
}

fn parse(typed: &str, region: &str) -> Result<Identifier, StartError> {
    let parsed = if typed.trim().is_empty() { Err(FieldFault::Missing) } else { Identifier::parse(typed, region) };
    parsed.map_err(|fault| StartError::Field(FieldProblem { field: Field::Identifier, fault }))
}

/// Whether a refused request is answered like an accepted one, which takes a journey that leads nowhere.
fn begins_decoy(cx: &Services, journey: &Journey, meta: &RequestMeta) -> bool {
    let target = cx.keys.account_key(verifier::kind_name(journey.target_kind), &journey.target);
    cx.decoys.admit(target, cx.address_key(meta), cx.now())
}

/// Where the recovery of this browser stands; `None` when there is none.
pub async fn view(cx: &Services, handle: &str) -> Result<Option<JourneyView>, Unexpected> {
    let held = held::find(cx, JourneyKind::Recovery, ProofSource::Journey(handle)).await?;
    Ok(held.and_then(|held| held.view(cx.now())))
}

/// Sends link and code again.
pub async fn resend(cx: &Services, meta: &RequestMeta, handle: &str) -> Result<(), ResendError> {
    challenge::resend(cx, meta, JourneyKind::Recovery, ProofSource::Journey(handle)).await
}

/// Takes the typed code.
pub async fn verify(cx: &Services, meta: &RequestMeta, handle: &str, code: &str) -> Result<(), VerifyError> {
    challenge::verify(cx, meta, JourneyKind::Recovery, ProofSource::Journey(handle), (None, code)).await
}

/// Asks for a proof by another method, at the gate that is open.
pub async fn choose(cx: &Services, source: ProofSource<'_>, method: Method) -> Result<(), ChooseError> {
    challenge::choose(cx, JourneyKind::Recovery, source, method).await
}

/// Takes the answer to what was asked for by a method.
pub async fn answer(
    cx: &Services,
    meta: &RequestMeta,
    source: ProofSource<'_>,
    method: Method,
    typed: &str,
) -> Result<(), VerifyError> {
    challenge::verify(cx, meta, JourneyKind::Recovery, source, (Some(method), typed)).await
}

/// Whether a mailed link would still open. Changes nothing, however often it is asked (RC-7).
pub async fn link_is_open(cx: &Services, token: &str) -> Result<bool, Unexpected> {
    let held = held::find(cx, JourneyKind::Recovery, ProofSource::Link(token)).await?;
    Ok(held.is_some_and(|held| held.step(cx.now()).is_ok()))
}

/// The recovery and the rules for its new password, for a browser that has proven to be its owner's; `None` for any other.
pub async fn policy(cx: &Services, source: ProofSource<'_>) -> Result<Option<(JourneyId, PolicyView)>, Unexpected> {
    let Some((held, _, account)) = find_ready(cx, source).await? else { return Ok(None) };
    let known = cx.store.list_identifiers(account.id).await?;
    let view = PolicyView {
        identifier: held.journey.target_shown,
        policy: policies::of(cx, &account).await?.on(SetOccasion::Recovery.rules()),
        personal: password::personal_of_account(cx, &account, &known),
        breached: cx.breaches.list(),
    };
    Ok(Some((held.journey.id, view)))
}

/// The journey that a browser may complete now.
async fn find_ready(cx: &Services, source: ProofSource<'_>) -> Result<Option<(Held, Ready, Account)>, Unexpected> {
    let Some(held) = held::find(cx, JourneyKind::Recovery, source).await? else { return Ok(None) };
    match (held.step(cx.now()), held.account.clone()) {
        (Ok(Step::Complete(ready)), Some(account)) => Ok(Some((held, ready, account))),
        (Ok(Step::Complete(_) | Step::Prove(_)) | Err(_), _) => Ok(None),
    }
}

/// Replaces the password at the end of a proven recovery and signs the person out everywhere.
pub async fn complete(
    cx: &Services,
    meta: &RequestMeta,
    source: ProofSource<'_>,
    input: Complete,
) -> Result<(), CompleteError> {
    let Some((held, ready, account)) = find_ready(cx, source).await? else { return refuse(cx, meta, source).await };
    if input.journey.is_some_and(|named| named != held.journey.id) {
        return Err(CompleteError::OtherJourney);
    }
    let identifiers = cx.store.list_identifiers(account.id).await?;
    let new = NewPassword { password: &input.new_password, confirm: &input.confirm_password };
    let policy = policies::of(cx, &account).await?.on(SetOccasion::Recovery.rules());
    let personal = password::personal_of_account(cx, &account, &identifiers);
    let report = new.check(cx, &policy, &personal, &CurrentPassword::default()).await?;

    // Argon2 is slow by design: no transaction is open while it runs.
    let (permit, checked) = (cx.hasher.permit()?, (report, &input.new_password));
    let hash = history::hash_unless_used(cx, permit, (&account, held.journey.id.0), &policy, checked, false).await?;
    match finish(cx, meta, ready, &account, &identifiers, hash).await {
        Err(CompleteError::NotValid) => refuse(cx, meta, source).await,
        done => done,
    }
}

/// Refuses, and writes down why: the page says nothing of it.
async fn refuse(cx: &Services, meta: &RequestMeta, source: ProofSource<'_>) -> Result<(), CompleteError> {
    links::recovery_refused(cx, meta, source).await?;
    Err(CompleteError::NotValid)
}

async fn finish(
    cx: &Services,
    meta: &RequestMeta,
    ready: Ready,
    account: &Account,
    identifiers: &[AccountIdentifier],
    hash: PasswordHash,
) -> Result<(), CompleteError> {
    let new = SetPassword {
        occasion: SetOccasion::Recovery,
        account,
        identifiers,
        hash,
        journey: Some(ready.journey()),
        proven_by: ready.channel(),
        request: Some(meta),
    };
    transaction!(cx.store, |tx| {
        if !tx.spend_journey(ready, cx.now()).await? {
            // Another tab or another person was faster.
            return Err(CompleteError::NotValid);
        }
        let epoch = password::set(cx, tx, &new).await?;
        Ok(known_device::remember(cx, tx, meta, (account.id, epoch)).await?)
    })
    .await?;
    cx.wake.notify_one();
    Ok(())
}

//! What registrations and recoveries have in common: beginning one, looking at it, codes, resending.

use std::time::Duration;

use rekey_domain::account::action_token::ActionTokenKind;
use rekey_domain::audit::{AuditEvent, Reason};
use rekey_domain::journey::{
    self, Action, CODE_LIFETIME, Facts, Journey, JourneyKind, JourneyState, Next, RESEND_PAUSE, Refusal,
};
use rekey_domain::message::{Notification, OutboxItem};
use rekey_domain::throttle::{self, Limit, Purpose};
use rekey_domain::{Account, AccountId, ActionTokenId, JourneyId, OutboxId};
use rekey_shared::identifier::{Identifier, IdentifierKind};
use rekey_shared::view::{Channel, JourneyStep, JourneyView};
use rekey_shared::{Field, FieldFault, FieldProblem, OneTimeCode, Timestamp};
use rekey_store::Write;

use crate::context::About as _;
use crate::verifier::{self, CodeTry};
use crate::{PlainToken, RequestMeta, Services, Unexpected};

/// Why a code was not taken.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// Not six digits; costs no try.
    #[error("not a code")]
    NotACode(FieldProblem),
    /// The steps were not begun in this browser, or are over.
    #[error("no such journey")]
    Over,
    /// Wrong, with tries left.
    #[error("wrong code")]
    Wrong {
        /// 1–4.
        tries_left: u8,
    },
    /// Expired, or mistyped too often.
    #[error("dead code")]
    Dead,
    /// Something broke.
    #[error(transparent)]
    Unexpected(#[from] Unexpected),
}

/// Why a message is not sent again.
#[derive(Debug, thiserror::Error)]
pub enum ResendError {
    /// The steps were not begun in this browser, or are over.
    #[error("no such journey")]
    Over,
    /// Less than a minute since the last one, or five within the hour.
    #[error("too soon")]
    TooSoon,
    /// Its tries are used up: a new start is needed.
    #[error("dead code")]
    Dead,
    /// Something broke.
    #[error(transparent)]
    Unexpected(#[from] Unexpected),
}

crate::error::from_store!(VerifyError, ResendError);

/// What a new journey is made from.
pub(crate) struct New<'a> {
    pub kind: JourneyKind,
    pub identifier: &'a Identifier,
    pub lifetime: Duration,
    pub link_lifetime: Duration,
    pub action_token: Option<ActionTokenId>,
}

/// A fresh journey and the secret for the cookie of the browser that begins it.
pub(crate) fn begin(cx: &Services, meta: &RequestMeta, new: &New<'_>) -> (Journey, PlainToken) {
    let now = cx.now();
    let handle = cx.new_token();
    let journey = Journey {
        id: JourneyId::new(now, cx.random()),
        kind: new.kind,
        state: JourneyState::Waiting,
        handle: handle.digest(),
        target_kind: new.identifier.kind(),
        target: new.identifier.canonical().to_owned(),
        target_shown: new.identifier.shown().to_owned(),
        lang: meta.lang,
        bound: None,
        link: None,
        link_expires_at: now.plus(new.link_lifetime),
        code_generation: 0,
        code_expires_at: now.plus(CODE_LIFETIME),
        code_tries: 0,
        last_sent_at: now,
        proven_at: None,
        action_token: new.action_token,
        created_at: now,
        expires_at: now.plus(new.lifetime),
    };
    (journey, handle)
}

/// Asks the throttle for one more request about this target by this client.
pub(crate) async fn admit(
    cx: &Services,
    tx: &mut Write,
    purpose: Purpose,
    limits: &[Limit],
    target: (IdentifierKind, &str),
    meta: &RequestMeta,
) -> Result<Result<(), throttle::Refusal>, Unexpected> {
    let account = cx.keys.account_key(verifier::kind_name(target.0), target.1);
    Ok(tx.admit(purpose, account, cx.address_key(meta), limits, cx.now()).await?)
}

/// Revokes every link, code and temporary password of an account. Wherever its credentials, its addresses or its
/// status change, in the same transaction.
pub(crate) async fn revoke_all(tx: &Write, account: AccountId, except: Option<JourneyId>) -> Result<(), Unexpected> {
    tx.revoke_journeys(account, except).await?;
    tx.revoke_action_tokens(ActionTokenKind::TemporaryPassword, Some(account)).await?;
    Ok(())
}

/// Enqueues the message of a journey.
pub(crate) async fn enqueue(cx: &Services, tx: &mut Write, journey: &Journey) -> Result<(), Unexpected> {
    let now = cx.now();
    let notification = match journey.kind {
        JourneyKind::Registration => Notification::RegistrationSecret { journey: journey.id },
        JourneyKind::Recovery => Notification::RecoverySecret { journey: journey.id },
    };
    let item = OutboxItem {
        id: OutboxId::new(now, cx.random()),
        notification,
        lang: journey.lang,
        created_at: now,
        expires_at: if journey.kind == JourneyKind::Recovery {
            journey.link_expires_at
        } else {
            now.plus(CODE_LIFETIME)
        },
        attempts: 0,
    };
    Ok(tx.enqueue(&item).await?)
}

/// The open journey that a cookie leads to, as its browser may see it.
pub(crate) async fn find_open(cx: &Services, kind: JourneyKind, handle: &str) -> Result<Option<Journey>, Unexpected> {
    let Some(handle) = PlainToken::parse(handle) else { return Ok(None) };
    let journey = cx.store.find_journey(kind, handle.digest()).await?.map(Journey::as_shown_to_initiator);
    Ok(journey.filter(|journey| journey.is_open(cx.now())))
}

/// The account that a journey is bound to, as it is now. For a decoy one that does not exist is looked up,
/// so that it answers no faster (T-02).
pub(crate) async fn account_of(cx: &Services, journey: &Journey) -> Result<Option<Account>, Unexpected> {
    let id = journey.bound.and_then(|bound| bound.account).unwrap_or(AccountId(journey.id.0));
    Ok(cx.store.find_account(id).await?)
}

/// A journey as its page sees it: drawn from the row and from what was typed, never from an account.
pub(crate) fn view_of(journey: &Journey, now: Timestamp) -> JourneyView {
    JourneyView {
        step: match journey.state {
            JourneyState::Proven => JourneyStep::Password,
            JourneyState::Waiting | JourneyState::Done | JourneyState::Revoked => JourneyStep::Code,
        },
        identifier: journey.target_shown.clone(),
        channel: match journey.target_kind {
            IdentifierKind::Email => Channel::Email,
            IdentifierKind::Phone => Channel::Sms,
            IdentifierKind::Username => Channel::OnFile,
        },
        resend_at: journey.last_sent_at.plus(RESEND_PAUSE),
        code_expires_at: journey.code_expires_at,
        tries_left: journey.tries_left(),
        now,
        for_owner: journey.action_token.is_some(),
    }
}

/// Takes a typed code. The try is claimed before anything is compared.
pub(crate) async fn verify(
    cx: &Services,
    meta: &RequestMeta,
    kind: JourneyKind,
    handle: &str,
    typed: &str,
) -> Result<(), VerifyError> {
    let code = parse_code(typed).map_err(VerifyError::NotACode)?;
    let journey = find_open(cx, kind, handle).await?.ok_or(VerifyError::Over)?;
    if journey.state == JourneyState::Proven {
        // The same button pressed twice: the first press did it, and this browser holds the handle.
        return Ok(());
    }
    let CodeTry::Compared { fits } = verifier::code(cx, &journey, &code).await? else {
        return refused(cx, meta, &journey, dead(&journey, cx.now()), VerifyError::Dead).await;
    };
    let claimed = cx.store.find_journey_by_id(journey.id).await?.ok_or(VerifyError::Over)?.as_shown_to_initiator();
    let account = account_of(cx, &claimed).await?;
    let facts = Facts { account: account.as_ref(), code_proof: false, secret_matches: fits };
    match journey::step(&claimed, Action::TypeCode, &facts, cx.now()) {
        Ok(Next::Prove) => prove(cx, meta, &claimed, account.as_ref()).await,
        Err(Refusal::WrongSecret) if claimed.tries_left() > 0 => {
            let why = VerifyError::Wrong { tries_left: claimed.tries_left() };
            refused(cx, meta, &claimed, Reason::WrongSecret, why).await
        }
        Err(Refusal::WrongSecret) => refused(cx, meta, &claimed, Reason::WrongSecret, VerifyError::Dead).await,
        Ok(_) | Err(_) => refused(cx, meta, &claimed, dead(&claimed, cx.now()), VerifyError::Dead).await,
    }
}

fn parse_code(typed: &str) -> Result<OneTimeCode, FieldProblem> {
    let fault = if typed.trim().is_empty() { FieldFault::Missing } else { FieldFault::NotACode };
    OneTimeCode::parse(typed).ok_or(FieldProblem { field: Field::Code, fault })
}

async fn prove(
    cx: &Services,
    meta: &RequestMeta,
    journey: &Journey,
    account: Option<&Account>,
) -> Result<(), VerifyError> {
    let now = cx.now();
    let mut tx = cx.store.begin_write().await?;
    if !tx.prove_journey(journey.id, account.map(|account| account.id), now).await? {
        return Err(VerifyError::Over);
    }
    tx.clear_budget(verifier::code_budget(cx, journey), now).await?;
    let mut verified = meta.audit(AuditEvent::CodeVerified, now).journey(journey.id);
    verified.account = account.map(|account| account.id);
    tx.record(verified);
    tx.commit().await?;
    Ok(())
}

/// Why a code was refused without being compared.
fn dead(journey: &Journey, now: Timestamp) -> Reason {
    if now < journey.code_expires_at { Reason::NoTryLeft } else { Reason::Expired }
}

async fn refused(
    cx: &Services,
    meta: &RequestMeta,
    journey: &Journey,
    reason: Reason,
    why: VerifyError,
) -> Result<(), VerifyError> {
    let mut tx = cx.store.begin_write().await?;
    tx.record(meta.audit(AuditEvent::CodeRefused, cx.now()).journey(journey.id).reason(reason));
    tx.commit().await?;
    Err(why)
}

/// Sends the message again: the same code while it lives, a new one after.
pub(crate) async fn resend(
    cx: &Services,
    meta: &RequestMeta,
    kind: JourneyKind,
    handle: &str,
) -> Result<(), ResendError> {
    let now = cx.now();
    let journey = find_open(cx, kind, handle).await?.ok_or(ResendError::Over)?;
    let facts = Facts { account: None, code_proof: false, secret_matches: false };
    let new_code = match journey::step(&journey, Action::Resend, &facts, now) {
        Ok(Next::SendNew) => Some((journey.code_generation + 1, now.plus(CODE_LIFETIME))),
        Ok(_) => None,
        Err(Refusal::TooSoon) => return Err(ResendError::TooSoon),
        Err(Refusal::DeadCode) => return Err(ResendError::Dead),
        Err(_) => return Err(ResendError::Over),
    };
    let mut tx = cx.store.begin_write().await?;
    let target = (journey.target_kind, journey.target.as_str());
    if admit(cx, &mut tx, Purpose::Code, &cx.settings().sends.limits(), target, meta).await?.is_err() {
        return Err(ResendError::TooSoon);
    }
    if !tx.claim_resend(journey.id, journey.last_sent_at, now, new_code).await? {
        return Err(ResendError::TooSoon);
    }
    enqueue(cx, &mut tx, &journey).await?;
    tx.commit().await?;
    cx.wake.notify_one();
    Ok(())
}

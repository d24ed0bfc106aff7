//! The challenges of journeys: asking, asking again, taking an answer. One path for every kind and method.

use rekey_domain::ChallengeId;
use rekey_domain::audit::{AuditEntry, AuditEvent, Reason};
use rekey_domain::journey::challenge::{self, Challenge, Event, NewChallenge, Refusal};
use rekey_domain::journey::method::Method;
use rekey_domain::journey::proof::GrantedProof;
use rekey_domain::journey::{self, Journey, JourneyKind, Step};
use rekey_domain::throttle;
use rekey_shared::FieldProblem;
use rekey_store::transaction;

use crate::audit::refusals;
use crate::context::About as _;
use crate::journey::code_alarm;
use crate::journey::held::{self, Held, ProofSource};
use crate::journey::start::{self, Send};
use crate::message::texts;
use crate::verifier::{self, Answer, AnswerTry, Asked};
use crate::{RequestMeta, Services, Unexpected};

/// Why an answer was not taken.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// Nothing that could be an answer; costs no try.
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
    /// While codes are wrong too often over all accounts, this journey goes on by its link. Costs no try.
    #[error("the link is asked for")]
    LinkFirst,
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
    /// Refused by the throttle of recoveries; only when the settings say that it is told (AC-56).
    #[error("throttled")]
    Throttled(throttle::Refusal),
    /// Its tries are used up: a new start is needed.
    #[error("dead code")]
    Dead,
    /// Something broke.
    #[error(transparent)]
    Unexpected(#[from] Unexpected),
}

crate::error::from_store!(VerifyError, ResendError, ChooseError);

/// Why another method is not asked for.
#[derive(Debug, thiserror::Error)]
pub enum ChooseError {
    /// The steps were not begun in this browser, or are over.
    #[error("no such journey")]
    Over,
    /// The policy does not take it here.
    #[error("not asked for")]
    NotAsked,
    /// Something broke.
    #[error(transparent)]
    Unexpected(#[from] Unexpected),
}

/// Asks for a proof by another method. Offered by the policy alone: whether the account has such a factor, or whether
/// there is an account, changes nothing before the first gate is passed.
pub(crate) async fn choose(
    cx: &Services,
    kind: JourneyKind,
    source: ProofSource<'_>,
    method: Method,
) -> Result<(), ChooseError> {
    let now = cx.now();
    let held = held::find(cx, kind, source).await?.ok_or(ChooseError::Over)?;
    let gate = match held.gate_for(method, now) {
        Ok(gate) => gate,
        Err(journey::Refusal::NotAsked) => return Err(ChooseError::NotAsked),
        Err(journey::Refusal::Over | journey::Refusal::Completing) => return Err(ChooseError::Over),
    };
    if held.asked(gate, Some(method)).is_some() {
        return Ok(());
    }
    // A message is asked for when a journey begins, to what was typed.
    if method.is_sent() || cx.methods.find(method).is_none() {
        return Err(ChooseError::NotAsked);
    }
    let (id, until) = (ChallengeId::new(now, cx.random()), held.journey.expires_at);
    let new = NewChallenge { id, owner: held.owner, gate, method, link_expires_at: None, until };
    let asked = Challenge::issue(new, now);
    // Asked for twice at once: one row is there in any case.
    transaction!(cx.store, |tx| Ok::<_, Unexpected>(tx.insert_challenge(&asked).await?)).await?;
    Ok(())
}

/// Takes an answer, to what was asked for last unless a method is named. The try is claimed before anything is compared.
pub(crate) async fn verify(
    cx: &Services,
    meta: &RequestMeta,
    kind: JourneyKind,
    source: ProofSource<'_>,
    (method, typed): (Option<Method>, &str),
) -> Result<(), VerifyError> {
    let held = held::find(cx, kind, source).await?.ok_or(VerifyError::Over)?;
    let gate = match held.step(cx.now()) {
        Ok(Step::Prove(gate)) => gate,
        // The same button pressed twice: the first press did it, and this is the browser that pressed.
        Ok(Step::Complete(_)) => return Ok(()),
        Err(_) => return Err(VerifyError::Over),
    };
    let asked = held.asked(gate.number, method).ok_or(VerifyError::Over)?;
    let check = cx.methods.find(asked.method).ok_or(VerifyError::Over)?;
    check.read(typed).map_err(VerifyError::NotACode)?;
    if code_alarm::demands_link(cx, &held.journey, asked) {
        // It counts as a guess, so that the alarm lasts as long as they come.
        code_alarm::note(cx, false).await?;
        return Err(VerifyError::LinkFirst);
    }
    let asked = Asked { challenge: asked, subject: held.journey.subject, target: Some(target_of(&held.journey)) };
    match verifier::answer(cx, check, asked, typed).await? {
        AnswerTry::Dead => {
            let reason = if cx.now() < asked.challenge.expires_at { Reason::NoTryLeft } else { Reason::Expired };
            refusals::record(cx, meta, refusal(cx, meta, &held.journey, reason)).await?;
            Err(VerifyError::Dead)
        }
        AnswerTry::Compared { claimed, answer } => judge(cx, meta, (kind, source), &claimed, answer).await,
    }
}

pub(crate) fn target_of(journey: &Journey) -> (rekey_shared::identifier::IdentifierKind, &str) {
    (journey.target_kind, &journey.target)
}

/// Judges a compared answer by the journey as it is now: much may have happened since the page was sent.
async fn judge(
    cx: &Services,
    meta: &RequestMeta,
    (kind, source): (JourneyKind, ProofSource<'_>),
    claimed: &Challenge,
    answer: Answer,
) -> Result<(), VerifyError> {
    // What the page is told is the same; which of them it was is in the audit log.
    let reason = match answer {
        Answer::Right | Answer::Wrong => Reason::WrongSecret,
        Answer::Withheld => Reason::NoTryLeft,
    };
    let fits = answer == Answer::Right;
    code_alarm::note(cx, fits).await?;
    let held = held::find(cx, kind, source).await?.ok_or(VerifyError::Over)?.with_account(cx).await?;
    match journey::prove(&held.journey, claimed, held.account.as_ref(), fits, cx.now()) {
        Ok(granted) => prove(cx, meta, &held, claimed, &granted).await,
        Err(Refusal::Wrong) if claimed.tries_left() > 0 => {
            let why = VerifyError::Wrong { tries_left: claimed.tries_left() };
            refused(cx, meta, &held.journey, reason, why).await
        }
        Err(Refusal::Wrong) => refused(cx, meta, &held.journey, reason, VerifyError::Dead).await,
        Err(Refusal::Dead | Refusal::Proven | Refusal::TooSoon | Refusal::NotSent) => {
            refused(cx, meta, &held.journey, Reason::Expired, VerifyError::Dead).await
        }
    }
}

async fn prove(
    cx: &Services,
    meta: &RequestMeta,
    held: &Held,
    claimed: &Challenge,
    granted: &GrantedProof,
) -> Result<(), VerifyError> {
    let now = cx.now();
    let target = Some(target_of(&held.journey));
    let asked = Asked { challenge: claimed, subject: held.journey.subject, target };
    transaction!(cx.store, |tx| {
        if !tx.prove_challenge(granted).await? {
            return Err(VerifyError::Over);
        }
        tx.clear_budget(verifier::answer_budget(cx, &asked), now).await?;
        if held.journey.kind == JourneyKind::Registration && claimed.method == Method::Text {
            texts::verified(tx, &held.journey.target).await?;
        }
        let mut verified = meta.audit(AuditEvent::CodeVerified, now).journey(held.journey.id);
        verified.account = held.journey.subject.account();
        tx.record(verified);
        Ok(())
    })
    .await
}

async fn refused(
    cx: &Services,
    meta: &RequestMeta,
    journey: &Journey,
    reason: Reason,
    why: VerifyError,
) -> Result<(), VerifyError> {
    refusals::record_compared(cx, refusal(cx, meta, journey, reason)).await?;
    Err(why)
}

fn refusal(cx: &Services, meta: &RequestMeta, journey: &Journey, reason: Reason) -> AuditEntry {
    meta.audit(AuditEvent::CodeRefused, cx.now()).journey(journey.id).reason(reason)
}

/// Sends the message of what was asked for last again: the same secret while it lives, a new one after.
pub(crate) async fn resend(
    cx: &Services,
    meta: &RequestMeta,
    kind: JourneyKind,
    source: ProofSource<'_>,
) -> Result<(), ResendError> {
    let now = cx.now();
    let held = held::find(cx, kind, source).await?.ok_or(ResendError::Over)?;
    let gate = held.open_gate(now).ok_or(ResendError::Over)?;
    let sent = held.challenges.iter().rev().find(|asked| asked.gate == gate.number && asked.method.is_sent());
    let seen = sent.ok_or(ResendError::Over)?;
    let next = match challenge::step(seen, Event::Resend { until: held.journey.expires_at }, now) {
        Ok(next) => next,
        Err(Refusal::TooSoon) => return Err(ResendError::TooSoon),
        Err(Refusal::Dead) => return Err(ResendError::Dead),
        Err(Refusal::Wrong | Refusal::Proven | Refusal::NotSent) => return Err(ResendError::Over),
    };
    transaction!(cx.store, |tx| {
        if let Err(refusal) = start::admit(cx, tx, (&held.journey, Send::Again), meta).await? {
            let is_told = kind == JourneyKind::Recovery && cx.settings().recovery.throttle.tell;
            return Err(if is_told { ResendError::Throttled(refusal) } else { ResendError::TooSoon });
        }
        if !tx.claim_resend(seen, &next).await? {
            return Err(ResendError::TooSoon);
        }
        Ok(start::enqueue(cx, tx, meta, (&held.journey, &next)).await?)
    })
    .await?;
    cx.wake.notify_one();
    Ok(())
}

//! Beginning a journey. Nothing about an account is looked up here: the worker finds out whom it is for.

use std::time::Duration;

use rekey_domain::journey::challenge::{CODE_LIFETIME, Challenge, NewChallenge};
use rekey_domain::journey::method::Method;
use rekey_domain::journey::owner::Owner;
use rekey_domain::journey::{JOURNEY_LIFETIME, Journey, JourneyKind, JourneyState, Subject};
use rekey_domain::message::{Notification, OutboxItem};
use rekey_domain::throttle::{self, Limit, Purpose};
use rekey_domain::{Account, ActionTokenId, ChallengeId, JourneyId, OutboxId};
use rekey_shared::identifier::{Identifier, IdentifierKind};
use rekey_shared::{Lang, Timestamp};
use rekey_store::Write;

use crate::{PlainToken, RequestMeta, Services, Unexpected, verifier, work};

/// What a new journey is made from.
pub(crate) struct NewJourney<'a> {
    pub kind: JourneyKind,
    pub identifier: &'a Identifier,
    pub lifetime: Duration,
    /// How long a link in its mail lives, where there can be one.
    pub link_lifetime: Option<Duration>,
    pub action_token: Option<ActionTokenId>,
    /// The terms that were accepted.
    pub terms: Option<String>,
}

/// A journey before it is written down.
pub(crate) struct Started {
    pub journey: Journey,
    /// What it asks for first: an answer to a message to what was typed, whatever it was.
    pub challenge: Challenge,
    /// The secret for the cookie of the browser that begins it.
    pub handle: PlainToken,
}

/// A new journey with its first challenge.
pub(crate) fn start(cx: &Services, lang: Lang, new: &NewJourney<'_>) -> Started {
    let now = cx.now();
    let handle = cx.new_token();
    let journey = Journey {
        id: JourneyId::new(now, cx.random()),
        kind: new.kind,
        state: JourneyState::Open,
        handle: handle.digest(),
        target_kind: new.identifier.kind(),
        target: new.identifier.canonical().to_owned(),
        target_shown: new.identifier.shown().to_owned(),
        lang,
        subject: Subject::Unresolved,
        action_token: new.action_token,
        terms: new.terms.clone(),
        created_at: now,
        expires_at: now.plus(new.lifetime),
    };
    let first = NewChallenge {
        id: ChallengeId::new(now, cx.random()),
        owner: Owner::Journey(journey.id),
        gate: 1,
        method: method_for(journey.target_kind),
        link_expires_at: new.link_lifetime.map(|lifetime| now.plus(lifetime)),
        until: journey.expires_at,
    };
    Started { challenge: Challenge::issue(first, now), journey, handle }
}

/// A recovery that an operator begins for an account, and the token of its link. It is for that account from the
/// beginning, nothing is sent, and nothing but the link leads to it.
pub(crate) fn by_operator(
    cx: &Services,
    identifier: &Identifier,
    account: &Account,
) -> Result<(Started, PlainToken), Unexpected> {
    let link_lifetime = cx.settings().recovery.link_ttl;
    let new = NewJourney {
        kind: JourneyKind::Recovery,
        identifier,
        lifetime: link_lifetime.max(JOURNEY_LIFETIME),
        link_lifetime: Some(link_lifetime),
        action_token: None,
        terms: None,
    };
    let mut started = start(cx, account.lang, &new);
    started.journey.subject = Subject::of(account);
    let token = cx.keys.link_of(&started.challenge)?;
    started.challenge.method = Method::Clerk;
    started.challenge.link = Some(token.digest());
    Ok((started, token))
}

/// How a message gets to what was typed. A user name does not say; the worker corrects the guess.
fn method_for(kind: IdentifierKind) -> Method {
    match kind {
        IdentifierKind::Email | IdentifierKind::Username => Method::Mail,
        IdentifierKind::Phone => Method::Text,
    }
}

impl Started {
    /// Writes the journey and its challenge down.
    pub(crate) async fn insert(&self, tx: &Write) -> Result<(), Unexpected> {
        tx.insert_journey(&self.journey).await?;
        tx.insert_challenge(&self.challenge).await?;
        Ok(())
    }
}

/// Which of its messages a journey asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Send {
    /// The one that it begins with.
    First,
    /// Another one in its place.
    Again,
}

/// Asks the throttle for one more message of a journey: when it begins, and when it sends again. What is refused counts
/// for nothing.
///
/// A recovery is limited by its own throttle, and beside that by the one on messages with codes, unless the settings say
/// that its own stands alone (AC-50…AC-56).
///
/// A throttle of recoveries that is not told does not hold what is sent again: its refusal would show there, and with it
/// that the account's owner has asked meanwhile.
pub(crate) async fn admit(
    cx: &Services,
    tx: &mut Write,
    (journey, send): (&Journey, Send),
    meta: &RequestMeta,
) -> Result<Result<(), throttle::Refusal>, Unexpected> {
    let settings = cx.settings();
    let (recovery, sends) = (&settings.recovery.throttle, settings.sends.limits());
    let of_recovery = (Purpose::Recovery, recovery.limits.as_slice());
    let of_codes = (Purpose::Code, sends.as_slice());
    let asked: &[(Purpose, &[Limit])] = match journey.kind {
        JourneyKind::Registration => &[of_codes],
        JourneyKind::Recovery if recovery.alone => &[of_recovery],
        JourneyKind::Recovery if send == Send::Again && !recovery.tell => &[of_codes],
        JourneyKind::Recovery => &[of_recovery, of_codes],
    };
    let account = cx.keys.account_key(verifier::kind_name(journey.target_kind), &journey.target);
    Ok(tx.admit_all(asked, account, cx.address_key(meta), cx.now()).await?)
}

/// Enqueues the message of a journey's first challenge.
pub(crate) async fn enqueue(
    cx: &Services,
    tx: &mut Write,
    meta: &RequestMeta,
    (journey, challenge): (&Journey, &Challenge),
) -> Result<(), Unexpected> {
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
        expires_at: worthless_at(challenge, now),
        attempts: 0,
        network: Some(cx.network_key(meta)),
        with_work: work::spend(cx, tx, meta, journey).await?,
    };
    Ok(tx.enqueue(&item).await?)
}

/// When there is nothing left in the message that would open anything.
fn worthless_at(challenge: &Challenge, now: Timestamp) -> Timestamp {
    challenge.link_expires_at.unwrap_or(now.plus(CODE_LIFETIME))
}

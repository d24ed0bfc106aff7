//! Registration and recovery as one state machine: asked for → proven → done.
//!
//! ```mermaid
//! stateDiagram-v2
//!     [*] --> Waiting: start
//!     Waiting --> Waiting: wrong code (a try is gone)
//!     Waiting --> Proven: right code
//!     Waiting --> Done: link and new password
//!     Proven --> Done: new password
//!     Waiting --> Revoked: newer request, changed credentials
//!     Proven --> Revoked: newer request, changed credentials
//! ```

mod refusal;

use std::time::Duration;

use rekey_shared::identifier::IdentifierKind;
use rekey_shared::{Lang, Timestamp};

use crate::{Account, AccountId, ActionTokenId, Digest, Epoch, IdentifierId, JourneyId};

pub use refusal::{Presented, refusal};

/// How long a six-digit code lives (OB-2).
pub const CODE_LIFETIME: Duration = Duration::from_secs(600);
/// Wrong tries a journey has in all; a resent code does not bring new ones (TH-3, OB-4).
pub const CODE_TRIES: u8 = 5;
/// The pause before a code may be sent again.
pub const RESEND_PAUSE: Duration = Duration::from_secs(60);
/// How long a registration may take.
pub const REGISTRATION_LIFETIME: Duration = Duration::from_secs(3600);
/// How long a proven journey waits for the new password.
pub const PROOF_LIFETIME: Duration = Duration::from_secs(1800);

/// What a journey is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JourneyKind {
    /// Making an account.
    Registration,
    /// Replacing a forgotten password.
    Recovery,
}

/// Where a journey stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JourneyState {
    /// A message was asked for; nothing is proven.
    Waiting,
    /// The code was right.
    Proven,
    /// It has reached its end; nothing can be done with it any more.
    Done,
    /// A newer journey or a change of credentials put an end to it.
    Revoked,
}

/// Whom a journey turned out to be for. Found out when its message is sent, never while a page waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bound {
    /// The account to recover; `None` for a registration.
    pub account: Option<AccountId>,
    /// The verified identifier that the secret went to; `None` for a registration.
    pub channel: Option<IdentifierId>,
    /// The account's epoch then; a recovery is good only while it is still that.
    pub epoch: Option<Epoch>,
}

/// One registration or recovery.
#[derive(Debug, Clone)]
pub struct Journey {
    /// Its identity; its code and link are derived from it and the server's key.
    pub id: JourneyId,
    /// What it is for.
    pub kind: JourneyKind,
    /// Where it stands.
    pub state: JourneyState,
    /// SHA-256 of the secret in the cookie of the browser that began it.
    pub handle: Digest,
    /// What was typed.
    pub target_kind: IdentifierKind,
    /// What was typed, canonical.
    pub target: String,
    /// What was typed, as it is shown and sent to.
    pub target_shown: String,
    /// The language it was begun in.
    pub lang: Lang,
    /// Set once its message may be sent. An unbound journey is a decoy: it looks the same and proves nothing.
    pub bound: Option<Bound>,
    /// SHA-256 of the token in the mailed link; only bound recoveries by mail have one.
    pub link: Option<Digest>,
    /// When the link dies.
    pub link_expires_at: Timestamp,
    /// Which code is live: raised when a new one replaces a dead one.
    pub code_generation: i32,
    /// When the code dies.
    pub code_expires_at: Timestamp,
    /// Tries begun.
    pub code_tries: u8,
    /// When a message was last asked for.
    pub last_sent_at: Timestamp,
    /// When the code was right.
    pub proven_at: Option<Timestamp>,
    /// The owner's action token that this registration uses.
    pub action_token: Option<ActionTokenId>,
    /// When it came to be.
    pub created_at: Timestamp,
    /// When it is over in any case.
    pub expires_at: Timestamp,
}

/// Something done to a journey.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Ask for the message again.
    Resend,
    /// Type a code.
    TypeCode,
    /// Choose the password in the browser that proved the code.
    CompleteByCode,
    /// Choose the password in a browser that came by the link.
    CompleteByLink,
}

/// What is known of the world outside the journey.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The account it is bound to, as it is now.
    pub account: Option<&'a Account>,
    /// Whether a proof row binds this journey, this account and the step "code".
    pub code_proof: bool,
    /// Whether the secret that came with the action is the journey's own: the code for
    /// [`Action::TypeCode`], the link's token for [`Action::CompleteByLink`].
    pub secret_matches: bool,
}

/// What an action leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Send the live code again.
    SendAgain,
    /// The code had died: send a new one.
    SendNew,
    /// Record the proof.
    Prove,
    /// Spend the journey and set the password.
    Finish(Ready),
}

/// Permission to end a journey. The store asks for it, so nobody can spend a journey unchecked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ready {
    journey: JourneyId,
    from: JourneyState,
    account: Option<AccountId>,
    channel: Option<IdentifierId>,
}

impl Ready {
    /// The journey to spend.
    pub fn journey(self) -> JourneyId {
        self.journey
    }

    /// The state that it must still be in.
    pub fn from(self) -> JourneyState {
        self.from
    }

    /// The account whose password is replaced; `None` for a registration.
    pub fn account(self) -> Option<AccountId> {
        self.account
    }

    /// The identifier that the proof went through.
    pub fn channel(self) -> Option<IdentifierId> {
        self.channel
    }
}

/// Why an action is not possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The journey is over: done, revoked, expired or overtaken by a change of credentials.
    Over,
    /// Not at this step.
    OutOfOrder,
    /// The message was asked for less than a minute ago.
    TooSoon,
    /// The code is not right.
    WrongSecret,
    /// The code has expired or its tries are used up.
    DeadCode,
}

impl Journey {
    /// Whether it is open and in time, whatever it has proven.
    pub fn is_open(&self, now: Timestamp) -> bool {
        matches!(self.state, JourneyState::Waiting | JourneyState::Proven) && now < self.expires_at
    }

    /// The journey as the browser that began it may see it: one that ended before anything was proven goes on
    /// looking like a decoy until its time is over. Anybody may begin a recovery for anybody; that a newer one,
    /// a change of password or the owner's own click put an end to it would tell that there is an account (T-01).
    #[must_use]
    pub fn as_shown_to_initiator(self) -> Self {
        let ended = matches!(self.state, JourneyState::Done | JourneyState::Revoked);
        if ended && self.proven_at.is_none() {
            return Self { state: JourneyState::Waiting, bound: None, link: None, ..self };
        }
        self
    }

    /// Tries left with the code.
    pub fn tries_left(&self) -> u8 {
        CODE_TRIES.saturating_sub(self.code_tries)
    }
}

/// Decides what an action does to a journey. Reads no clock, touches no database.
///
/// A typed code is judged after its try was claimed, so `journey.code_tries` counts it already.
pub fn step(journey: &Journey, action: Action, facts: &Facts<'_>, now: Timestamp) -> Result<Next, Refusal> {
    if !journey.is_open(now) {
        return Err(Refusal::Over);
    }
    match (journey.state, action) {
        (JourneyState::Waiting, Action::Resend) => resend(journey, now),
        (JourneyState::Waiting, Action::TypeCode) => prove(journey, facts, now),
        (JourneyState::Proven, Action::CompleteByCode) => finish_by_code(journey, facts, now),
        (JourneyState::Waiting | JourneyState::Proven, Action::CompleteByLink) => finish_by_link(journey, facts, now),
        _ => Err(Refusal::OutOfOrder),
    }
}

fn resend(journey: &Journey, now: Timestamp) -> Result<Next, Refusal> {
    if now.since(journey.last_sent_at) < RESEND_PAUSE {
        return Err(Refusal::TooSoon);
    }
    if journey.code_tries >= CODE_TRIES {
        return Err(Refusal::DeadCode);
    }
    Ok(if now < journey.code_expires_at { Next::SendAgain } else { Next::SendNew })
}

fn prove(journey: &Journey, facts: &Facts<'_>, now: Timestamp) -> Result<Next, Refusal> {
    if now >= journey.code_expires_at || journey.code_tries > CODE_TRIES {
        return Err(Refusal::DeadCode);
    }
    // A decoy answers like a bound journey whose code was mistyped.
    if !facts.secret_matches || !binding_holds(journey, facts) {
        return Err(Refusal::WrongSecret);
    }
    Ok(Next::Prove)
}

fn finish_by_code(journey: &Journey, facts: &Facts<'_>, now: Timestamp) -> Result<Next, Refusal> {
    let in_time = journey.proven_at.is_some_and(|at| now.since(at) < PROOF_LIFETIME);
    if !in_time || !facts.code_proof {
        return Err(Refusal::Over);
    }
    finish(journey, facts)
}

fn finish_by_link(journey: &Journey, facts: &Facts<'_>, now: Timestamp) -> Result<Next, Refusal> {
    let has_link = journey.kind == JourneyKind::Recovery && journey.link.is_some();
    if !has_link || !facts.secret_matches || now >= journey.link_expires_at {
        return Err(Refusal::Over);
    }
    finish(journey, facts)
}

fn finish(journey: &Journey, facts: &Facts<'_>) -> Result<Next, Refusal> {
    if !binding_holds(journey, facts) {
        return Err(Refusal::Over);
    }
    let bound = journey.bound.ok_or(Refusal::Over)?;
    let ready = Ready { journey: journey.id, from: journey.state, account: bound.account, channel: bound.channel };
    Ok(Next::Finish(ready))
}

/// Whether the journey is bound, and what it was bound to is still as it was then.
fn binding_holds(journey: &Journey, facts: &Facts<'_>) -> bool {
    match (journey.kind, journey.bound) {
        (JourneyKind::Registration, Some(bound)) => bound.account.is_none(),
        (JourneyKind::Recovery, Some(Bound { account: Some(id), channel: Some(channel), epoch: Some(epoch) })) => facts
            .account
            .is_some_and(|account| account.id == id && account.epoch == epoch && account.may_recover_by(channel)),
        _ => false,
    }
}

//! One thing that is asked of a person, and what becomes of it. The same machine serves journeys and sessions.
//!
//! ```mermaid
//! stateDiagram-v2
//!     [*] --> Live: issue
//!     Live --> Live: wrong answer (a try is gone)
//!     Live --> Live: resend (the same secret)
//!     Live --> Lapsed: its time is over
//!     Lapsed --> Live: resend (a new secret, no new tries)
//!     Live --> Dead: the last try was wrong
//!     Live --> Proven: right answer
//! ```
//!
//! Tries outlive secrets: neither a new secret nor another visit brings new ones (TH-3, OB-4).

use std::time::Duration;

use rekey_shared::Timestamp;

use super::method::Method;
use super::owner::Owner;
use crate::{ChallengeId, Digest, FactorId};

/// How long an answer is taken (OB-2).
pub const CODE_LIFETIME: Duration = Duration::from_secs(600);
/// Tries of one challenge in all (OB-4).
pub const CODE_TRIES: u8 = 5;
/// The pause before a message may be sent again.
pub const RESEND_PAUSE: Duration = Duration::from_secs(60);

/// One thing that is asked of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Challenge {
    /// Its identity; code and link are derived from it and the server's key.
    pub id: ChallengeId,
    /// What asks.
    pub owner: Owner,
    /// The gate that it stands at: 1 is the first.
    pub gate: u8,
    /// How it is to be answered.
    pub method: Method,
    /// By what. `None` until it is known whom the owner is for, and for ever where there is no account.
    pub factor: Option<FactorId>,
    /// Which secret is live: raised when a new one replaces one that has lapsed.
    pub generation: i32,
    /// Answers begun.
    pub tries: u8,
    /// When it was issued, or its message last asked for.
    pub sent_at: Timestamp,
    /// When the live secret lapses.
    pub expires_at: Timestamp,
    /// SHA-256 of the token in a mailed link that does the same job; set when it is known where the mail goes.
    pub link: Option<Digest>,
    /// When such a link dies; `None` where there can be none.
    pub link_expires_at: Option<Timestamp>,
    /// When the right answer came. It is taken once.
    pub spent_at: Option<Timestamp>,
    /// When it was issued.
    pub created_at: Timestamp,
}

/// Where a challenge stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChallengeState {
    /// It can be answered.
    Live,
    /// Its secret is too old; a new one can be asked for.
    Lapsed,
    /// Its tries are used up.
    Dead,
    /// It was answered.
    Proven,
}

/// What a challenge is issued from.
#[derive(Debug, Clone, Copy)]
pub struct NewChallenge {
    /// Its identity.
    pub id: ChallengeId,
    /// What asks.
    pub owner: Owner,
    /// The gate that it stands at.
    pub gate: u8,
    /// How it is to be answered.
    pub method: Method,
    /// When a link in its mail dies; `None` for none.
    pub link_expires_at: Option<Timestamp>,
    /// When its owner is over.
    pub until: Timestamp,
}

/// Something that happens to a challenge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Event {
    /// Its message is asked for again.
    Resend {
        /// When its owner is over.
        until: Timestamp,
    },
    /// An answer arrives. It is counted before it is compared (P2).
    Try,
    /// That answer was compared.
    Answer {
        /// Whether it is right, and comes from a person whom the owner is for.
        fits: bool,
    },
}

/// Why something does not happen to a challenge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// The message was asked for less than a minute ago.
    TooSoon,
    /// The answer is wrong.
    Wrong,
    /// Its time is over, or its tries are used up.
    Dead,
    /// It was answered.
    Proven,
    /// No message belongs to this method.
    NotSent,
}

impl Challenge {
    /// A new challenge.
    pub fn issue(new: NewChallenge, now: Timestamp) -> Self {
        Self {
            id: new.id,
            owner: new.owner,
            gate: new.gate,
            method: new.method,
            factor: None,
            generation: 0,
            tries: 0,
            sent_at: now,
            expires_at: now.plus(CODE_LIFETIME).min(new.until),
            link: None,
            link_expires_at: new.link_expires_at,
            spent_at: None,
            created_at: now,
        }
    }

    /// Where it stands.
    pub fn state(&self, now: Timestamp) -> ChallengeState {
        if self.spent_at.is_some() {
            ChallengeState::Proven
        } else if self.tries >= CODE_TRIES {
            ChallengeState::Dead
        } else if now >= self.expires_at {
            ChallengeState::Lapsed
        } else {
            ChallengeState::Live
        }
    }

    /// Tries left.
    pub fn tries_left(&self) -> u8 {
        CODE_TRIES.saturating_sub(self.tries)
    }

    /// Whether its link could still be presented.
    pub fn link_lives(&self, now: Timestamp) -> bool {
        self.link.is_some() && self.link_expires_at.is_some_and(|at| now < at)
    }
}

/// Decides what an event makes of a challenge. Reads no clock, touches no database.
pub fn step(challenge: &Challenge, event: Event, now: Timestamp) -> Result<Challenge, Refusal> {
    if challenge.spent_at.is_some() {
        return Err(Refusal::Proven);
    }
    match event {
        Event::Resend { until } => resend(challenge, until, now),
        Event::Try => begin_try(challenge, now),
        Event::Answer { fits } => answer(challenge, fits, now),
    }
}

fn resend(challenge: &Challenge, until: Timestamp, now: Timestamp) -> Result<Challenge, Refusal> {
    if !challenge.method.is_sent() {
        return Err(Refusal::NotSent);
    }
    if now.since(challenge.sent_at) < RESEND_PAUSE {
        return Err(Refusal::TooSoon);
    }
    match challenge.state(now) {
        ChallengeState::Dead => Err(Refusal::Dead),
        ChallengeState::Proven => Err(Refusal::Proven),
        ChallengeState::Live => Ok(Challenge { sent_at: now, ..*challenge }),
        ChallengeState::Lapsed => {
            let (generation, expires_at) = (challenge.generation + 1, now.plus(CODE_LIFETIME).min(until));
            Ok(Challenge { sent_at: now, generation, expires_at, ..*challenge })
        }
    }
}

fn begin_try(challenge: &Challenge, now: Timestamp) -> Result<Challenge, Refusal> {
    match challenge.state(now) {
        ChallengeState::Live => Ok(Challenge { tries: challenge.tries + 1, ..*challenge }),
        ChallengeState::Proven => Err(Refusal::Proven),
        ChallengeState::Lapsed | ChallengeState::Dead => Err(Refusal::Dead),
    }
}

/// The try was claimed, so the last one of all is judged although none is left.
fn answer(challenge: &Challenge, fits: bool, now: Timestamp) -> Result<Challenge, Refusal> {
    if now >= challenge.expires_at || challenge.tries > CODE_TRIES {
        return Err(Refusal::Dead);
    }
    if !fits {
        return Err(Refusal::Wrong);
    }
    Ok(Challenge { spent_at: Some(now), ..*challenge })
}

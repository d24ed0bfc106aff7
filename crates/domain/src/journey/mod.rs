//! Journeys: what a person who is not signed in gets done by proving something.
//!
//! A journey is a row, its challenges are rows, and what was proven are rows that are never changed. Where it stands is
//! no column: [`step`] works it out from the proofs and the policy as it is now, whenever it is asked.
//!
//! ```mermaid
//! stateDiagram-v2
//!     [*] --> Open: start
//!     Open --> Open: a gate is passed
//!     Open --> Done: every gate is passed, and it is spent
//!     Open --> Completing: every gate is passed, and it is claimed
//!     Completing --> Done: finish
//!     Completing --> Open: give back
//!     Completing --> Completing: claimed anew when the first claim has run out (a crash)
//!     Open --> Revoked: newer request, changed credentials
//!     Completing --> Revoked: changed credentials
//! ```
//!
//! What the kinds have of their own stands in a file each: which proofs count, and for whom.

pub mod challenge;
pub mod gate;
pub mod method;
pub mod owner;
pub mod proof;
pub mod recovery;
pub mod registration;

mod refusal;

use std::time::Duration;

use rekey_shared::identifier::IdentifierKind;
use rekey_shared::{Lang, Timestamp};

use self::challenge::Challenge;
use self::gate::{GatePolicy, GateProgress, OpenGate};
use self::method::Method;
use self::owner::Owner;
use self::proof::{GrantedProof, Proof};
use crate::{Account, AccountId, ActionTokenId, Digest, Epoch, IdentifierId, JourneyId, ProofId};

pub use refusal::refusal;

/// How long a registration may take, and any journey at least.
pub const JOURNEY_LIFETIME: Duration = Duration::from_secs(3600);
/// How long a claimed completion is left alone. Longer than whatever is done in between may take.
pub const COMPLETION_LEASE: Duration = Duration::from_secs(60);

/// What a journey is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JourneyKind {
    /// Making an account.
    Registration,
    /// Replacing a forgotten password.
    Recovery,
}

/// Where the row of a journey stands. What was proven is not part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JourneyState {
    /// It goes on.
    Open,
    /// It is being completed in more than one transaction, such as when a directory must answer in between.
    Completing {
        /// Until then no other process may. One that died leaves this behind; then it can be claimed anew.
        until: Timestamp,
    },
    /// It has reached its end; nothing can be done with it any more.
    Done,
    /// A newer journey or a change of credentials put an end to it.
    Revoked,
}

/// Whom a journey or a proof is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A person without an account, who is to get one.
    Newcomer,
    /// An account. What is proven counts only while its credentials are those of that epoch.
    Account {
        /// Which.
        id: AccountId,
        /// Its epoch when that was found out.
        epoch: Epoch,
    },
    /// Not known yet; or no account at all, for ever. Both look the same from outside, and neither proves anything.
    Unresolved,
}

impl Subject {
    /// An account as it is now.
    pub fn of(account: &Account) -> Self {
        Self::Account { id: account.id, epoch: account.epoch }
    }

    /// The account, when there is one.
    pub const fn account(self) -> Option<AccountId> {
        match self {
            Self::Account { id, .. } => Some(id),
            Self::Newcomer | Self::Unresolved => None,
        }
    }
}

/// One registration, recovery or the like.
#[derive(Debug, Clone)]
pub struct Journey {
    /// Its identity.
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
    /// Whom it is for. Found out when its message is sent, never while a page waits.
    pub subject: Subject,
    /// The owner's action token that this registration uses.
    pub action_token: Option<ActionTokenId>,
    /// The terms that were accepted when it began: their version, or their address where they have none.
    pub terms: Option<String>,
    /// When it came to be.
    pub created_at: Timestamp,
    /// When it is over in any case.
    pub expires_at: Timestamp,
}

/// What is known of the world outside the journey's row.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The account that the journey is for, as it is now.
    pub account: Option<&'a Account>,
    /// What was proven, by anyone: what does not count is passed over.
    pub proofs: &'a [Proof],
    /// The link that came with the request, see [`present_link`]. It is a proof in itself, given anew each time.
    pub presented: Option<GrantedProof>,
    /// What must be proven, as the policy is now.
    pub policy: &'a GatePolicy,
}

/// What comes next in a journey.
#[expect(clippy::large_enum_variant, reason = "one is made for a request, and none is kept")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// A gate is to be passed.
    Prove(OpenGate),
    /// It can be completed.
    Complete(Ready),
}

/// Permission to end a journey. The store asks for it, so that none can be spent unchecked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ready {
    journey: JourneyId,
    from: JourneyState,
    subject: Subject,
    first: Proof,
    /// No challenge was answered by it, so no secret of one has to be remembered.
    presented: Option<Proof>,
}

impl Ready {
    /// The journey to end.
    pub fn journey(self) -> JourneyId {
        self.journey
    }

    /// The state that it must still be in.
    pub fn from(self) -> JourneyState {
        self.from
    }

    /// Whom it is for.
    pub fn subject(self) -> Subject {
        self.subject
    }

    /// The account that it is for; `None` for a registration.
    pub fn account(self) -> Option<AccountId> {
        self.subject.account()
    }

    /// The identifier that the first gate was passed by.
    pub fn channel(self) -> Option<IdentifierId> {
        self.first.identifier()
    }

    /// When the first gate was passed.
    pub fn proven_at(self) -> Timestamp {
        self.first.at
    }

    /// The presented link, if it counted: written down when the journey ends.
    pub fn presented(self) -> Option<GrantedProof> {
        self.presented.map(GrantedProof::unasked)
    }
}

/// A completion that was claimed. Only its holder can finish it or give it back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CompletionClaim {
    /// The journey.
    pub journey: JourneyId,
    /// The account that it is for.
    pub account: Option<AccountId>,
    /// When the claim runs out; it is also what tells this claim from another.
    pub until: Timestamp,
}

impl Ready {
    /// The claim of a process that completes the journey in more than one transaction.
    pub fn claim(self, now: Timestamp) -> CompletionClaim {
        CompletionClaim { journey: self.journey, account: self.account(), until: now.plus(COMPLETION_LEASE) }
    }
}

/// Why a journey does not go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// It is over: done, revoked, expired or overtaken by a change of credentials.
    Over,
    /// It is being completed elsewhere.
    Completing,
    /// This method is not what is asked for now.
    NotAsked,
}

impl Journey {
    /// Whether it is neither ended nor too old, whatever was proven.
    pub fn is_open(&self, now: Timestamp) -> bool {
        matches!(self.state, JourneyState::Open | JourneyState::Completing { .. }) && now < self.expires_at
    }

    /// The journey as the browser that began it may see it: one that ended before anything was proven there goes on
    /// looking like a decoy until its time is over. Anyone may begin a recovery for anyone; that a newer one, a change
    /// of password or the owner's own click put an end to it would tell that there is an account (T-01).
    #[must_use]
    pub fn as_shown_to_initiator(self, proofs: &[Proof], now: Timestamp) -> Self {
        let ended = match self.state {
            JourneyState::Open => false,
            JourneyState::Completing { until } => now < until,
            JourneyState::Done | JourneyState::Revoked => true,
        };
        let owner = Owner::Journey(self.id);
        if ended && !proofs.iter().any(|proof| proof.owner == owner) {
            return Self { state: JourneyState::Open, subject: Subject::Unresolved, ..self };
        }
        self
    }

    /// Whether this row belongs to an owner of challenges and proofs.
    fn is(&self, owner: Owner) -> bool {
        owner.journey() == Some(self.id)
    }

    /// Whether it is known whom it is for, and they are still as they were found.
    fn subject_holds(&self, account: Option<&Account>) -> bool {
        match self.kind {
            JourneyKind::Registration => registration::subject_holds(self),
            JourneyKind::Recovery => recovery::subject_holds(self, account),
        }
    }

    /// Whether proofs by this method and factor count for this kind of journey.
    fn counts(&self, account: Option<&Account>, proof: &Proof) -> bool {
        match self.kind {
            JourneyKind::Registration => registration::counts(proof),
            JourneyKind::Recovery => recovery::counts(account, proof),
        }
    }
}

/// Decides what comes next for the browser that came as `owner`. Reads no clock, touches no database: the same call
/// serves production, the tests and the exhaustive walk.
pub fn step(journey: &Journey, owner: Owner, facts: &Facts<'_>, now: Timestamp) -> Result<Step, Refusal> {
    if !journey.is_open(now) || !journey.is(owner) {
        return Err(Refusal::Over);
    }
    if let JourneyState::Completing { until } = journey.state
        && now < until
    {
        return Err(Refusal::Completing);
    }
    let proofs = counted(journey, owner, facts, now);
    match facts.policy.progress(&proofs) {
        GateProgress::Open(_) if is_overtaken(journey, owner, facts, now) => Err(Refusal::Over),
        GateProgress::Open(gate) => Ok(Step::Prove(gate)),
        GateProgress::Met(chosen) => ready(journey, &chosen, facts).map(Step::Complete).ok_or(Refusal::Over),
    }
}

/// Whether a browser that has passed a gate has to begin anew: its proof is too old, or the credentials have changed.
/// Before the first gate nothing of that shows: a journey that was overtaken and one that was never resolved ask for the same.
fn is_overtaken(journey: &Journey, owner: Owner, facts: &Facts<'_>, now: Timestamp) -> bool {
    let mut passed = facts.proofs.iter().filter(|proof| proof.owner == owner);
    let is_old = |proof: &Proof| now.since(proof.at) >= facts.policy.lifetime;
    match owner {
        // It came with a link, so there is nothing to hide from it.
        Owner::Link(_) => facts.presented.is_none() || !journey.subject_holds(facts.account) || passed.any(is_old),
        _ => passed.any(|proof| is_old(proof) || !journey.subject_holds(facts.account)),
    }
}

/// The proofs that count here and now.
fn counted(journey: &Journey, owner: Owner, facts: &Facts<'_>, now: Timestamp) -> Vec<Proof> {
    if !journey.subject_holds(facts.account) {
        return Vec::new();
    }
    let presented = facts.presented.map(|granted| *granted.proof());
    let counts = |proof: &Proof| {
        proof.owner == owner
            && proof.subject == journey.subject
            && now.since(proof.at) < facts.policy.lifetime
            && journey.counts(facts.account, proof)
    };
    facts.proofs.iter().copied().chain(presented).filter(counts).collect()
}

fn ready(journey: &Journey, chosen: &[Proof], facts: &Facts<'_>) -> Option<Ready> {
    let first = *chosen.first()?;
    let presented = facts.presented.map(|granted| *granted.proof()).filter(|proof| chosen.contains(proof));
    Some(Ready { journey: journey.id, from: journey.state, subject: journey.subject, first, presented })
}

/// The gate at which `method` may be asked for now.
pub fn gate_for(
    journey: &Journey,
    owner: Owner,
    method: Method,
    facts: &Facts<'_>,
    now: Timestamp,
) -> Result<u8, Refusal> {
    match step(journey, owner, facts, now)? {
        Step::Prove(gate) if gate.methods.contains(method) => Ok(gate.number),
        Step::Prove(_) | Step::Complete(_) => Err(Refusal::NotAsked),
    }
}

/// Judges an answer whose try was claimed and that was compared.
///
/// Where it is not known whom the journey is for, the right answer is as wrong as any other.
pub fn prove(
    journey: &Journey,
    challenge: &Challenge,
    account: Option<&Account>,
    fits: bool,
    now: Timestamp,
) -> Result<GrantedProof, challenge::Refusal> {
    let granted = GrantedProof::answered(challenge, journey.subject, now);
    let counts = journey.is_open(now)
        && journey.is(challenge.owner)
        && journey.subject_holds(account)
        && journey.counts(account, granted.proof());
    challenge::step(challenge, challenge::Event::Answer { fits: fits && counts }, now)?;
    Ok(granted)
}

/// The proof that the token of a mailed link is: its holder reads the mail. It counts for the browser that
/// presents it and for no other. It is written down, as `id`, when the journey ends.
pub fn present_link(
    journey: &Journey,
    challenge: &Challenge,
    token: Digest,
    id: ProofId,
    now: Timestamp,
) -> Option<GrantedProof> {
    let same = challenge.owner == Owner::Journey(journey.id) && challenge.link == Some(token);
    (same && challenge.link_lives(now) && journey.subject != Subject::Unresolved).then(|| {
        GrantedProof::unasked(Proof {
            id,
            owner: Owner::Link(journey.id),
            gate: challenge.gate,
            method: challenge.method,
            factor: challenge.factor,
            subject: journey.subject,
            at: now,
        })
    })
}

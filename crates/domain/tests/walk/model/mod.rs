//! Two journeys and two accounts as plain values: what services and store do with the decisions of the rules.
//!
//! The same file drives the exhaustive walk over the rules and, in `service/tests/walk.rs`, the walks through the real
//! services, which are compared with it step by step.

mod apply;
mod events;
mod oracle;
mod seen;

use std::sync::LazyLock;
use std::time::Duration;

use rekey_domain::journey::challenge::{self, CODE_LIFETIME, CODE_TRIES, Challenge, Event as ChallengeEvent};
use rekey_domain::journey::gate::{Distinct, GatePolicy, PROOF_LIFETIME};
use rekey_domain::journey::method::{Method, MethodSet};
use rekey_domain::journey::owner::Owner;
use rekey_domain::journey::proof::{GrantedProof, Proof};
use rekey_domain::journey::{
    self, COMPLETION_LEASE, Facts, JOURNEY_LIFETIME, Journey, JourneyKind, JourneyState, Ready, Refusal, Step, Subject,
};
use rekey_domain::{
    Account, AccountId, ChallengeId, Digest, Epoch, FactorId, IdentifierId, JourneyId, ProofId, Status,
};
use rekey_shared::identifier::IdentifierKind;
use rekey_shared::{Lang, Timestamp};
use uuid::Uuid;

pub use events::{Bearer, Event, Outcome, Typed, events};
pub use seen::{Page, Pages, Rows, Seen};

pub const START: Timestamp = Timestamp::from_millis(1_790_000_000_000);
pub const LINK_LIFETIME: Duration = Duration::from_secs(24 * 3600);
const JOURNEYS: usize = 2;

/// Whom each journey is for: an account, or a newcomer.
pub type Cast = [Option<usize>; JOURNEYS];

/// The policies that can hold: one gate, two by different methods, two by different classes.
pub fn policies() -> &'static [GatePolicy; 3] {
    static POLICIES: LazyLock<[GatePolicy; 3]> = LazyLock::new(make_policies);
    &POLICIES
}

fn make_policies() -> [GatePolicy; 3] {
    let first = MethodSet::of(&[Method::Mail, Method::Authenticator]);
    let second = MethodSet::of(&[Method::Authenticator, Method::Passkey]);
    let two = |distinct| GatePolicy { gates: vec![first, second], distinct, lifetime: PROOF_LIFETIME };
    [GatePolicy::one(first), two(Distinct::Methods), two(Distinct::Classes)]
}

/// The challenges that a journey can have.
const SLOTS: [(Bearer, u8, Method); 6] = [
    (Bearer::Handle, 1, Method::Mail),
    (Bearer::Handle, 1, Method::Authenticator),
    (Bearer::Handle, 2, Method::Authenticator),
    (Bearer::Handle, 2, Method::Passkey),
    (Bearer::Link, 2, Method::Authenticator),
    (Bearer::Link, 2, Method::Passkey),
];
const MAIL: usize = 0;

/// What of a challenge and of its proof changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Slot {
    generation: i32,
    tries: u8,
    sent_at: i64,
    expires_at: i64,
    created_at: i64,
    /// When the right answer came, and the epoch of the account then.
    proven: Option<(i64, i64)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Row {
    state: JourneyState,
    /// The epoch of its account when it was resolved.
    resolved: Option<i64>,
    slots: [Option<Slot>; SLOTS.len()],
    claim: Option<i64>,
    /// How often it ended with a password or an account.
    ended: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum AccountState {
    Active,
    /// By an objection to what came through the address that its journeys go to.
    Frozen,
    Disabled,
}

/// Everything there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct World {
    cast: Cast,
    now: i64,
    policy: usize,
    rows: [Row; JOURNEYS],
    epochs: [i64; 2],
    states: [AccountState; 2],
}

impl World {
    pub fn new(cast: Cast, policy: usize) -> Self {
        let mail = Slot {
            generation: 0,
            tries: 0,
            sent_at: START.as_millis(),
            expires_at: START.plus(CODE_LIFETIME).as_millis(),
            created_at: START.as_millis(),
            proven: None,
        };
        let mut slots = [None; SLOTS.len()];
        slots[MAIL] = Some(mail);
        let row = Row { state: JourneyState::Open, resolved: None, slots, claim: None, ended: 0 };
        Self {
            cast,
            now: START.as_millis(),
            policy,
            rows: [row; JOURNEYS],
            epochs: [0; 2],
            states: [AccountState::Active; 2],
        }
    }

    pub fn completions(&self) -> u32 {
        self.rows.iter().map(|row| u32::from(row.ended)).sum()
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.now)
    }

    fn policy_of(&self, which: usize) -> GatePolicy {
        match self.cast[which] {
            Some(_) => policies()[self.policy].clone(),
            None => journey::registration::policy(),
        }
    }

    fn account(&self, which: usize) -> Account {
        let status = match self.states[which] {
            AccountState::Active => Status::Active,
            AccountState::Frozen => Status::Frozen { at: START, disputed: Some(address(which)) },
            AccountState::Disabled => Status::Disabled,
        };
        Account { status, epoch: Epoch(self.epochs[which]), ..Account::new(account_id(which), Lang::En, START) }
    }

    fn subject(&self, which: usize) -> Subject {
        match (self.rows[which].resolved, self.cast[which]) {
            (None, _) => Subject::Unresolved,
            (Some(_), None) => Subject::Newcomer,
            (Some(epoch), Some(account)) => Subject::Account { id: account_id(account), epoch: Epoch(epoch) },
        }
    }

    fn journey(&self, which: usize) -> Journey {
        Journey {
            id: journey_id(which),
            kind: if self.cast[which].is_some() { JourneyKind::Recovery } else { JourneyKind::Registration },
            state: self.rows[which].state,
            handle: Digest([0; 32]),
            target_kind: IdentifierKind::Email,
            target: String::new(),
            target_shown: String::new(),
            lang: Lang::En,
            subject: self.subject(which),
            action_token: None,
            terms: None,
            created_at: START,
            expires_at: self.until(which),
        }
    }

    fn until(&self, which: usize) -> Timestamp {
        START.plus(if self.cast[which].is_some() { LINK_LIFETIME } else { JOURNEY_LIFETIME })
    }

    fn challenge(&self, which: usize, nth: usize) -> Option<Challenge> {
        let slot = self.rows[which].slots[nth]?;
        let (bearer, gate, method) = SLOTS[nth];
        let is_mail = nth == MAIL;
        let known = self.rows[which].resolved.and(self.cast[which]).filter(|_| is_mail);
        Some(Challenge {
            id: ChallengeId(Uuid::from_u128((which * 16 + nth) as u128)),
            owner: owner(which, bearer),
            gate,
            method,
            factor: known.map(|account| FactorId::from(address(account))),
            generation: slot.generation,
            tries: slot.tries,
            sent_at: Timestamp::from_millis(slot.sent_at),
            expires_at: Timestamp::from_millis(slot.expires_at),
            link: known.map(|_| token(which)),
            link_expires_at: is_mail.then(|| START.plus(LINK_LIFETIME)),
            spent_at: slot.proven.map(|(at, _)| Timestamp::from_millis(at)),
            created_at: Timestamp::from_millis(slot.created_at),
        })
    }

    fn proofs(&self, which: usize) -> Vec<Proof> {
        let slots = self.rows[which].slots.iter().enumerate();
        let proven = slots.filter_map(|(nth, slot)| Some((nth, slot.as_ref()?.proven?)));
        let proof = |(nth, (at, epoch)): (usize, (i64, i64))| {
            let (bearer, gate, method) = SLOTS[nth];
            let account = self.cast[which];
            Proof {
                id: ProofId(Uuid::from_u128((which * 16 + nth) as u128)),
                owner: owner(which, bearer),
                gate,
                method,
                factor: account.filter(|_| nth == MAIL).map(|account| FactorId::from(address(account))),
                subject: account.map_or(Subject::Newcomer, |account| Subject::Account {
                    id: account_id(account),
                    epoch: Epoch(epoch),
                }),
                at: Timestamp::from_millis(at),
            }
        };
        proven.map(proof).collect()
    }

    /// Those of the other journey, too: the rules must not be taken in by them.
    fn all_proofs(&self) -> Vec<Proof> {
        (0..JOURNEYS).flat_map(|which| self.proofs(which)).collect()
    }

    /// The journey as a browser gets hold of it, with the link that it presents.
    fn held(&self, which: usize, bearer: Bearer) -> Option<(Journey, Option<GrantedProof>)> {
        let journey = self.journey(which);
        match bearer {
            Bearer::Handle => Some((journey.as_shown_to_initiator(&self.all_proofs(), self.now()), None)),
            Bearer::Link => {
                let mail = self.challenge(which, MAIL)?;
                let id = ProofId(Uuid::from_u128(99));
                let presented = journey::present_link(&journey, &mail, token(which), id, self.now())?;
                Some((journey, Some(presented)))
            }
        }
    }

    fn step(&self, which: usize, bearer: Bearer) -> Result<Step, Refusal> {
        let (journey, presented) = self.held(which, bearer).ok_or(Refusal::Over)?;
        self.with_facts(which, presented, |facts| journey::step(&journey, owner(which, bearer), facts, self.now()))
    }

    fn with_facts<T>(&self, which: usize, presented: Option<GrantedProof>, ask: impl Fn(&Facts<'_>) -> T) -> T {
        let account = self.cast[which].map(|owner| self.account(owner));
        let (proofs, policy) = (self.all_proofs(), self.policy_of(which));
        ask(&Facts { account: account.as_ref(), proofs: &proofs, presented, policy: &policy })
    }

    /// The world after some events.
    #[must_use]
    pub fn after(self, events: &[Event]) -> Self {
        events.iter().fold(self, |world, event| world.apply(*event).0)
    }

    /// The world with journeys and accounts changed about, where that makes no difference to anyone.
    #[must_use]
    pub fn canonical(self) -> Self {
        if self.cast != [Some(0), Some(1)] {
            return self;
        }
        let mut other = self;
        other.rows.swap(0, 1);
        other.epochs.swap(0, 1);
        other.states.swap(0, 1);
        if format_key(&other) < format_key(&self) { other } else { self }
    }
}

/// Something to order worlds by.
fn format_key(world: &World) -> u64 {
    use std::hash::{DefaultHasher, Hash as _, Hasher as _};
    let mut hasher = DefaultHasher::new();
    (world.rows[0], world.epochs[0], world.states[0]).hash(&mut hasher);
    hasher.finish()
}

pub fn state_name(state: JourneyState) -> &'static str {
    match state {
        JourneyState::Open => "open",
        JourneyState::Completing { .. } => "completing",
        JourneyState::Done => "done",
        JourneyState::Revoked => "revoked",
    }
}

fn is_live(state: JourneyState) -> bool {
    matches!(state, JourneyState::Open | JourneyState::Completing { .. })
}

fn slot_of(bearer: Bearer, gate: u8, method: Method) -> usize {
    let nth = SLOTS.iter().position(|slot| *slot == (bearer, gate, method));
    nth.unwrap_or_else(|| panic!("nothing asks {bearer:?} for {method:?} at gate {gate}"))
}

fn owner(which: usize, bearer: Bearer) -> Owner {
    match bearer {
        Bearer::Handle => Owner::Journey(journey_id(which)),
        Bearer::Link => Owner::Link(journey_id(which)),
    }
}

fn journey_id(which: usize) -> JourneyId {
    JourneyId(Uuid::from_u128(which as u128))
}

fn account_id(which: usize) -> AccountId {
    AccountId(Uuid::from_u128(100 + which as u128))
}

fn address(which: usize) -> IdentifierId {
    IdentifierId(Uuid::from_u128(200 + which as u128))
}

fn token(which: usize) -> Digest {
    Digest([u8::try_from(which).unwrap_or(u8::MAX); 32])
}

fn millis(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

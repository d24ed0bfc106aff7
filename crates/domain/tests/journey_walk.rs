//! No order of actions skips a gate: every walk to depth 6 over two accounts and four journeys.
//!
//! The world below keeps a ghost record of what was really presented, apart from what the rules look at.
//! Worlds that are equal are walked once, which covers every order of actions without repeating any.

#![expect(clippy::expect_used, reason = "a broken model must stop the test")]

use std::collections::HashSet;
use std::time::Duration;

use rekey_domain::journey::{
    Action, Bound, CODE_LIFETIME, CODE_TRIES, Facts, Journey, JourneyKind, JourneyState, Next, PROOF_LIFETIME, Refusal,
    step,
};
use rekey_domain::{Account, AccountId, Authority, Digest, Epoch, IdentifierId, JourneyId, Status};
use rekey_shared::identifier::IdentifierKind;
use rekey_shared::{Lang, Timestamp};
use uuid::Uuid;

const DEPTH: usize = 6;
const LINK_LIFETIME: Duration = Duration::from_secs(24 * 3600);
const START: Timestamp = Timestamp::from_millis(1_790_000_000_000);

/// Journeys 0 and 1 recover account 0, journey 2 recovers account 1, journey 3 registers somebody new.
const OWNER: [Option<usize>; 4] = [Some(0), Some(0), Some(1), None];

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Event {
    /// The worker sends the journey's message and binds it.
    Bind(usize),
    Resend(usize),
    /// Types the code of journey `code` into journey `into`; `None` is a guess.
    Type {
        into: usize,
        code: Option<usize>,
    },
    /// Chooses a password in the browser that began the journey.
    ByCode(usize),
    /// Chooses a password with the link of journey `link` at journey `at`; `None` is a guess.
    ByLink {
        at: usize,
        link: Option<usize>,
    },
    /// The account's password, address or status changes by another way.
    Bump(usize),
    Freeze(usize),
    Disable(usize),
    Wait(Duration),
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Row {
    state: JourneyState,
    bound_epoch: Option<i64>,
    tries: u8,
    generation: i32,
    code_expires_at: i64,
    last_sent_at: i64,
    proven_at: Option<i64>,
    proof: bool,
    // --- ghosts
    right_code_at: Option<i64>,
    registered: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum AccountState {
    Active,
    /// Frozen; whether the channel of this account's journeys is the disputed one.
    Frozen,
    Disabled,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct World {
    now: i64,
    rows: Vec<Row>,
    epochs: [i64; 2],
    state_of: [AccountState; 2],
}

impl World {
    fn new() -> Self {
        let row = Row {
            state: JourneyState::Waiting,
            bound_epoch: None,
            tries: 0,
            generation: 0,
            code_expires_at: START.plus(CODE_LIFETIME).as_millis(),
            last_sent_at: START.as_millis(),
            proven_at: None,
            proof: false,
            right_code_at: None,
            registered: false,
        };
        Self {
            now: START.as_millis(),
            rows: vec![row; OWNER.len()],
            epochs: [0; 2],
            state_of: [AccountState::Active, AccountState::Active],
        }
    }

    fn account(&self, which: usize) -> Account {
        let status = match self.state_of[which] {
            AccountState::Active => Status::Active,
            AccountState::Frozen => Status::Frozen { at: START, disputed: Some(channel(which)) },
            AccountState::Disabled => Status::Disabled,
        };
        Account {
            id: account_id(which),
            authority: Authority::Local,
            status,
            given_name: String::new(),
            family_name: String::new(),
            lang: Lang::En,
            password: None,
            password_changed_at: None,
            must_change: false,
            never_expires: false,
            epoch: Epoch(self.epochs[which]),
            created_at: START,
        }
    }

    fn journey(&self, which: usize) -> Journey {
        let row = &self.rows[which];
        let owner = OWNER[which];
        let bound = row.bound_epoch.map(|epoch| Bound {
            account: owner.map(account_id),
            channel: owner.map(channel),
            epoch: owner.map(|_| Epoch(epoch)),
        });
        Journey {
            id: JourneyId(Uuid::from_u128(which as u128)),
            kind: if owner.is_some() { JourneyKind::Recovery } else { JourneyKind::Registration },
            state: row.state,
            handle: Digest([0; 32]),
            target_kind: IdentifierKind::Email,
            target: String::new(),
            target_shown: String::new(),
            lang: Lang::En,
            bound,
            link: bound.and(owner).map(|_| Digest([u8::try_from(which).expect("small"); 32])),
            link_expires_at: START.plus(LINK_LIFETIME),
            code_generation: row.generation,
            code_expires_at: Timestamp::from_millis(row.code_expires_at),
            code_tries: row.tries,
            last_sent_at: Timestamp::from_millis(row.last_sent_at),
            proven_at: row.proven_at.map(Timestamp::from_millis),
            action_token: None,
            created_at: START,
            expires_at: START.plus(LINK_LIFETIME),
        }
    }

    fn decide(&self, which: usize, action: Action, secret_matches: bool) -> Result<Next, Refusal> {
        let account = OWNER[which].map(|owner| self.account(owner));
        let facts = Facts { account: account.as_ref(), code_proof: self.rows[which].proof, secret_matches };
        step(&self.journey(which), action, &facts, Timestamp::from_millis(self.now))
    }

    /// What service and store do with the decision.
    fn apply(&self, event: Event) -> Self {
        let mut next = self.clone();
        match event {
            Event::Bind(which) => next.bind(which),
            Event::Resend(which) => next.resend(which),
            Event::Type { into, code } => next.type_code(into, code),
            Event::ByCode(which) => next.complete(which, Action::CompleteByCode, false, event),
            Event::ByLink { at, link } => next.complete(at, Action::CompleteByLink, link == Some(at), event),
            Event::Bump(account) => next.epochs[account] += 1,
            Event::Freeze(account) => {
                next.state_of[account] = AccountState::Frozen;
                next.epochs[account] += 1;
            }
            Event::Disable(account) => {
                next.state_of[account] = AccountState::Disabled;
                next.epochs[account] += 1;
            }
            Event::Wait(span) => next.now += i64::try_from(span.as_millis()).expect("short"),
        }
        next
    }

    fn bind(&mut self, which: usize) {
        let open = self.journey(which).is_open(Timestamp::from_millis(self.now));
        let usable = OWNER[which].is_none_or(|owner| self.state_of[owner] == AccountState::Active);
        if !open || !usable || self.rows[which].bound_epoch.is_some() {
            return;
        }
        self.rows[which].bound_epoch = Some(OWNER[which].map_or(0, |owner| self.epochs[owner]));
        for (other, owner) in OWNER.iter().enumerate() {
            let sibling = other != which && owner.is_some() && *owner == OWNER[which];
            if sibling && self.rows[other].bound_epoch.is_some() && self.rows[other].state != JourneyState::Done {
                self.rows[other].state = JourneyState::Revoked;
            }
        }
    }

    fn resend(&mut self, which: usize) {
        let now = self.now;
        match self.decide(which, Action::Resend, false) {
            Ok(Next::SendAgain) => self.rows[which].last_sent_at = now,
            Ok(Next::SendNew) => {
                let row = &mut self.rows[which];
                row.last_sent_at = now;
                row.generation += 1;
                row.code_expires_at = Timestamp::from_millis(now).plus(CODE_LIFETIME).as_millis();
            }
            Ok(other) => panic!("a resend led to {other:?}"),
            Err(_) => {}
        }
    }

    fn type_code(&mut self, into: usize, code: Option<usize>) {
        let claimable = {
            let row = &self.rows[into];
            row.state == JourneyState::Waiting && row.tries < CODE_TRIES && self.now < row.code_expires_at
        };
        if !claimable {
            return;
        }
        self.rows[into].tries += 1;
        let right = code == Some(into);
        if self.decide(into, Action::TypeCode, right) == Ok(Next::Prove) {
            assert!(right, "a wrong code proved journey {into}");
            let row = &mut self.rows[into];
            row.state = JourneyState::Proven;
            row.proven_at = Some(self.now);
            row.proof = true;
            row.right_code_at = Some(self.now);
        }
    }

    fn complete(&mut self, which: usize, action: Action, secret_matches: bool, event: Event) {
        let Ok(Next::Finish(ready)) = self.decide(which, action, secret_matches) else { return };
        self.judge(which, event);
        assert_eq!(ready.account(), OWNER[which].map(account_id), "the account comes from the journey alone");
        self.rows[which].state = JourneyState::Done;
        if let Some(owner) = OWNER[which] {
            self.epochs[owner] += 1;
        } else {
            assert!(!self.rows[which].registered, "one registration made two accounts");
            self.rows[which].registered = true;
        }
    }

    /// The oracle: what must be true, by the ghosts and the plain rules alone, when a password is set.
    fn judge(&self, which: usize, event: Event) {
        let row = &self.rows[which];
        assert!(matches!(row.state, JourneyState::Waiting | JourneyState::Proven), "spent twice: {event:?}");
        let by_code = row
            .right_code_at
            .is_some_and(|at| self.now - at < i64::try_from(PROOF_LIFETIME.as_millis()).expect("short"));
        let by_link = event == Event::ByLink { at: which, link: Some(which) }
            && self.now < START.plus(LINK_LIFETIME).as_millis()
            && OWNER[which].is_some();
        match event {
            Event::ByCode(_) => assert!(by_code, "a password without a code: {event:?} in {self:#?}"),
            Event::ByLink { .. } => assert!(by_link, "a password without its link: {event:?} in {self:#?}"),
            other => panic!("{other:?} set a password"),
        }
        assert!(row.bound_epoch.is_some(), "a decoy set a password");
        if let Some(owner) = OWNER[which] {
            assert_eq!(row.bound_epoch, Some(self.epochs[owner]), "older than a change of credentials");
            assert_eq!(self.state_of[owner], AccountState::Active, "frozen by this channel, or disabled");
        }
    }
}

fn account_id(which: usize) -> AccountId {
    AccountId(Uuid::from_u128(100 + which as u128))
}

fn channel(which: usize) -> IdentifierId {
    IdentifierId(Uuid::from_u128(200 + which as u128))
}

fn events() -> Vec<Event> {
    let journeys = 0..OWNER.len();
    let mut events: Vec<_> = journeys
        .clone()
        .flat_map(|at| {
            let foreign = (at + 1) % OWNER.len();
            let typed = [None, Some(at), Some(foreign)].map(|code| Event::Type { into: at, code });
            let linked = [None, Some(at), Some(foreign)].map(|link| Event::ByLink { at, link });
            [Event::Bind(at), Event::Resend(at), Event::ByCode(at)].into_iter().chain(typed).chain(linked)
        })
        .collect();
    events.extend((0..2).flat_map(|account| [Event::Bump(account), Event::Freeze(account), Event::Disable(account)]));
    events.extend([60, 601, 1801, 24 * 3600].map(|seconds| Event::Wait(Duration::from_secs(seconds))));
    events
}

#[test]
fn no_walk_reaches_a_new_password_without_its_proof() {
    let events = events();
    let mut seen = HashSet::from([World::new()]);
    let mut frontier = vec![World::new()];
    let mut finished = 0_u64;
    for _ in 0..DEPTH {
        let mut next = Vec::new();
        for world in &frontier {
            for event in &events {
                let reached = world.apply(*event);
                finished += u64::from(done(&reached) > done(world));
                if seen.insert(reached.clone()) {
                    next.push(reached);
                }
            }
        }
        frontier = next;
    }
    assert!(finished > 1000, "the walk does reach passwords by honest ways: {finished}");
    assert!(seen.len() > 10_000, "the walk is a walk: {}", seen.len());
}

fn done(world: &World) -> usize {
    world.rows.iter().filter(|row| row.state == JourneyState::Done).count()
}

#[test]
fn five_wrong_codes_end_the_code_and_a_new_one_brings_no_new_tries() {
    let mut world = World::new().apply(Event::Bind(0));
    for _ in 0..CODE_TRIES {
        world = world.apply(Event::Type { into: 0, code: None });
    }
    world = world.apply(Event::Wait(Duration::from_secs(700))).apply(Event::Resend(0));
    world = world.apply(Event::Type { into: 0, code: Some(0) });
    assert_eq!(world.rows[0].state, JourneyState::Waiting);
    assert_eq!(world.decide(0, Action::Resend, false), Err(Refusal::DeadCode));
}

#[test]
fn a_code_dies_at_its_exact_moment_and_so_does_a_link() {
    let bound = World::new().apply(Event::Bind(0));
    let mut edge = bound.clone();
    edge.now = START.plus(CODE_LIFETIME).as_millis() - 1;
    assert_eq!(edge.decide(0, Action::TypeCode, true), Ok(Next::Prove));
    edge.now += 1;
    assert_eq!(edge.decide(0, Action::TypeCode, true), Err(Refusal::DeadCode));
    edge.now = START.plus(LINK_LIFETIME).as_millis() - 1;
    assert!(edge.decide(0, Action::CompleteByLink, true).is_ok());
    edge.now += 1;
    assert_eq!(edge.decide(0, Action::CompleteByLink, true), Err(Refusal::Over));
}

#[test]
fn a_state_is_not_a_proof() {
    let mut world = World::new().apply(Event::Bind(0)).apply(Event::Type { into: 0, code: Some(0) });
    assert!(world.decide(0, Action::CompleteByCode, false).is_ok());
    // The same row, but the proof belongs to another journey or account.
    world.rows[0].proof = false;
    assert_eq!(world.decide(0, Action::CompleteByCode, false), Err(Refusal::Over));
}

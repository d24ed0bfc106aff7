//! What services and store do with an event: the shell around the rules, as values.

use super::*;

impl World {
    /// What service and store do with an event.
    pub fn apply(&self, event: Event) -> (Self, Outcome) {
        let mut next = *self;
        let outcome = match event {
            Event::Resolve(which) => next.resolve(which),
            Event::Resend(which) => next.resend(which),
            Event::Choose { at, bearer, method } => next.choose(at, bearer, method),
            Event::Answer { at, bearer, method, typed } => next.answer(at, bearer, method, typed),
            Event::Complete { at, bearer } => next.complete(at, bearer),
            Event::Claim { at, bearer } => next.claim(at, bearer),
            Event::Finish(which) => next.finish(which),
            Event::GiveBack(which) => next.give_back(which),
            Event::Bump(account) => next.bump(account, None),
            Event::Freeze(account) => next.bump(account, Some(AccountState::Frozen)),
            Event::Disable(account) => next.bump(account, Some(AccountState::Disabled)),
            Event::Wait(span) => next.wait(span),
            Event::Policy(policy) => next.set_policy(policy),
        };
        (next, outcome)
    }

    fn bump(&mut self, account: usize, state: Option<AccountState>) -> Outcome {
        self.epochs[account] += 1;
        // The operator's word outlasts the owner's objection.
        if self.states[account] != AccountState::Disabled {
            self.states[account] = state.unwrap_or(self.states[account]);
        }
        Outcome::Happened
    }

    fn wait(&mut self, span: Duration) -> Outcome {
        self.now += millis(span);
        Outcome::Happened
    }

    fn set_policy(&mut self, policy: usize) -> Outcome {
        self.policy = policy;
        Outcome::Happened
    }

    fn resolve(&mut self, which: usize) -> Outcome {
        let usable = self.cast[which].is_none_or(|owner| self.states[owner] == AccountState::Active);
        let fresh = self.rows[which].resolved.is_none();
        if !self.journey(which).is_open(self.now()) || !usable || !fresh || self.has_newer(which) {
            return Outcome::Resolved(false);
        }
        self.rows[which].resolved = Some(self.cast[which].map_or(0, |owner| self.epochs[owner]));
        for other in 0..which {
            let same = self.cast[which].is_some() && self.cast[other] == self.cast[which];
            // One in which something was proven goes on.
            if same && self.proofs(other).is_empty() {
                self.revoke(other);
            }
        }
        Outcome::Resolved(true)
    }

    /// Whether a journey that was begun later is for the same account already.
    fn has_newer(&self, which: usize) -> bool {
        let live = |row: &Row| row.resolved.is_some() && is_live(row.state);
        let same = |other: usize| self.cast[which].is_some() && self.cast[other] == self.cast[which];
        (which + 1..JOURNEYS).any(|other| same(other) && live(&self.rows[other]))
    }

    fn revoke(&mut self, which: usize) {
        let row = &mut self.rows[which];
        if row.resolved.is_some() && is_live(row.state) {
            row.state = JourneyState::Revoked;
        }
    }

    fn resend(&mut self, which: usize) -> Outcome {
        let Ok(Step::Prove(gate)) = self.step(which, Bearer::Handle) else { return Outcome::Refused };
        let Some(mail) = self.challenge(which, MAIL).filter(|mail| gate.number == mail.gate) else {
            return Outcome::Refused;
        };
        let event = ChallengeEvent::Resend { until: self.until(which) };
        match challenge::step(&mail, event, self.now()) {
            Ok(next) => self.keep(which, MAIL, &next, Outcome::Sent),
            Err(refusal) => outcome_of(refusal, mail.tries_left()),
        }
    }

    fn keep(&mut self, which: usize, nth: usize, next: &Challenge, outcome: Outcome) -> Outcome {
        let epoch = self.rows[which].resolved.unwrap_or_default();
        self.rows[which].slots[nth] = Some(Slot {
            generation: next.generation,
            tries: next.tries,
            sent_at: next.sent_at.as_millis(),
            expires_at: next.expires_at.as_millis(),
            created_at: next.created_at.as_millis(),
            proven: next.spent_at.map(|at| (at.as_millis(), epoch)),
        });
        outcome
    }

    fn choose(&mut self, which: usize, bearer: Bearer, method: Method) -> Outcome {
        let owner = owner(which, bearer);
        let Some((journey, presented)) = self.held(which, bearer) else { return Outcome::Refused };
        let asked =
            self.with_facts(which, presented, |facts| journey::gate_for(&journey, owner, method, facts, self.now()));
        let Ok(gate) = asked else { return Outcome::Refused };
        let nth = slot_of(bearer, gate, method);
        if self.rows[which].slots[nth].is_none() {
            let id = ChallengeId(Uuid::nil());
            let until = self.until(which);
            let new = challenge::NewChallenge { id, owner, gate, method, link_expires_at: None, until };
            self.keep(which, nth, &Challenge::issue(new, self.now()), Outcome::Asked);
        }
        Outcome::Asked
    }

    fn answer(&mut self, which: usize, bearer: Bearer, method: Method, typed: Typed) -> Outcome {
        let gate = match self.step(which, bearer) {
            Err(_) => return Outcome::Refused,
            Ok(Step::Complete(_)) => return Outcome::AlreadyProven,
            Ok(Step::Prove(gate)) => gate,
        };
        let nth = SLOTS.iter().position(|slot| *slot == (bearer, gate.number, method));
        let Some((nth, seen)) = nth.and_then(|nth| Some((nth, self.challenge(which, nth)?))) else {
            return Outcome::Refused;
        };
        let claimed = match challenge::step(&seen, ChallengeEvent::Try, self.now()) {
            Ok(claimed) => claimed,
            Err(refusal) => return outcome_of(refusal, seen.tries_left()),
        };
        self.keep(which, nth, &claimed, Outcome::Wrong { tries_left: claimed.tries_left() });
        self.judge_answer(which, bearer, &claimed, typed == Typed::Right)
    }

    fn judge_answer(&mut self, which: usize, bearer: Bearer, claimed: &Challenge, right: bool) -> Outcome {
        let Some((journey, _)) = self.held(which, bearer) else { return Outcome::Refused };
        let account = self.cast[which].map(|owner| self.account(owner));
        let granted = match journey::prove(&journey, claimed, account.as_ref(), right, self.now()) {
            Ok(granted) => *granted.proof(),
            Err(refusal) => return outcome_of(refusal, claimed.tries_left()),
        };
        assert!(right, "a wrong answer was taken: {granted:?} in {self:#?}");
        assert_eq!((granted.owner, granted.gate), (claimed.owner, claimed.gate), "a proof of another gate");
        assert_eq!(granted.subject, self.subject(which), "a proof for another account");
        let nth = slot_of(bearer, claimed.gate, claimed.method);
        self.keep(which, nth, &Challenge { spent_at: Some(self.now()), ..*claimed }, Outcome::Proven)
    }

    fn complete(&mut self, which: usize, bearer: Bearer) -> Outcome {
        let Ok(Step::Complete(ready)) = self.step(which, bearer) else { return Outcome::Refused };
        self.judge(which, bearer, ready);
        self.end(which)
    }

    fn end(&mut self, which: usize) -> Outcome {
        self.rows[which].state = JourneyState::Done;
        self.rows[which].ended += 1;
        assert_eq!(self.rows[which].ended, 1, "one journey ended twice: {self:#?}");
        if let Some(owner) = self.cast[which] {
            self.epochs[owner] += 1;
            self.states[owner] = AccountState::Active;
            let cast = self.cast;
            for other in (0..JOURNEYS).filter(|other| cast[*other] == Some(owner)) {
                self.revoke(other);
            }
        }
        Outcome::Done
    }

    fn claim(&mut self, which: usize, bearer: Bearer) -> Outcome {
        let Ok(Step::Complete(ready)) = self.step(which, bearer) else { return Outcome::Refused };
        self.judge(which, bearer, ready);
        let until = ready.claim(self.now()).until;
        self.rows[which].state = JourneyState::Completing { until };
        self.rows[which].claim = Some(until.as_millis());
        Outcome::Done
    }

    /// The process that claimed it last comes back, however late.
    fn holds_claim(&self, which: usize) -> bool {
        let claim =
            self.rows[which].claim.map(|until| JourneyState::Completing { until: Timestamp::from_millis(until) });
        claim == Some(self.rows[which].state)
    }

    fn finish(&mut self, which: usize) -> Outcome {
        if !self.holds_claim(which) {
            return Outcome::Refused;
        }
        // The password is replaced at the epoch that the journey was resolved at, or not at all.
        if self.cast[which].is_some_and(|owner| self.rows[which].resolved != Some(self.epochs[owner])) {
            return Outcome::Refused;
        }
        self.end(which)
    }

    fn give_back(&mut self, which: usize) -> Outcome {
        if !self.holds_claim(which) {
            return Outcome::Refused;
        }
        self.rows[which].state = JourneyState::Open;
        Outcome::Done
    }
}

fn outcome_of(refusal: challenge::Refusal, tries_left: u8) -> Outcome {
    match refusal {
        challenge::Refusal::TooSoon => Outcome::TooSoon,
        challenge::Refusal::Wrong if tries_left > 0 => Outcome::Wrong { tries_left },
        challenge::Refusal::Wrong | challenge::Refusal::Dead => Outcome::Dead,
        challenge::Refusal::Proven | challenge::Refusal::NotSent => Outcome::Refused,
    }
}

//! What must be true when a password is set, by the rows and plain rules alone, and what can be seen from outside.

use super::*;

impl World {
    /// The oracle: what must be true, by the rows and the plain rules alone, when a password is set.
    pub(super) fn judge(&self, which: usize, bearer: Bearer, ready: Ready) {
        let row = &self.rows[which];
        assert_eq!((ready.journey(), ready.subject()), (journey_id(which), self.subject(which)));
        match row.state {
            JourneyState::Open => {}
            JourneyState::Completing { until } => assert!(self.now >= until.as_millis(), "completed twice at once"),
            JourneyState::Done | JourneyState::Revoked => panic!("completed after its end: {self:#?}"),
        }
        assert!(row.resolved.is_some(), "a decoy set a password: {self:#?}");
        let Some(owner) = self.cast[which] else {
            assert!(bearer == Bearer::Handle && self.given(which, 0), "an account without a code: {self:#?}");
            return;
        };
        assert_eq!(row.resolved, Some(self.epochs[owner]), "older than a change of credentials: {self:#?}");
        assert_eq!(self.states[owner], AccountState::Active, "frozen by this channel, or disabled: {self:#?}");
        assert!(self.now < START.plus(LINK_LIFETIME).as_millis(), "too old: {self:#?}");
        let first = self.passed_first(which, bearer);
        let second = self.passed_second(which, bearer);
        let enough = match self.policy {
            0 => !first.is_empty(),
            1 => first.iter().any(|one| second.iter().any(|other| one != other)),
            // Passkey and authenticator are both bound authenticators.
            _ => first.contains(&Method::Mail) && !second.is_empty(),
        };
        assert!(enough, "a gate was skipped by {bearer:?} at {which}: {first:?} {second:?} in {self:#?}");
    }

    /// Whether the right answer to a challenge was given, at the present epoch, within half an hour.
    fn given(&self, which: usize, nth: usize) -> bool {
        let epoch = self.cast[which].map_or(0, |owner| self.epochs[owner]);
        let proven = self.rows[which].slots[nth].and_then(|slot| slot.proven);
        proven.is_some_and(|(at, then)| self.now - at < millis(PROOF_LIFETIME) && then == epoch)
    }

    fn passed_first(&self, which: usize, bearer: Bearer) -> Vec<Method> {
        match bearer {
            // To get here it presented the link that only the journey's own mail holds.
            Bearer::Link => vec![Method::Mail],
            Bearer::Handle => (0..2).filter(|nth| self.given(which, *nth)).map(|nth| SLOTS[nth].2).collect(),
        }
    }

    fn passed_second(&self, which: usize, bearer: Bearer) -> Vec<Method> {
        let own = match bearer {
            Bearer::Handle => 2..4,
            Bearer::Link => 4..6,
        };
        own.filter(|nth| self.given(which, *nth)).map(|nth| SLOTS[nth].2).collect()
    }

    /// What can be seen of a journey.
    pub fn seen(&self, which: usize) -> Seen {
        let row = &self.rows[which];
        let steps = [Bearer::Handle, Bearer::Link].map(|bearer| self.step(which, bearer));
        let [begun, by_link] =
            steps.map(|step| Page { open: step.is_ok(), ready: matches!(step, Ok(Step::Complete(_))) });
        let given = (0..SLOTS.len()).filter(|nth| row.slots[*nth].is_some_and(|slot| slot.proven.is_some()));
        let mut proofs: Vec<_> = given.map(|nth| SLOTS[nth]).collect();
        proofs.sort_unstable();
        Seen {
            rows: Rows {
                state: state_name(row.state),
                resolved: row.resolved.is_some(),
                proofs,
                tries_left: CODE_TRIES - row.slots[MAIL].map_or(0, |slot| slot.tries),
                epoch: self.cast[which].map_or(0, |owner| self.epochs[owner]),
            },
            pages: Pages { begun, by_link },
        }
    }
}

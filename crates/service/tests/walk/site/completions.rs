//! Ends of journeys, in one transaction or two.

use super::*;

impl Site {
    pub(super) async fn complete(&mut self, which: usize, bearer: Bearer) -> Outcome {
        self.passwords += 1;
        let password = format!("{BETTER} {}", self.passwords);
        let handle = self.sides[which].handle.clone();
        if self.sides[which].kind == JourneyKind::Registration {
            let input = registration::Complete {
                new_password: password.as_str().into(),
                confirm_password: password.as_str().into(),
                ..registration::Complete::default()
            };
            return match registration::complete(self.cx(), &meta(), &handle, input).await {
                Ok(()) => Outcome::Done,
                Err(registration::CompleteError::Over) => Outcome::Refused,
                Err(other) => panic!("{other:?}"),
            };
        }
        let token = self.token(which).await;
        match recovery::complete(self.cx(), &meta(), self.source(which, bearer, &token), choice(&password)).await {
            Ok(()) => Outcome::Done,
            Err(recovery::CompleteError::NotValid) => Outcome::Refused,
            Err(other) => panic!("{other:?}"),
        }
    }

    /// The first transaction of a completion that needs two, as a service would judge it.
    pub(super) async fn claim(&mut self, which: usize, bearer: Bearer) -> Outcome {
        let Some(ready) = self.ready(which, bearer).await else { return Outcome::Refused };
        let now = self.t.clock.now();
        let claim = ready.claim(now);
        let tx = self.cx().store.begin_write().await.expect("begins");
        assert!(tx.claim_completion(ready, claim, now).await.expect("claims"), "no other process was there");
        tx.commit().await.expect("commits");
        self.sides[which].claim = Some((claim, ready));
        Outcome::Done
    }

    async fn ready(&self, which: usize, bearer: Bearer) -> Option<Ready> {
        match self.step(which, bearer).await {
            Some(Step::Complete(ready)) => Some(ready),
            Some(Step::Prove(_)) | None => None,
        }
    }

    /// What comes next, worked out from the rows beside the services.
    pub(super) async fn step(&self, which: usize, bearer: Bearer) -> Option<Step> {
        let (now, journey, proofs) = (self.t.clock.now(), self.journey(which).await, self.proofs(which).await);
        let account = self.account_of(which).await;
        let policy = match journey.kind {
            JourneyKind::Recovery => policies()[self.policy].clone(),
            JourneyKind::Registration => journey::registration::policy(),
        };
        let (journey, owner, presented) = match bearer {
            Bearer::Handle => (journey.as_shown_to_initiator(&proofs, now), Owner::Journey(self.sides[which].id), None),
            Bearer::Link => {
                let token: Digest = PlainToken::parse(&self.token(which).await)?.digest();
                let id = ProofId::new(now, random(self.cx()));
                let presented = journey::present_link(&journey, &self.mail(which).await, token, id, now)?;
                (journey, Owner::Link(self.sides[which].id), Some(presented))
            }
        };
        let facts = Facts { account: account.as_ref(), proofs: &proofs, presented, policy: &policy };
        journey::step(&journey, owner, &facts, now).ok()
    }

    /// The second transaction: what setting a password does to the rows that the model has.
    pub(super) async fn finish(&mut self, which: usize) -> Outcome {
        let Some((claim, ready)) = self.sides[which].claim else { return Outcome::Refused };
        let tx = self.cx().store.begin_write().await.expect("begins");
        if !tx.finish_completion(claim).await.expect("finishes") {
            return Outcome::Refused;
        }
        if let Subject::Account { id, epoch } = ready.subject() {
            let account = tx.find_account(id).await.expect("reads").expect("an account");
            if account.epoch != epoch {
                return Outcome::Refused;
            }
            tx.bump_epoch(id).await.expect("raises");
            tx.set_status(id, Status::Active, self.t.clock.now()).await.expect("sets");
            tx.revoke_journeys(id, Some(claim.journey)).await.expect("revokes");
        }
        tx.commit().await.expect("commits");
        Outcome::Done
    }

    pub(super) async fn give_back(&mut self, which: usize) -> Outcome {
        let Some((claim, _)) = self.sides[which].claim else { return Outcome::Refused };
        let tx = self.cx().store.begin_write().await.expect("begins");
        let given_back = tx.release_completion(claim).await.expect("releases");
        tx.commit().await.expect("commits");
        if given_back { Outcome::Done } else { Outcome::Refused }
    }
}

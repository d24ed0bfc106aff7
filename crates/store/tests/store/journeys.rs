use rekey_domain::journey::{COMPLETION_LEASE, Journey, JourneyKind, JourneyState, Subject};
use rekey_domain::{AccountId, JourneyId};

use crate::given::{at, digest, id, in_parallel, nodes, ready, recovery, recovery_of, with_account, with_recovery};
use crate::on_both;

async fn state(store: &rekey_store::Store, n: u8) -> JourneyState {
    store.find_journey_by_id(JourneyId(id(n.into()))).await.unwrap().unwrap().state
}

on_both! {
    async fn a_journey_comes_back_as_it_was(db: Database) {
        let store = db.store().await;
        let ada = with_account(&store, 1).await;
        let until = at(77);
        let mut written = vec![recovery_of(&ada, 1).0, recovery(2)];
        written.push(Journey { kind: JourneyKind::Registration, subject: Subject::Newcomer, ..recovery(3) });
        for (n, state) in [(4, JourneyState::Done), (5, JourneyState::Revoked), (6, JourneyState::Completing { until })] {
            written.push(Journey { state, ..recovery(n) });
        }
        let tx = store.begin_write().await.unwrap();
        for journey in &written {
            tx.insert_journey(journey).await.unwrap();
        }
        tx.commit().await.unwrap();
        for journey in written {
            let found = store.find_journey(journey.kind, journey.handle).await.unwrap();
            assert_eq!(format!("{:?}", found.unwrap()), format!("{journey:?}"));
        }
        assert!(store.find_journey(JourneyKind::Registration, digest(1)).await.unwrap().is_none());
    }

    async fn a_journey_is_resolved_once_and_only_while_it_is_open(db: Database) {
        let store = db.store().await;
        let ada = with_account(&store, 1).await;
        let bob = with_account(&store, 2).await;
        let tx = store.begin_write().await.unwrap();
        tx.insert_journey(&recovery(1)).await.unwrap();
        tx.insert_journey(&Journey { state: JourneyState::Revoked, ..recovery(2) }).await.unwrap();
        assert!(tx.resolve_journey(JourneyId(id(1)), Subject::of(&ada)).await.unwrap());
        assert!(!tx.resolve_journey(JourneyId(id(1)), Subject::of(&bob)).await.unwrap());
        assert!(!tx.resolve_journey(JourneyId(id(2)), Subject::of(&ada)).await.unwrap());
        tx.commit().await.unwrap();
        let found = store.find_journey_by_id(JourneyId(id(1))).await.unwrap().unwrap();
        assert_eq!(found.subject, Subject::of(&ada));
    }

    async fn of_a_crowd_that_spends_one_journey_one_does(db: Database) {
        let nodes = nodes(&db).await;
        let ada = with_account(&nodes[0], 1).await;
        let ready = ready(&with_recovery(&nodes[0], 1, &ada).await, &ada);
        let spent = in_parallel(&nodes, move |store, _| async move {
            let tx = store.begin_write().await.unwrap();
            let spent = tx.spend_journey(ready, at(1)).await.unwrap();
            tx.commit().await.unwrap();
            spent
        })
        .await;
        assert_eq!(spent.iter().filter(|spent| **spent).count(), 1, "{spent:?}");
        assert_eq!(state(&nodes[2], 1).await, JourneyState::Done);
        let proofs = nodes[0].list_journey_proofs(JourneyId(id(1))).await.unwrap();
        assert_eq!(proofs, [*ready.presented().unwrap().proof()], "the link that did it is written down");
    }

    async fn two_crowds_that_end_two_journeys_of_one_account_wait_for_each_other_in_turn(db: Database) {
        let nodes = nodes(&db).await;
        let ada = with_account(&nodes[0], 1).await;
        let readies = [
            ready(&with_recovery(&nodes[0], 1, &ada).await, &ada),
            ready(&with_recovery(&nodes[0], 2, &ada).await, &ada),
        ];
        // Each spends its own journey and revokes the other: without the account's lock that is a deadlock.
        let ended = in_parallel(&nodes, move |store, n| async move {
            let (tx, ready) = (store.begin_write().await.unwrap(), readies[n % 2]);
            let spent = tx.spend_journey(ready, at(1)).await.unwrap();
            if spent {
                tx.revoke_journeys(ada.id, Some(ready.journey())).await.unwrap();
                tx.commit().await.unwrap();
            }
            spent
        })
        .await;
        assert_eq!(ended.iter().filter(|ended| **ended).count(), 1, "{ended:?}");
    }

    async fn a_journey_that_moved_on_or_expired_is_not_spent(db: Database) {
        let store = db.store().await;
        let ada = with_account(&store, 1).await;
        let (first, second) = (with_recovery(&store, 1, &ada).await, with_recovery(&store, 2, &ada).await);
        let tx = store.begin_write().await.unwrap();
        tx.lock_account(ada.id).await.unwrap();
        assert_eq!(tx.revoke_journeys(ada.id, Some(second.0.id)).await.unwrap(), 1);
        assert!(!tx.spend_journey(ready(&first, &ada), at(2)).await.unwrap(), "judged as open, revoked since");
        assert!(!tx.spend_journey(ready(&second, &ada), second.0.expires_at).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!((state(&store, 1).await, state(&store, 2).await), (JourneyState::Revoked, JourneyState::Open));
        assert!(store.list_journey_proofs(second.0.id).await.unwrap().is_empty(), "nothing was written down either");
    }

    async fn of_a_crowd_that_claims_one_completion_one_holds_it(db: Database) {
        let nodes = nodes(&db).await;
        let ada = with_account(&nodes[0], 1).await;
        let held = with_recovery(&nodes[0], 1, &ada).await;
        let ready = ready(&held, &ada);
        let claims = in_parallel(&nodes, move |store, n| async move {
            let now = at(n as u64);
            let tx = store.begin_write().await.unwrap();
            let claim = ready.claim(now);
            let claimed = tx.claim_completion(ready, claim, now).await.unwrap();
            tx.commit().await.unwrap();
            claimed.then_some(claim)
        })
        .await;
        let claims: Vec<_> = claims.into_iter().flatten().collect();
        assert_eq!(claims.len(), 1);
        let tx = nodes[1].begin_write().await.unwrap();
        assert!(!tx.spend_journey(ready, at(1)).await.unwrap(), "it was judged as open");
        assert!(tx.finish_completion(claims[0]).await.unwrap());
        assert!(!tx.finish_completion(claims[0]).await.unwrap(), "once");
        assert!(!tx.release_completion(claims[0]).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(state(&nodes[2], 1).await, JourneyState::Done);
    }

    async fn a_claim_is_given_back_or_taken_over_and_the_late_holder_loses(db: Database) {
        let store = db.store().await;
        let ada = with_account(&store, 1).await;
        let (journey, asked) = with_recovery(&store, 1, &ada).await;
        let first = ready(&(journey.clone(), asked), &ada);
        let claim = first.claim(at(1));
        let tx = store.begin_write().await.unwrap();
        assert!(tx.claim_completion(first, claim, at(1)).await.unwrap());
        assert!(tx.release_completion(claim).await.unwrap());
        assert!(!tx.finish_completion(claim).await.unwrap(), "it was given back");
        tx.commit().await.unwrap();
        assert_eq!(state(&store, 1).await, JourneyState::Open);

        // Left behind by a process that died: the next one was judged by what it left.
        let state = JourneyState::Completing { until: at(0).plus(COMPLETION_LEASE) };
        let (left, asked) = recovery_of(&ada, 2);
        let left = Journey { state, ..left };
        let tx = store.begin_write().await.unwrap();
        tx.insert_journey(&left).await.unwrap();
        let policy = rekey_domain::journey::recovery::recommended_policy();
        let now = at(61);
        let presented = rekey_domain::journey::present_link(&left, &asked, digest(102), rekey_domain::ProofId(id(9)), now);
        let facts = rekey_domain::journey::Facts { account: Some(&ada), proofs: &[], presented, policy: &policy };
        let owner = rekey_domain::journey::owner::Owner::Link(left.id);
        let Ok(rekey_domain::journey::Step::Complete(second)) = rekey_domain::journey::step(&left, owner, &facts, now) else {
            panic!("the claim has run out");
        };
        let (dead, next) = (rekey_domain::journey::CompletionClaim { until: at(60), ..second.claim(now) }, second.claim(now));
        assert!(tx.claim_completion(second, next, now).await.unwrap());
        assert!(!tx.finish_completion(dead).await.unwrap(), "the first comes back too late");
        assert!(tx.finish_completion(next).await.unwrap());
        tx.commit().await.unwrap();
    }

    async fn revoking_ends_the_open_journeys_of_one_account(db: Database) {
        let store = db.store().await;
        let (ada, bob) = (with_account(&store, 1).await, with_account(&store, 2).await);
        let first = with_recovery(&store, 1, &ada).await;
        for n in 2..=3 {
            with_recovery(&store, n, &ada).await;
        }
        with_recovery(&store, 4, &bob).await;
        let tx = store.begin_write().await.unwrap();
        tx.insert_journey(&recovery(5)).await.unwrap();
        let until = at(9);
        tx.insert_journey(&Journey { state: JourneyState::Completing { until }, ..recovery_of(&ada, 6).0 }).await.unwrap();
        assert!(tx.spend_journey(ready(&first, &ada), at(1)).await.unwrap());
        assert_eq!(tx.revoke_journeys(ada.id, Some(JourneyId(id(3)))).await.unwrap(), 2);
        tx.commit().await.unwrap();
        let expected = [
            JourneyState::Done,
            JourneyState::Revoked,
            JourneyState::Open,
            JourneyState::Open,
            JourneyState::Open,
            JourneyState::Revoked,
        ];
        for (n, expected) in (1..).zip(expected) {
            assert_eq!(state(&store, n).await, expected, "journey {n}");
        }
    }

    async fn a_newer_recovery_revokes_the_older_ones_alone(db: Database) {
        let store = db.store().await;
        let ada = with_account(&store, 1).await;
        for n in 1..=4 {
            with_recovery(&store, n, &ada).await;
        }
        let tx = store.begin_write().await.unwrap();
        let kind = JourneyKind::Recovery;
        assert_eq!(tx.revoke_older_journeys(kind, ada.id, JourneyId(id(3))).await.unwrap(), 2);
        assert!(tx.has_newer_journey(kind, ada.id, JourneyId(id(3))).await.unwrap());
        assert!(!tx.has_newer_journey(kind, ada.id, JourneyId(id(4))).await.unwrap());
        assert!(!tx.has_newer_journey(JourneyKind::Registration, ada.id, JourneyId(id(3))).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(state(&store, 2).await, JourneyState::Revoked);
        assert_eq!(state(&store, 3).await, JourneyState::Open);
        assert_eq!(state(&store, 4).await, JourneyState::Open);
    }

    async fn of_a_crowd_that_resolves_journeys_of_one_account_the_newest_is_left(db: Database) {
        let nodes = nodes(&db).await;
        let ada = with_account(&nodes[0], 1).await;
        let tx = nodes[0].begin_write().await.unwrap();
        for n in 1..=20 {
            tx.insert_journey(&recovery(n)).await.unwrap();
        }
        tx.commit().await.unwrap();
        let subject = Subject::of(&ada);
        in_parallel(&nodes, move |store, n| async move {
            let (journey, kind) = (JourneyId(id((n % 20 + 1) as u128)), JourneyKind::Recovery);
            let tx = store.begin_write().await.unwrap();
            tx.lock_account(AccountId(id(1))).await.unwrap();
            if !tx.has_newer_journey(kind, AccountId(id(1)), journey).await.unwrap() {
                tx.revoke_older_journeys(kind, AccountId(id(1)), journey).await.unwrap();
                tx.resolve_journey(journey, subject).await.unwrap();
                tx.commit().await.unwrap();
            }
        })
        .await;
        let mut open = Vec::new();
        for n in 1..=20 {
            let found = nodes[0].find_journey_by_id(JourneyId(id(n))).await.unwrap().unwrap();
            if found.subject == subject && found.state == JourneyState::Open {
                open.push(n);
            }
        }
        assert_eq!(open, [20]);
    }
}

use rekey_domain::JourneyId;
use rekey_domain::journey::{CODE_TRIES, Journey, JourneyKind, JourneyState};

use crate::given::{account, at, bound_to, crowd, digest, id, nodes, ready, recovery, with_account, with_recovery};
use crate::on_both;

async fn state(store: &rekey_store::Store, n: u8) -> JourneyState {
    store.find_journey_by_id(JourneyId(id(n.into()))).await.unwrap().unwrap().state
}

on_both! {
    async fn a_journey_comes_back_as_it_was_by_each_of_its_secrets(db: Database) {
        let store = db.store().await;
        let ada = with_account(&store, 1).await;
        let journey = with_recovery(&store, 1, &ada).await;
        let written = format!("{journey:?}");
        let by_handle = store.find_journey(JourneyKind::Recovery, digest(1)).await.unwrap();
        assert_eq!(format!("{:?}", by_handle.unwrap()), written);
        let by_link = store.find_journey_by_link(digest(101)).await.unwrap();
        assert_eq!(format!("{:?}", by_link.unwrap()), written);
        assert!(store.find_journey(JourneyKind::Registration, digest(1)).await.unwrap().is_none());
        assert!(store.find_journey_by_link(digest(1)).await.unwrap().is_none());
    }

    async fn a_journey_is_bound_once_and_only_while_it_waits(db: Database) {
        let store = db.store().await;
        let ada = with_account(&store, 1).await;
        let tx = store.begin_write().await.unwrap();
        tx.insert_journey(&recovery(1)).await.unwrap();
        tx.insert_journey(&Journey { state: JourneyState::Revoked, ..recovery(2) }).await.unwrap();
        assert!(tx.bind_journey(JourneyId(id(1)), bound_to(&ada), Some(digest(9))).await.unwrap());
        assert!(!tx.bind_journey(JourneyId(id(1)), bound_to(&ada), Some(digest(8))).await.unwrap());
        assert!(!tx.bind_journey(JourneyId(id(2)), bound_to(&ada), None).await.unwrap());
        tx.commit().await.unwrap();
        let found = store.find_journey_by_link(digest(9)).await.unwrap().unwrap();
        assert_eq!(found.bound, Some(bound_to(&ada)));
    }

    async fn a_crowd_of_guesses_gets_five_tries(db: Database) {
        let nodes = nodes(&db).await;
        let ada = with_account(&nodes[0], 1).await;
        let journey = with_recovery(&nodes[0], 1, &ada).await;
        let tries =
            crowd(&nodes, move |store, _| async move { store.claim_code_try(journey.id, at(1)).await.unwrap() }).await;
        let mut begun: Vec<_> = tries.iter().flatten().copied().collect();
        begun.sort_unstable();
        assert_eq!(begun, (1..=CODE_TRIES).collect::<Vec<_>>(), "{tries:?}");
    }

    async fn no_try_is_left_with_a_dead_code_or_a_proven_or_expired_journey(db: Database) {
        let store = db.store().await;
        let tx = store.begin_write().await.unwrap();
        tx.insert_journey(&recovery(1)).await.unwrap();
        tx.insert_journey(&Journey { expires_at: at(1), ..recovery(2) }).await.unwrap();
        tx.insert_journey(&recovery(3)).await.unwrap();
        assert_eq!(tx.claim_code_try(JourneyId(id(1)), at(0)).await.unwrap(), Some(1));
        assert!(tx.prove_journey(JourneyId(id(3)), None, at(0)).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(store.claim_code_try(JourneyId(id(1)), at(599)).await.unwrap(), Some(2));
        assert_eq!(store.claim_code_try(JourneyId(id(1)), at(600)).await.unwrap(), None);
        assert_eq!(store.claim_code_try(JourneyId(id(2)), at(1)).await.unwrap(), None);
        assert_eq!(store.claim_code_try(JourneyId(id(3)), at(1)).await.unwrap(), None);
        assert_eq!(store.claim_code_try(JourneyId(id(4)), at(0)).await.unwrap(), None);
    }

    async fn a_recovery_that_ended_unproven_counts_tries_and_resends_like_a_decoy(db: Database) {
        let store = db.store().await;
        let tx = store.begin_write().await.unwrap();
        for (n, state) in [(1, JourneyState::Done), (2, JourneyState::Revoked)] {
            tx.insert_journey(&Journey { state, ..recovery(n) }).await.unwrap();
        }
        for n in [1, 2] {
            assert_eq!(tx.claim_code_try(JourneyId(id(n)), at(1)).await.unwrap(), Some(1));
            assert!(tx.claim_resend(JourneyId(id(n)), at(0), at(60), None).await.unwrap());
            assert!(!tx.prove_journey(JourneyId(id(n)), None, at(61)).await.unwrap(), "but proves nothing");
        }
        tx.commit().await.unwrap();
        assert_eq!((state(&store, 1).await, state(&store, 2).await), (JourneyState::Done, JourneyState::Revoked));
    }

    async fn a_proof_is_for_one_journey_and_one_account(db: Database) {
        let store = db.store().await;
        let (ada, bob) = (with_account(&store, 1).await, with_account(&store, 2).await);
        let (first, second) = (with_recovery(&store, 1, &ada).await, with_recovery(&store, 2, &ada).await);
        let tx = store.begin_write().await.unwrap();
        assert!(tx.prove_journey(first.id, Some(ada.id), at(1)).await.unwrap());
        assert!(!tx.prove_journey(first.id, Some(ada.id), at(1)).await.unwrap());
        assert!(!tx.prove_journey(second.id, Some(ada.id), second.expires_at).await.unwrap());
        tx.commit().await.unwrap();
        assert!(store.has_proof(first.id, Some(ada.id)).await.unwrap());
        assert!(!store.has_proof(first.id, Some(bob.id)).await.unwrap());
        assert!(!store.has_proof(first.id, None).await.unwrap());
        assert!(!store.has_proof(second.id, Some(ada.id)).await.unwrap());
        let proven = store.find_journey_by_id(first.id).await.unwrap().unwrap();
        assert_eq!((proven.state, proven.proven_at), (JourneyState::Proven, Some(at(1))));
    }

    async fn of_a_crowd_that_proves_one_journey_one_does(db: Database) {
        let nodes = nodes(&db).await;
        let ada = with_account(&nodes[0], 1).await;
        let journey = with_recovery(&nodes[0], 1, &ada).await;
        let proven = crowd(&nodes, move |store, _| async move {
            let tx = store.begin_write().await.unwrap();
            let proven = tx.prove_journey(journey.id, Some(ada.id), at(1)).await.unwrap();
            tx.commit().await.unwrap();
            proven
        })
        .await;
        assert_eq!(proven.iter().filter(|proven| **proven).count(), 1, "{proven:?}");
    }

    async fn of_a_crowd_that_spends_one_journey_one_does(db: Database) {
        let nodes = nodes(&db).await;
        let ada = with_account(&nodes[0], 1).await;
        let ready = ready(&with_recovery(&nodes[0], 1, &ada).await, &ada);
        let spent = crowd(&nodes, move |store, _| async move {
            let tx = store.begin_write().await.unwrap();
            let spent = tx.spend_journey(ready, at(1)).await.unwrap();
            tx.commit().await.unwrap();
            spent
        })
        .await;
        assert_eq!(spent.iter().filter(|spent| **spent).count(), 1, "{spent:?}");
        assert_eq!(state(&nodes[2], 1).await, JourneyState::Done);
    }

    async fn a_journey_that_moved_on_or_expired_is_not_spent(db: Database) {
        let store = db.store().await;
        let ada = with_account(&store, 1).await;
        let (first, second) = (with_recovery(&store, 1, &ada).await, with_recovery(&store, 2, &ada).await);
        let tx = store.begin_write().await.unwrap();
        assert!(tx.prove_journey(first.id, Some(ada.id), at(1)).await.unwrap());
        assert!(!tx.spend_journey(ready(&first, &ada), at(2)).await.unwrap(), "judged as waiting, proven since");
        assert!(!tx.spend_journey(ready(&second, &ada), second.expires_at).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!((state(&store, 1).await, state(&store, 2).await), (JourneyState::Proven, JourneyState::Waiting));
    }

    async fn of_a_crowd_that_asks_again_one_message_goes_out(db: Database) {
        let nodes = nodes(&db).await;
        let ada = with_account(&nodes[0], 1).await;
        let seen = with_recovery(&nodes[0], 1, &ada).await;
        let sent = crowd(&nodes, move |store, n| {
            let seen = seen.clone();
            async move {
                let tx = store.begin_write().await.unwrap();
                let now = at(700 + n as u64);
                let sent = tx.claim_resend(seen.id, seen.last_sent_at, now, Some((1, at(1300)))).await.unwrap();
                tx.commit().await.unwrap();
                sent
            }
        })
        .await;
        assert_eq!(sent.iter().filter(|sent| **sent).count(), 1, "{sent:?}");
        let found = nodes[0].find_journey_by_id(JourneyId(id(1))).await.unwrap().unwrap();
        assert_eq!((found.code_generation, found.code_expires_at, found.code_tries), (1, at(1300), 0));
        assert!(found.last_sent_at >= at(700));
    }

    async fn sending_the_living_code_again_leaves_it_as_it_is(db: Database) {
        let store = db.store().await;
        let ada = with_account(&store, 1).await;
        let seen = with_recovery(&store, 1, &ada).await;
        let tx = store.begin_write().await.unwrap();
        assert!(tx.claim_resend(seen.id, seen.last_sent_at, at(60), None).await.unwrap());
        assert!(!tx.claim_resend(seen.id, seen.last_sent_at, at(61), None).await.unwrap());
        let found = tx.find_journey_by_id(seen.id).await.unwrap().unwrap();
        assert_eq!(
            (found.code_generation, found.code_expires_at, found.last_sent_at),
            (0, seen.code_expires_at, at(60))
        );
    }

    async fn revoking_ends_the_open_recoveries_of_one_account(db: Database) {
        let store = db.store().await;
        let (ada, bob) = (with_account(&store, 1).await, with_account(&store, 2).await);
        for n in 1..=3 {
            with_recovery(&store, n, &ada).await;
        }
        with_recovery(&store, 4, &bob).await;
        let tx = store.begin_write().await.unwrap();
        tx.insert_journey(&recovery(5)).await.unwrap();
        assert!(
            tx.spend_journey(
                ready(&Journey { bound: Some(bound_to(&ada)), link: Some(digest(1)), ..recovery(1) }, &account(1)),
                at(1)
            )
            .await
            .unwrap()
        );
        assert_eq!(tx.revoke_journeys(ada.id, Some(JourneyId(id(3)))).await.unwrap(), 1);
        tx.commit().await.unwrap();
        let expected = [
            JourneyState::Done,
            JourneyState::Revoked,
            JourneyState::Waiting,
            JourneyState::Waiting,
            JourneyState::Waiting,
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
        assert_eq!(tx.revoke_older_recoveries(ada.id, JourneyId(id(3))).await.unwrap(), 2);
        tx.commit().await.unwrap();
        assert_eq!(state(&store, 2).await, JourneyState::Revoked);
        assert_eq!(state(&store, 3).await, JourneyState::Waiting);
        assert_eq!(state(&store, 4).await, JourneyState::Waiting);
    }
}

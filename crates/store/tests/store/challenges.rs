use rekey_domain::journey::challenge::{CODE_TRIES, Challenge};
use rekey_domain::journey::method::Method;
use rekey_domain::journey::owner::Owner;
use rekey_domain::journey::{Journey, JourneyState, Subject};
use rekey_domain::session::assurance::sign_in_proof;
use rekey_domain::{ChallengeId, FactorId, ProofId};

use crate::given::{
    at, digest, granted, id, in_parallel, mail, nodes, recovery, recovery_of, session, with_account, with_recovery,
};
use crate::on_both;

/// A recovery that is for no account, with what it asks for.
async fn with_decoy(store: &rekey_store::Store, journey: &Journey) -> Challenge {
    let tx = store.begin_write().await.unwrap();
    tx.insert_journey(journey).await.unwrap();
    assert!(tx.insert_challenge(&mail(journey)).await.unwrap());
    tx.commit().await.unwrap();
    mail(journey)
}

on_both! {
    async fn a_challenge_comes_back_as_it_was_for_each_owner(db: Database) {
        let store = db.store().await;
        let ada = with_account(&store, 1).await;
        let (journey, asked) = with_recovery(&store, 1, &ada).await;
        let session = session(1, &ada);
        let tx = store.begin_write().await.unwrap();
        tx.insert_session(&session, digest(1)).await.unwrap();
        let app = Challenge { method: Method::Authenticator, link: None, link_expires_at: None, gate: 2, ..asked };
        let others = [
            Challenge { id: ChallengeId(id(2)), owner: Owner::Link(journey.id), ..app },
            Challenge { id: ChallengeId(id(3)), owner: Owner::SignIn(session.id), factor: None, ..app },
            Challenge { id: ChallengeId(id(4)), owner: Owner::Reauthentication(session.id), spent_at: Some(at(3)), ..app },
            Challenge { id: ChallengeId(id(5)), owner: Owner::Enrolment(FactorId(id(6))), factor: Some(FactorId(id(6))), ..app },
        ];
        for other in &others {
            assert!(tx.insert_challenge(other).await.unwrap());
        }
        tx.commit().await.unwrap();
        assert_eq!(store.find_challenge(asked.id).await.unwrap(), Some(asked));
        assert_eq!(store.find_challenge_by_link(digest(101)).await.unwrap(), Some(asked));
        assert_eq!(store.find_challenge_by_link(digest(1)).await.unwrap(), None);
        for other in others {
            assert_eq!(store.find_challenge(other.id).await.unwrap(), Some(other));
        }
        let listed: Vec<_> = store.list_challenges(journey.id).await.unwrap();
        assert_eq!(listed, [asked, others[0]]);
    }

    async fn asking_twice_for_the_same_leaves_the_first_with_its_tries(db: Database) {
        let nodes = nodes(&db).await;
        let ada = with_account(&nodes[0], 1).await;
        let (_, asked) = with_recovery(&nodes[0], 1, &ada).await;
        assert!(nodes[0].claim_try(asked.id, at(1)).await.unwrap().is_some());
        let inserted = in_parallel(&nodes, move |store, n| async move {
            let method = if n % 2 == 0 { Method::Mail } else { Method::Passkey };
            let again = Challenge { id: ChallengeId(id(1000 + n as u128)), method, link: None, sent_at: at(5), ..asked };
            let tx = store.begin_write().await.unwrap();
            let inserted = tx.insert_challenge(&again).await.unwrap();
            tx.commit().await.unwrap();
            inserted
        })
        .await;
        assert_eq!(inserted.iter().filter(|inserted| **inserted).count(), 1, "the one passkey");
        let listed = nodes[0].list_challenges(recovery(1).id).await.unwrap();
        assert_eq!(listed.iter().map(|asked| (asked.method, asked.tries)).collect::<Vec<_>>(), [(Method::Mail, 1), (Method::Passkey, 0)]);
    }

    async fn by_what_it_is_answered_is_said_once(db: Database) {
        let store = db.store().await;
        let ada = with_account(&store, 1).await;
        let asked = with_decoy(&store, &recovery(1)).await;
        let resolved = Challenge { method: Method::Text, factor: Some(FactorId(ada.id.0)), link: Some(digest(9)), ..asked };
        let tx = store.begin_write().await.unwrap();
        assert!(tx.resolve_challenge(&resolved).await.unwrap());
        assert!(!tx.resolve_challenge(&Challenge { link: Some(digest(8)), ..resolved }).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(store.find_challenge_by_link(digest(9)).await.unwrap(), Some(resolved));
        assert_eq!(store.find_challenge_by_link(digest(8)).await.unwrap(), None);
    }

    async fn a_crowd_of_guesses_gets_five_tries(db: Database) {
        let nodes = nodes(&db).await;
        let ada = with_account(&nodes[0], 1).await;
        let (_, asked) = with_recovery(&nodes[0], 1, &ada).await;
        let claimed = in_parallel(&nodes, move |store, _| async move { store.claim_try(asked.id, at(1)).await.unwrap() }).await;
        let mut begun: Vec<_> = claimed.iter().flatten().map(|claimed| claimed.tries).collect();
        begun.sort_unstable();
        assert_eq!(begun, (1..=CODE_TRIES).collect::<Vec<_>>(), "{claimed:?}");
    }

    async fn the_right_answer_to_a_secret_that_was_replaced_meanwhile_proves_nothing(db: Database) {
        let store = db.store().await;
        let ada = with_account(&store, 1).await;
        let (journey, asked) = with_recovery(&store, 1, &ada).await;
        // Claimed and compared while it lived, by a node whose clock is behind.
        let claimed = store.claim_try(asked.id, at(599)).await.unwrap().unwrap();
        let compared = granted(&(journey.clone(), claimed), &ada);
        let next = Challenge { sent_at: at(600), generation: claimed.generation + 1, expires_at: at(1200), ..claimed };
        let tx = store.begin_write().await.unwrap();
        assert!(tx.claim_resend(&claimed, &next).await.unwrap());
        tx.commit().await.unwrap();
        let tx = store.begin_write().await.unwrap();
        assert!(!tx.prove_challenge(&compared).await.unwrap());
        assert!(tx.prove_challenge(&granted(&(journey, next), &ada)).await.unwrap(), "the new one does");
    }

    async fn of_answers_and_resends_at_once_no_dead_secret_proves(db: Database) {
        let nodes = nodes(&db).await;
        let ada = with_account(&nodes[0], 1).await;
        let (journey, asked) = with_recovery(&nodes[0], 1, &ada).await;
        let compared = granted(&(journey, asked), &ada);
        let next = Challenge { sent_at: at(600), generation: asked.generation + 1, expires_at: at(1200), ..asked };
        let done = in_parallel(&nodes, move |store, n| async move {
            let tx = store.begin_write().await.unwrap();
            let (proves, done) = match n % 2 {
                0 => (true, tx.prove_challenge(&compared).await.unwrap()),
                _ => (false, tx.claim_resend(&asked, &next).await.unwrap()),
            };
            tx.commit().await.unwrap();
            (proves, done)
        })
        .await;
        // One of the two came first, and then there was nothing left for the other.
        assert_eq!(done.iter().filter(|(_, done)| *done).count(), 1, "{done:?}");
    }

    async fn no_try_is_left_once_it_lapsed_or_was_answered(db: Database) {
        let store = db.store().await;
        let ada = with_account(&store, 1).await;
        let first = with_recovery(&store, 1, &ada).await;
        let second = with_recovery(&store, 2, &ada).await;
        let tx = store.begin_write().await.unwrap();
        assert!(tx.prove_challenge(&granted(&second, &ada)).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(store.claim_try(first.1.id, at(599)).await.unwrap().map(|claimed| claimed.tries), Some(1));
        assert_eq!(store.claim_try(first.1.id, at(600)).await.unwrap(), None);
        assert_eq!(store.claim_try(second.1.id, at(1)).await.unwrap(), None);
        assert_eq!(store.claim_try(ChallengeId(id(4)), at(0)).await.unwrap(), None);
    }

    async fn what_ended_unproven_counts_tries_and_resends_like_a_decoy(db: Database) {
        let store = db.store().await;
        let decoy = with_decoy(&store, &recovery(1)).await;
        for (n, state) in [(2, JourneyState::Done), (3, JourneyState::Revoked)] {
            with_decoy(&store, &Journey { state, ..recovery(n) }).await;
        }
        for n in [1, 2, 3] {
            let asked = Challenge { ..mail(&recovery(n)) };
            let claimed = store.claim_try(asked.id, at(1)).await.unwrap().unwrap();
            assert_eq!((claimed.tries, claimed.expires_at), (1, decoy.expires_at));
            let tx = store.begin_write().await.unwrap();
            assert!(tx.claim_resend(&asked, &Challenge { sent_at: at(60), ..asked }).await.unwrap());
            tx.commit().await.unwrap();
        }
    }

    async fn of_a_crowd_that_asks_again_one_message_goes_out(db: Database) {
        let nodes = nodes(&db).await;
        let ada = with_account(&nodes[0], 1).await;
        let (_, seen) = with_recovery(&nodes[0], 1, &ada).await;
        let sent = in_parallel(&nodes, move |store, n| async move {
            let next = Challenge { sent_at: at(700 + n as u64), generation: 1, expires_at: at(1300), ..seen };
            let tx = store.begin_write().await.unwrap();
            let sent = tx.claim_resend(&seen, &next).await.unwrap();
            tx.commit().await.unwrap();
            sent
        })
        .await;
        assert_eq!(sent.iter().filter(|sent| **sent).count(), 1, "{sent:?}");
        let found = nodes[0].find_challenge(seen.id).await.unwrap().unwrap();
        assert_eq!((found.generation, found.expires_at, found.tries), (1, at(1300), 0));
        assert!(found.sent_at >= at(700));
    }

    async fn of_a_crowd_that_proves_one_challenge_one_does(db: Database) {
        let nodes = nodes(&db).await;
        let ada = with_account(&nodes[0], 1).await;
        let held = with_recovery(&nodes[0], 1, &ada).await;
        let granted = granted(&held, &ada);
        let proven = in_parallel(&nodes, move |store, _| async move {
            let tx = store.begin_write().await.unwrap();
            let proven = tx.prove_challenge(&granted).await.unwrap();
            tx.commit().await.unwrap();
            proven
        })
        .await;
        assert_eq!(proven.iter().filter(|proven| **proven).count(), 1, "{proven:?}");
        assert_eq!(nodes[1].list_journey_proofs(held.0.id).await.unwrap(), [*granted.proof()]);
        assert_eq!(nodes[1].find_challenge(held.1.id).await.unwrap().unwrap().spent_at, Some(at(1)));
    }

    async fn a_proof_belongs_to_its_journey_or_session(db: Database) {
        let store = db.store().await;
        let (ada, bob) = (with_account(&store, 1).await, with_account(&store, 2).await);
        let (first, second) = (with_recovery(&store, 1, &ada).await, with_recovery(&store, 2, &ada).await);
        let sessions = [session(1, &ada), session(2, &ada), session(3, &bob)];
        let of = |n: usize| sign_in_proof(&sessions[n], Method::Password, None, ProofId(id(50 + n as u128)), at(2));
        let tx = store.begin_write().await.unwrap();
        assert!(tx.prove_challenge(&granted(&first, &ada)).await.unwrap());
        for (n, session) in sessions.iter().enumerate() {
            tx.insert_session(session, digest(u8::try_from(n).unwrap())).await.unwrap();
            tx.insert_proof(&of(n)).await.unwrap();
        }
        tx.commit().await.unwrap();
        assert_eq!(store.list_journey_proofs(first.0.id).await.unwrap(), [*granted(&first, &ada).proof()]);
        assert!(store.list_journey_proofs(second.0.id).await.unwrap().is_empty());
        assert_eq!(store.list_session_proofs(sessions[0].id).await.unwrap(), [*of(0).proof()]);
        let mut of_ada = store.list_session_proofs_of(ada.id).await.unwrap();
        of_ada.sort_by_key(|proof| proof.id);
        assert_eq!(of_ada, [*of(0).proof(), *of(1).proof()], "those of journeys are not among them");
    }

    async fn a_newcomers_proof_is_about_no_account(db: Database) {
        let store = db.store().await;
        let kind = rekey_domain::journey::JourneyKind::Registration;
        let journey = Journey { kind, subject: Subject::Newcomer, ..recovery(1) };
        let asked = with_decoy(&store, &journey).await;
        let granted = rekey_domain::journey::prove(&journey, &asked, None, true, at(1)).unwrap();
        let tx = store.begin_write().await.unwrap();
        assert!(tx.prove_challenge(&granted).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(store.list_journey_proofs(journey.id).await.unwrap(), [*granted.proof()]);
    }

    async fn an_answer_that_is_written_down_too_late_is_none(db: Database) {
        let store = db.store().await;
        let ada = with_account(&store, 1).await;
        let (journey, asked) = recovery_of(&ada, 1);
        let short = Challenge { expires_at: at(2), ..asked };
        let tx = store.begin_write().await.unwrap();
        tx.insert_journey(&journey).await.unwrap();
        assert!(tx.insert_challenge(&Challenge { expires_at: at(1), ..short }).await.unwrap());
        assert!(!tx.prove_challenge(&granted(&(journey, short), &ada)).await.unwrap());
        tx.commit().await.unwrap();
    }
}

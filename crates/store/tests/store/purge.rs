use std::time::Duration;

use rekey_domain::JourneyId;
use rekey_domain::account::action_token::ActionTokenKind;
use rekey_domain::job::retention::{Expiring, Retention};
use rekey_domain::journey::JourneyKind;
use rekey_domain::journey::method::Method;
use rekey_domain::message::conversion::{Breaker, Passage};
use rekey_domain::message::text_limits::{Demand, Meter, Window};
use rekey_domain::message::{DeadCause, Notification, OutboxItem, Outcome};
use rekey_domain::session::Session;
use rekey_domain::session::assurance::sign_in_proof;
use rekey_domain::throttle::budget::Budget;
use rekey_domain::throttle::{Limit, Protection, Purpose, Refusal};
use rekey_domain::{OutboxId, ProofId, SessionId};
use rekey_shared::{Lang, Timestamp};
use rekey_store::{PIECE, Store};

use crate::given::{action_token, at, digest, granted, id, recovery, session, with_account, with_recovery};
use crate::on_both;

const DAY: u64 = 24 * 3600;

/// Deletes whatever may go by the recommended limits, as the job does. How many rows that were.
async fn purge(store: &Store, now: Timestamp) -> u64 {
    let mut gone = 0;
    for what in Expiring::ALL.iter().copied() {
        loop {
            let tx = store.begin_write().await.unwrap();
            let piece = tx.purge(what, &Retention::RECOMMENDED, now).await.unwrap();
            tx.commit().await.unwrap();
            gone += piece;
            if piece < PIECE {
                break;
            }
        }
    }
    gone
}

on_both! {
    async fn nothing_young_is_purged(db: Database) {
        let store = db.store().await;
        let ada = with_account(&store, 1).await;
        with_recovery(&store, 1, &ada).await;
        let tx = store.begin_write().await.unwrap();
        tx.insert_session(&session(1, &ada), digest(1)).await.unwrap();
        tx.insert_action_token(&action_token(1, ActionTokenKind::Owner, None)).await.unwrap();
        let none = [Limit { protection: Protection::Account, per_hour: 1, interval_seconds: 0, kept: 0 }];
        assert_eq!(tx.admit(Purpose::Code, digest(1), digest(2), &none, at(0)).await.unwrap(), Ok(()));
        tx.commit().await.unwrap();
        assert!(
            store
                .swap_budget(digest(1), Budget::default(), Budget { failures: 1, next_at: None }, at(0))
                .await
                .unwrap()
        );
        assert_eq!(purge(&store, at(3599)).await, 0);
        let tx = store.begin_write().await.unwrap();
        let answer = tx.admit(Purpose::Code, digest(1), digest(2), &none, at(3599)).await.unwrap();
        assert_eq!(answer, Err(Refusal::TooMany), "the event is still there");
    }

    async fn budgets_are_kept_while_their_wait_lasts(db: Database) {
        let store = db.store().await;
        let waiting = Budget { failures: 9, next_at: Some(at(3 * DAY)) };
        let over = Budget { failures: 9, next_at: Some(at(30)) };
        assert!(store.swap_budget(digest(1), Budget::default(), waiting, at(0)).await.unwrap());
        assert!(store.swap_budget(digest(2), Budget::default(), over, at(0)).await.unwrap());
        assert!(store.swap_budget(digest(3), Budget::default(), over, at(1)).await.unwrap());
        assert_eq!(purge(&store, at(DAY)).await, 1);
        assert_eq!(store.read_budget(digest(1)).await.unwrap(), waiting);
        assert_eq!(store.read_budget(digest(2)).await.unwrap(), Budget::default());
        assert_eq!(store.read_budget(digest(3)).await.unwrap(), over);
    }

    async fn sessions_go_thirty_days_after_their_end_or_last_use(db: Database) {
        let store = db.store().await;
        let ada = with_account(&store, 1).await;
        let used = |n: u128, seconds| Session { last_used_at: at(seconds), ..session(n, &ada) };
        let tx = store.begin_write().await.unwrap();
        tx.insert_session(&used(1, 0), digest(1)).await.unwrap();
        tx.insert_session(&used(2, 29 * DAY), digest(2)).await.unwrap();
        tx.insert_session(&used(3, 29 * DAY), digest(3)).await.unwrap();
        assert!(tx.end_session(ada.id, SessionId(id(3)), at(0)).await.unwrap());
        tx.commit().await.unwrap();
        let proof = sign_in_proof(&session(1, &ada), Method::Password, None, ProofId(id(9)), at(0));
        let tx = store.begin_write().await.unwrap();
        tx.insert_proof(&proof).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(purge(&store, at(30 * DAY)).await, 2);
        assert!(store.find_session(digest(2)).await.unwrap().is_some());
        assert!(store.list_session_proofs_of(ada.id).await.unwrap().is_empty(), "with what they had proven");
    }

    async fn journeys_go_with_their_challenges_and_proofs_and_tickets_do_not_take_journeys_along(db: Database) {
        let store = db.store().await;
        let ada = with_account(&store, 1).await;
        let held = with_recovery(&store, 1, &ada).await;
        let tx = store.begin_write().await.unwrap();
        assert!(tx.prove_challenge(&granted(&held, &ada)).await.unwrap());
        let spent = action_token(1, ActionTokenKind::Owner, None);
        tx.insert_action_token(&spent).await.unwrap();
        let mut young = recovery(2);
        young.action_token = Some(spent.id);
        young.expires_at = at(31 * DAY);
        tx.insert_journey(&young).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(purge(&store, at(7 * DAY)).await, 0);
        assert_eq!(purge(&store, at(7 * DAY + 3600)).await, 1);
        assert!(store.list_journey_proofs(held.0.id).await.unwrap().is_empty());
        assert!(store.find_challenge(held.1.id).await.unwrap().is_none());
        assert_eq!(purge(&store, at(30 * DAY + 3600)).await, 1);
        assert_eq!(store.find_journey_by_id(JourneyId(id(2))).await.unwrap().unwrap().action_token, None);
    }

    async fn sent_messages_go_and_dead_ones_stay_for_longer(db: Database) {
        let store = db.store().await;
        let tx = store.begin_write().await.unwrap();
        for n in 1..=4 {
            let notification = Notification::RecoverySecret { journey: JourneyId(id(n)) };
            let (created_at, expires_at) = (at(0), at(0).plus(Duration::from_secs(600)));
            tx.enqueue(&OutboxItem {
                id: OutboxId(id(n)),
                notification,
                lang: Lang::En,
                created_at,
                expires_at,
                attempts: 0,
                network: None,
                with_work: false,
            })
            .await
            .unwrap();
        }
        tx.commit().await.unwrap();
        assert_eq!(store.lease_outbox(9, at(0), at(60), id(1)).await.unwrap().len(), 4);
        let dead = Outcome::Dead { cause: DeadCause::Unreachable };
        for (n, outcome) in [(1, Outcome::Sent), (2, Outcome::Dropped), (3, dead)] {
            assert!(store.finish_outbox(OutboxId(id(n)), id(1), outcome, at(0)).await.unwrap());
        }
        assert_eq!(purge(&store, at(30 * DAY)).await, 2);
        let counts = store.outbox_counts().await.unwrap();
        assert_eq!((counts.waiting, counts.dead), (1, 1));
        assert_eq!(purge(&store, at(90 * DAY)).await, 1, "dead ones go later");
    }

    async fn counts_of_text_messages_go_a_day_after_their_end_and_pauses_when_they_are_over(db: Database) {
        let store = db.store().await;
        let (meter, window, key) = (Meter::Total, Window::Hour, "a".to_owned());
        let demand = Demand { meter, window, key, ends_at: at(3600), amount: 1, limit: 9, of_registrations: false };
        let week = Breaker { sent: 1, pause: Duration::from_secs(7 * DAY), ..Breaker::RECOMMENDED };
        let tx = store.begin_write().await.unwrap();
        assert!(matches!(tx.count_text_to("1202555", week, at(0)).await.unwrap(), Passage::Tripped(_)));
        assert!(matches!(tx.count_text_to("1202556", Breaker::RECOMMENDED, at(1)).await.unwrap(), Passage::Sent(_)));
        assert_eq!(tx.take_text(&demand).await.unwrap(), Some(1));
        tx.commit().await.unwrap();
        assert_eq!(purge(&store, at(DAY)).await, 0);
        assert_eq!(purge(&store, at(DAY + 3600)).await, 2, "the count, and the prefix that is not paused");
        assert_eq!(purge(&store, at(7 * DAY - 1)).await, 0);
        assert_eq!(purge(&store, at(7 * DAY)).await, 1);
    }

    async fn a_flood_is_purged_in_pieces_to_the_last_row(db: Database) {
        let store = db.store().await;
        let tx = store.begin_write().await.unwrap();
        for n in 0..1_201_u32 {
            let mut key = digest(0);
            key.0[..4].copy_from_slice(&n.to_be_bytes());
            assert_eq!(tx.admit(Purpose::Code, key, key, &[], at(0)).await.unwrap(), Ok(()));
        }
        tx.commit().await.unwrap();
        assert_eq!(purge(&store, at(3600)).await, 1_201);
    }
}

/// SQLite has one writer at a time.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_that_a_request_works_on_are_left_to_the_next_run_on_postgresql() {
    let db = crate::database::Database::postgres().await;
    let (store, ada) = (db.store().await, with_account(&db.store().await, 1).await);
    for n in [1, 2, 3] {
        with_recovery(&store, n, &ada).await;
    }
    let later = at(400 * DAY);
    let (request, purging) = (store.begin_write().await.unwrap(), store.begin_write().await.unwrap());
    assert_eq!(request.revoke_older_journeys(JourneyKind::Recovery, ada.id, JourneyId(id(2))).await.unwrap(), 1);
    let purge = purging.purge(Expiring::Journeys, &Retention::RECOMMENDED, later);
    let gone = tokio::time::timeout(Duration::from_secs(20), purge).await.expect("it does not wait");
    assert_eq!(gone.unwrap(), 2);
    purging.commit().await.unwrap();
    // The request goes on to rows that were locked by what deletes: neither waits for the other.
    assert_eq!(request.revoke_journeys(ada.id, None).await.unwrap(), 0);
    request.commit().await.unwrap();
    let next = store.begin_write().await.unwrap();
    assert_eq!(next.purge(Expiring::Journeys, &Retention::RECOMMENDED, later).await.unwrap(), 1);
}

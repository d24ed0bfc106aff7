use std::time::Duration;

use rekey_domain::message::conversion::{Breaker, Passage};
use rekey_domain::message::text_limits::{Demand, Meter, Window};
use rekey_domain::message::{Notification, OutboxItem};
use rekey_domain::{JourneyId, OutboxId};
use rekey_shared::{Lang, Timestamp};
use rekey_store::Store;

use crate::given::{at, digest, id, in_parallel, nodes};
use crate::on_both;

fn demand(key: &str, amount: u64, limit: u64) -> Demand {
    let (meter, window) = (Meter::Total, Window::Hour);
    Demand { meter, window, key: key.to_owned(), ends_at: at(3600), amount, limit, of_registrations: false }
}

/// Takes both or none, as one message does.
async fn take(store: &Store, demands: &[Demand]) -> bool {
    let tx = store.begin_write().await.unwrap();
    for demand in demands {
        if tx.take_text(demand).await.unwrap().is_none() {
            return false;
        }
    }
    tx.commit().await.unwrap();
    true
}

async fn send(store: &Store, prefix: &str, now: Timestamp) -> Passage {
    let tx = store.begin_write().await.unwrap();
    let passage = tx.count_text_to(prefix, Breaker::RECOMMENDED, now).await.unwrap();
    tx.commit().await.unwrap();
    passage
}

on_both! {
    async fn a_crowd_gets_exactly_as_many_as_the_tightest_count_has_room_for(db: Database) {
        let nodes = nodes(&db).await;
        let demands = [demand("wide", 1, 100), demand("tight", 3, 52)];
        let asked = demands.clone();
        let taken = in_parallel(&nodes, move |store, _| {
            let asked = asked.clone();
            async move { take(&store, &asked).await }
        })
        .await;
        assert_eq!(taken.iter().filter(|taken| **taken).count(), 17);
        // What was refused by the second count has left nothing in the first.
        assert_eq!(nodes[0].read_text_counts(&demands).await.unwrap(), [17, 51]);
    }

    async fn more_than_the_whole_limit_is_never_taken(db: Database) {
        let store = db.store().await;
        assert!(!take(&store, &[demand("a", 8, 7)]).await);
        assert!(take(&store, &[demand("a", 7, 7)]).await);
        assert!(!take(&store, &[demand("a", 1, 7)]).await);
        assert_eq!(store.read_text_counts(&[demand("a", 1, 7), demand("b", 1, 7)]).await.unwrap(), [7, 0]);
    }

    async fn a_crowd_sends_exactly_fifty_codes_to_a_prefix_where_none_is_entered(db: Database) {
        let nodes = nodes(&db).await;
        let passages = in_parallel(&nodes, |store, _| async move { send(&store, "1202555", at(0)).await }).await;
        let count = |wanted: fn(&Passage) -> bool| passages.iter().filter(|passage| wanted(passage)).count();
        assert_eq!(count(|passage| matches!(passage, Passage::Sent(_))), 49);
        assert_eq!(count(|passage| matches!(passage, Passage::Tripped(_))), 1, "one of them gives the alarm");
        let paused = nodes[0].list_paused_prefixes(at(0)).await.unwrap();
        assert_eq!(paused.iter().map(|paused| (&*paused.prefix, paused.until)).collect::<Vec<_>>(), [("1202555", at(6 * 3600))]);
        assert!(matches!(send(&nodes[0], "1202556", at(0)).await, Passage::Sent(_)), "another prefix");
        assert!(matches!(send(&nodes[0], "1202555", at(6 * 3600)).await, Passage::Sent(_)), "after the pause");
        assert!(nodes[0].list_paused_prefixes(at(6 * 3600)).await.unwrap().is_empty());
    }

    async fn codes_that_are_entered_keep_a_prefix_open(db: Database) {
        let store = db.store().await;
        for nth in 0..200 {
            assert!(matches!(send(&store, "1202555", at(0)).await, Passage::Sent(_)), "{nth}");
            if nth % 4 == 0 {
                let tx = store.begin_write().await.unwrap();
                tx.count_text_verified("1202555").await.unwrap();
                tx.commit().await.unwrap();
            }
        }
        let counted = store.read_text_conversion("1202555").await.unwrap();
        assert_eq!((counted.sent, counted.verified), (200, 50));
    }

    async fn a_message_is_counted_once_however_many_workers_have_it(db: Database) {
        let nodes = nodes(&db).await;
        let tx = nodes[0].begin_write().await.unwrap();
        let notification = Notification::RegistrationSecret { journey: JourneyId(id(1)) };
        let (created_at, expires_at) = (at(0), at(0).plus(Duration::from_secs(600)));
        let network = Some(digest(3));
        let item = OutboxItem { id: OutboxId(id(1)), notification, lang: Lang::En, created_at, expires_at, attempts: 0, network, with_work: true };
        tx.enqueue(&item).await.unwrap();
        tx.commit().await.unwrap();
        let leased = nodes[0].lease_outbox(1, at(0), at(60), id(9)).await.unwrap();
        assert_eq!((leased[0].network, leased[0].with_work), (network, true));
        let marked = in_parallel(&nodes, |store, _| async move {
            let tx = store.begin_write().await.unwrap();
            let marked = tx.mark_text_counted(OutboxId(id(1)), at(1)).await.unwrap();
            tx.commit().await.unwrap();
            marked
        })
        .await;
        assert_eq!(marked.iter().filter(|marked| **marked).count(), 1);
    }
}

use std::collections::HashSet;

use rekey_domain::message::{DeadCause, Notification, OutboxItem, Outcome};
use rekey_domain::{AccountId, ActionTokenId, IdentifierId, JourneyId, KnownDeviceId, OutboxId};
use rekey_shared::Lang;
use rekey_store::{OutboxCounts, Store};

use crate::given::{PARALLEL, at, id, in_parallel, nodes};
use crate::on_both;

fn item(n: u128, notification: Notification) -> OutboxItem {
    OutboxItem {
        id: OutboxId(id(n)),
        notification,
        lang: Lang::Ja,
        created_at: at(u64::try_from(n).unwrap()),
        expires_at: at(9999),
        attempts: 0,
        network: None,
        with_work: false,
    }
}

fn recovery(n: u128) -> OutboxItem {
    item(n, Notification::RecoverySecret { journey: JourneyId(id(n)) })
}

async fn enqueue(store: &Store, items: impl IntoIterator<Item = OutboxItem>) {
    let tx = store.begin_write().await.unwrap();
    for item in items {
        tx.enqueue(&item).await.unwrap();
    }
    tx.commit().await.unwrap();
}

async fn lease_ids(store: &Store, now: u64, owner: u128) -> Vec<(u128, u32)> {
    let leased = store.lease_outbox(10, at(now), at(now + 60), id(owner)).await.unwrap();
    leased.iter().map(|item| (item.id.0.as_u128(), item.attempts)).collect()
}

on_both! {
    async fn every_obligation_comes_back_as_it_was(db: Database) {
        let store = db.store().await;
        let (account, to) = (AccountId(id(50)), IdentifierId(id(51)));
        let items = [
            item(1, Notification::RegistrationSecret { journey: JourneyId(id(60)) }),
            item(2, Notification::RecoverySecret { journey: JourneyId(id(61)) }),
            item(3, Notification::PasswordChanged { account, to, action_token: ActionTokenId(id(62)) }),
            item(4, Notification::SignInPaused { account, to }),
            item(5, Notification::AccountFrozen { account, to }),
            item(6, Notification::PasswordExpires { account, to }),
            item(7, Notification::Welcome { account, to }),
            item(8, Notification::NewDevice { account, to, device: KnownDeviceId(id(63)) }),
        ];
        enqueue(&store, items.clone()).await;
        let leased = store.lease_outbox(9, at(10), at(20), id(1)).await.unwrap();
        let expected = items.map(|item| OutboxItem { attempts: 1, ..item });
        assert_eq!(format!("{leased:?}"), format!("{expected:?}"));
        assert_eq!(store.last_sign_in_pause_notice(account).await.unwrap(), Some(at(4)));
        assert_eq!(store.last_sign_in_pause_notice(AccountId(id(99))).await.unwrap(), None);
    }

    async fn a_message_of_a_dropped_transaction_is_never_sent(db: Database) {
        let store = db.store().await;
        let tx = store.begin_write().await.unwrap();
        tx.enqueue(&recovery(1)).await.unwrap();
        drop(tx);
        assert!(lease_ids(&store, 10, 1).await.is_empty());
    }

    async fn a_crowd_of_workers_leases_each_message_once(db: Database) {
        let nodes = nodes(&db).await;
        enqueue(&nodes[0], (1..=PARALLEL as u128).map(recovery)).await;
        let leased = in_parallel(&nodes, |store, n| async move {
            let leased = store.lease_outbox(3, at(999), at(1100), id(n as u128 + 1)).await.unwrap();
            assert!(leased.len() <= 3, "more than asked for");
            leased.iter().map(|item| item.id.0).collect::<Vec<_>>()
        })
        .await;
        let all: Vec<_> = leased.concat();
        assert_eq!(all.iter().collect::<HashSet<_>>().len(), all.len(), "leased twice: {all:?}");
        let mut rest = Vec::new();
        loop {
            let more = nodes[0].lease_outbox(50, at(999), at(1100), id(7000)).await.unwrap();
            if more.is_empty() {
                break;
            }
            rest.extend(more);
        }
        assert_eq!(all.len() + rest.len(), PARALLEL);
    }

    async fn a_lease_that_ran_out_is_free_and_its_old_owner_settles_nothing(db: Database) {
        let store = db.store().await;
        enqueue(&store, [recovery(1)]).await;
        assert_eq!(lease_ids(&store, 10, 1).await, [(1, 1)]);
        assert!(lease_ids(&store, 69, 2).await.is_empty());
        assert_eq!(lease_ids(&store, 70, 2).await, [(1, 2)]);
        assert!(!store.finish_outbox(OutboxId(id(1)), id(1), Outcome::Sent, at(71)).await.unwrap());
        assert!(store.finish_outbox(OutboxId(id(1)), id(2), Outcome::Sent, at(71)).await.unwrap());
        assert!(!store.finish_outbox(OutboxId(id(1)), id(2), Outcome::Sent, at(71)).await.unwrap());
        assert!(lease_ids(&store, 9000, 3).await.is_empty());
    }

    async fn a_retry_waits_for_its_time_and_counts_on(db: Database) {
        let store = db.store().await;
        enqueue(&store, [recovery(1)]).await;
        assert!(lease_ids(&store, 0, 1).await.is_empty(), "not caused yet");
        assert_eq!(lease_ids(&store, 10, 1).await, [(1, 1)]);
        assert!(store.finish_outbox(OutboxId(id(1)), id(1), Outcome::Retry { at: at(20) }, at(11)).await.unwrap());
        assert!(lease_ids(&store, 19, 1).await.is_empty());
        assert_eq!(lease_ids(&store, 20, 1).await, [(1, 2)]);
    }

    async fn the_outbox_tells_how_it_stands(db: Database) {
        let store = db.store().await;
        let empty = OutboxCounts { waiting: 0, dead: 0, oldest_waiting_at: None };
        assert_eq!(store.outbox_counts().await.unwrap(), empty);
        enqueue(&store, (1..=5).map(recovery)).await;
        assert_eq!(lease_ids(&store, 10, 1).await.len(), 5);
        let dead = Outcome::Dead { cause: DeadCause::Refused };
        for (n, outcome) in [(1, Outcome::Sent), (2, Outcome::Dropped), (3, dead)] {
            assert!(store.finish_outbox(OutboxId(id(n)), id(1), outcome, at(11)).await.unwrap());
        }
        let counts = OutboxCounts { waiting: 2, dead: 1, oldest_waiting_at: Some(at(4)) };
        assert_eq!(store.outbox_counts().await.unwrap(), counts);
    }
}

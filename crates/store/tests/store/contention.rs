use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use rekey_domain::audit::{Actor, AuditEntry, AuditEvent};
use rekey_domain::{AccountId, Epoch};
use rekey_store::{ContentionCounts, Store, Unexpected, transaction};
use tokio::sync::Barrier;

use crate::database::Database;
use crate::given::{at, id, nodes, with_account};
use crate::on_both;

/// Raises the epochs of two accounts, the first one first; meets the other transaction between them in its first run.
async fn raise(store: Store, [first, second]: [AccountId; 2], meet: Arc<Barrier>) -> Result<u32, Unexpected> {
    let runs = AtomicU32::new(0);
    transaction!(store, |tx| {
        tx.bump_epoch(first).await?;
        if runs.fetch_add(1, Ordering::SeqCst) == 0 {
            meet.wait().await;
        }
        tx.bump_epoch(second).await?;
        tx.record(AuditEntry::new(AuditEvent::AccountDisabled, Actor::System, at(1)));
        Ok::<_, Unexpected>(())
    })
    .await?;
    Ok(runs.into_inner())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_that_wait_for_each_other_one_runs_again() {
    let db = Database::postgres().await;
    let [one, other, _] = nodes(&db).await;
    let (ada, bob) = (with_account(&one, 1).await.id, with_account(&one, 2).await.id);
    let meet = Arc::new(Barrier::new(2));
    let tasks = [
        tokio::spawn(raise(one.clone(), [ada, bob], Arc::clone(&meet))),
        tokio::spawn(raise(other.clone(), [bob, ada], meet)),
    ];
    let mut runs = 0;
    for task in tasks {
        runs += task.await.expect("no panic").expect("both are done in the end");
    }
    assert_eq!(runs, 3, "one of them ran again");
    let counts = [one.contention(), other.contention()];
    assert_eq!(counts.iter().map(|counts| counts.retried).sum::<u64>(), 1, "{counts:?}");
    assert_eq!(counts.iter().map(|counts| counts.exhausted).sum::<u64>(), 0, "{counts:?}");
    for account in [ada, bob] {
        let epoch = one.find_account(account).await.expect("reads").expect("an account").epoch;
        assert_eq!(epoch, Epoch(5), "each raised it once");
    }
    assert_eq!(one.count_unsealed().await.expect("reads").entries, 2, "what was undone is not told of");
}

/// Two connections of one file: while the first one writes, the second one waits, and gives up.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_writer_that_waits_for_too_long_is_busy_and_not_broken() {
    let db = Database::sqlite().await;
    let [one, other, _] = nodes(&db).await;
    let ada = with_account(&one, 1).await.id;
    let held = one.begin_write().await.expect("begins");
    let waited = transaction!(other, |tx| tx.bump_epoch(ada).await).await;
    assert!(waited.expect_err("it gives up").is_busy());
    assert_eq!(other.contention(), ContentionCounts { retried: 0, exhausted: 1 });
    drop(held);
    transaction!(other, |tx| tx.bump_epoch(ada).await).await.expect("nothing is in the way any more");
}

on_both! {
    async fn what_fails_and_what_is_to_leave_nothing_leaves_nothing(db: Database) {
        let [store, ..] = nodes(&db).await;
        let ada = with_account(&store, 1).await;
        let failed = transaction!(store, |tx| {
            tx.bump_epoch(ada.id).await?;
            tx.bump_epoch(AccountId(id(99))).await
        })
        .await;
        assert!(!failed.expect_err("there is no such account").is_busy());
        let left = transaction!(store, |tx| {
            tx.record(AuditEntry::new(AuditEvent::AccountDisabled, Actor::System, at(1)));
            tx.leave_nothing();
            tx.bump_epoch(ada.id).await
        })
        .await;
        assert_eq!(left.expect("no failure"), Epoch(4));
        let now = store.find_account(ada.id).await.expect("reads").expect("an account");
        assert_eq!(now.epoch, ada.epoch);
        assert_eq!(store.count_unsealed().await.expect("reads").entries, 0);
        assert_eq!(store.contention(), ContentionCounts::default());
    }
}

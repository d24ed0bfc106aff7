use rekey_domain::throttle::budget::{Budget, Lockout};
use rekey_store::Store;

use crate::given::{at, digest, in_parallel, nodes};
use crate::on_both;

/// Reserves a try as the service does: until it is reserved or the wait says no.
async fn reserve(store: &Store, lockout: Lockout, key: u8) -> bool {
    loop {
        let seen = store.read_budget(digest(key)).await.unwrap();
        let Some(next) = lockout.reserve(seen, at(0)) else { return false };
        if store.swap_budget(digest(key), seen, next, at(0)).await.unwrap() {
            return true;
        }
    }
}

on_both! {
    async fn a_crowd_of_guesses_gets_the_budget_and_no_more(db: Database) {
        let nodes = nodes(&db).await;
        for lockout in [Lockout::RECOMMENDED, Lockout::CODES, Lockout { threshold: 1, ..Lockout::RECOMMENDED }] {
            let key = u8::try_from(lockout.threshold).unwrap();
            let reserved = in_parallel(&nodes, move |store, _| async move { reserve(&store, lockout, key).await }).await;
            let count = reserved.iter().filter(|reserved| **reserved).count();
            assert_eq!(count, lockout.threshold as usize, "{lockout:?}");
        }
    }

    async fn of_a_crowd_that_saw_the_same_one_swaps(db: Database) {
        let nodes = nodes(&db).await;
        let once = Budget { failures: 1, next_at: None };
        let waiting = Budget { failures: 1, next_at: Some(at(30)) };
        for (seen, next) in
            [(Budget::default(), once), (once, waiting), (waiting, Budget::default()), (Budget::default(), waiting)]
        {
            let swapped =
                in_parallel(
                    &nodes,
                    move |store, _| async move { store.swap_budget(digest(1), seen, next, at(0)).await.unwrap() },
                )
                .await;
            assert_eq!(swapped.iter().filter(|swapped| **swapped).count(), 1, "{seen:?} → {next:?}");
            assert_eq!(nodes[1].read_budget(digest(1)).await.unwrap(), next);
        }
    }

    async fn a_success_forgets_the_failures_and_keys_do_not_mix(db: Database) {
        let store = db.store().await;
        assert!(reserve(&store, Lockout::RECOMMENDED, 1).await);
        assert!(reserve(&store, Lockout::RECOMMENDED, 2).await);
        store.clear_budget(digest(1), at(1)).await.unwrap();
        assert_eq!(store.read_budget(digest(1)).await.unwrap(), Budget::default());
        assert_eq!(store.read_budget(digest(2)).await.unwrap().failures, 1);
        let tx = store.begin_write().await.unwrap();
        tx.clear_budget(digest(2), at(1)).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(store.read_budget(digest(2)).await.unwrap(), Budget::default());
    }

    async fn a_stale_swap_changes_nothing(db: Database) {
        let store = db.store().await;
        let (one, two) = (Budget { failures: 1, next_at: None }, Budget { failures: 2, next_at: None });
        assert!(!store.swap_budget(digest(1), one, two, at(0)).await.unwrap(), "nothing there to swap");
        assert!(store.swap_budget(digest(1), Budget::default(), two, at(0)).await.unwrap());
        assert!(!store.swap_budget(digest(1), Budget::default(), one, at(0)).await.unwrap());
        assert!(!store.swap_budget(digest(1), one, one, at(0)).await.unwrap());
        assert!(!store.swap_budget(digest(1), Budget { failures: 2, next_at: Some(at(0)) }, one, at(0)).await.unwrap());
        assert_eq!(store.read_budget(digest(1)).await.unwrap(), two);
    }
}

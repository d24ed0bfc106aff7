use rekey_domain::throttle::{Limit, Protection, Purpose, Refusal};
use rekey_shared::Timestamp;
use rekey_store::Store;

use crate::given::{at, digest, in_parallel, nodes};
use crate::on_both;

const fn limit(protection: Protection, per_hour: u32, interval_seconds: u32) -> Limit {
    Limit { protection, per_hour, interval_seconds, kept: 0 }
}

async fn ask(store: &Store, keys: (u8, u8), limits: &[Limit], now: Timestamp) -> Result<(), Refusal> {
    let tx = store.begin_write().await.unwrap();
    let answer = tx.admit(Purpose::Recovery, digest(keys.0), digest(keys.1), limits, now).await.unwrap();
    tx.commit().await.unwrap();
    answer
}

on_both! {
    async fn a_crowd_gets_exactly_as_many_as_the_limit_says(db: Database) {
        let nodes = nodes(&db).await;
        let cases =
            [Protection::Address, Protection::Account, Protection::AddressOrAccount, Protection::AddressAndAccount];
        for (key, protection) in (10..).step_by(10).zip(cases) {
            let answers = in_parallel(&nodes, move |store, _| async move {
                ask(&store, (key, key + 1), &[limit(protection, 17, 0)], at(0)).await
            })
            .await;
            assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 17, "{protection:?}");
        }
    }

    async fn or_counts_what_shares_either_key_and_and_what_shares_both(db: Database) {
        let nodes = nodes(&db).await;
        // Ten accounts from one address, then one account from ten addresses.
        let spread = |n: usize| u8::try_from(n % 10).unwrap();
        for (protection, by_address, by_account) in [
            (Protection::AddressOrAccount, 3, 3),
            (Protection::AddressAndAccount, 30, 30),
            (Protection::Address, 3, 30),
            (Protection::Account, 30, 3),
            (Protection::None, 200, 200),
        ] {
            let db = nodes.clone();
            let base = match protection {
                Protection::AddressOrAccount => 20,
                Protection::AddressAndAccount => 50,
                Protection::Address => 80,
                Protection::Account => 110,
                Protection::None => 140,
            };
            let one_address = in_parallel(&db, move |store, n| async move {
                ask(&store, (base + spread(n), base), &[limit(protection, 3, 0)], at(0)).await
            })
            .await;
            assert_eq!(one_address.iter().filter(|answer| answer.is_ok()).count(), by_address, "{protection:?}");
            let one_account = in_parallel(&db, move |store, n| async move {
                ask(&store, (base + 15, base + 15 + spread(n)), &[limit(protection, 3, 0)], at(0)).await
            })
            .await;
            assert_eq!(one_account.iter().filter(|answer| answer.is_ok()).count(), by_account, "{protection:?}");
        }
    }

    async fn keys_crossed_over_do_not_wait_for_each_other_forever(db: Database) {
        let nodes = nodes(&db).await;
        let answers = in_parallel(&nodes, |store, n| async move {
            let keys = if n % 2 == 0 { (1, 2) } else { (2, 1) };
            ask(&store, keys, &[limit(Protection::Account, 5, 0)], at(0)).await
        })
        .await;
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 10, "{answers:?}");
    }

    async fn the_window_slides_and_the_interval_holds(db: Database) {
        let store = db.store().await;
        let limits = [limit(Protection::AddressOrAccount, 2, 600)];
        assert_eq!(ask(&store, (1, 2), &limits, at(0)).await, Ok(()));
        assert_eq!(ask(&store, (1, 3), &limits, at(599)).await, Err(Refusal::TooFrequent));
        assert_eq!(ask(&store, (1, 3), &limits, at(600)).await, Ok(()));
        assert_eq!(ask(&store, (1, 4), &limits, at(3599)).await, Err(Refusal::TooMany));
        assert_eq!(ask(&store, (1, 4), &limits, at(3600)).await, Ok(()));
        assert_eq!(ask(&store, (9, 9), &limits, at(3600)).await, Ok(()));
    }

    async fn a_refused_request_and_one_rolled_back_do_not_count(db: Database) {
        let store = db.store().await;
        let limits = [limit(Protection::Account, 1, 0)];
        let tx = store.begin_write().await.unwrap();
        assert_eq!(tx.admit(Purpose::Recovery, digest(1), digest(2), &limits, at(0)).await.unwrap(), Ok(()));
        drop(tx);
        assert_eq!(ask(&store, (1, 2), &limits, at(0)).await, Ok(()));
        assert_eq!(ask(&store, (1, 2), &limits, at(3599)).await, Err(Refusal::TooMany));
        assert_eq!(ask(&store, (1, 2), &limits, at(3600)).await, Ok(()), "the refusal did not count");
    }

    async fn purposes_count_by_themselves_and_all_limits_must_agree(db: Database) {
        let store = db.store().await;
        let limits = [limit(Protection::Account, 5, 0), limit(Protection::Address, 1, 0)];
        assert_eq!(ask(&store, (1, 2), &limits, at(0)).await, Ok(()));
        assert_eq!(ask(&store, (1, 2), &limits, at(0)).await, Err(Refusal::TooMany));
        let tx = store.begin_write().await.unwrap();
        assert_eq!(tx.admit(Purpose::Code, digest(1), digest(2), &limits, at(0)).await.unwrap(), Ok(()));
        tx.commit().await.unwrap();
        assert_eq!(ask(&store, (1, 3), &limits, at(0)).await, Ok(()));
    }
}

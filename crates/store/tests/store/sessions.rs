use rekey_domain::SessionId;

use crate::given::{at, digest, id, session, with_account};
use crate::on_both;

async fn open(store: &rekey_store::Store, n: u128, of: &rekey_domain::Account) {
    let tx = store.begin_write().await.unwrap();
    tx.insert_session(&session(n, of), digest(u8::try_from(n).unwrap())).await.unwrap();
    tx.commit().await.unwrap();
}

on_both! {
    async fn a_session_is_found_with_its_account_as_it_is_now(db: Database) {
        let store = db.store().await;
        let ada = with_account(&store, 1).await;
        open(&store, 1, &ada).await;
        let tx = store.begin_write().await.unwrap();
        tx.bump_epoch(ada.id).await.unwrap();
        tx.commit().await.unwrap();
        let (found, holder) = store.find_session(digest(1)).await.unwrap().unwrap();
        assert_eq!(format!("{found:?}"), format!("{:?}", session(1, &ada)));
        assert_eq!(holder.epoch.0, ada.epoch.0 + 1);
        assert!(store.find_session(digest(2)).await.unwrap().is_none());
    }

    async fn open_sessions_are_listed_newest_first(db: Database) {
        let store = db.store().await;
        let (ada, bob) = (with_account(&store, 1).await, with_account(&store, 2).await);
        for n in 1..=3 {
            open(&store, n, &ada).await;
        }
        open(&store, 4, &bob).await;
        let tx = store.begin_write().await.unwrap();
        assert!(tx.end_session(ada.id, SessionId(id(2)), at(9)).await.unwrap());
        tx.commit().await.unwrap();
        let listed: Vec<_> = store.list_sessions(ada.id).await.unwrap().iter().map(|session| session.id.0).collect();
        assert_eq!(listed, [id(3), id(1)]);
        let tx = store.begin_write().await.unwrap();
        tx.bump_epoch(ada.id).await.unwrap();
        tx.commit().await.unwrap();
        assert!(store.list_sessions(ada.id).await.unwrap().is_empty(), "overtaken by the epoch");
    }

    async fn a_session_is_ended_once_and_by_its_own_account(db: Database) {
        let store = db.store().await;
        let (ada, bob) = (with_account(&store, 1).await, with_account(&store, 2).await);
        open(&store, 1, &ada).await;
        let tx = store.begin_write().await.unwrap();
        assert!(!tx.end_session(bob.id, SessionId(id(1)), at(5)).await.unwrap());
        assert!(tx.end_session(ada.id, SessionId(id(1)), at(5)).await.unwrap());
        assert!(!tx.end_session(ada.id, SessionId(id(1)), at(6)).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(store.find_session(digest(1)).await.unwrap().unwrap().0.ended_at, Some(at(5)));
    }

    async fn ending_the_others_spares_this_one(db: Database) {
        let store = db.store().await;
        let (ada, bob) = (with_account(&store, 1).await, with_account(&store, 2).await);
        for n in 1..=3 {
            open(&store, n, &ada).await;
        }
        open(&store, 4, &bob).await;
        let tx = store.begin_write().await.unwrap();
        assert_eq!(tx.end_sessions(ada.id, Some(SessionId(id(2))), at(9)).await.unwrap(), 2);
        assert_eq!(tx.end_sessions(ada.id, None, at(9)).await.unwrap(), 1);
        tx.commit().await.unwrap();
        assert_eq!(store.list_sessions(bob.id).await.unwrap().len(), 1);
    }

    async fn use_is_noted_by_the_minute_and_never_of_an_ended_session(db: Database) {
        let store = db.store().await;
        let ada = with_account(&store, 1).await;
        open(&store, 1, &ada).await;
        for (now, noted) in [(at(60), at(1)), (at(61), at(61)), (at(30), at(61)), (at(120), at(61)), (at(121), at(121))]
        {
            store.touch_session(SessionId(id(1)), now).await.unwrap();
            assert_eq!(store.find_session(digest(1)).await.unwrap().unwrap().0.last_used_at, noted);
        }
        let tx = store.begin_write().await.unwrap();
        assert!(tx.end_session(ada.id, SessionId(id(1)), at(130)).await.unwrap());
        tx.commit().await.unwrap();
        store.touch_session(SessionId(id(1)), at(999)).await.unwrap();
        assert_eq!(store.find_session(digest(1)).await.unwrap().unwrap().0.last_used_at, at(121));
    }
}

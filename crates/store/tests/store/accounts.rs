use std::collections::HashSet;

use rekey_domain::password::set::SetOccasion;
use rekey_domain::{Account, AccountId, Authority, Epoch, IdentifierId, PasswordHash, Status};
use rekey_shared::identifier::IdentifierKind;
use rekey_store::Inserted;

use crate::given::{PARALLEL, account, address, at, id, in_parallel, insert, nodes, permit, with_account};
use crate::on_both;

on_both! {
    async fn an_account_comes_back_as_it_was(db: Database) {
        let store = db.store().await;
        let mut ada = account(1);
        ada.status = Status::Frozen { at: at(5), disputed: Some(IdentifierId(id(7))) };
        let known_by = [address(1, 1, "ada@example.org"), address(2, 1, "a@example.org")];
        let tx = store.begin_write().await.unwrap();
        insert(&tx, &ada, &known_by).await;
        assert!(tx.find_account(ada.id).await.unwrap().is_some(), "seen from inside");
        tx.commit().await.unwrap();

        let found = store.find_account(ada.id).await.unwrap().unwrap();
        assert_eq!(format!("{found:?}"), format!("{ada:?}"));
        assert_eq!(found.password, ada.password);
        let listed = store.list_identifiers(ada.id).await.unwrap();
        assert_eq!(format!("{listed:?}"), format!("{known_by:?}"));
        let (by, identifier) = store.find_account_by(IdentifierKind::Email, "a@example.org").await.unwrap().unwrap();
        assert_eq!((by.id, identifier.id), (ada.id, IdentifierId(id(2))));
    }

    async fn identifiers_are_compared_byte_for_byte_and_by_kind(db: Database) {
        let store = db.store().await;
        with_account(&store, 1).await;
        for (kind, canonical) in [
            (IdentifierKind::Email, "ADA1@example.org"),
            (IdentifierKind::Email, "ada1@example.org "),
            (IdentifierKind::Email, "ada_@example.org"),
            (IdentifierKind::Email, "ada%"),
            (IdentifierKind::Username, "ada1@example.org"),
        ] {
            assert!(store.find_account_by(kind, canonical).await.unwrap().is_none(), "{canonical:?}");
        }
        assert!(store.find_account(AccountId(id(2))).await.unwrap().is_none());
    }

    async fn a_dropped_transaction_leaves_no_trace(db: Database) {
        let store = db.store().await;
        let tx = store.begin_write().await.unwrap();
        assert_eq!(tx.insert_account(&account(1), &[]).await.unwrap(), Inserted::Done);
        drop(tx);
        assert!(store.find_account(account(1).id).await.unwrap().is_none());
        with_account(&store, 1).await;
        assert!(!store.has_owner().await.unwrap(), "an account is not an owner");
    }

    async fn a_taken_identifier_is_told_and_the_transaction_still_works(db: Database) {
        let store = db.store().await;
        with_account(&store, 1).await;
        let tx = store.begin_write().await.unwrap();
        let taken = tx.insert_account(&account(2), &[address(2, 2, "ada1@example.org")]).await.unwrap();
        assert_eq!(taken, Inserted::Taken(IdentifierKind::Email));
        assert!(tx.find_account(AccountId(id(1))).await.unwrap().is_some());
        drop(tx);
        assert!(store.find_account(AccountId(id(2))).await.unwrap().is_none());
    }

    async fn the_password_of_a_new_account_is_not_taken_from_it(db: Database) {
        let store = db.store().await;
        let elsewhere = Account { authority: Authority::Directory, ..account(1) };
        let tx = store.begin_write().await.unwrap();
        assert_eq!(tx.insert_account(&elsewhere, &[]).await.unwrap(), Inserted::Done);
        tx.commit().await.unwrap();
        let found = store.find_account(elsewhere.id).await.unwrap().unwrap();
        assert_eq!((found.authority, found.password, found.password_changed_at), (Authority::Directory, None, None));
    }

    async fn of_many_who_take_one_address_at_once_one_gets_it(db: Database) {
        let nodes = nodes(&db).await;
        let results = in_parallel(&nodes, |store, n| async move {
            let n = n as u128 + 1;
            let tx = store.begin_write().await.unwrap();
            let inserted = tx.insert_account(&account(n), &[address(n, n, "ada@example.org")]).await.unwrap();
            if inserted == Inserted::Done {
                tx.commit().await.unwrap();
            }
            inserted
        })
        .await;
        assert_eq!(results.iter().filter(|inserted| **inserted == Inserted::Done).count(), 1, "{results:?}");
        assert!(nodes[0].find_account_by(IdentifierKind::Email, "ada@example.org").await.unwrap().is_some());
    }

    async fn a_stale_rehash_does_not_undo_a_new_password(db: Database) {
        let store = db.store().await;
        let ada = with_account(&store, 1).await;
        let (first, second) = (ada.password.clone().unwrap(), PasswordHash("second".to_owned()));
        let stronger = PasswordHash("first, stronger".to_owned());
        let tx = store.begin_write().await.unwrap();
        assert!(tx.rehash(ada.id, &first, &stronger).await.unwrap());
        assert!(tx.set_password(permit(SetOccasion::Change, &ada), &second, 0, at(9)).await.unwrap().is_some());
        assert!(!tx.rehash(ada.id, &first, &stronger).await.unwrap());
        tx.commit().await.unwrap();
        let found = store.find_account(ada.id).await.unwrap().unwrap();
        assert_eq!((found.password, found.password_changed_at), (Some(second), Some(at(9))));
    }

    async fn every_rise_of_the_epoch_is_another_one(db: Database) {
        let nodes = nodes(&db).await;
        let ada = with_account(&nodes[0], 1).await;
        let rises = in_parallel(&nodes, move |store, _| async move {
            let tx = store.begin_write().await.unwrap();
            let epoch = tx.bump_epoch(ada.id).await.unwrap();
            tx.commit().await.unwrap();
            epoch.0
        })
        .await;
        assert_eq!(rises.iter().collect::<HashSet<_>>().len(), PARALLEL, "{rises:?}");
        let last = nodes[1].find_account(ada.id).await.unwrap().unwrap().epoch;
        assert_eq!(last, Epoch(3 + 200));
    }

    async fn only_an_active_account_is_frozen(db: Database) {
        let store = db.store().await;
        let ada = with_account(&store, 1).await;
        let tx = store.begin_write().await.unwrap();
        assert!(tx.freeze_account(ada.id, Some(IdentifierId(id(1))), 4, at(1)).await.unwrap());
        assert!(!tx.freeze_account(ada.id, None, 4, at(2)).await.unwrap());
        let frozen = tx.find_account(ada.id).await.unwrap().unwrap().status;
        assert_eq!(frozen, Status::Frozen { at: at(1), disputed: Some(IdentifierId(id(1))) });
        assert!(!tx.enable_account(ada.id, at(3)).await.unwrap(), "it is frozen, not disabled");
        tx.set_status(ada.id, Status::Disabled, at(3)).await.unwrap();
        assert!(!tx.freeze_account(ada.id, None, 4, at(4)).await.unwrap());
        assert!(tx.enable_account(ada.id, at(5)).await.unwrap());
        assert!(!tx.enable_account(ada.id, at(6)).await.unwrap(), "it is active");
        tx.commit().await.unwrap();
        assert_eq!(store.find_account(ada.id).await.unwrap().unwrap().status, Status::Active);
    }
}

use rekey_domain::password::set::SetOccasion;
use rekey_domain::{Account, AccountId, ChangeCause, Epoch, PasswordHash};
use rekey_shared::password::History;
use rekey_store::Store;

use crate::given::{account, at, id, in_parallel, nodes, permit, with_account};
use crate::on_both;

fn hash(n: i64) -> PasswordHash {
    PasswordHash(format!("$argon2id$number {n}"))
}

/// The words after the last blank, latest first.
async fn remembered(store: &Store, account: AccountId) -> Vec<String> {
    let past = store.list_past_passwords(account, 99).await.unwrap();
    past.iter().map(|hash| hash.0.rsplit(['$', ' ']).next().unwrap_or_default().to_owned()).collect()
}

fn at_epoch(id: AccountId, n: i64) -> Account {
    Account { id, epoch: Epoch(n), ..account(1) }
}

async fn replace(store: &Store, account: AccountId, n: i64, depth: u8) {
    let tx = store.begin_write().await.unwrap();
    let permit = permit(SetOccasion::Change, &at_epoch(account, n));
    assert_eq!(tx.set_password(permit, &hash(n), depth, at(9)).await.unwrap(), Some(Epoch(n + 1)));
    tx.commit().await.unwrap();
}

on_both! {
    async fn what_was_replaced_is_remembered_as_deep_as_asked(db: Database) {
        let store = db.store().await;
        let ada = with_account(&store, 1).await;
        for n in 3..8 {
            replace(&store, ada.id, n, 4).await;
        }
        assert_eq!(remembered(&store, ada.id).await, ["6", "5", "4"]);
        assert_eq!(store.list_past_passwords(ada.id, 2).await.unwrap(), [hash(6), hash(5)]);
        let now = store.find_account(ada.id).await.unwrap().unwrap();
        assert_eq!((now.password, now.password_changed_at, now.epoch), (Some(hash(7)), Some(at(9)), Epoch(8)));

        replace(&store, ada.id, 8, 2).await;
        assert_eq!(remembered(&store, ada.id).await, ["7"]);
        replace(&store, ada.id, 9, 1).await;
        assert!(remembered(&store, ada.id).await.is_empty(), "the present one is in the account itself");
        replace(&store, ada.id, 10, 3).await;
        replace(&store, ada.id, 11, 0).await;
        assert!(remembered(&store, ada.id).await.is_empty(), "no rule, no memory");
    }

    async fn no_history_is_deeper_than_any_policy_may_ask(db: Database) {
        let store = db.store().await;
        let ada = with_account(&store, 1).await;
        for n in 3..40 {
            replace(&store, ada.id, n, u8::MAX).await;
        }
        assert_eq!(remembered(&store, ada.id).await.len(), usize::from(History::DEEPEST) - 1);
    }

    async fn an_outdated_epoch_replaces_nothing(db: Database) {
        let store = db.store().await;
        let ada = with_account(&store, 1).await;
        let tx = store.begin_write().await.unwrap();
        for outdated in [at_epoch(ada.id, 2), at_epoch(AccountId(id(77)), 3)] {
            let permit = permit(SetOccasion::Change, &outdated);
            assert_eq!(tx.set_password(permit, &hash(1), 4, at(9)).await.unwrap(), None);
        }
        drop(tx);
        assert!(remembered(&store, ada.id).await.is_empty());
        assert_eq!(store.find_account(ada.id).await.unwrap().unwrap().password, ada.password);
    }

    async fn a_first_password_replaces_none_and_leaves_the_epoch(db: Database) {
        let store = db.store().await;
        let ada = with_account(&store, 1).await;
        let first = permit(SetOccasion::Registration, &ada);
        let tx = store.begin_write().await.unwrap();
        assert_eq!(tx.set_password(first, &hash(1), 4, at(9)).await.unwrap(), None, "there is one already");
        drop(tx);
        let found = store.find_account(ada.id).await.unwrap().unwrap();
        assert_eq!((found.password, found.epoch), (ada.password, ada.epoch));
        assert!(remembered(&store, ada.id).await.is_empty());
    }

    async fn the_row_follows_the_occasion(db: Database) {
        let store = db.store().await;
        for (n, occasion) in SetOccasion::ALL.into_iter().enumerate() {
            if occasion == SetOccasion::Registration {
                continue;
            }
            let ada = with_account(&store, n as u128 + 1).await;
            let tx = store.begin_write().await.unwrap();
            tx.require_change(ada.id, ChangeCause::Operator).await.unwrap();
            assert_eq!(tx.set_password(permit(occasion, &ada), &hash(1), 2, at(9)).await.unwrap(), Some(Epoch(4)));
            tx.commit().await.unwrap();
            let found = store.find_account(ada.id).await.unwrap().unwrap();
            assert_eq!(found.must_change.is_some(), occasion == SetOccasion::Operator, "{occasion:?}");
            assert_eq!((found.password_changed_at, found.epoch), (Some(at(9)), Epoch(4)), "{occasion:?}");
            assert_eq!(remembered(&store, ada.id).await, ["first"], "{occasion:?}");
        }
    }

    async fn of_a_crowd_that_replaces_one_password_one_does_and_one_history_remains(db: Database) {
        let nodes = nodes(&db).await;
        let ada = with_account(&nodes[0], 1).await;
        let permit = permit(SetOccasion::Recovery, &ada);
        let won = in_parallel(&nodes, move |store, n| async move {
            let tx = store.begin_write().await.unwrap();
            let new = hash(i64::try_from(n).unwrap());
            let replaced = tx.set_password(permit, &new, 24, at(9)).await.unwrap();
            if replaced.is_some() {
                tx.commit().await.unwrap();
            }
            replaced.is_some()
        })
        .await;
        assert_eq!(won.iter().filter(|won| **won).count(), 1);
        assert_eq!(remembered(&nodes[1], ada.id).await, ["first"]);
        assert_eq!(nodes[2].find_account(ada.id).await.unwrap().unwrap().epoch, Epoch(4));
    }
}

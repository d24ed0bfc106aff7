use rekey_domain::password::expiry::{DAY, Due, PageCursor, due_warnings};
use rekey_domain::password::set::SetOccasion;
use rekey_domain::{Account, AccountId, ChangeCause, PasswordHash, Status};
use rekey_store::Store;

use crate::given::{account, address, at, id, in_parallel, insert, nodes, permit, with_account};
use crate::on_both;

const SECONDS: u64 = 24 * 3600;

/// Account `n` with a password of that many seconds.
async fn set_at(store: &Store, n: u128, seconds: u64, change: impl FnOnce(&mut Account)) {
    let mut account = Account { password_changed_at: Some(at(seconds)), ..account(n) };
    change(&mut account);
    let tx = store.begin_write().await.unwrap();
    let known = [address(n, n, &format!("ada{n}@example.org"))];
    insert(&tx, &account, &known).await;
    tx.commit().await.unwrap();
}

async fn due(store: &Store, due: Due, after: Option<PageCursor>) -> Vec<u128> {
    let found = store.list_due_warnings(due, after, 2).await.unwrap();
    found.iter().map(|account| account.id.0.as_u128()).collect()
}

const WEEK: Due = Due { warning: 7, after: at_day(0), until: at_day(6) };

const fn at_day(day: i64) -> rekey_shared::Timestamp {
    rekey_shared::Timestamp::from_millis(1_790_000_000_000 + day * 86_400_000)
}

on_both! {
    async fn those_whose_password_was_set_within_the_span_are_listed_by_age(db: Database) {
        let store = db.store().await;
        for (n, seconds) in [(1, 6 * SECONDS), (2, 0), (3, 1), (4, 6 * SECONDS + 1), (5, 3 * SECONDS), (6, 3 * SECONDS)] {
            set_at(&store, n, seconds, |_| ()).await;
        }
        set_at(&store, 7, SECONDS, |account| account.never_expires = true).await;
        set_at(&store, 8, SECONDS, |account| account.status = Status::Disabled).await;
        assert_eq!(due(&store, WEEK, None).await, [3, 5]);
        let cursor = PageCursor { set_at: at(3 * SECONDS), account: AccountId(id(5)) };
        assert_eq!(due(&store, WEEK, Some(cursor)).await, [6, 1]);
    }

    async fn a_password_of_unknown_age_is_as_old_as_its_account(db: Database) {
        let store = db.store().await;
        for (n, seconds) in [(1, 6 * SECONDS + 1), (2, 2 * SECONDS), (3, 3 * SECONDS), (4, SECONDS)] {
            set_at(&store, n, 3 * SECONDS, |account| account.created_at = at(seconds)).await;
        }
        set_at(&store, 5, SECONDS, |account| account.created_at = at(9 * SECONDS)).await;
        set_at(&store, 6, 0, |account| account.password = None).await;
        let carried_over = "UPDATE account SET password_changed_at = NULL WHERE created_at <> ";
        let database = sea_orm::Database::connect(db.url()).await.unwrap();
        let only_known = format!("{carried_over}{}", at(9 * SECONDS).as_millis());
        sea_orm::ConnectionTrait::execute_unprepared(&database, &only_known).await.unwrap();
        assert_eq!(due(&store, WEEK, None).await, [4, 5]);
        let cursor = PageCursor { set_at: at(SECONDS), account: AccountId(id(5)) };
        assert_eq!(due(&store, WEEK, Some(cursor)).await, [2, 3], "and none without a password");
        let tx = store.begin_write().await.unwrap();
        assert!(!tx.claim_warning(AccountId(id(4)), at(3 * SECONDS), 7).await.unwrap(), "another password");
        assert!(tx.claim_warning(AccountId(id(4)), at(SECONDS), 7).await.unwrap());
        assert!(!tx.claim_warning(AccountId(id(4)), at(SECONDS), 7).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(due(&store, WEEK, None).await, [5, 2]);
    }

    async fn a_warning_is_claimed_once_and_a_later_one_again(db: Database) {
        let store = db.store().await;
        let ada = with_account(&store, 1).await;
        let set_at = ada.password_changed_at.unwrap();
        let tx = store.begin_write().await.unwrap();
        assert!(!tx.claim_warning(ada.id, at(1), 14).await.unwrap(), "another password");
        for (warning, claimed) in [(14, true), (14, false), (7, true), (14, false), (1, true), (7, false), (1, false)] {
            assert_eq!(tx.claim_warning(ada.id, set_at, warning).await.unwrap(), claimed, "{warning}");
        }
        let new = PasswordHash("second".to_owned());
        assert!(tx.set_password(permit(SetOccasion::Change, &ada), &new, 0, at(9)).await.unwrap().is_some());
        assert!(!tx.claim_warning(ada.id, set_at, 1).await.unwrap());
        assert!(tx.claim_warning(ada.id, at(9), 14).await.unwrap(), "a new password, a new count");
        tx.commit().await.unwrap();
    }

    async fn of_a_crowd_that_claims_one_warning_one_does(db: Database) {
        let nodes = nodes(&db).await;
        let ada = with_account(&nodes[0], 1).await;
        let (account, set_at) = (ada.id, ada.password_changed_at.unwrap());
        let claimed = in_parallel(&nodes, move |store, _| async move {
            let tx = store.begin_write().await.unwrap();
            let claimed = tx.claim_warning(account, set_at, 7).await.unwrap();
            tx.commit().await.unwrap();
            claimed
        })
        .await;
        assert_eq!(claimed.iter().filter(|claimed| **claimed).count(), 1);
        let span = Due { warning: 7, after: set_at.minus(DAY), until: set_at };
        assert!(due(&nodes[1], span, None).await.is_empty());
        assert_eq!(due(&nodes[1], Due { warning: 1, ..span }, None).await, [1]);
        assert_eq!(due_warnings(30, at(0)).count(), 3);
    }

    async fn a_mark_stays_until_the_password_is_replaced(db: Database) {
        let store = db.store().await;
        let ada = with_account(&store, 1).await;
        let tx = store.begin_write().await.unwrap();
        tx.require_change(ada.id, ChangeCause::Breached).await.unwrap();
        tx.set_never_expires(ada.id, true).await.unwrap();
        let marked = tx.find_account(ada.id).await.unwrap().unwrap();
        assert_eq!((marked.must_change, marked.never_expires), (Some(ChangeCause::Breached), true));
        let new = PasswordHash("second".to_owned());
        assert!(tx.set_password(permit(SetOccasion::Change, &ada), &new, 0, at(9)).await.unwrap().is_some());
        tx.commit().await.unwrap();
        let after = store.find_account(ada.id).await.unwrap().unwrap();
        assert_eq!((after.must_change, after.never_expires), (None, true));
    }
}

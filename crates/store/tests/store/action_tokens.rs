use rekey_domain::ActionTokenId;
use rekey_domain::account::action_token::{ActionToken, ActionTokenKind};

use crate::given::{action_token, at, digest, id, in_parallel, nodes, with_account};
use crate::on_both;

async fn with_tickets(store: &rekey_store::Store, action_tokens: &[ActionToken]) {
    let tx = store.begin_write().await.unwrap();
    for action_token in action_tokens {
        tx.insert_action_token(action_token).await.unwrap();
    }
    tx.commit().await.unwrap();
}

on_both! {
    async fn a_ticket_comes_back_as_it_was(db: Database) {
        let store = db.store().await;
        let ada = with_account(&store, 1).await;
        let written =
            ActionToken { disputed: Some(rekey_domain::IdentifierId(id(1))), ..action_token(1, ActionTokenKind::NotMe, Some(ada.id)) };
        with_tickets(&store, std::slice::from_ref(&written)).await;
        let by_digest = store.find_action_token(digest(1)).await.unwrap().unwrap();
        let by_id = store.find_action_token_by_id(written.id).await.unwrap().unwrap();
        assert_eq!(format!("{by_digest:?}"), format!("{written:?}"));
        assert_eq!(format!("{by_id:?}"), format!("{written:?}"));
    }

    async fn of_a_crowd_that_spends_one_ticket_one_does(db: Database) {
        let nodes = nodes(&db).await;
        with_tickets(&nodes[0], &[action_token(1, ActionTokenKind::Owner, None)]).await;
        let spent = in_parallel(&nodes, |store, _| async move {
            let tx = store.begin_write().await.unwrap();
            let spent = tx.spend_action_token(ActionTokenId(id(1)), at(1)).await.unwrap();
            tx.commit().await.unwrap();
            spent
        })
        .await;
        assert_eq!(spent.iter().filter(|spent| **spent).count(), 1, "{spent:?}");
        assert_eq!(nodes[1].find_action_token(digest(1)).await.unwrap().unwrap().spent_at, Some(at(1)));
    }

    async fn an_expired_or_revoked_ticket_is_not_spent(db: Database) {
        let store = db.store().await;
        let ada = with_account(&store, 1).await;
        let action_tokens = [
            action_token(1, ActionTokenKind::Owner, None),
            action_token(2, ActionTokenKind::NotMe, Some(ada.id)),
            action_token(3, ActionTokenKind::Owner, None),
        ];
        with_tickets(&store, &action_tokens).await;
        let tx = store.begin_write().await.unwrap();
        assert!(!tx.spend_action_token(ActionTokenId(id(1)), at(3600)).await.unwrap());
        assert!(tx.spend_action_token(ActionTokenId(id(3)), at(3599)).await.unwrap());
        assert_eq!(tx.revoke_action_tokens(ActionTokenKind::Owner, None).await.unwrap(), 1);
        assert_eq!(tx.revoke_action_tokens(ActionTokenKind::Owner, None).await.unwrap(), 0);
        assert_eq!(tx.revoke_action_tokens(ActionTokenKind::Owner, Some(ada.id)).await.unwrap(), 0);
        assert!(!tx.spend_action_token(ActionTokenId(id(1)), at(1)).await.unwrap());
        assert!(tx.spend_action_token(ActionTokenId(id(2)), at(1)).await.unwrap());
        tx.commit().await.unwrap();
        assert!(!store.find_action_token(digest(1)).await.unwrap().unwrap().is_open(ActionTokenKind::Owner, at(1)));
    }

    async fn a_newer_ticket_of_an_account_ends_the_older_and_an_older_one_comes_too_late(db: Database) {
        let store = db.store().await;
        let (ada, bob) = (with_account(&store, 1).await, with_account(&store, 2).await);
        let temporary = |n, account| action_token(n, ActionTokenKind::TemporaryPassword, Some(account));
        let tx = store.begin_write().await.unwrap();
        for (n, account, written) in [(3, ada.id, true), (5, ada.id, true), (4, ada.id, false), (2, bob.id, true)] {
            assert_eq!(tx.insert_latest_action_token(&temporary(n, account)).await.unwrap(), written, "{n}");
        }
        assert!(!tx.spend_action_token(ActionTokenId(id(3)), at(1)).await.unwrap(), "ended");
        assert!(tx.spend_action_token(ActionTokenId(id(2)), at(1)).await.unwrap(), "another account's");
        tx.commit().await.unwrap();
        let latest = store.find_latest_action_token(ActionTokenKind::TemporaryPassword, ada.id).await.unwrap().unwrap();
        assert_eq!(latest.id, ActionTokenId(id(5)));
        assert!(latest.is_open(ActionTokenKind::TemporaryPassword, at(1)));
        assert!(store.find_latest_action_token(ActionTokenKind::NotMe, ada.id).await.unwrap().is_none());
    }

    async fn owner_links_that_can_be_used_are_listed(db: Database) {
        let store = db.store().await;
        let ada = with_account(&store, 1).await;
        let newer = ActionToken { created_at: at(5), ..action_token(2, ActionTokenKind::Owner, None) };
        with_tickets(&store, &[action_token(1, ActionTokenKind::Owner, None), newer, action_token(3, ActionTokenKind::NotMe, Some(ada.id))])
            .await;
        let listed = |now| {
            let store = store.clone();
            async move {
                store.list_open_owner_tickets(now).await.unwrap().iter().map(|action_token| action_token.id.0).collect::<Vec<_>>()
            }
        };
        assert_eq!(listed(at(9)).await, [id(2), id(1)]);
        assert!(listed(at(3600)).await.is_empty());
    }
}

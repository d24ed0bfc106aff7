use rekey_domain::TicketId;
use rekey_domain::ticket::{Ticket, TicketKind};

use crate::given::{at, crowd, digest, id, nodes, ticket, with_account};
use crate::on_both;

async fn with_tickets(store: &rekey_store::Store, tickets: &[Ticket]) {
    let tx = store.begin_write().await.unwrap();
    for ticket in tickets {
        tx.insert_ticket(ticket).await.unwrap();
    }
    tx.commit().await.unwrap();
}

on_both! {
    async fn a_ticket_comes_back_as_it_was(db: Database) {
        let store = db.store().await;
        let ada = with_account(&store, 1).await;
        let written =
            Ticket { tainted: Some(rekey_domain::IdentifierId(id(1))), ..ticket(1, TicketKind::NotMe, Some(ada.id)) };
        with_tickets(&store, std::slice::from_ref(&written)).await;
        let by_digest = store.find_ticket(digest(1)).await.unwrap().unwrap();
        let by_id = store.find_ticket_by_id(written.id).await.unwrap().unwrap();
        assert_eq!(format!("{by_digest:?}"), format!("{written:?}"));
        assert_eq!(format!("{by_id:?}"), format!("{written:?}"));
    }

    async fn of_a_crowd_that_spends_one_ticket_one_does(db: Database) {
        let nodes = nodes(&db).await;
        with_tickets(&nodes[0], &[ticket(1, TicketKind::Owner, None)]).await;
        let spent = crowd(&nodes, |store, _| async move {
            let tx = store.begin_write().await.unwrap();
            let spent = tx.spend_ticket(TicketId(id(1)), at(1)).await.unwrap();
            tx.commit().await.unwrap();
            spent
        })
        .await;
        assert_eq!(spent.iter().filter(|spent| **spent).count(), 1, "{spent:?}");
        assert_eq!(nodes[1].find_ticket(digest(1)).await.unwrap().unwrap().spent_at, Some(at(1)));
    }

    async fn an_expired_or_revoked_ticket_is_not_spent(db: Database) {
        let store = db.store().await;
        let ada = with_account(&store, 1).await;
        let tickets = [
            ticket(1, TicketKind::Owner, None),
            ticket(2, TicketKind::NotMe, Some(ada.id)),
            ticket(3, TicketKind::Owner, None),
        ];
        with_tickets(&store, &tickets).await;
        let tx = store.begin_write().await.unwrap();
        assert!(!tx.spend_ticket(TicketId(id(1)), at(3600)).await.unwrap());
        assert!(tx.spend_ticket(TicketId(id(3)), at(3599)).await.unwrap());
        assert_eq!(tx.revoke_tickets(TicketKind::Owner, None).await.unwrap(), 1);
        assert_eq!(tx.revoke_tickets(TicketKind::Owner, None).await.unwrap(), 0);
        assert_eq!(tx.revoke_tickets(TicketKind::Owner, Some(ada.id)).await.unwrap(), 0);
        assert!(!tx.spend_ticket(TicketId(id(1)), at(1)).await.unwrap());
        assert!(tx.spend_ticket(TicketId(id(2)), at(1)).await.unwrap());
        tx.commit().await.unwrap();
        assert!(!store.find_ticket(digest(1)).await.unwrap().unwrap().is_open(TicketKind::Owner, at(1)));
    }

    async fn a_newer_ticket_of_an_account_ends_the_older_and_an_older_one_comes_too_late(db: Database) {
        let store = db.store().await;
        let (ada, bob) = (with_account(&store, 1).await, with_account(&store, 2).await);
        let temporary = |n, account| ticket(n, TicketKind::TemporaryPassword, Some(account));
        let tx = store.begin_write().await.unwrap();
        for (n, account, written) in [(3, ada.id, true), (5, ada.id, true), (4, ada.id, false), (2, bob.id, true)] {
            assert_eq!(tx.insert_latest_ticket(&temporary(n, account)).await.unwrap(), written, "{n}");
        }
        assert!(!tx.spend_ticket(TicketId(id(3)), at(1)).await.unwrap(), "ended");
        assert!(tx.spend_ticket(TicketId(id(2)), at(1)).await.unwrap(), "somebody else's");
        tx.commit().await.unwrap();
        let latest = store.find_latest_ticket(TicketKind::TemporaryPassword, ada.id).await.unwrap().unwrap();
        assert_eq!(latest.id, TicketId(id(5)));
        assert!(latest.is_open(TicketKind::TemporaryPassword, at(1)));
        assert!(store.find_latest_ticket(TicketKind::NotMe, ada.id).await.unwrap().is_none());
    }

    async fn owner_links_that_can_be_used_are_listed(db: Database) {
        let store = db.store().await;
        let ada = with_account(&store, 1).await;
        let newer = Ticket { created_at: at(5), ..ticket(2, TicketKind::Owner, None) };
        with_tickets(&store, &[ticket(1, TicketKind::Owner, None), newer, ticket(3, TicketKind::NotMe, Some(ada.id))])
            .await;
        let listed = |now| {
            let store = store.clone();
            async move {
                store.list_open_owner_tickets(now).await.unwrap().iter().map(|ticket| ticket.id.0).collect::<Vec<_>>()
            }
        };
        assert_eq!(listed(at(9)).await, [id(2), id(1)]);
        assert!(listed(at(3600)).await.is_empty());
    }
}

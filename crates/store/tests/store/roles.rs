use rekey_domain::right::{Role, RoleAssignment, RoleHolder, RoleScope};
use rekey_domain::{RoleAssignmentId, Status};
use rekey_store::Granted;

use crate::given::{at, grant, id, in_parallel, join, nodes, owner, with_account, with_group};
use crate::on_both;

on_both! {
    async fn a_role_is_given_once_for_each_scope_and_its_end_can_be_moved(db: Database) {
        let store = db.store().await;
        let (ada, sales) = (with_account(&store, 1).await, with_group(&store, 1, "sales").await);
        let everywhere = owner(1, RoleHolder::Account(ada.id));
        let limited = RoleAssignment { expires_at: Some(at(60)), granted_at: at(9), granted_by: None, ..everywhere.clone() };
        let in_sales = RoleAssignment { scope: RoleScope::Group(sales.id), ..owner(2, RoleHolder::Account(ada.id)) };
        let of_sales = owner(3, RoleHolder::Group(sales.id));
        assert_eq!(grant(&store, &everywhere).await, Granted::New);
        assert_eq!(grant(&store, &RoleAssignment { id: RoleAssignmentId(id(9)), ..everywhere.clone() }).await, Granted::Already);
        assert_eq!(grant(&store, &RoleAssignment { id: RoleAssignmentId(id(9)), ..limited.clone() }).await, Granted::Changed);
        assert_eq!(grant(&store, &limited).await, Granted::Already);
        assert_eq!(grant(&store, &in_sales).await, Granted::New);
        assert_eq!(grant(&store, &of_sales).await, Granted::New);
        let all = [limited.clone(), in_sales, of_sales.clone()];
        assert_eq!(store.list_role_assignments().await.unwrap().len(), 3);
        assert_eq!(store.list_roles_of(ada.id).await.unwrap(), all[..2]);
        assert!(store.gives_roles(sales.id).await.unwrap());
        join(&store, &sales, &ada).await;
        assert_eq!(store.list_roles_of(ada.id).await.unwrap(), all);
        let tx = store.begin_write().await.unwrap();
        let (holder, everywhere) = (limited.holder, RoleScope::Everywhere);
        assert!(tx.revoke_role(holder, Role::Owner, everywhere).await.unwrap());
        assert!(!tx.revoke_role(holder, Role::Owner, everywhere).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(store.list_roles_of(ada.id).await.unwrap(), all[1..]);
    }

    async fn a_role_counts_until_its_last_moment(db: Database) {
        let store = db.store().await;
        let ada = with_account(&store, 1).await;
        assert!(!store.has_role(ada.id, at(0)).await.unwrap());
        let limited = RoleAssignment { expires_at: Some(at(60)), ..owner(1, RoleHolder::Account(ada.id)) };
        let _ = grant(&store, &limited).await;
        assert!(store.has_role(ada.id, at(59)).await.unwrap());
        assert!(!store.has_role(ada.id, at(60)).await.unwrap());
    }

    async fn an_owner_is_one_everywhere_and_for_good(db: Database) {
        let store = db.store().await;
        let (ada, sales) = (with_account(&store, 1).await, with_group(&store, 1, "sales").await);
        let mut role = owner(1, RoleHolder::Account(ada.id));
        role.expires_at = Some(at(60));
        let _ = grant(&store, &role).await;
        assert!(!store.has_owner().await.unwrap(), "for a while");
        role = RoleAssignment { scope: RoleScope::Group(sales.id), ..owner(2, role.holder) };
        let _ = grant(&store, &role).await;
        assert!(!store.has_owner().await.unwrap(), "of a group");
        let _ = grant(&store, &owner(3, RoleHolder::Group(sales.id))).await;
        assert!(!store.has_owner().await.unwrap(), "a group without members");
        join(&store, &sales, &ada).await;
        assert!(store.has_owner().await.unwrap() && store.has_active_owner().await.unwrap());
        let tx = store.begin_write().await.unwrap();
        tx.set_status(ada.id, Status::Disabled, at(9)).await.unwrap();
        tx.commit().await.unwrap();
        assert!(store.has_owner().await.unwrap() && !store.has_active_owner().await.unwrap());
    }

    async fn of_a_crowd_that_gives_one_role_one_does(db: Database) {
        let nodes = nodes(&db).await;
        let ada = with_account(&nodes[0], 1).await;
        let granted = in_parallel(&nodes, move |store, n| async move {
            let holder = RoleHolder::Account(ada.id);
            grant(&store, &RoleAssignment { id: RoleAssignmentId(id(n as u128)), ..owner(1, holder) }).await
        })
        .await;
        assert_eq!(granted.iter().filter(|granted| **granted == Granted::New).count(), 1);
        assert_eq!(nodes[1].list_role_assignments().await.unwrap().len(), 1);
    }
}

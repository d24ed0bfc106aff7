use rekey_domain::GroupId;
use rekey_domain::group::{Group, GroupName};
use rekey_domain::right::{RoleHolder, RoleScope};
use rekey_store::{GroupUse, Named};

use crate::given::{at, grant, id, in_parallel, join, nodes, owner, with_account, with_group};
use crate::on_both;

fn name(name: &str) -> GroupName {
    GroupName::parse(name).unwrap()
}

on_both! {
    async fn a_group_has_one_name_and_keeps_its_members_when_it_gets_another(db: Database) {
        let store = db.store().await;
        let (sales, other) = (with_group(&store, 1, "Sales").await, with_group(&store, 2, "other").await);
        let (ada, bob) = (with_account(&store, 1).await, with_account(&store, 2).await);
        join(&store, &sales, &ada).await;
        join(&store, &sales, &bob).await;
        join(&store, &other, &ada).await;
        let tx = store.begin_write().await.unwrap();
        assert_eq!(tx.rename_group(sales.id, &name("field")).await.unwrap(), Named::Done);
        assert_eq!(tx.rename_group(GroupId(id(9)), &name("none")).await.unwrap(), Named::NoGroup);
        assert!(!tx.insert_member(sales.id, ada.id, at(9)).await.unwrap(), "is in it");
        tx.commit().await.unwrap();
        let tx = store.begin_write().await.unwrap();
        assert_eq!(tx.rename_group(sales.id, &name("OTHER")).await.unwrap(), Named::Taken);
        drop(tx);
        let tx = store.begin_write().await.unwrap();
        assert!(!tx.insert_group(&Group { id: GroupId(id(3)), name: name("field"), created_at: at(0) }).await.unwrap());
        drop(tx);

        let field = Group { name: name("field"), ..sales };
        assert_eq!(store.find_group_by_name(&name("Field")).await.unwrap(), Some(field.clone()));
        assert_eq!(store.find_group_by_name(&name("sales")).await.unwrap(), None);
        assert_eq!(store.list_groups().await.unwrap(), [field.clone(), other.clone()]);
        assert_eq!(store.list_groups_of(ada.id).await.unwrap(), [field.clone(), other]);
        assert_eq!(store.list_groups_of(bob.id).await.unwrap(), std::slice::from_ref(&field));
        assert_eq!(store.list_members(field.id, None, 1).await.unwrap(), [ada.id]);
        assert_eq!(store.list_members(field.id, Some(ada.id), 9).await.unwrap(), [bob.id]);
    }

    async fn what_hangs_on_a_group_is_told_and_its_memberships_go_with_it(db: Database) {
        let store = db.store().await;
        let (sales, ada) = (with_group(&store, 1, "sales").await, with_account(&store, 1).await);
        join(&store, &sales, &ada).await;
        assert_eq!(store.read_group_use(sales.id).await.unwrap(), GroupUse::default(), "members do not count");
        let held = owner(1, RoleHolder::Group(sales.id));
        let reaching = rekey_domain::right::RoleAssignment {
            scope: RoleScope::Group(sales.id),
            ..owner(2, RoleHolder::Account(ada.id))
        };
        let _ = grant(&store, &held).await;
        let _ = grant(&store, &reaching).await;
        assert_eq!(store.read_group_use(sales.id).await.unwrap(), GroupUse { has_policy: false, roles: 2 });
        let tx = store.begin_write().await.unwrap();
        assert!(tx.delete_group(sales.id).await.unwrap());
        assert!(!tx.delete_group(sales.id).await.unwrap());
        tx.commit().await.unwrap();
        assert!(store.list_groups_of(ada.id).await.unwrap().is_empty());
        let left = store.list_roles_of(ada.id).await.unwrap();
        assert_eq!(left, [reaching], "its own role goes with it");
    }

    async fn a_group_that_is_left_is_left_and_an_account_that_goes_leaves_all(db: Database) {
        let store = db.store().await;
        let (sales, ada) = (with_group(&store, 1, "sales").await, with_account(&store, 1).await);
        join(&store, &sales, &ada).await;
        let tx = store.begin_write().await.unwrap();
        assert!(tx.delete_member(sales.id, ada.id).await.unwrap());
        assert!(!tx.delete_member(sales.id, ada.id).await.unwrap());
        tx.commit().await.unwrap();
        assert!(store.list_members(sales.id, None, 9).await.unwrap().is_empty());
    }

    async fn of_a_crowd_that_makes_one_group_one_does(db: Database) {
        let nodes = nodes(&db).await;
        let made = in_parallel(&nodes, |store, n| async move {
            let tx = store.begin_write().await.unwrap();
            let group = Group { id: GroupId(id(n as u128 + 1)), name: name("sales"), created_at: at(0) };
            let made = tx.insert_group(&group).await.unwrap();
            tx.commit().await.unwrap();
            made
        })
        .await;
        assert_eq!(made.iter().filter(|made| **made).count(), 1);
        assert_eq!(nodes[0].list_groups().await.unwrap().len(), 1);
    }
}

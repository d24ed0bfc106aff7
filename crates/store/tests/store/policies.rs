use rekey_domain::password::assignment::{Assignment, GroupName, Scope};
use rekey_domain::{AccountId, Role};
use rekey_shared::password::Policy;
use rekey_store::Store;

use crate::given::{at, crowd, id, nodes, with_account};
use crate::on_both;

fn scope(text: &str) -> Scope {
    Scope::parse(text).unwrap()
}

fn group(name: &str) -> GroupName {
    GroupName::parse(name).unwrap()
}

fn assignment(text: &str, version: i32, min: Option<u16>) -> Assignment {
    let policy = min.map(|min| Policy { breached: true, ..Policy::at_least(min) });
    Assignment { scope: scope(text), version, policy, changed_at: at(9), changed_by: Some(AccountId(id(7))) }
}

async fn assign(store: &Store, text: &str, version: i32, min: Option<u16>) -> bool {
    let tx = store.begin_write().await.unwrap();
    let done = tx.insert_assignment(&assignment(text, version, min)).await.unwrap();
    tx.commit().await.unwrap();
    done
}

fn written(assigned: &[Assignment]) -> Vec<String> {
    let length = |one: &Assignment| one.policy.as_ref().map_or(0, |policy| policy.length.min);
    assigned.iter().map(|one| format!("{} v{} {}", one.scope, one.version, length(one))).collect()
}

on_both! {
    async fn the_latest_version_of_each_scope_counts_and_all_are_kept(db: Database) {
        let store = db.store().await;
        for (text, version, min) in [
            ("default", 1, Some(8)),
            ("group:sales", 1, Some(9)),
            ("default", 2, Some(10)),
            ("administrators", 1, Some(14)),
            ("group:gone", 1, Some(20)),
            ("group:gone", 2, None),
        ] {
            assert!(assign(&store, text, version, min).await, "{text}");
        }
        assert!(!assign(&store, "default", 2, Some(11)).await, "there is one");
        let now = store.list_assignments().await.unwrap();
        assert_eq!(written(&now), ["default v2 10", "administrators v1 14", "group:sales v1 9"]);
        let history = store.list_assignment_history(&scope("default")).await.unwrap();
        assert_eq!(history, [assignment("default", 2, Some(10)), assignment("default", 1, Some(8))]);
        let gone = store.list_assignment_history(&scope("group:gone")).await.unwrap();
        assert_eq!(written(&gone), ["group:gone v2 0", "group:gone v1 20"]);
    }

    async fn what_holds_for_an_account_follows_its_role_and_its_groups(db: Database) {
        let store = db.store().await;
        let ada = with_account(&store, 1).await;
        for text in ["default", "administrators", "group:sales", "group:other"] {
            assert!(assign(&store, text, 1, Some(9)).await);
        }
        let of = |account, role| {
            let store = store.clone();
            async move { written(&store.list_assignments_of(account, role).await.unwrap()) }
        };
        assert_eq!(of(Some(ada.id), Role::Member).await, ["default v1 9"]);
        let tx = store.begin_write().await.unwrap();
        assert!(tx.join_group(ada.id, &group("Sales")).await.unwrap());
        assert!(!tx.join_group(ada.id, &group("sales")).await.unwrap(), "is in it");
        tx.commit().await.unwrap();
        assert_eq!(store.list_groups(ada.id).await.unwrap(), [group("sales")]);
        assert_eq!(of(Some(ada.id), Role::Member).await, ["default v1 9", "group:sales v1 9"]);
        assert_eq!(of(Some(ada.id), Role::Owner).await, ["administrators v1 9", "default v1 9", "group:sales v1 9"]);
        assert_eq!(of(None, Role::Owner).await, ["administrators v1 9", "default v1 9"]);
        let tx = store.begin_write().await.unwrap();
        assert!(tx.leave_group(ada.id, &group("sales")).await.unwrap());
        assert!(!tx.leave_group(ada.id, &group("sales")).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(of(Some(ada.id), Role::Member).await, ["default v1 9"]);
    }

    async fn of_a_crowd_that_adds_one_version_one_does(db: Database) {
        let nodes = nodes(&db).await;
        let added = crowd(&nodes, |store, n| async move {
            assign(&store, "default", 1, Some(u16::try_from(n).unwrap() + 1)).await
        })
        .await;
        assert_eq!(added.iter().filter(|added| **added).count(), 1);
        assert_eq!(nodes[1].list_assignment_history(&Scope::Default).await.unwrap().len(), 1);
    }
}

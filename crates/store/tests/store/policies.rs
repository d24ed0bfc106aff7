use rekey_domain::password::assignment::{PolicyAssignment, PolicyTarget};
use rekey_domain::right::{Role, RoleHolder, RoleScope};
use rekey_domain::{AccountId, GroupId};
use rekey_shared::password::Policy;
use rekey_store::Store;

use crate::given::{at, grant, id, in_parallel, join, nodes, owner, with_account, with_group};
use crate::on_both;

const SALES: u128 = 21;
const OTHER: u128 = 22;
const GONE: u128 = 23;

fn target(text: &str) -> PolicyTarget {
    match text {
        "sales" => PolicyTarget::Group(GroupId(id(SALES))),
        "other" => PolicyTarget::Group(GroupId(id(OTHER))),
        "gone" => PolicyTarget::Group(GroupId(id(GONE))),
        fixed => PolicyTarget::parse(fixed).unwrap(),
    }
}

fn name(target: PolicyTarget) -> String {
    let known = ["sales", "other", "gone"].into_iter().find(|name| self::target(name) == target);
    known.map_or_else(|| target.to_string(), str::to_owned)
}

fn assignment(text: &str, version: i32, min: Option<u16>) -> PolicyAssignment {
    let policy = min.map(|min| Policy { breached: true, ..Policy::at_least(min) });
    PolicyAssignment { target: target(text), version, policy, changed_at: at(9), changed_by: Some(AccountId(id(7))) }
}

async fn assign(store: &Store, text: &str, version: i32, min: Option<u16>) -> bool {
    let tx = store.begin_write().await.unwrap();
    let done = tx.insert_policy(&assignment(text, version, min)).await.unwrap();
    tx.commit().await.unwrap();
    done
}

async fn with_groups(store: &Store) {
    for (n, name) in [(SALES, "sales"), (OTHER, "other"), (GONE, "gone")] {
        with_group(store, n, name).await;
    }
}

fn written(assigned: &[PolicyAssignment]) -> Vec<String> {
    let length = |one: &PolicyAssignment| one.policy.as_ref().map_or(0, |policy| policy.length.min);
    let mut all: Vec<_> =
        assigned.iter().map(|one| format!("{} v{} {}", name(one.target), one.version, length(one))).collect();
    all.sort();
    all
}

on_both! {
    async fn the_latest_version_of_each_target_counts_and_all_are_kept(db: Database) {
        let store = db.store().await;
        with_groups(&store).await;
        for (text, version, min) in [
            ("default", 1, Some(8)),
            ("sales", 1, Some(9)),
            ("default", 2, Some(10)),
            ("administrators", 1, Some(14)),
            ("gone", 1, Some(20)),
            ("gone", 2, None),
        ] {
            assert!(assign(&store, text, version, min).await, "{text}");
        }
        assert!(!assign(&store, "default", 2, Some(11)).await, "there is one");
        let now = store.list_policies().await.unwrap();
        assert_eq!(now[0].target, PolicyTarget::Default, "first");
        assert_eq!(written(&now), ["administrators v1 14", "default v2 10", "sales v1 9"]);
        let history = store.list_policy_history(PolicyTarget::Default).await.unwrap();
        assert_eq!(history, [assignment("default", 2, Some(10)), assignment("default", 1, Some(8))]);
        let tx = store.begin_write().await.unwrap();
        assert!(tx.delete_group(GroupId(id(GONE))).await.unwrap());
        tx.commit().await.unwrap();
        let gone = store.list_policy_history(target("gone")).await.unwrap();
        assert_eq!(written(&gone), ["gone v1 20", "gone v2 0"], "the group's versions outlive it");
    }

    async fn what_holds_for_an_account_follows_its_groups_and_the_roles_that_count_now(db: Database) {
        let store = db.store().await;
        with_groups(&store).await;
        let ada = with_account(&store, 1).await;
        for text in ["default", "administrators", "sales", "other"] {
            assert!(assign(&store, text, 1, Some(9)).await);
        }
        let of = |seconds| {
            let (store, account) = (store.clone(), ada.id);
            async move { written(&store.list_policies_of(account, at(seconds)).await.unwrap()) }
        };
        assert_eq!(of(5).await, ["default v1 9"]);
        let sales = store.find_group(GroupId(id(SALES))).await.unwrap().unwrap();
        join(&store, &sales, &ada).await;
        assert_eq!(of(5).await, ["default v1 9", "sales v1 9"]);
        let mut role = owner(1, RoleHolder::Group(sales.id));
        role.expires_at = Some(at(10));
        let _ = grant(&store, &role).await;
        assert_eq!(of(9).await, ["administrators v1 9", "default v1 9", "sales v1 9"], "by the group");
        assert_eq!(of(10).await, ["default v1 9", "sales v1 9"], "not any more");
        role = owner(2, RoleHolder::Account(ada.id));
        role.scope = RoleScope::Group(sales.id);
        let _ = grant(&store, &role).await;
        assert_eq!(of(10).await, ["administrators v1 9", "default v1 9", "sales v1 9"], "wherever it reaches");
        let newcomer = |role| {
            let store = store.clone();
            async move { written(&store.list_policies_of_newcomer(role).await.unwrap()) }
        };
        assert_eq!(newcomer(Role::Member).await, ["default v1 9"]);
        assert_eq!(newcomer(Role::Owner).await, ["administrators v1 9", "default v1 9"]);
    }

    async fn nothing_is_assigned_to_a_group_that_is_not_there(db: Database) {
        let store = db.store().await;
        let tx = store.begin_write().await.unwrap();
        assert!(tx.insert_policy(&assignment("sales", 1, Some(9))).await.is_err());
    }

    async fn of_a_crowd_that_adds_one_version_one_does(db: Database) {
        let nodes = nodes(&db).await;
        let added = in_parallel(&nodes, |store, n| async move {
            assign(&store, "default", 1, Some(u16::try_from(n).unwrap() + 1)).await
        })
        .await;
        assert_eq!(added.iter().filter(|added| **added).count(), 1);
        assert_eq!(nodes[1].list_policy_history(PolicyTarget::Default).await.unwrap().len(), 1);
    }
}

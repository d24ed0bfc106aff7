//! What stood in the tables before a migration stands in them afterwards.

// By path and not as a dependency: the kit depends on every crate, this one is below them all.
#[path = "../../../testkit/src/database.rs"]
#[expect(dead_code, reason = "other tests need more of it")]
mod database;

use rekey_domain::password::assignment::PolicyTarget;
use rekey_domain::right::{Role, RoleHolder, RoleScope};
use rekey_domain::{AccountId, GroupId};
use sea_orm::ConnectionTrait;
use sea_orm_migration::MigratorTrait;
use sea_orm_migration::prelude::*;
use uuid::Uuid;

use super::Migrator;
use crate::Store;
use database::Database;

const ADA: Uuid = Uuid::from_u128(1);
const BOB: Uuid = Uuid::from_u128(2);
const POLICY: &str = r#"{"length":{"min":20}}"#;

/// Migrates up to the migration before this one.
async fn migrate_until(store: &Store, name: &str) {
    let before = Migrator::migrations().iter().take_while(|migration| migration.name() != name).fold(0, |n, _| n + 1);
    Migrator::up(&store.writes, Some(before)).await.expect("migrates");
}

async fn insert(store: &Store, table: &'static str, columns: &[&'static str], values: Vec<SimpleExpr>) {
    let insert = Query::insert().into_table(table).columns(columns.iter().copied()).values_panic(values).take();
    store.writes.execute(&insert).await.expect("inserts");
}

async fn account(store: &Store, id: Uuid, role: &str, created_at: i64) {
    let columns = ["id", "status", "status_at", "role", "given_name", "family_name", "lang", "epoch", "created_at"];
    let values = vec![
        id.into(),
        "active".into(),
        created_at.into(),
        role.into(),
        "".into(),
        "".into(),
        "en".into(),
        0_i64.into(),
        created_at.into(),
    ];
    insert(store, "account", &columns, values).await;
}

async fn membership(store: &Store, account: Uuid, scope: &str) {
    insert(store, "membership", &["account", "scope"], vec![account.into(), scope.into()]).await;
}

async fn policy(store: &Store, scope: &str, version: i32, body: Option<&str>, changed_at: i64) {
    let columns = ["scope", "version", "body", "changed_at", "changed_by"];
    let values = vec![scope.into(), version.into(), body.into(), changed_at.into(), Some(ADA).into()];
    insert(store, "policy", &columns, values).await;
}

async fn groups_roles_and_policies_are_carried_over(db: Database) {
    let store = db.another_store().await;
    migrate_until(&store, "m0041_groups_and_roles").await;
    account(&store, ADA, "owner", 500).await;
    account(&store, BOB, "member", 700).await;
    for (who, scope) in [(ADA, "group:sales"), (BOB, "group:sales"), (BOB, "group:only.members")] {
        membership(&store, who, scope).await;
    }
    policy(&store, "default", 1, Some(POLICY), 900).await;
    policy(&store, "group:sales", 1, Some(POLICY), 600).await;
    policy(&store, "group:sales", 2, None, 800).await;
    policy(&store, "group:only.policy", 1, Some(POLICY), 1000).await;
    policy(&store, "administrators", 1, Some(POLICY), 1100).await;

    store.migrate().await.expect("migrates");

    let groups = store.list_groups().await.expect("lists");
    let named: Vec<_> = groups.iter().map(|group| (group.name.as_str(), group.created_at.as_millis())).collect();
    assert_eq!(named, [("only.members", 700), ("only.policy", 1000), ("sales", 500)]);
    let id = |name: &str| groups.iter().find(|group| group.name.as_str() == name).expect("a group").id;
    let members = |group: GroupId| {
        let store = store.clone();
        async move { store.list_members(group, None, 9).await.expect("lists") }
    };
    assert_eq!(members(id("sales")).await, [AccountId(ADA), AccountId(BOB)]);
    assert_eq!(members(id("only.members")).await, [AccountId(BOB)]);
    assert!(members(id("only.policy")).await.is_empty());

    let roles = store.list_role_assignments().await.expect("lists");
    assert_eq!(roles.len(), 1, "every account is a member without being told");
    let owner = (roles[0].holder, roles[0].role, roles[0].scope, roles[0].expires_at, roles[0].granted_at.as_millis());
    assert_eq!(owner, (RoleHolder::Account(AccountId(ADA)), Role::Owner, RoleScope::Everywhere, None, 500));
    assert!(store.has_owner().await.expect("answers"));

    let targets: Vec<_> = store.list_policies().await.expect("lists").iter().map(|one| one.target).collect();
    let only_policy = PolicyTarget::Group(id("only.policy"));
    assert_eq!(targets, [PolicyTarget::Default, PolicyTarget::Administrators, only_policy]);
    let history = store.list_policy_history(PolicyTarget::Group(id("sales"))).await.expect("lists");
    let told: Vec<_> =
        history.iter().map(|one| (one.version, one.policy.is_some(), one.changed_at.as_millis())).collect();
    assert_eq!(told, [(2, false, 800), (1, true, 600)]);
    assert!(history.iter().all(|one| one.changed_by == Some(AccountId(ADA))));
    let ada = store.find_account(AccountId(ADA)).await.expect("answers").expect("an account");
    assert_eq!(ada.created_at.as_millis(), 500);
}

#[tokio::test]
async fn groups_roles_and_policies_are_carried_over_on_sqlite() {
    groups_roles_and_policies_are_carried_over(Database::sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn groups_roles_and_policies_are_carried_over_on_postgresql() {
    groups_roles_and_policies_are_carried_over(Database::postgres().await).await;
}

//! Groups as rows of their own, roles as assignments, and policies assigned by a group's id.
//!
//! Before, a group was a name in memberships and policies, and a role a word in the account.

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, QueryResult};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, integer, text, text_null, uuid, uuid_null};
use uuid::Uuid;

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0041_groups_and_roles"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [group(), group_member(), role_assignment(), policy_assignment()] {
            manager.create_table(table).await?;
        }
        for index in indexes() {
            manager.create_index(index).await?;
        }
        let groups = find_groups(manager).await?;
        carry_groups(manager, &groups).await?;
        carry_policies(manager, &groups).await?;
        manager.execute(owners()?).await?;
        for table in ["membership", "policy"] {
            manager.drop_table(Table::drop().table(table).take()).await?;
        }
        manager.alter_table(Table::alter().table("account").drop_column("role").take()).await
    }
}

fn key(
    table: &'static str,
    column: &'static str,
    to: &'static str,
    end: ForeignKeyAction,
) -> ForeignKeyCreateStatement {
    ForeignKey::create().from(table, column).to(to, "id").on_delete(end).take()
}

fn group() -> TableCreateStatement {
    Table::create()
        .table("group")
        .col(uuid("id").primary_key())
        .col(text("name").unique_key())
        .col(big_integer("created_at"))
        .take()
}

fn group_member() -> TableCreateStatement {
    Table::create()
        .table("group_member")
        .col(uuid("group"))
        .col(uuid("account"))
        .col(big_integer("joined_at"))
        .primary_key(Index::create().col("account").col("group"))
        .foreign_key(&mut key("group_member", "group", "group", ForeignKeyAction::Cascade))
        .foreign_key(&mut key("group_member", "account", "account", ForeignKeyAction::Cascade))
        .take()
}

fn role_assignment() -> TableCreateStatement {
    Table::create()
        .table("role_assignment")
        .col(uuid("id").primary_key())
        // One of the two.
        .col(uuid_null("account"))
        .col(uuid_null("group"))
        .col(text("role"))
        // `everywhere`, or `group:` and an id: never null, so that the indexes below tell two assignments apart.
        .col(text("scope"))
        .col(big_integer_null("expires_at"))
        .col(big_integer("granted_at"))
        // No key to the account: who granted it outlives who it was.
        .col(uuid_null("granted_by"))
        .foreign_key(&mut key("role_assignment", "account", "account", ForeignKeyAction::Cascade))
        .foreign_key(&mut key("role_assignment", "group", "group", ForeignKeyAction::Cascade))
        .take()
}

fn policy_assignment() -> TableCreateStatement {
    Table::create()
        .table("policy_assignment")
        .col(text("target"))
        .col(integer("version"))
        // The group that the target is, so that the policies of an account's groups are found by their ids.
        .col(uuid_null("group"))
        .col(text_null("body"))
        .col(big_integer("changed_at"))
        .col(uuid_null("changed_by"))
        .primary_key(Index::create().col("target").col("version"))
        .foreign_key(&mut key("policy_assignment", "group", "group", ForeignKeyAction::SetNull))
        .take()
}

fn indexes() -> [IndexCreateStatement; 4] {
    let index = |name: &'static str, table: &'static str| Index::create().name(name).table(table).take();
    let role = |name: &'static str, holder: &'static str| {
        index(name, "role_assignment").col(holder).col("role").col("scope").unique().take()
    };
    [
        index("group_member_group", "group_member").col("group").col("account").take(),
        role("role_assignment_account", "account"),
        role("role_assignment_group", "group"),
        index("policy_assignment_group", "policy_assignment").col("group").take(),
    ]
}

/// What a group was before: `group:` and its name.
const PREFIX: &str = "group:";

/// A group that was only a name.
struct Found {
    id: Uuid,
    created_at: i64,
}

/// Every name that a membership or a policy has, with the id that the group is to have: made of when it came to be and of
/// its place in the order of names, since a migration has neither clock nor randomness.
async fn find_groups(manager: &SchemaManager<'_>) -> Result<BTreeMap<String, Found>, DbErr> {
    let db = manager.get_connection();
    let mut groups = BTreeMap::new();
    for row in db.query_all(&named_by_policies()).await?.into_iter().chain(db.query_all(&named_by_members()).await?) {
        let Some(name) = group_name(&row)? else { continue };
        let since: i64 = row.try_get_by_index(1)?;
        groups.entry(name).and_modify(|known: &mut i64| *known = Ord::min(since, *known)).or_insert(since);
    }
    let found = |(place, (name, created_at)): (u64, (String, i64))| {
        let mut distinct = [0; 10];
        distinct[2..].copy_from_slice(&place.to_be_bytes());
        let millis = created_at.try_into().unwrap_or(0);
        let id = uuid::Builder::from_unix_timestamp_millis(millis, &distinct).into_uuid();
        (name, Found { id, created_at })
    };
    Ok((0..).zip(groups).map(found).collect())
}

/// Makes a row of every group and of every membership.
async fn carry_groups(manager: &SchemaManager<'_>, groups: &BTreeMap<String, Found>) -> Result<(), DbErr> {
    for (name, found) in groups {
        let insert = Query::insert()
            .into_table("group")
            .columns(["id", "name", "created_at"])
            .values_panic([found.id.into(), name.as_str().into(), found.created_at.into()])
            .take();
        manager.execute(insert).await?;
        manager.execute(members_of(name, found)?).await?;
    }
    Ok(())
}

/// The groups that policies were assigned to, and since when.
fn named_by_policies() -> SelectStatement {
    let since = Expr::col("changed_at").min();
    Query::select().column("scope").expr(since).from("policy").group_by_col("scope").take()
}

/// The groups that have members, and since when the oldest of them has an account.
fn named_by_members() -> SelectStatement {
    Query::select()
        .column(("membership", "scope"))
        .expr(Expr::col(("account", "created_at")).min())
        .from("membership")
        .inner_join("account", Expr::col(("account", "id")).equals(("membership", "account")))
        .group_by_col(("membership", "scope"))
        .take()
}

fn group_name(row: &QueryResult) -> Result<Option<String>, DbErr> {
    let scope: String = row.try_get_by_index(0)?;
    Ok(scope.strip_prefix(PREFIX).map(str::to_owned))
}

fn members_of(name: &str, group: &Found) -> Result<InsertStatement, DbErr> {
    let members = Query::select()
        .expr(Expr::value(group.id))
        .column("account")
        .expr(Expr::value(group.created_at))
        .from("membership")
        .and_where(Expr::col("scope").eq(format!("{PREFIX}{name}")))
        .take();
    let mut insert = Query::insert().into_table("group_member").columns(["group", "account", "joined_at"]).take();
    insert.select_from(members).map_err(|error| DbErr::Custom(error.to_string()))?;
    Ok(insert)
}

/// Takes every version of every policy over; what was assigned to a name is assigned to its row from now on.
async fn carry_policies(manager: &SchemaManager<'_>, groups: &BTreeMap<String, Found>) -> Result<(), DbErr> {
    let columns = ["scope", "version", "body", "changed_at", "changed_by"];
    let all = Query::select().columns(columns).from("policy").take();
    for row in manager.get_connection().query_all(&all).await? {
        let group = group_name(&row)?.and_then(|name| groups.get(&name)).map(|found| found.id);
        let scope: String = row.try_get_by_index(0)?;
        let target = group.map_or(scope, |id| format!("{PREFIX}{id}"));
        let (version, body): (i32, Option<String>) = (row.try_get_by_index(1)?, row.try_get_by_index(2)?);
        let (changed_at, changed_by): (i64, Option<Uuid>) = (row.try_get_by_index(3)?, row.try_get_by_index(4)?);
        let insert = Query::insert()
            .into_table("policy_assignment")
            .columns(["target", "version", "group", "body", "changed_at", "changed_by"])
            .values_panic([
                target.into(),
                version.into(),
                group.into(),
                body.into(),
                changed_at.into(),
                changed_by.into(),
            ])
            .take();
        manager.execute(insert).await?;
    }
    Ok(())
}

/// Gives every account that was an owner the role, everywhere and permanently. The assignment borrows the account's id.
fn owners() -> Result<InsertStatement, DbErr> {
    let owners = Query::select()
        .columns(["id", "id", "role"])
        .expr(Expr::value("everywhere"))
        .column("created_at")
        .from("account")
        .and_where(Expr::col("role").eq("owner"))
        .take();
    let columns = ["id", "account", "role", "scope", "granted_at"];
    let mut insert = Query::insert().into_table("role_assignment").columns(columns).take();
    insert.select_from(owners).map_err(|error| DbErr::Custom(error.to_string()))?;
    Ok(insert)
}

//! Groups and who is in them.

use rekey_domain::group::{Group, GroupName};
use rekey_domain::{AccountId, GroupId};
use rekey_shared::Timestamp;
use sea_orm::sea_query::{Expr, OnConflict, Query, SelectStatement};
use sea_orm::{
    ConnectionTrait, DbErr, EntityTrait, ExprTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, SqlErr,
};

use super::finders;
use crate::entity::{group, group_member, policy_assignment, role_assignment};
use crate::{Unexpected, Write};

/// What stands in the way of removing a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct GroupUse {
    /// Whether a policy is assigned to it.
    pub has_policy: bool,
    /// Roles that were given to it, or that reach over it.
    pub roles: u64,
}

/// How giving a group a name ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Named {
    /// It has the name.
    Done,
    /// Another group has it. On PostgreSQL the transaction is of no further use: drop it.
    Taken,
    /// There is no such group.
    NoGroup,
}

finders! {
    /// The group of that id.
    fn find_group(id: GroupId) -> Option<Group>;
    /// The group of that name.
    fn find_group_by_name(name: &GroupName) -> Option<Group>;
    /// All groups, by name.
    fn list_groups() -> Vec<Group>;
    /// The groups of an account, by name.
    fn list_groups_of(account: AccountId) -> Vec<Group>;
    /// The accounts in a group behind `after`, at most `limit`, oldest first.
    fn list_members(group: GroupId, after: Option<AccountId>, limit: u64) -> Vec<AccountId>;
    /// What hangs on a group beside its members.
    fn read_group_use(group: GroupId) -> GroupUse;
}

async fn find_group(db: &impl ConnectionTrait, id: GroupId) -> Result<Option<Group>, Unexpected> {
    group::Entity::find_by_id(id.0).one(db).await?.map(Group::try_from).transpose()
}

async fn find_group_by_name(db: &impl ConnectionTrait, name: &GroupName) -> Result<Option<Group>, Unexpected> {
    let select = group::Entity::find().filter(group::COLUMN.name.eq(name.as_str()));
    select.one(db).await?.map(Group::try_from).transpose()
}

async fn list_groups(db: &impl ConnectionTrait) -> Result<Vec<Group>, Unexpected> {
    let rows = group::Entity::find().order_by_asc(group::COLUMN.name).all(db).await?;
    rows.into_iter().map(Group::try_from).collect()
}

async fn list_groups_of(db: &impl ConnectionTrait, account: AccountId) -> Result<Vec<Group>, Unexpected> {
    let rows = group::Entity::find()
        .filter(group::COLUMN.id.in_subquery(groups_of(account)))
        .order_by_asc(group::COLUMN.name)
        .all(db)
        .await?;
    rows.into_iter().map(Group::try_from).collect()
}

/// The ids of the groups of an account, as a part of another statement.
pub(super) fn groups_of(account: AccountId) -> SelectStatement {
    Query::select()
        .column(group_member::Column::Group)
        .from(group_member::Entity)
        .and_where(Expr::col(group_member::Column::Account).eq(account.0))
        .take()
}

async fn list_members(
    db: &impl ConnectionTrait,
    group: GroupId,
    after: Option<AccountId>,
    limit: u64,
) -> Result<Vec<AccountId>, Unexpected> {
    let mut select = group_member::Entity::find().filter(group_member::COLUMN.group.eq(group.0));
    if let Some(after) = after {
        select = select.filter(group_member::COLUMN.account.gt(after.0));
    }
    let rows = select.order_by_asc(group_member::COLUMN.account).limit(limit).all(db).await?;
    Ok(rows.into_iter().map(|row| AccountId(row.account)).collect())
}

async fn read_group_use(db: &impl ConnectionTrait, group: GroupId) -> Result<GroupUse, Unexpected> {
    let policies = super::policy::current().filter(policy_assignment::COLUMN.group.eq(group.0)).count(db).await?;
    let held = role_assignment::COLUMN.group.eq(group.0);
    let reaching = role_assignment::COLUMN.scope.eq(format!("group:{}", group.0));
    let roles = role_assignment::Entity::find().filter(held.or(reaching)).count(db).await?;
    Ok(GroupUse { has_policy: policies > 0, roles })
}

impl Write {
    /// Makes a group. `false` when its name is taken.
    pub async fn insert_group(&self, group: &Group) -> Result<bool, Unexpected> {
        let on_taken = OnConflict::column(group::Column::Name).do_nothing().to_owned();
        let insert = group::Entity::insert(group::Model::from(group).into_active_model()).on_conflict(on_taken);
        inserted(insert.exec_without_returning(&self.tx).await)
    }

    /// Gives a group another name.
    pub async fn rename_group(&self, id: GroupId, name: &GroupName) -> Result<Named, Unexpected> {
        let renamed = group::Entity::update_many()
            .col_expr(group::Column::Name, Expr::value(name.as_str()))
            .filter(group::COLUMN.id.eq(id.0))
            .exec(&self.tx)
            .await;
        match renamed {
            Ok(outcome) if outcome.rows_affected == 1 => Ok(Named::Done),
            Ok(_) => Ok(Named::NoGroup),
            Err(error) if matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) => Ok(Named::Taken),
            Err(error) => Err(error.into()),
        }
    }

    /// Lets nothing come to depend on a group until the transaction ends. `false` when there is none.
    pub async fn lock_group(&self, id: GroupId) -> Result<bool, Unexpected> {
        Ok(group::Entity::find_by_id(id.0).lock_exclusive().one(&self.tx).await?.is_some())
    }

    /// Removes a group with its memberships. `false` when there is none.
    pub async fn delete_group(&self, id: GroupId) -> Result<bool, Unexpected> {
        Ok(group::Entity::delete_by_id(id.0).exec(&self.tx).await?.rows_affected == 1)
    }

    /// Puts an account into a group. `false` when it is in it already.
    pub async fn insert_member(&self, group: GroupId, account: AccountId, now: Timestamp) -> Result<bool, Unexpected> {
        let row = group_member::Model { account: account.0, group: group.0, joined_at: now.as_millis() };
        let columns = [group_member::Column::Account, group_member::Column::Group];
        let on_member = OnConflict::columns(columns).do_nothing().to_owned();
        let insert = group_member::Entity::insert(row.into_active_model()).on_conflict(on_member);
        inserted(insert.exec_without_returning(&self.tx).await)
    }

    /// Takes an account out of a group. `false` when it is not in it.
    pub async fn delete_member(&self, group: GroupId, account: AccountId) -> Result<bool, Unexpected> {
        let outcome = group_member::Entity::delete_by_id((account.0, group.0)).exec(&self.tx).await?;
        Ok(outcome.rows_affected == 1)
    }
}

/// Whether a row was inserted, or one was there already.
pub(super) fn inserted(outcome: Result<u64, DbErr>) -> Result<bool, Unexpected> {
    match outcome {
        Ok(rows) => Ok(rows == 1),
        Err(DbErr::RecordNotInserted) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

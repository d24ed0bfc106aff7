//! Assigned policies and the groups that they are assigned to.

use rekey_domain::password::assignment::{Assignment, GroupName, Scope};
use rekey_domain::{AccountId, Role};
use sea_orm::sea_query::{Expr, Func, OnConflict, Query};
use sea_orm::{
    Condition, ConnectionTrait, DbErr, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, Select,
};

use super::finders;
use crate::entity::{membership, policy};
use crate::{Unexpected, Write};

finders! {
    /// What is assigned now, to anybody, the default first. Scopes to which nothing is assigned any more are left out.
    fn list_assignments() -> Vec<Assignment>;
    /// What is assigned now and holds for an account of that role: one query.
    fn list_assignments_of(account: Option<AccountId>, role: Role) -> Vec<Assignment>;
    /// Every version of what was assigned to a scope, latest first.
    fn list_assignment_history(scope: &Scope) -> Vec<Assignment>;
    /// The groups of an account, by name.
    fn list_groups(account: AccountId) -> Vec<GroupName>;
}

/// The latest version of each scope, unless it assigns nothing.
fn current() -> Select<policy::Entity> {
    let latest = Query::select()
        .expr(Func::max(Expr::col(("later", policy::Column::Version))))
        .from_as(policy::Entity, "later")
        .and_where(Expr::col(("later", policy::Column::Scope)).equals((policy::Entity, policy::Column::Scope)))
        .take();
    policy::Entity::find()
        .filter(policy::COLUMN.version.in_subquery(latest))
        .filter(policy::COLUMN.body.is_not_null())
        .order_by_asc(policy::COLUMN.scope)
}

async fn read(select: Select<policy::Entity>, db: &impl ConnectionTrait) -> Result<Vec<Assignment>, Unexpected> {
    select.all(db).await?.into_iter().map(Assignment::try_from).collect()
}

async fn list_assignments(db: &impl ConnectionTrait) -> Result<Vec<Assignment>, Unexpected> {
    let mut all = read(current(), db).await?;
    all.sort_by(|one, other| one.scope.cmp(&other.scope));
    Ok(all)
}

async fn list_assignments_of(
    db: &impl ConnectionTrait,
    account: Option<AccountId>,
    role: Role,
) -> Result<Vec<Assignment>, Unexpected> {
    let fixed = std::iter::once(Scope::Default).chain(Scope::of_role(role)).map(|scope| scope.to_string());
    let mut holds = Condition::any().add(policy::COLUMN.scope.is_in(fixed));
    if let Some(account) = account {
        let groups = membership::Entity::find()
            .select_only()
            .column(membership::Column::Scope)
            .filter(membership::COLUMN.account.eq(account.0))
            .into_query();
        holds = holds.add(policy::COLUMN.scope.in_subquery(groups));
    }
    read(current().filter(holds), db).await
}

async fn list_assignment_history(db: &impl ConnectionTrait, scope: &Scope) -> Result<Vec<Assignment>, Unexpected> {
    let select = policy::Entity::find().filter(policy::COLUMN.scope.eq(scope.to_string()));
    read(select.order_by_desc(policy::COLUMN.version), db).await
}

async fn list_groups(db: &impl ConnectionTrait, account: AccountId) -> Result<Vec<GroupName>, Unexpected> {
    let rows = membership::Entity::find()
        .filter(membership::COLUMN.account.eq(account.0))
        .order_by_asc(membership::COLUMN.scope)
        .all(db)
        .await?;
    let name = |row: membership::Model| match Scope::parse(&row.scope) {
        Some(Scope::Group(name)) => Ok(name),
        _ => Err(Unexpected::row("membership", "scope")),
    };
    rows.into_iter().map(name).collect()
}

impl Write {
    /// Adds a version. `false` when there is one of that number already: somebody was faster.
    pub async fn insert_assignment(&self, assignment: &Assignment) -> Result<bool, Unexpected> {
        let row = policy::Model::try_from(assignment)?.into_active_model();
        let on_taken = OnConflict::columns([policy::Column::Scope, policy::Column::Version]).do_nothing().to_owned();
        match policy::Entity::insert(row).on_conflict(on_taken).exec_without_returning(&self.tx).await {
            Ok(rows) => Ok(rows == 1),
            Err(DbErr::RecordNotInserted) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Puts an account into a group. `false` when it is in it already.
    pub async fn join_group(&self, account: AccountId, group: &GroupName) -> Result<bool, Unexpected> {
        let row = membership::Model { account: account.0, scope: Scope::Group(group.clone()).to_string() };
        let columns = [membership::Column::Account, membership::Column::Scope];
        let on_member = OnConflict::columns(columns).do_nothing().to_owned();
        let insert = membership::Entity::insert(row.into_active_model()).on_conflict(on_member);
        match insert.exec_without_returning(&self.tx).await {
            Ok(rows) => Ok(rows == 1),
            Err(DbErr::RecordNotInserted) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Takes an account out of a group. `false` when it is not in it.
    pub async fn leave_group(&self, account: AccountId, group: &GroupName) -> Result<bool, Unexpected> {
        let outcome = membership::Entity::delete_many()
            .filter(membership::COLUMN.account.eq(account.0))
            .filter(membership::COLUMN.scope.eq(Scope::Group(group.clone()).to_string()))
            .exec(&self.tx)
            .await?;
        Ok(outcome.rows_affected == 1)
    }
}

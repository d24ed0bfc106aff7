//! Assigned policies.

use rekey_domain::AccountId;
use rekey_domain::password::assignment::{PolicyAssignment, PolicyTarget};
use rekey_domain::right::Role;
use rekey_shared::Timestamp;
use sea_orm::sea_query::{Expr, Func, OnConflict, Query};
use sea_orm::{
    Condition, ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, Select,
};

use super::finders;
use super::group::{groups_of, inserted};
use crate::entity::{policy_assignment, role_assignment};
use crate::{Unexpected, Write};

finders! {
    /// What is assigned now, to anyone, the default first. Targets to which nothing is assigned any more are left out.
    fn list_policies() -> Vec<PolicyAssignment>;
    /// What is assigned now and holds for an account, by its groups and its roles: one query.
    fn list_policies_of(account: AccountId, now: Timestamp) -> Vec<PolicyAssignment>;
    /// What is assigned now and will hold for an account that is given this role when it is made.
    fn list_policies_of_newcomer(role: Role) -> Vec<PolicyAssignment>;
    /// Every version of what was assigned to a target, latest first.
    fn list_policy_history(target: PolicyTarget) -> Vec<PolicyAssignment>;
}

/// The latest version of each target, unless it assigns nothing.
pub(super) fn current() -> Select<policy_assignment::Entity> {
    let latest = Query::select()
        .expr(Func::max(Expr::col(("later", policy_assignment::Column::Version))))
        .from_as(policy_assignment::Entity, "later")
        .and_where(
            Expr::col(("later", policy_assignment::Column::Target))
                .equals((policy_assignment::Entity, policy_assignment::Column::Target)),
        )
        .take();
    policy_assignment::Entity::find()
        .filter(policy_assignment::COLUMN.version.in_subquery(latest))
        .filter(policy_assignment::COLUMN.body.is_not_null())
        .order_by_asc(policy_assignment::COLUMN.target)
}

async fn read(
    select: Select<policy_assignment::Entity>,
    db: &impl ConnectionTrait,
) -> Result<Vec<PolicyAssignment>, Unexpected> {
    select.all(db).await?.into_iter().map(PolicyAssignment::try_from).collect()
}

async fn list_policies(db: &impl ConnectionTrait) -> Result<Vec<PolicyAssignment>, Unexpected> {
    let mut all = read(current(), db).await?;
    all.sort_by_key(|one| one.target);
    Ok(all)
}

fn is(target: PolicyTarget) -> Expr {
    policy_assignment::COLUMN.target.eq(target.to_string())
}

async fn list_policies_of(
    db: &impl ConnectionTrait,
    account: AccountId,
    now: Timestamp,
) -> Result<Vec<PolicyAssignment>, Unexpected> {
    let roles = super::role::in_force(account, now).select_only().column(role_assignment::Column::Id).into_query();
    let holds = Condition::any()
        .add(is(PolicyTarget::Default))
        .add(policy_assignment::COLUMN.group.in_subquery(groups_of(account)))
        .add(Condition::all().add(is(PolicyTarget::Administrators)).add(Expr::exists(roles)));
    read(current().filter(holds), db).await
}

async fn list_policies_of_newcomer(db: &impl ConnectionTrait, role: Role) -> Result<Vec<PolicyAssignment>, Unexpected> {
    let mut holds = Condition::any().add(is(PolicyTarget::Default));
    if role.is_assignable() {
        holds = holds.add(is(PolicyTarget::Administrators));
    }
    read(current().filter(holds), db).await
}

async fn list_policy_history(
    db: &impl ConnectionTrait,
    target: PolicyTarget,
) -> Result<Vec<PolicyAssignment>, Unexpected> {
    let select = policy_assignment::Entity::find().filter(is(target));
    read(select.order_by_desc(policy_assignment::COLUMN.version), db).await
}

impl Write {
    /// Adds a version. `false` when there is one of that number already: another was faster.
    pub async fn insert_policy(&self, assignment: &PolicyAssignment) -> Result<bool, Unexpected> {
        let row = policy_assignment::Model::try_from(assignment)?.into_active_model();
        let columns = [policy_assignment::Column::Target, policy_assignment::Column::Version];
        let on_taken = OnConflict::columns(columns).do_nothing().to_owned();
        let insert = policy_assignment::Entity::insert(row).on_conflict(on_taken);
        inserted(insert.exec_without_returning(&self.tx).await)
    }
}

//! Which policy holds for whom, and assigning them.
//!
//! What is assigned to everybody takes the place of the configured policy; what is assigned to those who run the
//! installation, and to a group, is added to it: the strictest of each rule holds. It is read at every use, so a new
//! version counts at once, on all nodes.

use rekey_domain::audit::{Actor, AuditEntry, AuditEvent, Detail, Target};
use rekey_domain::password::assignment::{Assignment, GroupName, Scope, effective};
use rekey_domain::{Account, AccountId, Role};
use rekey_shared::password::Policy;

use crate::context::About as _;
use crate::operator::{self, OperatorError};
use crate::{Services, Unexpected};

/// Why a policy was not assigned.
#[derive(Debug, thiserror::Error)]
pub enum AssignError {
    /// Somebody else assigned one at the same moment.
    #[error("somebody else has just changed it")]
    Overtaken,
    /// Something broke.
    #[error(transparent)]
    Unexpected(#[from] Unexpected),
}

crate::error::from_store!(AssignError);

/// The policy of an account.
pub(crate) async fn of(cx: &Services, account: &Account) -> Result<Policy, Unexpected> {
    Ok(strictest(cx, &cx.store.list_assignments_of(Some(account.id), account.role).await?))
}

/// The policy of an account to be.
pub(crate) async fn of_newcomer(cx: &Services, role: Role) -> Result<Policy, Unexpected> {
    Ok(strictest(cx, &cx.store.list_assignments_of(None, role).await?))
}

fn strictest(cx: &Services, assigned: &[Assignment]) -> Policy {
    let configured = cx.settings().policy.clone();
    if assigned.is_empty() { configured } else { effective(&configured, assigned) }
}

/// The policy of somebody who runs nothing and is in no group.
pub async fn of_everybody(cx: &Services) -> Result<Policy, Unexpected> {
    of_newcomer(cx, Role::Member).await
}

/// Every policy that may have a say in anybody's.
pub(crate) async fn all(cx: &Services) -> Result<Vec<Policy>, Unexpected> {
    let assigned = cx.store.list_assignments().await?;
    let assigned = assigned.into_iter().filter_map(|one| one.policy);
    Ok(std::iter::once(cx.settings().policy.clone()).chain(assigned).collect())
}

/// What is assigned now, the default first.
pub async fn assigned(cx: &Services) -> Result<Vec<Assignment>, Unexpected> {
    Ok(cx.store.list_assignments().await?)
}

/// Every version of what was assigned to a scope, latest first.
pub async fn history(cx: &Services, scope: &Scope) -> Result<Vec<Assignment>, Unexpected> {
    Ok(cx.store.list_assignment_history(scope).await?)
}

/// Assigns a policy, or with `None` nothing any more, as a new version. `by` is `None` for the operator.
pub async fn assign(
    cx: &Services,
    scope: Scope,
    policy: Option<Policy>,
    by: Option<AccountId>,
) -> Result<Assignment, AssignError> {
    let before = cx.store.list_assignment_history(&scope).await?.first().map_or(0, |latest| latest.version);
    let changed_at = cx.now();
    let assignment = Assignment { scope, version: before + 1, policy, changed_at, changed_by: by };
    let mut tx = cx.store.begin_write().await?;
    if !tx.insert_assignment(&assignment).await? {
        return Err(AssignError::Overtaken);
    }
    let entry = AuditEntry::new(AuditEvent::PolicyAssigned, by.map_or(Actor::Operator, Actor::Person), changed_at);
    let detail = Detail::Version(assignment.version);
    tx.record(entry.target(Target::Policy(assignment.scope.clone())).detail(detail));
    tx.commit().await?;
    Ok(assignment)
}

/// Puts somebody into a group; its policy holds for them from now on. `false` when they are in it already.
pub async fn join(cx: &Services, group: &GroupName, identifier: &str) -> Result<bool, OperatorError> {
    let account = operator::find(cx, identifier).await?;
    let mut tx = cx.store.begin_write().await?;
    let joined = tx.join_group(account.id, group).await?;
    tx.record(entry(cx, AuditEvent::GroupJoined, account.id, group));
    tx.commit().await?;
    Ok(joined)
}

/// Takes somebody out of a group. `false` when they are not in it.
pub async fn leave(cx: &Services, group: &GroupName, identifier: &str) -> Result<bool, OperatorError> {
    let account = operator::find(cx, identifier).await?;
    let mut tx = cx.store.begin_write().await?;
    let left = tx.leave_group(account.id, group).await?;
    tx.record(entry(cx, AuditEvent::GroupLeft, account.id, group));
    tx.commit().await?;
    Ok(left)
}

fn entry(cx: &Services, event: AuditEvent, account: AccountId, group: &GroupName) -> AuditEntry {
    AuditEntry::new(event, Actor::Operator, cx.now()).account(account).target(Target::Group(group.clone()))
}

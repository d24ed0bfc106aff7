//! Which policy holds for whom, and assigning them.
//!
//! What is assigned to everyone takes the place of the configured policy; what is assigned to those who have a role, and
//! to a group, is added to it: the strictest of each rule holds. It is read at every use, so a new version counts at
//! once, on all nodes.

use rekey_domain::Account;
use rekey_domain::audit::{self, AuditEvent, Detail};
use rekey_domain::password::assignment::{PolicyAssignment, PolicyTarget, effective};
use rekey_domain::right::{Action, Denied, Role, Target};
use rekey_shared::password::{Finding, Policy};
use rekey_store::{Write, transaction};

use crate::context::About as _;
use crate::right::{self, By};
use crate::{Services, Unexpected};

/// Why a policy was not assigned.
#[derive(Debug, thiserror::Error)]
pub enum AssignError {
    /// Another one was assigned at the same moment.
    #[error("someone else has just changed it")]
    Overtaken,
    /// There is no such group.
    #[error("there is no such group")]
    NoGroup,
    /// No password could meet it together with another policy that holds, or anyone could guess what does.
    #[error("the policy is below a floor: {}", .0.code.number())]
    BelowFloor(Finding),
    /// The right is missing.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// Something broke.
    #[error(transparent)]
    Unexpected(#[from] Unexpected),
}

crate::error::from_store!(AssignError);

/// The policy of an account.
pub async fn of(cx: &Services, account: &Account) -> Result<Policy, Unexpected> {
    Ok(strictest(cx, &cx.store.list_policies_of(account.id, cx.now()).await?))
}

/// The policy of an account to be.
pub(crate) async fn of_newcomer(cx: &Services, role: Role) -> Result<Policy, Unexpected> {
    Ok(strictest(cx, &cx.store.list_policies_of_newcomer(role).await?))
}

fn strictest(cx: &Services, assigned: &[PolicyAssignment]) -> Policy {
    let configured = cx.settings().policy.clone();
    if assigned.is_empty() { configured } else { effective(&configured, assigned) }
}

/// Every policy that may have a say in anyone's.
pub(crate) async fn all(cx: &Services) -> Result<Vec<Policy>, Unexpected> {
    let assigned = cx.store.list_policies().await?;
    let assigned = assigned.into_iter().filter_map(|one| one.policy);
    Ok(std::iter::once(cx.settings().policy.clone()).chain(assigned).collect())
}

/// What is assigned now, the default first.
pub async fn assigned(cx: &Services) -> Result<Vec<PolicyAssignment>, Unexpected> {
    Ok(cx.store.list_policies().await?)
}

/// Every version of what was assigned to a target, latest first.
pub async fn history(cx: &Services, target: PolicyTarget) -> Result<Vec<PolicyAssignment>, Unexpected> {
    Ok(cx.store.list_policy_history(target).await?)
}

/// Assigns a policy, or with `None` nothing any more, as a new version.
pub async fn assign(
    cx: &Services,
    by: By,
    target: PolicyTarget,
    policy: Option<Policy>,
) -> Result<PolicyAssignment, AssignError> {
    transaction!(cx.store, |tx| {
        right::demand(cx, tx, by, Action::AssignPolicy, &target_of(tx, target).await?).await??;
        // Until the end of the transaction the group stays; locked after roles, like wherever both are locked.
        if let Some(group) = target.group()
            && !tx.lock_group(group).await?
        {
            return Err(AssignError::NoGroup);
        }
        let before = tx.list_policy_history(target).await?.first().map_or(0, |latest| latest.version);
        let (policy, changed_by) = (policy.clone(), by.account());
        let assignment = PolicyAssignment { target, version: before + 1, policy, changed_at: cx.now(), changed_by };
        check(cx, tx, &assignment).await?;
        if !tx.insert_policy(&assignment).await? {
            return Err(AssignError::Overtaken);
        }
        let entry = by.audit(AuditEvent::PolicyAssigned, assignment.changed_at);
        tx.record(entry.target(audit::Target::Policy(target)).detail(Detail::Version(assignment.version)));
        Ok(assignment)
    })
    .await
}

/// What assigning a policy is done to.
async fn target_of(tx: &Write, target: PolicyTarget) -> Result<Target, AssignError> {
    Ok(match target {
        PolicyTarget::Default | PolicyTarget::Administrators => Target::Installation,
        PolicyTarget::Group(group) => {
            tx.find_group(group).await?.ok_or(AssignError::NoGroup)?;
            Target::Group(right::group_target(tx, group).await?)
        }
    })
}

/// Refuses a policy that no password could meet together with what else is assigned.
async fn check(cx: &Services, tx: &Write, new: &PolicyAssignment) -> Result<(), AssignError> {
    let Some(policy) = &new.policy else { return Ok(()) };
    let mut assigned = tx.list_policies().await?;
    assigned.retain(|one| one.target != new.target);
    assigned.push(new.clone());
    let finding = policy.floors().into_iter().next().or_else(|| unmeetable(&cx.settings().policy, &assigned));
    finding.map_or(Ok(()), |finding| Err(AssignError::BelowFloor(finding)))
}

/// Where the policy for everyone and one that is added to it leave no password, or only ones that anyone could guess.
pub(crate) fn unmeetable(configured: &Policy, assigned: &[PolicyAssignment]) -> Option<Finding> {
    let is_default = |one: &&PolicyAssignment| one.target == PolicyTarget::Default;
    let everyone: Vec<_> = assigned.iter().filter(is_default).cloned().collect();
    let base = effective(configured, &everyone);
    let others = assigned.iter().filter(|one| !is_default(one)).filter_map(|one| one.policy.as_ref());
    others.flat_map(|policy| policy.strictest(&base).floors()).next()
}

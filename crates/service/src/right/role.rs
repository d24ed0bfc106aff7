//! Giving and taking roles.

use rekey_domain::audit::{self, Actor, AuditEntry, AuditEvent, Detail};
use rekey_domain::right::{Action, Denied, Role, RoleAssignment, RoleHolder, RoleScope, Target};
use rekey_domain::{AccountId, RoleAssignmentId};
use rekey_shared::Timestamp;
use rekey_store::{Granted, Write, transaction};

use super::By;
use crate::context::About as _;
use crate::{RequestMeta, Services, Unexpected, right};

/// Why a role was not given or taken. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum RoleError {
    /// Everyone is a member; that role is not given.
    #[error("the role {0} is not given: every account has it")]
    NotAssignable(Role),
    /// The account or group is not there, or the group that the role should reach over.
    #[error("there is no such account or group")]
    NotFound,
    /// It would have expired before it began.
    #[error("the role would already have expired")]
    AlreadyExpired,
    /// The holder has no such role.
    #[error("the role is not granted")]
    NotHeld,
    /// No one would own the installation any more.
    #[error("the last owner cannot be removed")]
    LastOwner,
    /// The right is missing.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// Something broke.
    #[error(transparent)]
    Unexpected(#[from] Unexpected),
}

crate::error::from_store!(RoleError);

/// Every role that was given, also expired ones, oldest first.
pub async fn list(cx: &Services) -> Result<Vec<RoleAssignment>, Unexpected> {
    Ok(cx.store.list_role_assignments().await?)
}

/// Whether an account owns the installation now.
pub async fn is_owner(cx: &Services, account: AccountId) -> Result<bool, Unexpected> {
    let (roles, now) = (cx.store.list_roles_of(account).await?, cx.now());
    let owns = |role: &RoleAssignment| role.role == Role::Owner && role.scope == RoleScope::Everywhere;
    Ok(roles.iter().any(|role| owns(role) && role.is_in_force(now)))
}

/// Grants a role, permanently or until it expires. One that the holder has already gets the new expiry.
pub async fn grant(
    cx: &Services,
    by: By,
    holder: RoleHolder,
    role: Role,
    scope: RoleScope,
    expires_at: Option<Timestamp>,
) -> Result<Granted, RoleError> {
    let now = cx.now();
    if !role.is_assignable() {
        return Err(RoleError::NotAssignable(role));
    }
    if expires_at.is_some_and(|expires_at| expires_at <= now) {
        return Err(RoleError::AlreadyExpired);
    }
    let id = RoleAssignmentId::new(now, cx.random());
    let assignment = RoleAssignment { id, holder, role, scope, expires_at, granted_at: now, granted_by: by.account() };
    transaction!(cx.store, |tx| {
        tx.lock_roles().await?;
        let target = target(tx, holder, scope).await?;
        right::demand(cx, tx, by, Action::GrantRole, &target).await??;
        let owned = tx.has_active_owner().await?;
        let granted = tx.grant_role(&assignment).await?;
        // A permanent owner may become one that expires: then there must be another.
        if owned && !tx.has_active_owner().await? {
            return Err(RoleError::LastOwner);
        }
        if granted != Granted::Already {
            let detail = Detail::role(role, scope, expires_at);
            tx.record(about(holder, by.audit(AuditEvent::RoleGranted, now)).detail(detail));
        }
        Ok(granted)
    })
    .await
}

/// Takes a role. The last owner keeps theirs.
pub async fn revoke(cx: &Services, by: By, holder: RoleHolder, role: Role, scope: RoleScope) -> Result<(), RoleError> {
    transaction!(cx.store, |tx| {
        tx.lock_roles().await?;
        let target = target(tx, holder, scope).await?;
        right::demand(cx, tx, by, Action::RevokeRole, &target).await??;
        let owned = tx.has_active_owner().await?;
        if !tx.revoke_role(holder, role, scope).await? {
            return Err(RoleError::NotHeld);
        }
        if owned && !tx.has_active_owner().await? {
            return Err(RoleError::LastOwner);
        }
        tx.record(about(holder, by.audit(AuditEvent::RoleRevoked, cx.now())).detail(Detail::role(role, scope, None)));
        Ok(())
    })
    .await
}

/// Makes the owner of an account that is being made the owner of the installation. The operator's link is the right.
pub(crate) async fn make_owner(
    cx: &Services,
    meta: &RequestMeta,
    tx: &mut Write,
    account: AccountId,
) -> Result<(), Unexpected> {
    let now = cx.now();
    let assignment = RoleAssignment {
        id: RoleAssignmentId::new(now, cx.random()),
        holder: RoleHolder::Account(account),
        role: Role::Owner,
        scope: RoleScope::Everywhere,
        expires_at: None,
        granted_at: now,
        granted_by: None,
    };
    // The account is new: there is nothing that it could have had already.
    tx.grant_role(&assignment).await?;
    let entry = meta.audit(AuditEvent::RoleGranted, now).by(Actor::Person(account)).account(account);
    tx.record(entry.detail(Detail::role(assignment.role, assignment.scope, assignment.expires_at)));
    Ok(())
}

async fn target(tx: &Write, holder: RoleHolder, scope: RoleScope) -> Result<Target, RoleError> {
    if let RoleScope::Group(group) = scope {
        tx.find_group(group).await?.ok_or(RoleError::NotFound)?;
    }
    Ok(match holder {
        RoleHolder::Account(id) => {
            tx.find_account(id).await?.ok_or(RoleError::NotFound)?;
            Target::AccountRole(right::account_target(tx, id).await?, scope)
        }
        RoleHolder::Group(id) => {
            tx.find_group(id).await?.ok_or(RoleError::NotFound)?;
            Target::GroupRole(right::group_target(tx, id).await?, scope)
        }
    })
}

fn about(holder: RoleHolder, entry: AuditEntry) -> AuditEntry {
    match holder {
        RoleHolder::Account(account) => entry.account(account),
        RoleHolder::Group(group) => entry.target(audit::Target::Group(group)),
    }
}

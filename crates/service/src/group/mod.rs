//! Groups: making and removing them, and who is in them.

use rekey_domain::audit::{self, AuditEntry, AuditEvent};
use rekey_domain::group::{Group, GroupName};
use rekey_domain::right::{Action, Denied, Target};
use rekey_domain::{AccountId, GroupId};
use rekey_store::{GroupUse, Named, Write, transaction};

use crate::context::About as _;
use crate::right::{self, By};
use crate::{Services, Unexpected};

/// Why nothing was done to a group.
#[derive(Debug, thiserror::Error)]
pub enum GroupError {
    /// There is no such group.
    #[error("there is no such group")]
    NotFound,
    /// There is no such account.
    #[error("there is no such account")]
    NoAccount,
    /// Another group has the name.
    #[error("another group has this name")]
    NameTaken,
    /// Something hangs on it that would be lost unnoticed.
    #[error("{}", in_use(*.0))]
    InUse(GroupUse),
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

fn in_use(found: GroupUse) -> &'static str {
    match (found.has_policy, found.roles > 0) {
        (true, true) => "a policy is assigned to the group, and roles depend on it",
        (true, false) => "a policy is assigned to the group",
        (false, _) => "roles depend on the group",
    }
}

crate::error::from_store!(GroupError);

/// The group of that name.
pub async fn find(cx: &Services, name: &GroupName) -> Result<Group, GroupError> {
    cx.store.find_group_by_name(name).await?.ok_or(GroupError::NotFound)
}

/// All groups, by name.
pub async fn list(cx: &Services) -> Result<Vec<Group>, Unexpected> {
    Ok(cx.store.list_groups().await?)
}

/// The accounts in a group behind `after`, at most `limit`.
pub async fn members(
    cx: &Services,
    group: GroupId,
    after: Option<AccountId>,
    limit: u64,
) -> Result<Vec<AccountId>, Unexpected> {
    Ok(cx.store.list_members(group, after, limit).await?)
}

/// Makes a group.
pub async fn create(cx: &Services, by: By, name: GroupName) -> Result<Group, GroupError> {
    let now = cx.now();
    let group = Group { id: GroupId::new(now, cx.random()), name, created_at: now };
    transaction!(cx.store, |tx| {
        right::demand(cx, tx, by, Action::CreateGroup, &Target::Installation).await??;
        if !tx.insert_group(&group).await? {
            return Err(GroupError::NameTaken);
        }
        tx.record(entry(cx, by, AuditEvent::GroupCreated, group.id));
        Ok(())
    })
    .await?;
    Ok(group)
}

/// Gives a group another name; everything else about it stays.
pub async fn rename(cx: &Services, by: By, id: GroupId, name: &GroupName) -> Result<(), GroupError> {
    transaction!(cx.store, |tx| {
        let target = Target::Group(right::group_target(tx, id).await?);
        right::demand(cx, tx, by, Action::RenameGroup, &target).await??;
        match tx.rename_group(id, name).await? {
            Named::Done => {}
            Named::Taken => return Err(GroupError::NameTaken),
            Named::NoGroup => return Err(GroupError::NotFound),
        }
        tx.record(entry(cx, by, AuditEvent::GroupRenamed, id));
        Ok(())
    })
    .await
}

/// Removes a group with its memberships, unless a policy or a role depends on it.
pub async fn delete(cx: &Services, by: By, id: GroupId) -> Result<(), GroupError> {
    transaction!(cx.store, |tx| {
        // Neither a role nor a policy comes to depend on it between the look and the removal.
        tx.lock_roles().await?;
        if !tx.lock_group(id).await? {
            return Err(GroupError::NotFound);
        }
        let target = Target::Group(right::group_target(tx, id).await?);
        right::demand(cx, tx, by, Action::DeleteGroup, &target).await??;
        let found = tx.read_group_use(id).await?;
        if found != GroupUse::default() {
            return Err(GroupError::InUse(found));
        }
        if !tx.delete_group(id).await? {
            return Err(GroupError::NotFound);
        }
        tx.record(entry(cx, by, AuditEvent::GroupDeleted, id));
        Ok(())
    })
    .await
}

/// Puts an account into a group: its policy and its roles hold from now on. `false` when it is in it already.
pub async fn join(cx: &Services, by: By, group: GroupId, account: AccountId) -> Result<bool, GroupError> {
    transaction!(cx.store, |tx| {
        tx.lock_roles().await?;
        let target = membership(tx, group, account).await?;
        right::demand(cx, tx, by, Action::AddMember, &target).await??;
        if !tx.insert_member(group, account, cx.now()).await? {
            return Ok(false);
        }
        tx.record(entry(cx, by, AuditEvent::GroupJoined, group).account(account));
        Ok(true)
    })
    .await
}

/// Takes an account out of a group. `false` when it is not in it.
pub async fn leave(cx: &Services, by: By, group: GroupId, account: AccountId) -> Result<bool, GroupError> {
    transaction!(cx.store, |tx| {
        tx.lock_roles().await?;
        let target = membership(tx, group, account).await?;
        right::demand(cx, tx, by, Action::RemoveMember, &target).await??;
        let owned = tx.has_active_owner().await?;
        if !tx.delete_member(group, account).await? {
            return Ok(false);
        }
        if owned && !tx.has_active_owner().await? {
            return Err(GroupError::LastOwner);
        }
        tx.record(entry(cx, by, AuditEvent::GroupLeft, group).account(account));
        Ok(true)
    })
    .await
}

async fn membership(tx: &Write, group: GroupId, account: AccountId) -> Result<Target, GroupError> {
    tx.find_group(group).await?.ok_or(GroupError::NotFound)?;
    tx.find_account(account).await?.ok_or(GroupError::NoAccount)?;
    Ok(Target::Membership(right::account_target(tx, account).await?, right::group_target(tx, group).await?))
}

fn entry(cx: &Services, by: By, event: AuditEvent, group: GroupId) -> AuditEntry {
    by.audit(event, cx.now()).target(audit::Target::Group(group))
}

//! Rights: who may do what, and to whom.
//!
//! A *role assignment* gives a role to an account or to a group, everywhere or for the members of one group,
//! permanently or until it expires. A *role* is a set of rights; an *action* asks for one of them. [`right`] is the one function that
//! decides: routes, pages, the command line and the write itself ask it.

mod action;
mod role;

#[cfg(test)]
mod tests;

use rekey_shared::Timestamp;

pub use action::{Action, Right};
pub use role::{Role, RoleAssignment, RoleHolder, RoleScope};

use crate::{AccountId, GroupId};

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// The operator at the command line. May do everything: anyone who has the program's files in hand can.
    Operator,
    /// The owner of an account.
    Person {
        /// The account.
        account: AccountId,
        /// The roles that it was given, and those of the groups that it is in; also expired ones.
        assignments: Vec<RoleAssignment>,
    },
}

/// An account that something is done to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountTarget {
    /// The account.
    pub id: AccountId,
    /// The groups that it is in.
    pub groups: Vec<GroupId>,
}

/// A group that something is done to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupTarget {
    /// The group.
    pub id: GroupId,
    /// Whether roles were given to it: then its members have them, and choosing the members is giving roles.
    pub gives_roles: bool,
}

/// What an action is done to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// The installation as a whole.
    Installation,
    /// An account.
    Account(AccountTarget),
    /// A group.
    Group(GroupTarget),
    /// An account's being in a group.
    Membership(AccountTarget, GroupTarget),
    /// An account's having a role, there.
    AccountRole(AccountTarget, RoleScope),
    /// A group's having a role, there.
    GroupRole(GroupTarget, RoleScope),
}

/// Why something is not allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Denied {
    /// None of the actor's roles has the right.
    #[error("the right \"{right}\" is missing; {} have it", roles_with(*right))]
    Missing {
        /// What is missing.
        right: Right,
    },
    /// A role has it, but not for this target.
    #[error("the right \"{right}\" does not reach that far")]
    OutOfScope {
        /// What does not reach.
        right: Right,
    },
    /// A role had it, and has expired.
    #[error("the right \"{right}\" has expired")]
    Expired {
        /// What has expired.
        right: Right,
    },
    /// No one gives themselves a role, or locks themselves out.
    #[error("this cannot be done to one's own account")]
    Oneself,
}

fn roles_with(right: Right) -> String {
    let names: Vec<_> = Role::ALL.into_iter().filter(|role| role.has(right)).map(Role::plural).collect();
    names.join(", ")
}

/// Whether an actor may do this to that. Everything that is not allowed here is forbidden.
pub fn right(actor: &Actor, action: Action, target: &Target, now: Timestamp) -> Result<(), Denied> {
    let Actor::Person { account, assignments } = actor else { return Ok(()) };
    let right = action.right_on(target);
    if target.is_account(*account) {
        if action.is_own() {
            return Ok(());
        }
        if raises(action, target) || action.locks_out() {
            return Err(Denied::Oneself);
        }
    }
    judge(assignments, right, target, now)
}

/// Whether the owner of a target account would come by rights.
fn raises(action: Action, target: &Target) -> bool {
    match action {
        Action::GrantRole => true,
        Action::AddMember => target.group().is_some_and(|group| group.gives_roles),
        Action::ReadAccount
        | Action::DisableAccount
        | Action::EnableAccount
        | Action::ChangePasswordRules
        | Action::ReadGroup
        | Action::CreateGroup
        | Action::RenameGroup
        | Action::DeleteGroup
        | Action::RemoveMember
        | Action::ReadRoles
        | Action::RevokeRole
        | Action::ReadPolicies
        | Action::AssignPolicy
        | Action::ReadSettings
        | Action::ChangeSettings
        | Action::ReadAudit => false,
    }
}

/// The first assignment that is enough. When none is, the denial that is nearest to being enough.
fn judge(assignments: &[RoleAssignment], right: Right, target: &Target, now: Timestamp) -> Result<(), Denied> {
    let mut denied = Denied::Missing { right };
    for assignment in assignments.iter().filter(|assignment| assignment.role.has(right)) {
        match (assignment.is_in_force(now), target.is_within(assignment.scope)) {
            (true, true) => return Ok(()),
            (false, true) => denied = Denied::Expired { right },
            (true, false) if denied == (Denied::Missing { right }) => denied = Denied::OutOfScope { right },
            (true | false, false) => {}
        }
    }
    Err(denied)
}

/// The rights that assignments in force give everywhere. A route has no target yet, so it asks for one of these: a role
/// over a group opens nothing that reaches further.
pub fn rights_everywhere(assignments: &[RoleAssignment], now: Timestamp) -> Vec<Right> {
    let gives = |right: &Right| judge(assignments, *right, &Target::Installation, now).is_ok();
    Right::ALL.into_iter().filter(gives).collect()
}

impl Target {
    fn is_account(&self, id: AccountId) -> bool {
        self.account().is_some_and(|account| account.id == id)
    }

    fn account(&self) -> Option<&AccountTarget> {
        match self {
            Self::Account(account) | Self::Membership(account, _) | Self::AccountRole(account, _) => Some(account),
            Self::Installation | Self::Group(_) | Self::GroupRole(..) => None,
        }
    }

    fn group(&self) -> Option<&GroupTarget> {
        match self {
            Self::Group(group) | Self::Membership(_, group) | Self::GroupRole(group, _) => Some(group),
            Self::Installation | Self::Account(_) | Self::AccountRole(..) => None,
        }
    }

    /// Whether all that it is made of lies within a scope. So no one draws an account into their scope, or gives a
    /// role that reaches further than their own.
    fn is_within(&self, scope: RoleScope) -> bool {
        let RoleScope::Group(within) = scope else { return true };
        let account = |account: &AccountTarget| account.groups.contains(&within);
        match self {
            Self::Installation => false,
            Self::Account(target) => account(target),
            Self::Group(group) => group.id == within,
            Self::Membership(target, group) => account(target) && group.id == within,
            Self::AccountRole(target, reach) => account(target) && *reach == scope,
            Self::GroupRole(group, reach) => group.id == within && *reach == scope,
        }
    }
}

//! Roles, and giving them.

use std::fmt;

use rekey_shared::Timestamp;
use serde::{Deserialize, Serialize};

use super::Right;
use crate::{AccountId, GroupId, RoleAssignmentId};

/// A set of rights. Every account is a member; every other role is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// A person with an account.
    Member,
    /// Owns the installation.
    Owner,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Member, Self::Owner];

    /// The name of the role, as it is typed.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Owner => "owner",
        }
    }

    /// The role of that name, if it is one that can be given.
    pub fn assignable(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.is_assignable() && role.name() == name)
    }

    /// Whether it is given at all, and not what everyone is.
    pub const fn is_assignable(self) -> bool {
        match self {
            Self::Member => false,
            Self::Owner => true,
        }
    }

    /// Those who have the role, in a word.
    pub(super) const fn plural(self) -> &'static str {
        match self {
            Self::Member => "members",
            Self::Owner => "owners",
        }
    }

    /// Whether it has a right: the whole of what a role is.
    pub const fn has(self, right: Right) -> bool {
        match self {
            Self::Member => false,
            Self::Owner => match right {
                Right::ReadAccounts
                | Right::ManageAccounts
                | Right::ReadGroups
                | Right::ManageGroups
                | Right::ReadRoles
                | Right::ManageRoles
                | Right::ReadPolicies
                | Right::ManagePolicies
                | Right::ReadSettings
                | Right::ManageSettings
                | Right::ReadAudit => true,
            },
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Whom a role was given to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RoleHolder {
    /// An account.
    Account(AccountId),
    /// Every member of a group, for as long as they are in it.
    Group(GroupId),
}

/// How far a role reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RoleScope {
    /// Over the whole installation.
    Everywhere,
    /// Over a group and the accounts in it.
    Group(GroupId),
}

/// A role that was given. The same role is given to one holder at most once for each scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleAssignment {
    /// Its identity.
    pub id: RoleAssignmentId,
    /// To whom.
    pub holder: RoleHolder,
    /// Which role.
    pub role: Role,
    /// How far it reaches.
    pub scope: RoleScope,
    /// When it expires: from that moment on it gives nothing. `None` when it never does.
    pub expires_at: Option<Timestamp>,
    /// When it was given.
    pub granted_at: Timestamp,
    /// By whom; `None` for the operator at the command line, and for a link that the operator made.
    pub granted_by: Option<AccountId>,
}

impl RoleAssignment {
    /// Whether it counts.
    pub fn is_in_force(&self, now: Timestamp) -> bool {
        self.expires_at.is_none_or(|expires_at| now < expires_at)
    }
}

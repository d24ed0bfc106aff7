//! What can be done, and the right that each asks for.

use std::fmt;

use super::Target;

/// Something that a role allows. Routes name one; roles are sets of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Right {
    /// Look at accounts.
    ReadAccounts,
    /// Switch accounts off and on, and demand changes of their owners.
    ManageAccounts,
    /// Look at groups and their members.
    ReadGroups,
    /// Make and change groups, and choose their members.
    ManageGroups,
    /// Look at who has which role.
    ReadRoles,
    /// Give and take roles.
    ManageRoles,
    /// Look at password policies.
    ReadPolicies,
    /// Assign password policies.
    ManagePolicies,
    /// Look at settings.
    ReadSettings,
    /// Change settings.
    ManageSettings,
    /// Read the audit log.
    ReadAudit,
}

impl Right {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::ReadAccounts,
        Self::ManageAccounts,
        Self::ReadGroups,
        Self::ManageGroups,
        Self::ReadRoles,
        Self::ManageRoles,
        Self::ReadPolicies,
        Self::ManagePolicies,
        Self::ReadSettings,
        Self::ManageSettings,
        Self::ReadAudit,
    ];
}

impl fmt::Display for Right {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ReadAccounts => "read accounts",
            Self::ManageAccounts => "manage accounts",
            Self::ReadGroups => "read groups",
            Self::ManageGroups => "manage groups",
            Self::ReadRoles => "read roles",
            Self::ManageRoles => "manage roles",
            Self::ReadPolicies => "read policies",
            Self::ManagePolicies => "manage policies",
            Self::ReadSettings => "read settings",
            Self::ManageSettings => "manage settings",
            Self::ReadAudit => "read the audit log",
        })
    }
}

/// Something that is done to a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// Look at an account.
    ReadAccount,
    /// Switch an account off.
    DisableAccount,
    /// Let a disabled or frozen account be used again.
    EnableAccount,
    /// Demand a new password, or say whether passwords grow old.
    ChangePasswordRules,
    /// Look at a group or at the list of them.
    ReadGroup,
    /// Make a group.
    CreateGroup,
    /// Give a group another name.
    RenameGroup,
    /// Remove a group.
    DeleteGroup,
    /// Put an account into a group.
    AddMember,
    /// Take an account out of a group.
    RemoveMember,
    /// Look at who has which role.
    ReadRoles,
    /// Give a role.
    GrantRole,
    /// Take a role.
    RevokeRole,
    /// Look at the policies that are assigned.
    ReadPolicies,
    /// Assign a policy, or take one away.
    AssignPolicy,
    /// Look at settings and their history.
    ReadSettings,
    /// Change settings, or restore an older version of them.
    ChangeSettings,
    /// Read the audit log.
    ReadAudit,
}

impl Action {
    /// All of them.
    pub const ALL: [Self; 18] = [
        Self::ReadAccount,
        Self::DisableAccount,
        Self::EnableAccount,
        Self::ChangePasswordRules,
        Self::ReadGroup,
        Self::CreateGroup,
        Self::RenameGroup,
        Self::DeleteGroup,
        Self::AddMember,
        Self::RemoveMember,
        Self::ReadRoles,
        Self::GrantRole,
        Self::RevokeRole,
        Self::ReadPolicies,
        Self::AssignPolicy,
        Self::ReadSettings,
        Self::ChangeSettings,
        Self::ReadAudit,
    ];

    /// The right that it asks for. Where the members of a group have roles through it, choosing the members is giving
    /// and taking roles.
    pub(super) fn right_on(self, target: &Target) -> Right {
        let gives_roles = target.group().is_some_and(|group| group.gives_roles);
        match self {
            Self::ReadAccount => Right::ReadAccounts,
            Self::DisableAccount | Self::EnableAccount | Self::ChangePasswordRules => Right::ManageAccounts,
            Self::ReadGroup => Right::ReadGroups,
            Self::AddMember | Self::RemoveMember | Self::DeleteGroup if gives_roles => Right::ManageRoles,
            Self::CreateGroup | Self::RenameGroup | Self::DeleteGroup | Self::AddMember | Self::RemoveMember => {
                Right::ManageGroups
            }
            Self::ReadRoles => Right::ReadRoles,
            Self::GrantRole | Self::RevokeRole => Right::ManageRoles,
            Self::ReadPolicies => Right::ReadPolicies,
            Self::AssignPolicy => Right::ManagePolicies,
            Self::ReadSettings => Right::ReadSettings,
            Self::ChangeSettings => Right::ManageSettings,
            Self::ReadAudit => Right::ReadAudit,
        }
    }

    /// Whether anyone may do it to the own account.
    pub(super) const fn is_own(self) -> bool {
        matches!(self, Self::ReadAccount)
    }

    /// Whether no one who did it to the own account could take it back.
    pub(super) const fn locks_out(self) -> bool {
        matches!(self, Self::DisableAccount)
    }
}

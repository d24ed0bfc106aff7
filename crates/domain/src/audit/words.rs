//! The fixed lists that entries are made of.

use rekey_shared::Timestamp;
use serde::Serialize;

use crate::password::assignment::PolicyTarget;
use crate::right::{Role, RoleScope};
use crate::setting::Section;
use crate::{AccountId, ActionTokenId, GroupId, JobId, KeyId, ProgramId, SessionId};

/// Who did something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// Someone who has proven nothing.
    Visitor,
    /// The owner of an account, who has proven to be.
    Person(AccountId),
    /// Anyone who may run commands on the machine.
    Operator,
    /// An application with credentials of its own.
    Program(ProgramId),
    /// Rekey itself: workers and jobs.
    System,
}

impl Actor {
    /// Its name in the log.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Visitor => "visitor",
            Self::Person(_) => "person",
            Self::Operator => "operator",
            Self::Program(_) => "program",
            Self::System => "system",
        }
    }

    /// Which one, where there are many.
    pub const fn id(self) -> Option<uuid::Uuid> {
        match self {
            Self::Person(id) => Some(id.0),
            Self::Program(id) => Some(id.0),
            Self::Visitor | Self::Operator | Self::System => None,
        }
    }
}

/// What something was done to, where that is not an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A signed-in browser other than the one that asked.
    Session(SessionId),
    /// A single-use link or a temporary password.
    ActionToken(ActionTokenId),
    /// The policy that is assigned to this target.
    Policy(PolicyTarget),
    /// A settings document.
    Settings(Section),
    /// A group.
    Group(GroupId),
    /// A job.
    Job(JobId),
    /// A key, by its name.
    Key(KeyId),
}

impl Target {
    /// Its kind in the log.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Session(_) => "session",
            Self::ActionToken(_) => "action_token",
            Self::Policy(_) => "policy",
            Self::Settings(_) => "settings",
            Self::Group(_) => "group",
            Self::Job(_) => "job",
            Self::Key(_) => "key",
        }
    }

    /// Which one.
    pub fn id(&self) -> String {
        match self {
            Self::Session(id) => id.0.to_string(),
            Self::ActionToken(id) => id.0.to_string(),
            Self::Policy(target) => target.to_string(),
            Self::Settings(section) => section.name().to_owned(),
            Self::Group(id) => id.0.to_string(),
            Self::Job(id) => id.0.to_string(),
            Self::Key(id) => id.to_string(),
        }
    }
}

/// Where a request came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// The client's address.
    pub address: String,
    /// Browser and system, such as `Firefox on Windows`.
    pub device: String,
}

macro_rules! reasons {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal,)+) => {
        /// Why something was done or refused.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Reason {$(
            $(#[doc = $doc])+
            $variant,
        )+}

        impl Reason {
            /// Every reason.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// Its name in the log.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }
        }
    };
}

reasons! {
    /// Refused: there is no such link, code or journey.
    Unknown = "unknown",
    /// Refused: its time is over.
    Expired = "expired",
    /// Refused: it was used before.
    Spent = "spent",
    /// Refused: something newer, or a change of the account, put an end to it.
    Revoked = "revoked",
    /// Refused: what has to come before was not proven.
    NotProven = "not_proven",
    /// Refused unread: too many came from this client address, or from its network.
    AddressLimit = "address_limit",
    /// Refused unread: too many came from all addresses together.
    NodeLimit = "node_limit",
    /// Refused: the password or code is not the right one.
    WrongSecret = "wrong_secret",
    /// Refused: no try was left, so nothing was compared.
    NoTryLeft = "no_try_left",
    /// Refused: no account has this identifier.
    NoAccount = "no_account",
    /// Refused: the account is disabled.
    AccountDisabled = "account_disabled",
    /// Refused: the account is frozen.
    AccountFrozen = "account_frozen",
    /// The owner wanted it.
    OwnersChoice = "owners_choice",
    /// The owner said "this was not me".
    OwnersObjection = "owners_objection",
    /// At the end of a recovery.
    Recovery = "recovery",
    /// The password had expired, or the account was marked: it had to be changed.
    ChangeRequired = "change_required",
    /// A temporary password had to be replaced by a permanent one.
    TemporaryPassword = "temporary_password",
    /// The password was found in a list of breached ones.
    Breached = "breached",
    /// An operator decided so.
    OperatorsDecision = "operators_decision",
    /// The owner signed out.
    SignedOut = "signed_out",
    /// The owner ended sessions in other browsers.
    EndedElsewhere = "ended_elsewhere",
    /// It was older than the settings say.
    Retention = "retention",
    /// Nothing was left to do.
    Completed = "completed",
    /// It failed too often.
    GivenUp = "given_up",
}

/// By what something was proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// The password.
    Password,
    /// A temporary password.
    TemporaryPassword,
    /// A mailed link.
    Link,
    /// A typed code.
    Code,
}

/// What a link was for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkKind {
    /// Replacing a forgotten password.
    Recovery,
    /// Saying "this was not me".
    NotMe,
    /// Registering an owner.
    Owner,
}

/// What too many requests were for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestKind {
    /// Passwords, to be verified or hashed.
    Passwords,
    /// Beginning a registration or a recovery.
    Starts,
    /// Typing a code, or asking for it again.
    Codes,
    /// Anything else that writes.
    Writes,
}

/// What else is worth knowing: never text that anyone typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Detail {
    /// By what it was proven.
    Method(Method),
    /// What the link was for.
    Link(LinkKind),
    /// What too many requests were for.
    Requests(RequestKind),
    /// How many sessions ended.
    Sessions(u64),
    /// Which version it is now.
    Version(i32),
    /// Which role.
    Role {
        /// The role.
        role: Role,
        /// The group that it reaches over; left out when it reaches everywhere.
        #[serde(skip_serializing_if = "Option::is_none")]
        over: Option<GroupId>,
        /// Its end in milliseconds since 1970; left out when it has none.
        #[serde(skip_serializing_if = "Option::is_none")]
        expires_at: Option<i64>,
    },
    /// How many rows a job has done, and for how many it could not.
    Rows {
        /// Done.
        done: u64,
        /// Not done.
        failed: u64,
    },
    /// Entries of the audit log that were removed.
    Removed {
        /// How many.
        entries: u64,
        /// The last of them.
        through: u64,
    },
    /// When the backup was made, in milliseconds since 1970.
    BackupOf(i64),
}

impl Detail {
    /// Which role was given or taken, how far it reaches and until when.
    pub fn role(role: Role, scope: RoleScope, expires_at: Option<Timestamp>) -> Self {
        let over = match scope {
            RoleScope::Everywhere => None,
            RoleScope::Group(group) => Some(group),
        };
        Self::Role { role, over, expires_at: expires_at.map(Timestamp::as_millis) }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_two_reasons_share_a_name() {
        let names: HashSet<_> = Reason::ALL.iter().map(|reason| reason.name()).collect();
        assert_eq!(names.len(), Reason::ALL.len());
    }
}

//! For whom an assigned policy holds.

use std::fmt;

use rekey_shared::Timestamp;
use rekey_shared::password::Policy;

use crate::{AccountId, Role};

/// The name of a group: 1–64 of ASCII letters, digits, dots, hyphens and underscores; case does not matter.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupName(String);

impl GroupName {
    /// Reads one; `None` unless it is one.
    pub fn parse(typed: &str) -> Option<Self> {
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        let valid = (1..=64).contains(&typed.len()) && typed.chars().all(fits);
        valid.then(|| Self(typed.to_ascii_lowercase()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// For whom a policy holds. Written `default`, `administrators` or `group:NAME`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// For everybody, in place of the configured one.
    Default,
    /// For those who run the installation, beside what holds for everybody.
    Administrators,
    /// For the members of a group, beside what holds for everybody.
    Group(GroupName),
}

impl Scope {
    /// Reads what [`fmt::Display`] writes.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "default" => Some(Self::Default),
            "administrators" => Some(Self::Administrators),
            _ => GroupName::parse(text.strip_prefix("group:")?).map(Self::Group),
        }
    }

    /// The scope of a role, beside the default.
    pub const fn of_role(role: Role) -> Option<Self> {
        match role {
            Role::Owner => Some(Self::Administrators),
            Role::Member => None,
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::Administrators => f.write_str("administrators"),
            Self::Group(name) => write!(f, "group:{}", name.as_str()),
        }
    }
}

/// One version of what is assigned to a scope. Versions are only ever added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// For whom.
    pub scope: Scope,
    /// From 1 on.
    pub version: i32,
    /// What holds; `None` when nothing is assigned any more.
    pub policy: Option<Policy>,
    /// Since when.
    pub changed_at: Timestamp,
    /// By whom; `None` for the operator at the command line.
    pub changed_by: Option<AccountId>,
}

/// The policy that holds for somebody: the strictest of all that do (GX-40). `configured` stands in while nothing is assigned
/// to everybody.
pub fn effective(configured: &Policy, assigned: &[Assignment]) -> Policy {
    let (everybody, some): (Vec<_>, Vec<_>) = assigned.iter().partition(|one| one.scope == Scope::Default);
    let base = everybody.into_iter().find_map(|one| one.policy.as_ref()).unwrap_or(configured);
    some.into_iter().filter_map(|one| one.policy.as_ref()).fold(base.clone(), |policy, other| policy.strictest(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assigned(scope: &str, policy: Option<Policy>) -> Assignment {
        let scope = Scope::parse(scope).expect("a scope");
        Assignment { scope, version: 1, policy, changed_at: Timestamp::default(), changed_by: None }
    }

    #[test]
    fn a_scope_is_read_as_it_is_written() {
        for text in ["default", "administrators", "group:sales", "group:a.b-c_9"] {
            assert_eq!(Scope::parse(text).expect("a scope").to_string(), text);
        }
        assert_eq!(Scope::parse("group:Sales"), Scope::parse("group:sales"));
        let long = format!("group:{}", "x".repeat(65));
        for text in ["", "Default", "group:", "group:a b", "group:é", "sales", "group:a:b", &long] {
            assert_eq!(Scope::parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_strictest_of_all_holds_and_the_configured_one_until_a_default_is_assigned() {
        let configured = Policy::at_least(8);
        let min = |assigned: &[Assignment]| effective(&configured, assigned).length.min;
        assert_eq!(min(&[]), 8);
        assert_eq!(min(&[assigned("default", Some(Policy::at_least(6)))]), 6, "it replaces the configured one");
        assert_eq!(min(&[assigned("default", None)]), 8);
        assert_eq!(min(&[assigned("group:sales", Some(Policy::at_least(6)))]), 8, "a group only adds");
        let all = [
            assigned("group:sales", Some(Policy::at_least(12))),
            assigned("default", Some(Policy::at_least(6))),
            assigned("administrators", Some(Policy::at_least(14))),
            assigned("group:other", None),
        ];
        assert_eq!(min(&all), 14);
        assert_eq!(min(&all[..2]), 12);
    }
}

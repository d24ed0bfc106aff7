//! For whom an assigned policy holds.

use std::fmt;

use rekey_shared::Timestamp;
use rekey_shared::password::Policy;
use uuid::Uuid;

use crate::{AccountId, GroupId};

/// For whom a policy holds. Written `default`, `administrators` or `group:` and the id of the group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PolicyTarget {
    /// For everyone, in place of the configured one.
    Default,
    /// For those to whom a role was given, beside what holds for everyone.
    Administrators,
    /// For the members of a group, beside what holds for everyone.
    Group(GroupId),
}

impl PolicyTarget {
    /// Reads what [`fmt::Display`] writes.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "default" => Some(Self::Default),
            "administrators" => Some(Self::Administrators),
            _ => Uuid::try_parse(text.strip_prefix("group:")?).ok().map(|id| Self::Group(GroupId(id))),
        }
    }

    /// The group that it is, if it is one.
    pub const fn group(self) -> Option<GroupId> {
        match self {
            Self::Group(group) => Some(group),
            Self::Default | Self::Administrators => None,
        }
    }
}

impl fmt::Display for PolicyTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::Administrators => f.write_str("administrators"),
            Self::Group(group) => write!(f, "group:{}", group.0),
        }
    }
}

/// One version of the policy that is assigned to a target. Versions are only ever added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyAssignment {
    /// For whom.
    pub target: PolicyTarget,
    /// From 1 on.
    pub version: i32,
    /// What holds; `None` when nothing is assigned any more.
    pub policy: Option<Policy>,
    /// Since when.
    pub changed_at: Timestamp,
    /// By whom; `None` for the operator at the command line.
    pub changed_by: Option<AccountId>,
}

/// The policy that holds for an account: the strictest of all that do (GX-40). `configured` stands in while nothing is
/// assigned to everyone.
pub fn effective(configured: &Policy, assigned: &[PolicyAssignment]) -> Policy {
    let (default, others): (Vec<_>, Vec<_>) = assigned.iter().partition(|one| one.target == PolicyTarget::Default);
    let base = default.into_iter().find_map(|one| one.policy.as_ref()).unwrap_or(configured);
    others.into_iter().filter_map(|one| one.policy.as_ref()).fold(base.clone(), |policy, other| policy.strictest(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SALES: PolicyTarget = PolicyTarget::Group(GroupId(Uuid::from_u128(1)));
    const OTHER: PolicyTarget = PolicyTarget::Group(GroupId(Uuid::from_u128(2)));

    fn assigned(target: PolicyTarget, policy: Option<Policy>) -> PolicyAssignment {
        PolicyAssignment { target, version: 1, policy, changed_at: Timestamp::default(), changed_by: None }
    }

    #[test]
    fn a_target_is_read_as_it_is_written() {
        for target in [PolicyTarget::Default, PolicyTarget::Administrators, SALES] {
            assert_eq!(PolicyTarget::parse(&target.to_string()), Some(target));
        }
        for text in ["", "Default", "group:", "group:sales", "sales", "00000000-0000-0000-0000-000000000001"] {
            assert_eq!(PolicyTarget::parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_strictest_of_all_holds_and_the_configured_one_until_a_default_is_assigned() {
        let configured = Policy::at_least(8);
        let min = |assigned: &[PolicyAssignment]| effective(&configured, assigned).length.min;
        assert_eq!(min(&[]), 8);
        assert_eq!(min(&[assigned(PolicyTarget::Default, Some(Policy::at_least(6)))]), 6, "it replaces it");
        assert_eq!(min(&[assigned(PolicyTarget::Default, None)]), 8);
        assert_eq!(min(&[assigned(SALES, Some(Policy::at_least(6)))]), 8, "a group only adds");
        let all = [
            assigned(SALES, Some(Policy::at_least(12))),
            assigned(PolicyTarget::Default, Some(Policy::at_least(6))),
            assigned(PolicyTarget::Administrators, Some(Policy::at_least(14))),
            assigned(OTHER, None),
        ];
        assert_eq!(min(&all), 14);
        assert_eq!(min(&all[..2]), 12);
    }
}

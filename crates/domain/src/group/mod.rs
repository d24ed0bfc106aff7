//! Groups of accounts: what policies are assigned to, roles are given to, and roles are limited to.

use rekey_shared::Timestamp;

use crate::GroupId;

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

impl std::fmt::Display for GroupName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A group. Its id stays when its name changes, and with it all that hangs on the group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its identity.
    pub id: GroupId,
    /// Its name, unlike that of any other.
    pub name: GroupName,
    /// When it came to be.
    pub created_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_plain_and_its_case_does_not_matter() {
        assert_eq!(GroupName::parse("Sales.a-b_9").expect("a name").as_str(), "sales.a-b_9");
        for typed in ["", "a b", "é", "a:b", "a/b", &"x".repeat(65)] {
            assert_eq!(GroupName::parse(typed), None, "{typed}");
        }
    }
}

//! How old a password may become, and when its owner is told.
//!
//! ```mermaid
//! stateDiagram-v2
//!     [*] --> Fresh: set
//!     Fresh --> Warn: the last days of the policy begin
//!     Warn --> Expired: the last day is over
//!     Fresh --> Fresh: set again
//!     Warn --> Fresh: set again
//!     Expired --> Fresh: set again
//! ```

use std::time::Duration;

use rekey_shared::Timestamp;
use rekey_shared::password::Expiry;

use crate::{Account, AccountId};

/// A day, as policies count them.
pub const DAY: Duration = Duration::from_secs(24 * 3600);

/// So many days before the end a message is sent, once each.
pub const WARNINGS: [u8; 3] = [14, 7, 1];

/// How a password fares with its policy's rule on age (AM-09, XP-01).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordAge {
    /// Young enough, or never too old.
    Fresh,
    /// It ends soon.
    Warn {
        /// Days that are left, begun ones included: 1 or more.
        days_left: u16,
    },
    /// It opens nothing but the page where it is changed.
    Expired,
}

impl Account {
    /// When its password expires; `None` for never. One of unknown age is as old as the account.
    pub fn password_expires_at(&self, rule: Option<Expiry>) -> Option<Timestamp> {
        let rule = rule.filter(|_| !self.never_expires && self.password.is_some())?;
        let set_at = self.password_changed_at.unwrap_or(self.created_at);
        Some(set_at.plus(DAY * u32::from(rule.days)))
    }

    /// How its password fares with a rule now.
    pub fn password_age(&self, rule: Option<Expiry>, now: Timestamp) -> PasswordAge {
        let (Some(ends_at), Some(rule)) = (self.password_expires_at(rule), rule) else { return PasswordAge::Fresh };
        if now >= ends_at {
            return PasswordAge::Expired;
        }
        let days_left = ends_at.since(now).as_millis().div_ceil(DAY.as_millis());
        match u16::try_from(days_left) {
            Ok(days_left) if days_left <= u16::from(rule.warn_days) => PasswordAge::Warn { days_left },
            Ok(_) | Err(_) => PasswordAge::Fresh,
        }
    }
}

/// The accounts that are due a warning: those whose password was set within a span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// One of [`WARNINGS`].
    pub warning: u8,
    /// Set after this moment.
    pub after: Timestamp,
    /// And not after this one.
    pub until: Timestamp,
}

/// Who is due which warning when passwords live for `days`. The spans lie side by side, so no account is due two at once,
/// and a rule that is new warns of the nearest end alone. No warning comes before the password has lived for a day.
pub fn due_warnings(days: u16, now: Timestamp) -> impl Iterator<Item = Due> {
    let life = DAY * u32::from(days);
    WARNINGS.into_iter().enumerate().filter(move |(_, warning)| u16::from(*warning) < days).map(
        move |(nth, warning)| {
            let next = WARNINGS.get(nth + 1).copied().unwrap_or(0);
            let set_before = |left: u8| now.minus(life).plus(DAY * u32::from(left));
            Due { warning, after: set_before(next), until: set_before(warning) }
        },
    )
}

/// An account that may be due a warning, where to go on looking after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PageCursor {
    /// When its password was set.
    pub set_at: Timestamp,
    /// Which account.
    pub account: AccountId,
}

#[cfg(test)]
mod tests {
    use rekey_shared::Lang;
    use uuid::Uuid;

    use super::*;
    use crate::PasswordHash;

    const RULE: Expiry = Expiry { days: 30, warn_days: 14 };

    fn at(hours: u64) -> Timestamp {
        Timestamp::from_millis(1_795_165_505_000).plus(Duration::from_secs(3600) * u32::try_from(hours).expect("few"))
    }

    fn account() -> Account {
        Account {
            password: Some(PasswordHash(String::new())),
            password_changed_at: Some(at(0)),
            ..Account::new(AccountId(Uuid::from_u128(1)), Lang::En, at(0))
        }
    }

    #[test]
    fn days_are_counted_down_and_the_exact_moment_ends_it() {
        let day = |days: u64| at(days * 24);
        let age = |now| account().password_age(Some(RULE), now);
        assert_eq!(age(day(0)), PasswordAge::Fresh);
        assert_eq!(age(at(16 * 24 - 1)), PasswordAge::Fresh);
        assert_eq!(age(day(16)), PasswordAge::Warn { days_left: 14 });
        assert_eq!(age(at(16 * 24 + 1)), PasswordAge::Warn { days_left: 14 });
        assert_eq!(age(day(17)), PasswordAge::Warn { days_left: 13 });
        assert_eq!(age(at(30 * 24 - 1)), PasswordAge::Warn { days_left: 1 });
        assert_eq!(age(day(30).minus(Duration::from_millis(1))), PasswordAge::Warn { days_left: 1 });
        assert_eq!(age(day(30)), PasswordAge::Expired);
        assert_eq!(age(day(3000)), PasswordAge::Expired);
    }

    #[test]
    fn some_never_expire() {
        let never = Account { never_expires: true, ..account() };
        let without = Account { password: None, ..account() };
        for (account, rule) in [(&never, Some(RULE)), (&without, Some(RULE)), (&account(), None)] {
            assert_eq!(account.password_age(rule, at(999_999)), PasswordAge::Fresh);
            assert_eq!(account.password_expires_at(rule), None);
        }
    }

    #[test]
    fn one_of_unknown_age_is_as_old_as_its_account() {
        let imported = Account { password_changed_at: None, ..account() };
        assert_eq!(imported.password_age(Some(RULE), at(30 * 24)), PasswordAge::Expired);
    }

    #[test]
    fn no_account_is_due_two_warnings_at_once_nor_one_after_the_end() {
        let now = at(100 * 24);
        let warned = |hours_left: u64| {
            let set_at = now.plus(Duration::from_secs(3600 * hours_left)).minus(DAY * 90);
            let due = due_warnings(90, now).filter(|due| due.after < set_at && set_at <= due.until);
            due.map(|due| due.warning).collect::<Vec<_>>()
        };
        for (hours_left, warnings) in [
            (15 * 24, &[][..]),
            (14 * 24, &[14]),
            (7 * 24 + 1, &[14]),
            (7 * 24, &[7]),
            (25, &[7]),
            (24, &[1]),
            (1, &[1]),
            (0, &[]),
        ] {
            assert_eq!(warned(hours_left), warnings, "{hours_left} hours left");
        }
        assert_eq!(due_warnings(10, now).map(|due| due.warning).collect::<Vec<_>>(), [7, 1]);
        assert_eq!(due_warnings(1, now).count(), 0);
    }
}

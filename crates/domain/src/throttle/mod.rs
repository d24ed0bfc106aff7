//! Throttles on requests that cause messages: sliding windows by account reference and by client address.
//!
//! Checked before any account is looked up, so unknown identifiers are throttled like real ones (AC-55).

pub mod alarm;
pub mod budget;
pub mod rate;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use rekey_shared::Timestamp;

/// The sliding window of every hourly count (AC-50).
pub const WINDOW: Duration = Duration::from_secs(3600);

/// What of an hourly count for one account is kept for client addresses that have not asked for that account within the
/// window, in percent. Two of five: one address cannot use up what the owner needs, and still gets three messages.
pub const KEPT_PERCENT: u32 = 40;

/// What is being limited. Each purpose counts by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Asking for a recovery.
    Recovery,
    /// Sending a code, whatever for.
    Code,
}

/// Which requests count against a new one (AC-30, AC-54).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Protection {
    /// Nothing is limited.
    None,
    /// Requests from the same client address.
    Address,
    /// Requests for the same account reference.
    Account,
    /// Requests that match the address **or** the account: what Commerce's first option really does.
    AddressOrAccount,
    /// Requests that match the address **and** the account: what its label says.
    AddressAndAccount,
}

/// One limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// Which requests count.
    pub protection: Protection,
    /// Requests within the window; 0 = unlimited (AC-31, AC-53).
    pub per_hour: u32,
    /// Seconds between two; 0 = no delay (AC-32, AC-53).
    pub interval_seconds: u32,
    /// How many of `per_hour` are open only to the first request of a client address for that account within the
    /// window, which need not wait for the interval either; 0 = none.
    #[serde(default)]
    pub kept: u32,
}

/// A request that was let through earlier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Past {
    /// When.
    pub at: Timestamp,
    /// Whether it came from the same client address.
    pub same_address: bool,
    /// Whether it was for the same account reference.
    pub same_account: bool,
}

/// Why a request is not let through (AC-56).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The count within the window is used up.
    TooMany,
    /// The last one was too recent.
    TooFrequent,
}

/// What of so many messages an hour for one account is open only to addresses that have not asked for it.
pub const fn kept_of(per_hour: u32) -> u32 {
    per_hour / 100 * KEPT_PERCENT + per_hour % 100 * KEPT_PERCENT / 100
}

impl Limit {
    /// The same, with a share of it kept for addresses that have not asked for the account.
    #[must_use]
    pub const fn keeping_a_share(self) -> Self {
        Self { kept: kept_of(self.per_hour), ..self }
    }

    fn counts(&self, past: Past) -> bool {
        match self.protection {
            Protection::None => false,
            Protection::Address => past.same_address,
            Protection::Account => past.same_account,
            Protection::AddressOrAccount => past.same_address || past.same_account,
            Protection::AddressAndAccount => past.same_address && past.same_account,
        }
    }

    /// Decides one request against those let through before (AC-51: at the maximum it is refused;
    /// AC-52: at exactly the interval it passes).
    pub fn admit(&self, past: &[Past], now: Timestamp) -> Result<(), Refusal> {
        let recent = || past.iter().filter(|past| self.counts(**past) && now.since(past.at) < WINDOW);
        let has_share = self.kept > 0 && !recent().any(|past| past.same_address && past.same_account);
        let open = if has_share { self.per_hour } else { self.per_hour.saturating_sub(self.kept) };
        if self.per_hour > 0 && recent().count() >= open as usize {
            return Err(Refusal::TooMany);
        }
        // Otherwise a stranger who asks once a minute would keep an owner out without using anything up.
        if has_share {
            return Ok(());
        }
        let interval = Duration::from_secs(self.interval_seconds.into());
        if self.interval_seconds > 0 && recent().any(|past| now.since(past.at) < interval) {
            return Err(Refusal::TooFrequent);
        }
        Ok(())
    }
}

/// Decides a request against several limits; the first refusal counts.
pub fn admit(limits: &[Limit], past: &[Past], now: Timestamp) -> Result<(), Refusal> {
    limits.iter().try_for_each(|limit| limit.admit(past, now))
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMERCE: Limit =
        Limit { protection: Protection::AddressOrAccount, per_hour: 5, interval_seconds: 600, kept: 0 };
    const SHARED: Limit =
        Limit { protection: Protection::Account, per_hour: 5, interval_seconds: 60, kept: 0 }.keeping_a_share();

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(1_700_000_000_000 + seconds * 1000)
    }

    fn past(seconds: i64, same_address: bool, same_account: bool) -> Past {
        Past { at: at(seconds), same_address, same_account }
    }

    #[test]
    fn the_sixth_within_the_hour_is_refused_and_the_window_slides() {
        let five: Vec<_> = (0..5).map(|n| past(n * 660, true, true)).collect();
        assert_eq!(COMMERCE.admit(&five[..4], at(5 * 660)), Ok(()));
        assert_eq!(COMMERCE.admit(&five, at(3599)), Err(Refusal::TooMany));
        assert_eq!(COMMERCE.admit(&five, at(3600)), Ok(()));
    }

    #[test]
    fn at_exactly_the_interval_it_passes() {
        assert_eq!(COMMERCE.admit(&[past(0, true, true)], at(599)), Err(Refusal::TooFrequent));
        assert_eq!(COMMERCE.admit(&[past(0, true, true)], at(600)), Ok(()));
    }

    #[test]
    fn or_and_and_are_what_they_say() {
        let both = [past(0, true, false), past(1, false, true)];
        let with = |protection| Limit { protection, ..COMMERCE }.admit(&both, at(2));
        assert_eq!(with(Protection::AddressOrAccount), Err(Refusal::TooFrequent));
        assert_eq!(with(Protection::AddressAndAccount), Ok(()));
        assert_eq!(with(Protection::Address), Err(Refusal::TooFrequent));
        assert_eq!(with(Protection::Account), Err(Refusal::TooFrequent));
        assert_eq!(with(Protection::None), Ok(()));
    }

    #[test]
    fn zero_switches_each_part_off() {
        let hundred: Vec<_> = (0..100).map(|n| past(n, true, true)).collect();
        assert_eq!(Limit { per_hour: 0, ..COMMERCE }.admit(&hundred, at(100)), Err(Refusal::TooFrequent));
        assert_eq!(Limit { interval_seconds: 0, ..COMMERCE }.admit(&hundred, at(100)), Err(Refusal::TooMany));
        assert_eq!(Limit { per_hour: 0, interval_seconds: 0, ..COMMERCE }.admit(&hundred, at(100)), Ok(()));
    }
    #[test]
    fn one_address_cannot_use_up_what_others_may_ask_for_an_account() {
        let stranger: Vec<_> = (0..3).map(|n| past(n * 60, true, true)).collect();
        assert_eq!(SHARED.admit(&stranger[..2], at(120)), Ok(()));
        assert_eq!(SHARED.admit(&stranger, at(3599)), Err(Refusal::TooMany), "the stranger's fourth");
        let seen_by_owner: Vec<_> = (0..3).map(|n| past(n * 60, false, true)).collect();
        assert_eq!(SHARED.admit(&seen_by_owner, at(121)), Ok(()), "the owner's first, without waiting");
        let then = [&seen_by_owner[..], &[past(121, true, true)]].concat();
        assert_eq!(SHARED.admit(&then, at(3599)), Err(Refusal::TooMany), "the owner's second");
        let five: Vec<_> = (0..5).map(|n| past(n * 60, false, true)).collect();
        assert_eq!(SHARED.admit(&five, at(3599)), Err(Refusal::TooMany), "the whole is never exceeded");
        assert_eq!(SHARED.admit(&five, at(3600)), Ok(()), "and the window slides");
    }

    #[test]
    fn who_has_asked_for_an_account_waits_and_others_do_not_wait_for_them() {
        assert_eq!(SHARED.admit(&[past(0, true, true)], at(59)), Err(Refusal::TooFrequent));
        assert_eq!(SHARED.admit(&[past(0, false, true)], at(59)), Ok(()));
        let alone = Limit { kept: 0, ..SHARED };
        assert_eq!(alone.admit(&[past(0, false, true)], at(59)), Err(Refusal::TooFrequent));
    }

    #[test]
    fn of_small_counts_little_is_kept_and_of_large_ones_two_fifths() {
        let kept = [0, 1, 2, 3, 4, 5, 6, 60, u32::MAX].map(kept_of);
        assert_eq!(kept, [0, 0, 0, 1, 1, 2, 2, 24, 1_717_986_918]);
    }
}

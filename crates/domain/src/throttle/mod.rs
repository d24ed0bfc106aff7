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

impl Limit {
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
        if self.per_hour > 0 && recent().count() >= self.per_hour as usize {
            return Err(Refusal::TooMany);
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

    const COMMERCE: Limit = Limit { protection: Protection::AddressOrAccount, per_hour: 5, interval_seconds: 600 };

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
}

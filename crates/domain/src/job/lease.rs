//! Leases: whose a piece of work is and until when, so that it is done by one worker and outlives any of them.
//!
//! ```mermaid
//! stateDiagram-v2
//!     [*] --> Free
//!     Free --> Leased: claimed when due
//!     Leased --> Leased: renewed by its owner
//!     Leased --> Free: it ran out, its owner died
//!     Leased --> Free: given back, to be tried again
//!     Leased --> [*]: ended by its owner
//! ```
//!
//! A lease guards nothing by itself: whatever its owner writes is guarded by the owner's name in the same statement or
//! transaction, so a worker that was slower than its lease changes nothing any more.

use std::time::Duration;

use rekey_shared::Timestamp;

/// How long work of one kind is leased, and how failures turn into waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeaseRule {
    /// A lease's length: longer than one step may take, short enough that work does not lie idle after a crash.
    pub length: Duration,
    /// The wait after the first failure; each further one doubles it.
    pub first_wait: Duration,
    /// The longest wait.
    pub longest_wait: Duration,
    /// Tries that may fail before the work is given up.
    pub tries: u32,
}

impl LeaseRule {
    /// A queued message: finding out what it says, sending it and writing down the outcome take less than a minute.
    /// Twelve tries with these waits take 68 minutes.
    pub const OUTBOX: Self = Self {
        length: Duration::from_secs(60),
        first_wait: Duration::from_secs(2),
        longest_wait: Duration::from_secs(3600),
        tries: 12,
    };

    /// A job: renewed with every step.
    pub const JOB: Self = Self {
        length: Duration::from_secs(30),
        first_wait: Duration::from_secs(2),
        longest_wait: Duration::from_secs(600),
        tries: 8,
    };

    /// Sealing of the audit log: an entry has to be sealed within a second, so another node takes over soon.
    pub const SEALING: Self = Self {
        length: Duration::from_secs(2),
        first_wait: Duration::from_millis(250),
        longest_wait: Duration::from_secs(2),
        tries: u32::MAX,
    };

    /// When a lease that begins now runs out.
    pub fn until(self, now: Timestamp) -> Timestamp {
        now.plus(self.length)
    }

    /// The wait before the next try when so many have failed.
    pub fn wait(self, failures: u32) -> Duration {
        let doublings = failures.saturating_sub(1).min(16);
        self.first_wait.saturating_mul(1 << doublings).min(self.longest_wait)
    }

    /// Whether work that failed so often is given up.
    pub const fn is_spent(self, failures: u32) -> bool {
        failures >= self.tries
    }
}

/// Whether work may be claimed: it was never leased, or its lease has run out.
pub fn is_free(lease_until: Option<Timestamp>, now: Timestamp) -> bool {
    lease_until.is_none_or(|until| until <= now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest() {
        let waits: Vec<_> = (0..=13).map(|n| LeaseRule::OUTBOX.wait(n).as_secs()).collect();
        assert_eq!(waits, [2, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 3600, 3600]);
        assert_eq!(LeaseRule::OUTBOX.wait(u32::MAX).as_secs(), 3600);
        let minutes = (1..LeaseRule::OUTBOX.tries).map(|n| LeaseRule::OUTBOX.wait(n).as_secs()).sum::<u64>() / 60;
        assert_eq!(minutes, 68, "over all tries");
    }

    #[test]
    fn a_lease_is_free_from_the_moment_that_it_ends() {
        let (begin, rule) = (Timestamp::from_millis(1_000), LeaseRule::SEALING);
        let until = rule.until(begin);
        assert!(is_free(None, begin));
        assert!(!is_free(Some(until), begin));
        assert!(!is_free(Some(until), Timestamp::from_millis(2_999)));
        assert!(is_free(Some(until), Timestamp::from_millis(3_000)));
    }

    #[test]
    fn the_last_try_is_the_last() {
        assert!(!LeaseRule::JOB.is_spent(7));
        assert!(LeaseRule::JOB.is_spent(8));
        assert!(!LeaseRule::SEALING.is_spent(1_000_000));
    }
}

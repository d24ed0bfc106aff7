//! Guess budgets: lock-out after wrong passwords, tries of a code, comparisons with past passwords.
//!
//! A try is reserved before anything is verified, by one compare-and-swap on the state below;
//! so 200 guesses at once evaluate no more than the budget (P2).

use std::time::Duration;

use serde::{Deserialize, Serialize};

use rekey_shared::Timestamp;

/// What is remembered of one guess budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Budget {
    /// Consecutive failures, counting tries that are still being evaluated.
    pub failures: u32,
    /// No try is evaluated before this moment.
    pub next_at: Option<Timestamp>,
}

/// How failures turn into waits (TH-1, TH-2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lockout {
    /// Consecutive failures that are free of waits; 0 switches the lock-out off.
    pub threshold: u32,
    /// The first wait.
    pub base: Duration,
    /// The longest wait; each failure past the threshold doubles the wait up to it.
    pub ceiling: Duration,
}

impl Lockout {
    /// Five failures, then 30 s doubling to one hour.
    pub const RECOMMENDED: Self =
        Self { threshold: 5, base: Duration::from_secs(30), ceiling: Duration::from_secs(3600) };

    /// For six-digit codes, over all journeys of one account: ten failures, then 30 s doubling to one hour.
    ///
    /// A guesser who never stops has 17 tries in the first 64 minutes and one an hour from then on: 8,775 in a year, of
    /// which each fits one time in 10⁶, so 0.87 % (10 free tries, 7 growing waits of 3,810 s together, 8,758 hours).
    /// Each right code of the account's owner gives the 17 once more: with one a week 0.96 %. Whatever is cleared,
    /// [`Window::CODES_A_DAY`] leaves 36,500 a year: 3.6 %.
    pub const CODES: Self = Self { threshold: 10, base: Duration::from_secs(30), ceiling: Duration::from_secs(3600) };

    /// The same while codes are wrong far too often over all accounts ([`CodeAlarm`](super::alarm::CodeAlarm)): the
    /// waits begin with the third failure. A code that is typed right the first or second time passes as ever.
    pub const CODES_IN_ALARM: Self = Self { threshold: 3, ..Self::CODES };

    /// Reserves a try. `None` while the wait lasts: nothing may be evaluated then.
    ///
    /// The try counts as a failure until [`Budget::default`] replaces the state after a success.
    pub fn reserve(&self, budget: Budget, now: Timestamp) -> Option<Budget> {
        if self.threshold > 0 && budget.next_at.is_some_and(|next_at| now < next_at) {
            return None;
        }
        let failures = budget.failures.saturating_add(1);
        let next_at = self.wait_after(failures).map(|wait| now.plus(wait));
        Some(Budget { failures, next_at })
    }

    /// The wait that follows the nth consecutive failure; `None` below the threshold.
    pub fn wait_after(&self, failures: u32) -> Option<Duration> {
        if self.threshold == 0 || failures < self.threshold {
            return None;
        }
        let doublings = (failures - self.threshold).min(31);
        Some(self.base.saturating_mul(1 << doublings).min(self.ceiling))
    }

    /// Whether this failure is the one that starts the waiting: its owner is told once.
    pub fn just_locked(&self, budget: Budget) -> bool {
        self.threshold > 0 && budget.failures == self.threshold
    }
}

/// So many tries within a window that begins with the first of them. A try that succeeds counts like any other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Tries within one window.
    pub tries: u32,
    /// How long it lasts.
    pub span: Duration,
}

impl Window {
    /// Comparisons of a new password with an account's past ones: each costs up to
    /// [`History::DEEPEST`](rekey_shared::password::History::DEEPEST) hashes, and tells what a password once was.
    pub const PAST_PASSWORDS: Self = Self { tries: 3, span: Duration::from_secs(3600) };

    /// New passwords of one account, registration or recovery that are hashed: each costs a hash whether or not anything
    /// comes of it, from any number of addresses.
    pub const NEW_PASSWORDS: Self = Self { tries: 10, span: Duration::from_secs(3600) };

    /// Codes of one account that are compared in a day which begins with the first of them, right ones among them. Not
    /// cleared by a right code (TH-1: a hard stop at the latest after 100).
    pub const CODES_A_DAY: Self = Self { tries: 100, span: Duration::from_secs(24 * 3600) };

    /// User names that one registration may ask about, in all its life: each answer tells whether an account has it (T-02).
    pub const USER_NAMES: Self = Self { tries: 10, span: Duration::from_secs(3600) };

    /// Reserves a try. `None` when the window's tries are used up: nothing may be evaluated then.
    ///
    /// Here [`Budget::next_at`] is the end of the window, and [`Budget::failures`] counts the tries in it.
    pub fn reserve(&self, budget: Budget, now: Timestamp) -> Option<Budget> {
        match budget.next_at.filter(|end| now < *end) {
            None => Some(Budget { failures: 1, next_at: Some(now.plus(self.span)) }),
            Some(_) if budget.failures >= self.tries => None,
            Some(end) => Some(Budget { failures: budget.failures + 1, next_at: Some(end) }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_has_its_tries_and_then_the_next_one_begins() {
        let start = Timestamp::from_millis(1_000_000);
        let mut budget = Budget::default();
        for minutes in [0, 10, 59] {
            let now = start.plus(Duration::from_secs(60 * minutes));
            budget = Window::PAST_PASSWORDS.reserve(budget, now).expect("within the budget");
        }
        let end = start.plus(Duration::from_secs(3600));
        assert_eq!(Window::PAST_PASSWORDS.reserve(budget, end.minus(Duration::from_millis(1))), None);
        let next = Window::PAST_PASSWORDS.reserve(budget, end).expect("a new window");
        assert_eq!(next, Budget { failures: 1, next_at: Some(end.plus(Duration::from_secs(3600))) });
    }

    const LOCKOUT: Lockout = Lockout::RECOMMENDED;

    #[test]
    fn waits_double_to_the_ceiling() {
        let waits: Vec<_> = (4..=13).map(|n| LOCKOUT.wait_after(n).map(|wait| wait.as_secs())).collect();
        let expected = [None, Some(30), Some(60), Some(120), Some(240), Some(480), Some(960), Some(1920), Some(3600)];
        assert_eq!(waits[..9], expected);
        assert_eq!(LOCKOUT.wait_after(u32::MAX).map(|wait| wait.as_secs()), Some(3600));
    }

    #[test]
    fn the_fifth_failure_locks_and_the_exact_moment_opens() {
        let start = Timestamp::from_millis(1_000_000);
        let mut budget = Budget::default();
        for _ in 0..5 {
            budget = LOCKOUT.reserve(budget, start).expect("within the budget");
        }
        assert!(LOCKOUT.just_locked(budget));
        let opens = start.plus(Duration::from_secs(30));
        assert_eq!(LOCKOUT.reserve(budget, opens.minus(Duration::from_millis(1))), None);
        let sixth = LOCKOUT.reserve(budget, opens).expect("the wait is over");
        assert_eq!(sixth.next_at, Some(opens.plus(Duration::from_secs(60))));
        assert!(!LOCKOUT.just_locked(sixth));
    }

    /// Tries that a guesser gets who takes each as soon as it is there.
    fn tries_within(lockout: Lockout, span: Duration) -> u32 {
        let (mut budget, mut now, mut tries) = (Budget::default(), Timestamp::from_millis(0), 0);
        let end = now.plus(span);
        while now < end {
            match lockout.reserve(budget, now) {
                Some(next) => (budget, tries) = (next, tries + 1),
                None => now = budget.next_at.expect("it waits"),
            }
        }
        tries
    }

    #[test]
    fn a_year_of_guesses_at_codes_is_as_many_as_its_constant_says() {
        const YEAR: Duration = Duration::from_secs(365 * 86400);
        assert_eq!(tries_within(Lockout::CODES, Duration::from_secs(3811)), 17);
        let year = tries_within(Lockout::CODES, YEAR);
        assert_eq!(year, 8775);
        let chance = |tries: u32| 1.0 - (1.0 - 1e-6_f64).powf(f64::from(tries));
        assert!((chance(year) - 0.0087).abs() < 0.0001, "{}", chance(year));
        assert!((chance(year + 52 * 17) - 0.0096).abs() < 0.0001);
        assert!((chance(365 * Window::CODES_A_DAY.tries) - 0.0358).abs() < 0.0001);
        assert!(tries_within(Lockout::CODES_IN_ALARM, YEAR) < year);
    }

    #[test]
    fn a_threshold_of_one_locks_at_the_first_failure() {
        let strict = Lockout { threshold: 1, ..LOCKOUT };
        let budget = strict.reserve(Budget::default(), Timestamp::default()).expect("first try");
        assert_eq!(strict.reserve(budget, Timestamp::default()), None);
    }

    #[test]
    fn zero_never_locks() {
        let off = Lockout { threshold: 0, ..LOCKOUT };
        let mut budget = Budget::default();
        for _ in 0..1000 {
            budget = off.reserve(budget, Timestamp::default()).expect("never locked");
        }
    }
}

//! Whether codes that are sent are also entered. Where they hardly ever are, no person waits for them: they are asked for
//! so that they are paid for (toll fraud, T-35).
//!
//! ```mermaid
//! stateDiagram-v2
//!     [*] --> Counting
//!     Counting --> Counting: sent, or entered
//!     Counting --> Counting: a day is over, counts begin again
//!     Counting --> Paused: so many sent, and too few entered
//!     Paused --> Counting: the pause is over, counts begin again
//! ```

use std::time::Duration;

use rekey_shared::Timestamp;

/// How long codes of one prefix are counted together.
const COUNTED_FOR: Duration = Duration::from_secs(24 * 3600);

/// When a prefix is paused, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Breaker {
    /// Codes that must have been sent before a prefix is judged; 0 = never.
    pub sent: u32,
    /// The least share of them that must have been entered, in percent.
    pub percent: u32,
    /// How long nothing is sent to a prefix that has failed.
    pub pause: Duration,
}

impl Breaker {
    /// Fewer than one in five of fifty, for six hours (T-35).
    pub const RECOMMENDED: Self = Self { sent: 50, percent: 20, pause: Duration::from_secs(6 * 3600) };
}

/// The codes of one prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Conversion {
    /// Since when they are counted.
    pub since: Timestamp,
    /// Codes that were sent.
    pub sent: u32,
    /// Journeys in which one was entered.
    pub verified: u32,
    /// Nothing is sent before.
    pub paused_until: Option<Timestamp>,
}

/// What becomes of a code that is to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passage {
    /// It is sent, and the counts are these.
    Sent(Conversion),
    /// It is sent, and it was the one after which the prefix is paused.
    Tripped(Conversion),
    /// The prefix is paused.
    Paused,
}

impl Breaker {
    /// Counts one more code that is to be sent now.
    pub fn count(self, before: Conversion, now: Timestamp) -> Passage {
        if before.is_paused(now) {
            return Passage::Paused;
        }
        let is_over = before.paused_until.is_some() || now.since(before.since) >= COUNTED_FOR;
        let kept = if is_over { Conversion { since: now, ..Conversion::default() } } else { before };
        let counted = Conversion { sent: kept.sent.saturating_add(1), ..kept };
        if self.is_failed(counted) {
            return Passage::Tripped(Conversion { paused_until: Some(now.plus(self.pause)), ..counted });
        }
        Passage::Sent(counted)
    }

    const fn is_failed(self, counted: Conversion) -> bool {
        let share = (counted.verified as u64) * 100;
        self.sent > 0 && counted.sent >= self.sent && share < (counted.sent as u64) * (self.percent as u64)
    }
}

impl Conversion {
    /// Whether nothing is sent now.
    pub fn is_paused(&self, now: Timestamp) -> bool {
        self.paused_until.is_some_and(|until| now < until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: Breaker = Breaker::RECOMMENDED;

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_millis(1_795_165_505_000).plus(Duration::from_secs(seconds))
    }

    fn counts(sent: u32, verified: u32) -> Conversion {
        Conversion { since: at(0), sent, verified, paused_until: None }
    }

    #[test]
    fn the_fiftieth_code_is_the_last_when_fewer_than_ten_were_entered() {
        for (sent, verified, trips) in [(48, 0, false), (49, 9, true), (49, 10, false), (99, 19, true), (99, 20, false)]
        {
            let passage = RULE.count(counts(sent, verified), at(60));
            let expected = counts(sent + 1, verified);
            if trips {
                let paused = Conversion { paused_until: Some(at(60 + 6 * 3600)), ..expected };
                assert_eq!(passage, Passage::Tripped(paused), "{sent} {verified}");
            } else {
                assert_eq!(passage, Passage::Sent(expected), "{sent} {verified}");
            }
        }
    }

    #[test]
    fn a_pause_ends_at_its_end_and_counts_begin_again() {
        let paused = Conversion { paused_until: Some(at(100)), ..counts(50, 0) };
        assert_eq!(RULE.count(paused, at(99)), Passage::Paused);
        let again = Conversion { since: at(100), sent: 1, verified: 0, paused_until: None };
        assert_eq!(RULE.count(paused, at(100)), Passage::Sent(again));
    }

    #[test]
    fn what_is_older_than_a_day_is_not_held_against_a_prefix() {
        let day = 24 * 3600;
        assert!(matches!(RULE.count(counts(49, 0), at(day - 1)), Passage::Tripped(_)));
        assert_eq!(RULE.count(counts(49, 0), at(day)), Passage::Sent(Conversion { since: at(day), ..counts(1, 0) }));
    }

    #[test]
    fn a_prefix_that_was_never_met_begins_now() {
        assert_eq!(
            RULE.count(Conversion::default(), at(5)),
            Passage::Sent(Conversion { since: at(5), ..counts(1, 0) })
        );
    }

    #[test]
    fn zero_switches_it_off() {
        let off = Breaker { sent: 0, ..RULE };
        assert!(matches!(off.count(counts(1000, 0), at(60)), Passage::Sent(_)));
    }
}

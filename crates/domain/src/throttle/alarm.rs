//! An alarm on wrong codes over all accounts.
//!
//! The budget of one account says nothing of an attacker who tries one code at each of many: with six digits, a million
//! accounts and one guess each is one account. What shows then is that codes are wrong far more often than right. The
//! alarm must not be a way to keep people out, so nothing is refused by it that has no other way: see
//! [`Lockout::CODES_IN_ALARM`](super::budget::Lockout::CODES_IN_ALARM).

use std::time::Duration;

use rekey_shared::Timestamp;

/// How long answers count: in this slice and the next one, so for five to ten minutes.
pub const SLICE: Duration = Duration::from_secs(300);

/// Wrong codes within two slices that raise the alarm, when they are also more than twice the right ones. Below it, one
/// node can be tried with 28,800 codes a day: one account in 35 days.
pub const RAISED_AT: u32 = 100;

/// The alarm ends when fewer than so many wrong codes are left within two slices.
pub const ENDS_BELOW: u32 = 50;

/// Answers within one slice.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Tally {
    right: u32,
    wrong: u32,
}

/// What one node remembers of the answers to its codes.
#[derive(Debug, Clone, Copy, Default)]
pub struct CodeAlarm {
    slice: i64,
    here: Tally,
    before: Tally,
    raised: bool,
    told_in: Option<i64>,
}

impl CodeAlarm {
    /// Takes an answer into account. `true` when the log is to tell of the alarm: when it is raised, and once in each
    /// slice in which it goes on.
    pub fn note(&mut self, right: bool, now: Timestamp) -> bool {
        self.move_to(now);
        let count = if right { &mut self.here.right } else { &mut self.here.wrong };
        *count = count.saturating_add(1);
        self.judge();
        let is_due = self.raised && self.told_in != Some(self.slice);
        if is_due {
            self.told_in = Some(self.slice);
        }
        is_due
    }

    /// Whether the alarm is raised.
    pub fn is_raised(&mut self, now: Timestamp) -> bool {
        self.move_to(now);
        self.judge();
        self.raised
    }

    fn move_to(&mut self, now: Timestamp) {
        let slice = now.as_millis().div_euclid(i64::try_from(SLICE.as_millis()).unwrap_or(i64::MAX));
        match slice - self.slice {
            // A clock that is set back goes on in the slice that it was in.
            i64::MIN..=0 => return,
            1 => self.before = self.here,
            _ => self.before = Tally::default(),
        }
        (self.slice, self.here) = (slice, Tally::default());
    }

    fn judge(&mut self) {
        let wrong = self.here.wrong.saturating_add(self.before.wrong);
        let right = self.here.right.saturating_add(self.before.right);
        if self.raised {
            self.raised = wrong >= ENDS_BELOW;
        } else {
            self.raised = wrong >= RAISED_AT && wrong > right.saturating_mul(2);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(1_795_165_500_000 + seconds * 1000)
    }

    fn after(right: u32, wrong: u32) -> CodeAlarm {
        let mut alarm = CodeAlarm::default();
        for nth in 0..right + wrong {
            alarm.note(nth < right, at(0));
        }
        alarm
    }

    #[test]
    fn it_takes_a_hundred_wrong_codes_and_twice_as_many_as_right_ones() {
        for (right, wrong, raised) in
            [(0, 99, false), (0, 100, true), (49, 100, true), (50, 100, false), (50, 101, true), (500, 1000, false)]
        {
            assert_eq!(after(right, wrong).is_raised(at(0)), raised, "{right} {wrong}");
        }
    }

    #[test]
    fn an_ordinary_day_raises_nothing() {
        let mut alarm = CodeAlarm::default();
        for second in 0..86_400 {
            // One code a second, each fourth of them mistyped.
            alarm.note(second % 4 != 0, at(second));
            assert!(!alarm.is_raised(at(second)), "{second}");
        }
    }

    #[test]
    fn it_ends_by_itself_when_the_wrong_codes_do() {
        let mut alarm = after(0, 1000);
        assert!(alarm.is_raised(at(599)), "in the next slice");
        assert!(!alarm.is_raised(at(600)));
        let mut alarm = after(0, 1000);
        assert!(!alarm.is_raised(at(86_400)), "nothing came for a day");
    }

    #[test]
    fn it_stays_while_they_go_on_and_ends_below_half() {
        let mut alarm = after(0, 100);
        for minute in 1..120 {
            for _ in 0..10 {
                alarm.note(false, at(60 * minute));
            }
            assert!(alarm.is_raised(at(60 * minute)), "{minute}");
        }
    }

    #[test]
    fn it_is_told_once_a_slice() {
        let mut alarm = CodeAlarm::default();
        assert_eq!((0..250).filter(|_| alarm.note(false, at(0))).count(), 1);
        assert_eq!((0..250).filter(|_| alarm.note(false, at(300))).count(), 1);
    }
}

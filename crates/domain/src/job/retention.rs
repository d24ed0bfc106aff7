//! Retention: how long rows are kept that nothing needs any more. `docs/RETENTION.md` says it for every table.

use std::time::Duration;

use rekey_shared::Timestamp;

use crate::throttle::WINDOW;

const DAY: Duration = Duration::from_secs(24 * 3600);

/// How long rows are kept after their use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Entries of the audit log, after they were made.
    pub audit: Duration,
    /// Registrations and recoveries with their proofs, after their time was over.
    pub journeys: Duration,
    /// Messages that were sent or dropped, after that.
    pub messages: Duration,
    /// Messages that were given up, after that: an operator may want to look.
    pub dead_messages: Duration,
    /// Sessions, after they ended or were last used.
    pub sessions: Duration,
    /// Known browsers, after their owner signed in with them last.
    pub known_devices: Duration,
    /// Links and temporary passwords, after they expired.
    pub action_tokens: Duration,
    /// Guess budgets, after the latest guess, if their wait is over.
    pub budgets: Duration,
    /// Jobs and what became of their rows, after they ended.
    pub jobs: Duration,
}

impl Retention {
    /// What holds when nothing is configured. Entries of the audit log are kept for thirteen months, so that a year can
    /// be compared with the one before.
    pub const RECOMMENDED: Self = Self {
        audit: Duration::from_secs(400 * 24 * 3600),
        journeys: Duration::from_secs(7 * 24 * 3600),
        messages: Duration::from_secs(30 * 24 * 3600),
        dead_messages: Duration::from_secs(90 * 24 * 3600),
        sessions: Duration::from_secs(30 * 24 * 3600),
        known_devices: Duration::from_secs(365 * 24 * 3600),
        action_tokens: Duration::from_secs(30 * 24 * 3600),
        budgets: DAY,
        jobs: Duration::from_secs(30 * 24 * 3600),
    };

    /// Rows that came to their end at this moment or before go now.
    pub fn cutoff(&self, what: Expiring, now: Timestamp) -> Timestamp {
        let cutoff = now.minus(self.span(what));
        match what {
            // By whole days in UTC: each removal leaves an entry itself.
            Expiring::AuditEntries => start_of_day(cutoff).minus(Duration::from_millis(1)),
            _ => cutoff,
        }
    }

    const fn span(&self, what: Expiring) -> Duration {
        match what {
            // The throttles look back for so long: no setting could make it shorter or would need it longer.
            Expiring::ThrottleEvents => WINDOW,
            // A count is over at its end, and codes are judged within a day: nothing looks back further.
            Expiring::TextCounts | Expiring::TextConversions => DAY,
            Expiring::Budgets | Expiring::SurplusBudgets => self.budgets,
            Expiring::Sessions => self.sessions,
            Expiring::Journeys => self.journeys,
            Expiring::Messages => self.messages,
            Expiring::DeadMessages => self.dead_messages,
            Expiring::KnownDevices => self.known_devices,
            Expiring::ActionTokens => self.action_tokens,
            Expiring::Jobs | Expiring::JobOutcomes => self.jobs,
            Expiring::AuditEntries => self.audit,
        }
    }
}

fn start_of_day(at: Timestamp) -> Timestamp {
    let day = 24 * 3600 * 1000;
    Timestamp::from_millis(at.as_millis().div_euclid(day) * day)
}

macro_rules! expiring {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal,)+) => {
        /// Rows that go when they are old, in the order in which they are looked for.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Expiring {$(
            $(#[doc = $doc])+
            $variant,
        )+}

        impl Expiring {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// Its name in a job's cursor.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }
        }
    };
}

expiring! {
    /// Requests that a throttle let through.
    ThrottleEvents = "throttle_events",
    /// Counts of text messages whose hour, day or month is over.
    TextCounts = "text_counts",
    /// Counts of codes that were sent to a prefix and entered.
    TextConversions = "text_conversions",
    /// Guess budgets whose wait is over.
    Budgets = "budgets",
    /// Guess budgets beyond the number that is kept.
    SurplusBudgets = "surplus_budgets",
    /// Sessions.
    Sessions = "sessions",
    /// Registrations and recoveries.
    Journeys = "journeys",
    /// Messages that were sent or dropped.
    Messages = "messages",
    /// Messages that were given up.
    DeadMessages = "dead_messages",
    /// Known browsers.
    KnownDevices = "known_devices",
    /// Links and temporary passwords.
    ActionTokens = "action_tokens",
    /// Jobs.
    Jobs = "jobs",
    /// What became of the rows of periodic jobs, which stay themselves.
    JobOutcomes = "job_outcomes",
    /// Entries of the audit log.
    AuditEntries = "audit_entries",
}

impl Expiring {
    /// The first that is looked for.
    pub const FIRST: Self = Self::ThrottleEvents;

    /// What is looked for after this; `None` after the last.
    pub fn next(self) -> Option<Self> {
        let at = Self::ALL.iter().position(|known| *known == self)?;
        Self::ALL.get(at + 1).copied()
    }

    /// Reads [`Expiring::name`].
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|known| known.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_walk_from_the_first_meets_all_once() {
        let walk: Vec<_> = std::iter::successors(Some(Expiring::FIRST), |at| at.next()).collect();
        assert_eq!(walk, Expiring::ALL);
        assert!(walk.iter().all(|at| Expiring::parse(at.name()) == Some(*at)));
    }

    #[test]
    fn each_limit_counts_for_its_own_rows() {
        let now = Timestamp::from_millis(1_795_165_505_000);
        let odd = Retention { sessions: DAY * 3, audit: DAY * 5, ..Retention::RECOMMENDED };
        assert_eq!(odd.cutoff(Expiring::Sessions, now), now.minus(DAY * 3));
        let midnight = Timestamp::parse("2026-11-15").expect("a date");
        assert_eq!(odd.cutoff(Expiring::AuditEntries, now), midnight.minus(Duration::from_millis(1)));
        assert_eq!(odd.cutoff(Expiring::Messages, now), now.minus(DAY * 30));
        assert_eq!(odd.cutoff(Expiring::DeadMessages, now), now.minus(DAY * 90));
        assert_eq!(odd.cutoff(Expiring::ThrottleEvents, now), now.minus(WINDOW));
    }
}

//! Jobs: work that takes many steps, survives its process and is done by one node at a time.
//!
//! ```mermaid
//! stateDiagram-v2
//!     [*] --> Waiting: written down
//!     Waiting --> Waiting: one step more, or it failed and is tried again
//!     Waiting --> Waiting: a periodic one has ended and begins anew later
//!     Waiting --> Done: nothing is left
//!     Waiting --> Cancelled: between two steps, when that was asked for
//!     Waiting --> Failed: failed too often
//! ```
//!
//! Each step is one transaction that also moves the job's cursor: a process that dies loses the step that it had not
//! committed, and no step is done twice. A running job is one in `Waiting` whose lease has not run out.

pub mod lease;
pub mod retention;

use std::time::Duration;

use rekey_shared::Timestamp;

use crate::audit::Actor;
use crate::{AccountId, JobId};
use lease::LeaseRule;

macro_rules! names {
    ($($(#[doc = $doc:literal])+ enum $name:ident { $($(#[doc = $what:literal])+ $variant:ident = $text:literal,)+ })+) => {$(
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name {$(
            $(#[doc = $what])+
            $variant,
        )+}

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// As it is stored and shown to operators.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }
        }
    )+};
}

names! {
    /// What a job does.
    enum JobKind {
        /// Seals new entries of the audit log.
        AuditSealing = "audit_sealing",
        /// Deletes rows that are older than the settings say.
        Retention = "retention",
        /// Tells people whose password expires soon.
        ExpiryWarnings = "expiry_warnings",
        /// Demands a new password of every account.
        RequireChange = "require_change",
    }

    /// How far a job has come.
    enum JobState {
        /// There is more to do.
        Waiting = "waiting",
        /// Everything was done.
        Done = "done",
        /// Ended early because that was asked for. What was done stays done.
        Cancelled = "cancelled",
        /// Given up after too many failures in a row.
        Failed = "failed",
    }

    /// What became of one row of a job.
    enum RowOutcome {
        /// Done.
        Done = "done",
        /// It was so already.
        Already = "already",
        /// The account was changed at the same moment, and needs nothing any more.
        Overtaken = "overtaken",
        /// The account has no password that could be changed.
        NoPassword = "no_password",
        /// The account has no verified address or number.
        NoContact = "no_contact",
    }
}

impl JobKind {
    /// How long after one run the next begins; `None` for what is done once for each request.
    pub const fn every(self) -> Option<Duration> {
        match self {
            // Begins whenever there are unsealed entries; the next look is the runner's.
            Self::AuditSealing => Some(Duration::ZERO),
            Self::Retention | Self::ExpiryWarnings => Some(Duration::from_secs(600)),
            Self::RequireChange => None,
        }
    }

    /// How it is leased.
    pub const fn lease(self) -> LeaseRule {
        match self {
            Self::AuditSealing => LeaseRule::SEALING,
            Self::Retention | Self::ExpiryWarnings | Self::RequireChange => LeaseRule::JOB,
        }
    }
}

/// How many rows were looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// All there are, as counted when it began; `None` when they were not counted.
    pub total: Option<u64>,
    /// Rows that are as they should be now.
    pub done: u64,
    /// Rows for which it could not be done.
    pub failed: u64,
}

/// A job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Its identity.
    pub id: JobId,
    /// What it does.
    pub kind: JobKind,
    /// How far it has come.
    pub state: JobState,
    /// Where its next step begins, in the kind's own notation; `None` at the beginning.
    pub cursor: Option<String>,
    /// How many rows were looked at; of a periodic job in its latest run.
    pub counts: Counts,
    /// When it was asked to end early.
    pub cancel_at: Option<Timestamp>,
    /// Who asked for it.
    pub created_by: Actor,
    /// When.
    pub created_at: Timestamp,
    /// No step begins before this moment.
    pub not_before: Timestamp,
    /// Claims since the latest step that was committed.
    pub attempts: u32,
    /// Until when it is a node's own.
    pub lease_until: Option<Timestamp>,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
}

impl RowOutcome {
    /// Whether the row is as it should be now.
    pub const fn is_good(self) -> bool {
        match self {
            Self::Done | Self::Already | Self::Overtaken => true,
            Self::NoPassword | Self::NoContact => false,
        }
    }
}

/// What became of one account, as it is kept with the job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JobOutcome {
    /// Whose row it was.
    pub account: AccountId,
    /// What became of it.
    pub outcome: RowOutcome,
    /// When.
    pub at: Timestamp,
}

/// What follows when no step is left, or a step has failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// From the first row on, not before this moment.
    Again {
        /// Not before.
        at: Timestamp,
    },
    /// From its cursor on, not before this moment.
    Continue {
        /// Not before.
        at: Timestamp,
    },
    /// Nothing: it has ended.
    End(JobState),
}

impl Job {
    /// What follows when nothing is left to do, or it was asked to end early.
    pub fn after_last(&self, now: Timestamp) -> Next {
        match self.kind.every() {
            Some(every) => Next::Again { at: now.plus(every) },
            None if self.cancel_at.is_some() => Next::End(JobState::Cancelled),
            None => Next::End(JobState::Done),
        }
    }

    /// What follows when a step has failed. Periodic work is never given up: the cause may go away.
    pub fn after_failure(&self, now: Timestamp) -> Next {
        let rule = self.kind.lease();
        if self.kind.every().is_none() && rule.is_spent(self.attempts) {
            return Next::End(JobState::Failed);
        }
        Next::Continue { at: now.plus(rule.wait(self.attempts)) }
    }

    /// Whether its processes died so often in the same step that it is not begun once more.
    pub fn is_given_up(&self) -> bool {
        self.kind.every().is_none() && self.attempts > self.kind.lease().tries
    }

    /// Whether a node works on it.
    pub fn is_running(&self, now: Timestamp) -> bool {
        self.state == JobState::Waiting && !lease::is_free(self.lease_until, now)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_795_165_505_000);

    fn job(kind: JobKind) -> Job {
        Job {
            id: JobId(Uuid::nil()),
            kind,
            state: JobState::Waiting,
            cursor: None,
            counts: Counts::default(),
            cancel_at: None,
            created_by: Actor::System,
            created_at: NOW,
            not_before: NOW,
            attempts: 1,
            lease_until: None,
            finished_at: None,
        }
    }

    #[test]
    fn periodic_work_begins_anew_and_the_rest_ends() {
        let again = Next::Again { at: NOW.plus(Duration::from_secs(600)) };
        assert_eq!(job(JobKind::Retention).after_last(NOW), again);
        assert_eq!(job(JobKind::RequireChange).after_last(NOW), Next::End(JobState::Done));
        let cancelled = Job { cancel_at: Some(NOW), ..job(JobKind::RequireChange) };
        assert_eq!(cancelled.after_last(NOW), Next::End(JobState::Cancelled));
    }

    #[test]
    fn work_that_is_done_once_is_given_up_and_periodic_work_never_is() {
        for kind in JobKind::ALL.iter().copied() {
            let failed = |attempts| Job { attempts, ..job(kind) }.after_failure(NOW);
            assert!(matches!(failed(1), Next::Continue { at } if at > NOW), "{kind:?}");
            let ends = failed(1_000) == Next::End(JobState::Failed);
            assert_eq!(ends, kind == JobKind::RequireChange, "{kind:?}");
            assert_eq!(Job { attempts: 1_000, ..job(kind) }.is_given_up(), kind == JobKind::RequireChange, "{kind:?}");
        }
        assert!(!Job { attempts: 8, ..job(JobKind::RequireChange) }.is_given_up(), "the eighth try is still made");
    }

    #[test]
    fn a_job_runs_while_its_lease_lasts() {
        let leased = Job { lease_until: Some(NOW), ..job(JobKind::Retention) };
        assert!(leased.is_running(NOW.minus(Duration::from_millis(1))));
        assert!(!leased.is_running(NOW));
        assert!(!Job { state: JobState::Done, ..leased }.is_running(NOW.minus(Duration::from_secs(1))));
    }
}

//! Transactions that write: run, and run again when the database could not run them beside others.
//!
//! PostgreSQL ends one of two transactions that wait for each other. Each locks in the one order of [`order`], so that
//! this happens to none; where it does all the same, the transaction runs again
//! (docs/adr/0016-one-order-of-locks-and-transactions-that-run-again.md).

mod conflict;
mod order;

use std::error::Error;
use std::fmt;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rekey_domain::audit::AuditEntry;
use sea_orm::{DatabaseTransaction, DbErr};

use crate::{Store, Unexpected};
pub(crate) use conflict::{Conflict, conflict_of};
pub(crate) use order::{Locks, Ordered};

/// How often a transaction runs at most.
pub const TRIES: u32 = 5;

/// The wait before the second run, on average; before each later one it is twice as long.
const FIRST_WAIT: Duration = Duration::from_millis(8);

/// A transaction that writes. Dropped without [`Write::commit`] it leaves no trace.
///
/// Nothing slow belongs inside: on SQLite everyone else who writes waits for it.
#[derive(Debug)]
pub struct Write {
    pub(crate) tx: Ordered,
    pub(crate) entries: Vec<AuditEntry>,
    leaves_nothing: bool,
}

/// How often transactions of one process stood in each other's way.
#[derive(Default)]
pub(crate) struct Contention {
    retried: AtomicU64,
    exhausted: AtomicU64,
    jitter: OnceLock<Box<dyn Fn() -> u64 + Send + Sync>>,
}

/// How often transactions of this process stood in the way of others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ContentionCounts {
    /// Runs that the database ended and that were followed by another one.
    pub retried: u64,
    /// Transactions that were given up, and whose callers were told to try again later.
    pub exhausted: u64,
}

/// Runs a block in a transaction of a [`Store`] and makes what it did lasting; of a block that fails nothing stays.
///
/// `transaction!(store, |tx| { … }).await`: the block sees the transaction as `tx: &mut Write`, and gives a
/// `Result<T, E>` where `E` is an error that an [`Unexpected`](crate::Unexpected) can be turned into.
///
/// Where the database could not run it beside others the block runs again after a short wait, at most
/// [`TRIES`](crate::TRIES) times. So it must do nothing outside of its transaction but read, and must not rely on having
/// run once. The last failure is one of which [`Unexpected::is_busy`](crate::Unexpected::is_busy) is true.
///
/// On SQLite the transaction holds the only writing connection. The block may read from the store, but must not wait for
/// anything on it that writes.
///
/// A macro and no function that takes a closure: the compiler cannot see of a function that takes any `async` closure
/// that its future may go from one thread to another.
#[macro_export]
macro_rules! transaction {
    ($store:expr, |$tx:ident| $block:expr) => {
        async {
            let mut runs = $store.runs();
            loop {
                let begun = runs.begin().await;
                let done = match begun {
                    Ok(mut begun) => {
                        let $tx = &mut begun;
                        let done = async { $block }.await;
                        runs.end(begun, done).await
                    }
                    Err(failure) => Err(failure.into()),
                };
                if runs.is_last(&done).await {
                    break done;
                }
            }
        }
    };
}

/// The runs of one transaction: what [`transaction!`](crate::transaction!) is made of.
#[derive(Debug)]
pub struct Runs<'a> {
    store: &'a Store,
    number: u32,
}

impl Runs<'_> {
    /// Begins the next run.
    pub async fn begin(&mut self) -> Result<Write, Unexpected> {
        self.number += 1;
        self.store.begin_write().await
    }

    /// Makes a run lasting, or undoes it.
    pub async fn end<T, E: From<Unexpected>>(&self, tx: Write, done: Result<T, E>) -> Result<T, E> {
        if done.is_ok() && !tx.leaves_nothing {
            tx.commit().await?;
        } else {
            tx.undo().await;
        }
        done
    }

    /// Whether this is what came of the transaction. If not, it is time for the next run.
    pub async fn is_last<T, E: Error + 'static>(&self, done: &Result<T, E>) -> bool {
        let Some(failure) = done.as_ref().err().and_then(|failure| Unexpected::among_causes_of(failure)) else {
            return true;
        };
        match failure.conflict() {
            None => return true,
            Some(Conflict::Passing) if self.number < TRIES => self.store.contention.count_retry(),
            Some(Conflict::Passing | Conflict::Lasting) => {
                self.store.contention.count_exhausted(failure);
                return true;
            }
        }
        let wait = self.store.contention.wait_after(self.number);
        tokio::time::sleep(wait).await;
        false
    }
}

impl Store {
    /// For [`transaction!`](crate::transaction!).
    #[doc(hidden)]
    pub fn runs(&self) -> Runs<'_> {
        Runs { store: self, number: 0 }
    }

    /// Begins a transaction that does not run again when the database could not run it beside others: for tests, which
    /// hold one open while something else happens. Everything else is for [`transaction!`](crate::transaction!).
    pub async fn begin_write(&self) -> Result<Write, Unexpected> {
        Ok(Write::of(self.begin().await?))
    }

    /// Gives the waits between two runs their randomness; without any, they are as long as their average.
    pub fn set_jitter(&self, jitter: impl Fn() -> u64 + Send + Sync + 'static) {
        // The first of several services over one store is as good as any.
        let _set_before = self.contention.jitter.set(Box::new(jitter));
    }

    /// How often transactions of this process stood in the way of others.
    pub fn contention(&self) -> ContentionCounts {
        ContentionCounts {
            retried: self.contention.retried.load(Ordering::Relaxed),
            exhausted: self.contention.exhausted.load(Ordering::Relaxed),
        }
    }
}

impl Write {
    pub(crate) fn of(tx: DatabaseTransaction) -> Self {
        Self { tx: Ordered::new(tx), entries: Vec::new(), leaves_nothing: false }
    }

    /// Nothing of this transaction is to stay, although its outcome is no failure.
    pub fn leave_nothing(&mut self) {
        self.leaves_nothing = true;
    }

    /// Writes the recorded audit entries and makes everything lasting. Only then the program's log tells of them.
    pub async fn commit(self) -> Result<(), Unexpected> {
        crate::query::audit::append(&self.tx, &self.entries).await?;
        self.tx.commit().await?;
        self.entries.iter().for_each(crate::query::audit::log);
        Ok(())
    }

    /// Waits until nothing is left of it, so that what comes next does not find its locks. A connection that is lost
    /// has left nothing either.
    async fn undo(self) {
        let _lost: Result<(), DbErr> = self.tx.roll_back().await;
    }
}

impl Contention {
    fn count_retry(&self) {
        let retried = self.retried.fetch_add(1, Ordering::Relaxed) + 1;
        if retried.is_power_of_two() {
            tracing::warn!(store.retried = retried, "a transaction runs again: it stood in the way of others");
        }
    }

    fn count_exhausted(&self, failure: &Unexpected) {
        let exhausted = self.exhausted.fetch_add(1, Ordering::Relaxed) + 1;
        if exhausted.is_power_of_two() {
            let cause = failure.source().map(ToString::to_string);
            tracing::warn!(
                store.exhausted = exhausted,
                store.cause = cause,
                "a transaction is given up: try again later"
            );
        }
    }

    /// Between half and one and a half times the average, so that those who met once do not meet again.
    fn wait_after(&self, run: u32) -> Duration {
        const STEPS: u64 = 1024;
        let average = FIRST_WAIT * 2_u32.pow(run.saturating_sub(1));
        let part = self.jitter.get().map_or(STEPS / 2, |jitter| jitter() % STEPS);
        average / 2 + average * u32::try_from(part).unwrap_or_default() / 1024
    }
}

impl fmt::Debug for Contention {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Contention").field("retried", &self.retried).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_differ() {
        let contention = Contention::default();
        assert_eq!(contention.wait_after(1), FIRST_WAIT);
        assert_eq!(contention.wait_after(4), FIRST_WAIT * 8);
        for (random, wait) in [(0, FIRST_WAIT / 2), (512, FIRST_WAIT), (1024 + 256, FIRST_WAIT * 3 / 4)] {
            let contention = Contention::default();
            assert!(contention.jitter.set(Box::new(move || random)).is_ok());
            assert_eq!(contention.wait_after(1), wait);
        }
    }
}

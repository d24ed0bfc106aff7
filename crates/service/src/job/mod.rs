//! Jobs: work of many steps that is done by one node at a time and survives any of them. See `domain::job` for the diagram.
//!
//! A step is prepared without a transaction, since that may take long, and then done in one, which first makes sure that
//! the job is still this node's and last moves its cursor. A process that dies at any moment has done a step wholly or not
//! at all, and the process that goes on begins behind the last one.

mod expiry_warnings;
mod order;
mod require_change;
mod retention;
mod runner;

pub use order::{cancel, require_change};
pub use runner::Runner;

use rekey_domain::JobId;
use rekey_domain::audit::{Actor, AuditEntry, AuditEvent, Detail, Reason, Target};
use rekey_domain::job::{Counts, Job, JobKind, JobOutcome, JobState, Next};
use rekey_shared::Timestamp;
use rekey_store::{Progress, Write, transaction};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::context::About as _;
use crate::{Services, Unexpected};

/// What one kind of job does.
trait Work {
    /// Where a step begins; its default is the beginning.
    type Cursor: Serialize + DeserializeOwned + Default + Send + Sync;
    /// What was found out before a step.
    type Prepared: Send + Sync;

    /// Finds out what the next step has to do, without a transaction; `None` when nothing is left. Changes nothing.
    fn prepare(
        cx: &Services,
        cursor: &Self::Cursor,
    ) -> impl Future<Output = Result<Option<Self::Prepared>, Unexpected>> + Send;

    /// Does it, as a part of one transaction, which may run again.
    fn apply(
        cx: &Services,
        tx: &mut Write,
        job: &Job,
        prepared: &Self::Prepared,
    ) -> impl Future<Output = Result<Step<Self::Cursor>, Unexpected>> + Send;
}

/// What a step has done.
struct Step<C> {
    /// Where the next one begins.
    cursor: C,
    /// Rows that are done, beside those of `outcomes`.
    done: u64,
    /// What became of accounts.
    outcomes: Vec<JobOutcome>,
}

impl<C> Step<C> {
    /// A step that leads on and did nothing else.
    fn to(cursor: C) -> Self {
        Self { cursor, done: 0, outcomes: Vec::new() }
    }
}

/// What follows a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stepped {
    /// The next one.
    On,
    /// Nothing: the job, or this run of it, has ended, or is another node's by now.
    Ended,
}

/// Writes down the jobs that there is one of for ever.
async fn ensure(cx: &Services) -> Result<(), Unexpected> {
    for kind in JobKind::ALL.iter().copied().filter(|kind| kind.every().is_some()) {
        cx.store.ensure_job(&new(cx, kind, Actor::System)).await?;
    }
    Ok(())
}

/// A job that is due at once.
fn new(cx: &Services, kind: JobKind, created_by: Actor) -> Job {
    let now = cx.now();
    Job {
        id: JobId::new(now, cx.random()),
        kind,
        state: JobState::Waiting,
        cursor: None,
        counts: Counts::default(),
        cancel_at: None,
        created_by,
        created_at: now,
        not_before: now,
        attempts: 0,
        lease_until: None,
        finished_at: None,
    }
}

/// One step of a job of any kind.
async fn step(cx: &Services, job: &Job, owner: Uuid) -> Result<Stepped, Unexpected> {
    match job.kind {
        JobKind::Retention => step_of::<retention::Removal>(cx, job.id, owner).await,
        JobKind::ExpiryWarnings => step_of::<expiry_warnings::Warnings>(cx, job.id, owner).await,
        JobKind::RequireChange => step_of::<require_change::Marking>(cx, job.id, owner).await,
        // The runner seals by itself: a lease of seconds, and nothing between two looks.
        JobKind::AuditSealing => Ok(Stepped::Ended),
    }
}

async fn step_of<W: Work>(cx: &Services, id: JobId, owner: Uuid) -> Result<Stepped, Unexpected> {
    let Some(job) = cx.store.find_job(id).await? else { return Ok(Stepped::Ended) };
    let prepared = if job.cancel_at.is_some() { None } else { W::prepare(cx, &read::<W>(&job)?).await? };
    transaction!(cx.store, |tx| {
        let now = cx.now();
        // Held before anything is done: a worker that was slower than its lease finds it gone, and another one waits.
        let held = tx.hold_job(id, owner, job.kind.lease().until(now)).await?;
        let Some(held) = held.filter(|held| held.cursor == job.cursor) else {
            tx.leave_nothing();
            return Ok(Stepped::Ended);
        };
        let Some(prepared) = &prepared else {
            end(tx, &held, owner, held.after_last(now), now).await?;
            return Ok(Stepped::Ended);
        };
        let done = W::apply(cx, tx, &held, prepared).await?;
        let cursor = serde_json::to_string(&done.cursor).map_err(Unexpected::new)?;
        let progress = Progress { cursor: &cursor, counts: counted(&held, &done) };
        tx.advance_job(id, progress, &done.outcomes).await?;
        Ok(Stepped::On)
    })
    .await
}

fn read<W: Work>(job: &Job) -> Result<W::Cursor, Unexpected> {
    let cursor = job.cursor.as_deref().map(serde_json::from_str).transpose();
    Ok(cursor.map_err(Unexpected::new)?.unwrap_or_default())
}

/// The first step of a run counts from nothing.
fn counted<C>(job: &Job, step: &Step<C>) -> Counts {
    let before =
        if job.cursor.is_some() { job.counts } else { Counts { total: job.counts.total, ..Counts::default() } };
    let good = step.outcomes.iter().filter(|row| row.outcome.is_good()).count() as u64;
    let bad = step.outcomes.len() as u64 - good;
    Counts { done: before.done + step.done + good, failed: before.failed + bad, ..before }
}

/// Gives a job back at the end of a run. The end of what someone has asked for is worth remembering.
async fn end(tx: &mut Write, job: &Job, owner: Uuid, next: Next, now: Timestamp) -> Result<(), Unexpected> {
    if tx.give_back_job(job.id, owner, next, now).await?
        && let Next::End(state) = next
    {
        let reason = match state {
            JobState::Waiting | JobState::Done => Reason::Completed,
            JobState::Cancelled => Reason::OperatorsDecision,
            JobState::Failed => Reason::GivenUp,
        };
        let rows = Detail::Rows { done: job.counts.done, failed: job.counts.failed };
        let entry = AuditEntry::new(AuditEvent::JobEnded, Actor::System, now);
        tx.record(entry.target(Target::Job(job.id)).reason(reason).detail(rows));
    }
    Ok(())
}

//! The loops of one node: sealing the audit log, and every other job.

use std::sync::Arc;
use std::time::Duration;

use rekey_domain::job::lease::LeaseRule;
use rekey_domain::job::{Job, JobKind, JobState, Next};
use tokio::sync::watch;
use uuid::Uuid;

use super::Stepped;
use rekey_store::transaction;

use crate::audit::Anchor;
use crate::{Services, Unexpected, audit};

/// The time between two looks for unsealed entries: an entry is sealed within a second.
const SEAL_EVERY: Duration = Duration::from_millis(250);

/// The time between two looks for jobs.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// How long a job runs before another one that waits has its turn.
const SLICE: Duration = Duration::from_secs(5);

/// The wait after the database did not answer.
const TROUBLE: Duration = Duration::from_secs(2);

/// The time that a step under way gets when the process stops.
const GRACE: Duration = Duration::from_secs(10);

/// The kinds that are leased like any other.
const KINDS: [JobKind; 3] = [JobKind::Retention, JobKind::ExpiryWarnings, JobKind::RequireChange];

/// Works on jobs until the process stops. One for each process; any number of processes share the work.
#[derive(Clone)]
pub struct Runner(Arc<Inner>);

struct Inner {
    cx: Services,
    /// Whose the lease for sealing is.
    owner: Uuid,
}

impl Runner {
    /// For the services of this process.
    pub fn new(cx: Services) -> Self {
        let owner = uuid::Builder::from_random_bytes(cx.random()).into_uuid();
        Self(Arc::new(Inner { cx, owner }))
    }

    /// Works until `shutdown` is ready; then finishes the step under way and seals what there is.
    pub async fn run(&self, shutdown: impl Future<Output = ()>) {
        let (stop, stopping) = watch::channel(false);
        let loops = async { tokio::join!(self.0.seal_loop(stopping.clone()), self.0.job_loop(stopping.clone())) };
        tokio::pin!(loops, shutdown);
        tokio::select! {
            _ = &mut loops => {}
            () = &mut shutdown => {
                let _ = stop.send(true);
                // What is not finished by then is another node's when the lease has run out.
                let _ended = tokio::time::timeout(GRACE, loops).await;
            }
        }
    }

    /// Does everything that is due now, and seals. For one-off commands and tests.
    pub async fn drain(&self) -> Result<(), Unexpected> {
        let (_stop, stopping) = watch::channel(false);
        super::ensure(&self.0.cx).await?;
        while self.0.turn(&stopping).await? {}
        self.0.seal_and_leave().await
    }

    /// Seals what a one-off command has written, unless a server is about it.
    pub async fn seal(&self) -> Result<(), Unexpected> {
        super::ensure(&self.0.cx).await?;
        self.0.seal_and_leave().await
    }
}

impl Inner {
    /// Seals what there is and gives the lease back: the next one who seals need not wait for its end.
    async fn seal_and_leave(&self) -> Result<(), Unexpected> {
        audit::seal(&self.cx, self.owner).await?;
        Ok(self.cx.store.give_back_only_job(JobKind::AuditSealing, self.owner).await?)
    }

    async fn seal_loop(&self, mut stopping: watch::Receiver<bool>) {
        loop {
            // Looked at before and not after: what was written before the stop is sealed as well.
            let is_last = *stopping.borrow();
            let sealed =
                if is_last { self.seal_and_leave().await } else { audit::seal(&self.cx, self.owner).await.map(drop) };
            let pause = sealed.map_or_else(|failure| self.trouble(&failure), |()| SEAL_EVERY);
            if is_last {
                return;
            }
            rest(pause, &mut stopping).await;
        }
    }

    async fn job_loop(&self, mut stopping: watch::Receiver<bool>) {
        let mut is_ready = false;
        while !*stopping.borrow() {
            let turned = async {
                if !is_ready {
                    super::ensure(&self.cx).await?;
                }
                self.turn(&stopping).await
            };
            let pause = match turned.await {
                Ok(true) => Duration::ZERO,
                Ok(false) => LOOK_EVERY,
                Err(failure) => self.trouble(&failure),
            };
            is_ready |= pause != TROUBLE;
            rest(pause, &mut stopping).await;
        }
    }

    fn trouble(&self, failure: &Unexpected) -> Duration {
        self.cx.report(failure);
        TROUBLE
    }

    /// Leases the job that is due for longest and works on it for a while. Whether there was one.
    async fn turn(&self, stopping: &watch::Receiver<bool>) -> Result<bool, Unexpected> {
        let (cx, now) = (&self.cx, self.cx.now());
        // Another one for each claim: a worker that is late must not pass for the one that came after it.
        let owner = uuid::Builder::from_random_bytes(cx.random()).into_uuid();
        let Some(job) = cx.store.lease_jobs(&KINDS, 1, now, LeaseRule::JOB.until(now), owner).await?.pop() else {
            return Ok(false);
        };
        if job.is_given_up() {
            self.give_up(&job, owner).await?;
        } else {
            self.work(&job, owner, stopping).await?;
        }
        Ok(true)
    }

    async fn work(&self, job: &Job, owner: Uuid, stopping: &watch::Receiver<bool>) -> Result<(), Unexpected> {
        let (cx, begin) = (&self.cx, self.cx.now());
        loop {
            match super::step(cx, job, owner).await {
                Ok(Stepped::Ended) => return self.ended(job).await,
                Ok(Stepped::On) if cx.now().since(begin) < SLICE && !*stopping.borrow() => {}
                Ok(Stepped::On) => {
                    let now = cx.now();
                    cx.store.give_back_job(job.id, owner, Next::Continue { at: now }, now).await?;
                    return Ok(());
                }
                Err(failure) => {
                    let reference = cx.report(&failure);
                    let kind = job.kind.name();
                    tracing::warn!(job.id = %job.id.0, job.kind = kind, error.reference = reference.as_str(), "a job's step failed");
                    return self.failed(job, owner).await;
                }
            }
        }
    }

    /// Writes down when the step is tried again, or that it is not.
    async fn failed(&self, job: &Job, owner: Uuid) -> Result<(), Unexpected> {
        let now = self.cx.now();
        // Steps may have been committed since it was leased: their failures are forgotten.
        let Some(job) = self.cx.store.find_job(job.id).await? else { return Ok(()) };
        let job = Job { attempts: job.attempts.max(1), ..job };
        self.end(&job, owner, job.after_failure(now)).await
    }

    async fn give_up(&self, job: &Job, owner: Uuid) -> Result<(), Unexpected> {
        self.end(job, owner, Next::End(JobState::Failed)).await
    }

    async fn end(&self, job: &Job, owner: Uuid, next: Next) -> Result<(), Unexpected> {
        let now = self.cx.now();
        transaction!(self.cx.store, |tx| super::end(tx, job, owner, next, now).await).await
    }

    async fn ended(&self, job: &Job) -> Result<(), Unexpected> {
        let Some(job) = self.cx.store.find_job(job.id).await? else { return Ok(()) };
        let (id, kind, state) = (job.id.0, job.kind.name(), job.state.name());
        tracing::debug!(job.id = %id, job.kind = kind, job.state = state, job.done = job.counts.done,
            job.failed = job.counts.failed, "a job's run has ended");
        if job.kind == JobKind::Retention {
            self.note_head().await?;
        }
        Ok(())
    }

    /// Notes the head of the audit log where the database's owner cannot change it. See `rekey audit verify --anchor`.
    async fn note_head(&self) -> Result<(), Unexpected> {
        if let Some(head) = self.cx.store.find_audit_head().await? {
            tracing::info!(audit.anchor = %Anchor::from(head.seal), "audit log sealed");
        }
        Ok(())
    }
}

/// Waits, but not once the process is told to stop.
async fn rest(pause: Duration, stopping: &mut watch::Receiver<bool>) {
    let _stopped = tokio::time::timeout(pause, stopping.wait_for(|stop| *stop)).await;
}

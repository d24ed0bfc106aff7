//! `rekey job list|show|cancel`, and `rekey account require-change --all`.

use std::process::ExitCode;

use clap::Subcommand;
use rekey_domain::JobId;
use rekey_domain::audit::Actor;
use rekey_domain::job::{Job, JobState};
use rekey_service::{Clock as _, Services, job};
use rekey_shared::Timestamp;
use uuid::Uuid;

use crate::ports::SystemClock;
use crate::wiring::StartError;

/// Jobs that are listed.
const LISTED: u64 = 50;
/// Accounts that are shown for which a job could not be done.
const SHOWN: u64 = 1_000;

/// What to do with jobs.
#[derive(Debug, Subcommand)]
pub enum Action {
    /// List jobs, the latest first.
    List,
    /// Show a job and the accounts for which it failed.
    Show {
        /// The job, as `rekey job list` names it.
        job: Uuid,
    },
    /// End a job before its next step. What was done stays done.
    Cancel {
        /// The job, as `rekey job list` names it.
        job: Uuid,
    },
}

/// Does it.
pub async fn run(services: &Services, action: Action) -> Result<ExitCode, StartError> {
    let now = SystemClock.now();
    match action {
        Action::List => {
            for job in services.store.list_jobs(LISTED).await? {
                println!("{}", line(&job, now));
            }
            Ok(ExitCode::SUCCESS)
        }
        Action::Show { job } => show(services, JobId(job), now).await,
        Action::Cancel { job } if job::cancel(services, JobId(job), Actor::Operator).await? => {
            println!("The job ends before its next step.");
            Ok(ExitCode::SUCCESS)
        }
        Action::Cancel { .. } => Err(StartError::Failed("no job with this ID that can be canceled".to_owned())),
    }
}

/// Writes the job down; a running server does it.
pub async fn require_change(services: &Services) -> Result<ExitCode, StartError> {
    let job = job::require_change(services, Actor::Operator).await?;
    println!("Job {} requires a password change of every account. Follow it with: rekey job show {}", job.0, job.0);
    Ok(ExitCode::SUCCESS)
}

async fn show(services: &Services, id: JobId, now: Timestamp) -> Result<ExitCode, StartError> {
    let Some(job) = services.store.find_job(id).await? else {
        return Err(StartError::Failed("no job with this ID".to_owned()));
    };
    println!("{}", line(&job, now));
    for row in services.store.list_job_outcomes(id, true, SHOWN).await? {
        println!("  {} {} {}", row.at.rfc3339(), row.account.0, row.outcome.name());
    }
    Ok(ExitCode::SUCCESS)
}

/// `ID KIND STATE DONE of TOTAL, FAILED failed, since TIME`.
fn line(job: &Job, now: Timestamp) -> String {
    let state = match job.state {
        JobState::Waiting if job.is_running(now) => "running",
        JobState::Waiting if job.cancel_at.is_some() => "canceling",
        JobState::Waiting | JobState::Done | JobState::Cancelled | JobState::Failed => job.state.name(),
    };
    let of = job.counts.total.map_or(String::new(), |total| format!(" of {total}"));
    let (done, failed, since) = (job.counts.done, job.counts.failed, job.created_at.rfc3339());
    format!("{} {} {state} {done}{of} done, {failed} failed, since {since}", job.id.0, job.kind.name())
}

//! Jobs: leased, moved on step by step, and ended by the owner of their lease.

use rekey_domain::JobId;
use rekey_domain::job::{Counts, Job, JobKind, JobOutcome, Next, RowOutcome};
use rekey_shared::Timestamp;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    Condition, ConnectionTrait, DbErr, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use super::finders;
use super::lease::{self, Claim, LeaseColumns, Leased, WAITING};
use crate::entity::{job, job_outcome};
use crate::text::Text;
use crate::{Store, Unexpected, Write, transaction};

impl Leased for job::Entity {
    const COLUMNS: LeaseColumns<job::Column> = LeaseColumns {
        id: job::Column::Id,
        state: job::Column::State,
        not_before: job::Column::NotBefore,
        attempts: job::Column::Attempts,
        owner: job::Column::LeaseOwner,
        until: job::Column::LeaseUntil,
    };
}

/// What a step has moved.
#[derive(Debug, Clone, Copy)]
pub struct Progress<'a> {
    /// Where the next step begins.
    pub cursor: &'a str,
    /// The counts after this step.
    pub counts: Counts,
}

finders! {
    /// A job.
    fn find_job(id: JobId) -> Option<Job>;
}

async fn find_job(db: &impl ConnectionTrait, id: JobId) -> Result<Option<Job>, Unexpected> {
    job::Entity::find_by_id(id.0).one(db).await?.map(Job::try_from).transpose()
}

impl Store {
    /// Writes down a job of a kind that there is one of for ever, unless it is there already.
    pub async fn ensure_job(&self, job: &Job) -> Result<(), Unexpected> {
        let row = job::Model::of(job)?.into_active_model();
        let keep = OnConflict::column(job::Column::Only).do_nothing().to_owned();
        match job::Entity::insert(row).on_conflict(keep).exec_without_returning(&self.writes).await {
            Ok(_) | Err(DbErr::RecordNotInserted) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Leases at most `limit` jobs that are due, longest due first. `owner` is to be another one for each call:
    /// a worker that comes back to a job too late must not pass for the one that has it now.
    pub async fn lease_jobs(
        &self,
        kinds: &[JobKind],
        limit: u64,
        now: Timestamp,
        until: Timestamp,
        owner: Uuid,
    ) -> Result<Vec<Job>, Unexpected> {
        let wanted =
            || lease::due::<job::Entity>(now).filter(job::COLUMN.kind.is_in(kinds.iter().map(|kind| kind.text())));
        // Most looks find nothing and need not wait for anyone who writes.
        if wanted().one(&self.reads).await?.is_none() {
            return Ok(Vec::new());
        }
        let claim = Claim { until, owner };
        let rows =
            transaction!(self, |tx| Ok::<_, Unexpected>(lease::claim(&tx.tx, wanted(), limit, claim).await?)).await?;
        rows.into_iter().map(Job::try_from).collect()
    }

    /// Gives a lease back after a step that failed, or at the end. `false` when it was not `owner`'s any more.
    pub async fn give_back_job(&self, id: JobId, owner: Uuid, next: Next, now: Timestamp) -> Result<bool, Unexpected> {
        transaction!(self, |tx| tx.give_back_job(id, owner, next, now).await).await
    }

    /// Gives back the lease on the one job of a kind, if it is `owner`'s.
    pub async fn give_back_only_job(&self, kind: JobKind, owner: Uuid) -> Result<(), Unexpected> {
        job::Entity::update_many()
            .col_expr(job::Column::LeaseOwner, Expr::value(None::<Uuid>))
            .col_expr(job::Column::LeaseUntil, Expr::value(None::<i64>))
            .filter(job::COLUMN.only.eq(kind.name()))
            .filter(job::COLUMN.lease_owner.eq(owner))
            .exec(&self.writes)
            .await?;
        Ok(())
    }

    /// Jobs that are not periodic, latest first, and the periodic ones in front.
    pub async fn list_jobs(&self, limit: u64) -> Result<Vec<Job>, Unexpected> {
        let rows = job::Entity::find()
            .order_by_asc(Expr::col(job::Column::Only).is_null())
            .order_by_desc(job::COLUMN.id)
            .limit(limit)
            .all(&self.reads)
            .await?;
        rows.into_iter().map(Job::try_from).collect()
    }

    /// What became of a job's rows, in the order in which they were done; at most `limit`, and only those for which
    /// it could not be done when `only_failed`.
    pub async fn list_job_outcomes(
        &self,
        id: JobId,
        only_failed: bool,
        limit: u64,
    ) -> Result<Vec<JobOutcome>, Unexpected> {
        let mut select = job_outcome::Entity::find().filter(job_outcome::COLUMN.job.eq(id.0));
        if only_failed {
            let failed = RowOutcome::ALL.iter().filter(|outcome| !outcome.is_good()).map(|outcome| outcome.name());
            select = select.filter(job_outcome::COLUMN.outcome.is_in(failed));
        }
        let rows = select.order_by_asc(job_outcome::COLUMN.id).limit(limit).all(&self.reads).await?;
        rows.into_iter().map(JobOutcome::try_from).collect()
    }
}

impl Write {
    /// Writes down a job, due at once.
    pub async fn insert_job(&self, job: &Job) -> Result<(), Unexpected> {
        job::Entity::insert(job::Model::of(job)?.into_active_model()).exec_without_returning(&self.tx).await?;
        Ok(())
    }

    /// Begins a step: renews the lease and gives the job as it is now. `None` when the lease is another's by now: then
    /// nothing may be done. Until this transaction ends, no one else can lease the job.
    pub async fn hold_job(&self, id: JobId, owner: Uuid, until: Timestamp) -> Result<Option<Job>, Unexpected> {
        let renewed = lease::held::<job::Entity>(id.0, owner)
            .col_expr(job::Column::LeaseUntil, Expr::value(until.as_millis()))
            .exec(&self.tx)
            .await?;
        if renewed.rows_affected == 0 { Ok(None) } else { self.find_job(id).await }
    }

    /// Leases the one job of a kind, or renews the lease that `owner` has already, in the transaction of the step itself.
    /// `None` when it is another's.
    pub async fn lease_only_job(
        &self,
        kind: JobKind,
        now: Timestamp,
        until: Timestamp,
        owner: Uuid,
    ) -> Result<Option<Job>, Unexpected> {
        let mine = Condition::any().add(lease::free::<job::Entity>(now)).add(job::COLUMN.lease_owner.eq(owner));
        let wanted = job::Entity::find().filter(job::COLUMN.only.eq(kind.text())).filter(mine);
        let rows = lease::claim(&self.tx, wanted, 1, Claim { until, owner }).await?;
        rows.into_iter().next().map(Job::try_from).transpose()
    }

    /// Ends a step: moves the cursor and writes down what became of its rows. A step that is committed is not done
    /// again, so the claims since the last one are forgotten.
    pub async fn advance_job(
        &self,
        id: JobId,
        progress: Progress<'_>,
        outcomes: &[JobOutcome],
    ) -> Result<(), Unexpected> {
        let number = |n: u64| i64::try_from(n).map_err(|_| Unexpected::row("job", "done"));
        job::Entity::update_many()
            .col_expr(job::Column::Cursor, Expr::value(progress.cursor))
            .col_expr(job::Column::Total, Expr::value(progress.counts.total.map(number).transpose()?))
            .col_expr(job::Column::Done, Expr::value(number(progress.counts.done)?))
            .col_expr(job::Column::Failed, Expr::value(number(progress.counts.failed)?))
            .col_expr(job::Column::Attempts, Expr::value(0_i64))
            .filter(job::COLUMN.id.eq(id.0))
            .exec(&self.tx)
            .await?;
        if !outcomes.is_empty() {
            let rows = outcomes.iter().map(|outcome| job_outcome::ActiveModel::of(id, outcome));
            job_outcome::Entity::insert_many(rows).exec_without_returning(&self.tx).await?;
        }
        Ok(())
    }

    /// Gives a lease back and says what follows. `false` when it was not `owner`'s any more.
    pub async fn give_back_job(&self, id: JobId, owner: Uuid, next: Next, now: Timestamp) -> Result<bool, Unexpected> {
        let update = lease::given_back::<job::Entity>(id.0, owner);
        let update = match next {
            Next::Continue { at } => update.col_expr(job::Column::NotBefore, Expr::value(at.as_millis())),
            Next::Again { at } => update
                .col_expr(job::Column::NotBefore, Expr::value(at.as_millis()))
                .col_expr(job::Column::Cursor, Expr::value(None::<String>))
                .col_expr(job::Column::Attempts, Expr::value(0_i64))
                .col_expr(job::Column::FinishedAt, Expr::value(now.as_millis())),
            Next::End(state) => update
                .col_expr(job::Column::State, Expr::value(state.text()))
                .col_expr(job::Column::FinishedAt, Expr::value(now.as_millis())),
        };
        Ok(update.exec(&self.tx).await?.rows_affected == 1)
    }

    /// Asks a job to end early. `false` when there is no such job, it has ended, or it is one that never ends.
    pub async fn cancel_job(&self, id: JobId, now: Timestamp) -> Result<bool, Unexpected> {
        let outcome = job::Entity::update_many()
            .col_expr(job::Column::CancelAt, Expr::value(now.as_millis()))
            .filter(job::COLUMN.id.eq(id.0))
            .filter(job::COLUMN.state.eq(WAITING))
            .filter(job::COLUMN.only.is_null())
            .filter(job::COLUMN.cancel_at.is_null())
            .exec(&self.tx)
            .await?;
        Ok(outcome.rows_affected == 1)
    }
}

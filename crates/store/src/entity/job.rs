//! Jobs: leased like messages, with a cursor that moves in the transaction of each step.

use rekey_domain::audit::Actor;
use rekey_domain::job::{Counts, Job};
use rekey_domain::{AccountId, JobId, ProgramId};
use rekey_shared::Timestamp;
use sea_orm::entity::prelude::*;

use crate::Unexpected;
use crate::text::{Text, count};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "job")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub kind: String,
    /// The kind again where there is one job of it for ever.
    pub only: Option<String>,
    /// `waiting`, `done`, `cancelled` or `failed`.
    pub state: String,
    pub cursor: Option<String>,
    pub total: Option<i64>,
    pub done: i64,
    pub failed: i64,
    pub cancel_at: Option<i64>,
    pub actor: String,
    pub actor_id: Option<Uuid>,
    pub created_at: i64,
    pub not_before: i64,
    pub attempts: i64,
    pub lease_owner: Option<Uuid>,
    pub lease_until: Option<i64>,
    pub finished_at: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for Job {
    type Error = Unexpected;

    fn try_from(row: Model) -> Result<Self, Unexpected> {
        let total = row.total.map(|total| count(total, "job", "total")).transpose()?;
        let counts =
            Counts { total, done: count(row.done, "job", "done")?, failed: count(row.failed, "job", "failed")? };
        Ok(Self {
            id: JobId(row.id),
            kind: Text::read(&row.kind, "job", "kind")?,
            state: Text::read(&row.state, "job", "state")?,
            cursor: row.cursor,
            counts,
            cancel_at: row.cancel_at.map(Timestamp::from_millis),
            created_by: actor(&row.actor, row.actor_id)?,
            created_at: Timestamp::from_millis(row.created_at),
            not_before: Timestamp::from_millis(row.not_before),
            attempts: count(row.attempts, "job", "attempts")?,
            lease_until: row.lease_until.map(Timestamp::from_millis),
            finished_at: row.finished_at.map(Timestamp::from_millis),
        })
    }
}

fn actor(name: &str, id: Option<Uuid>) -> Result<Actor, Unexpected> {
    let id = || id.ok_or(Unexpected::row("job", "actor_id"));
    Ok(match name {
        "visitor" => Actor::Visitor,
        "person" => Actor::Person(AccountId(id()?)),
        "operator" => Actor::Operator,
        "program" => Actor::Program(ProgramId(id()?)),
        "system" => Actor::System,
        _ => return Err(Unexpected::row("job", "actor")),
    })
}

impl Model {
    /// A job as a row; no process holds it yet.
    pub fn of(job: &Job) -> Result<Self, Unexpected> {
        let number = |n: u64, column| i64::try_from(n).map_err(|_| Unexpected::row("job", column));
        let kind = job.kind.text();
        Ok(Self {
            id: job.id.0,
            kind: kind.to_owned(),
            only: job.kind.every().map(|_| kind.to_owned()),
            state: job.state.text().to_owned(),
            cursor: job.cursor.clone(),
            total: job.counts.total.map(|total| number(total, "total")).transpose()?,
            done: number(job.counts.done, "done")?,
            failed: number(job.counts.failed, "failed")?,
            cancel_at: job.cancel_at.map(Timestamp::as_millis),
            actor: job.created_by.name().to_owned(),
            actor_id: job.created_by.id(),
            created_at: job.created_at.as_millis(),
            not_before: job.not_before.as_millis(),
            attempts: job.attempts.into(),
            lease_owner: None,
            lease_until: job.lease_until.map(Timestamp::as_millis),
            finished_at: job.finished_at.map(Timestamp::as_millis),
        })
    }
}

//! What became of the rows of a job.

use rekey_domain::job::JobOutcome;
use rekey_domain::{AccountId, JobId};
use rekey_shared::Timestamp;
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::entity::prelude::*;

use crate::Unexpected;
use crate::text::Text;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "job_outcome")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub job: Uuid,
    /// No key to the account: it may be gone before the job is forgotten.
    pub account: Uuid,
    pub outcome: String,
    pub at: i64,
}

impl ActiveModelBehavior for ActiveModel {}

impl ActiveModel {
    /// What became of one row.
    pub fn of(job: JobId, outcome: &JobOutcome) -> Self {
        Self {
            id: NotSet,
            job: Set(job.0),
            account: Set(outcome.account.0),
            outcome: Set(outcome.outcome.text().to_owned()),
            at: Set(outcome.at.as_millis()),
        }
    }
}

impl TryFrom<Model> for JobOutcome {
    type Error = Unexpected;

    fn try_from(row: Model) -> Result<Self, Unexpected> {
        Ok(Self {
            account: AccountId(row.account),
            outcome: Text::read(&row.outcome, "job_outcome", "outcome")?,
            at: Timestamp::from_millis(row.at),
        })
    }
}

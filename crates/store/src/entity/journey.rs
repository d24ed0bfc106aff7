//! Registrations and recoveries under way.

use rekey_domain::journey::{Journey, JourneyState, Subject};
use rekey_domain::{AccountId, ActionTokenId, Epoch, JourneyId};
use rekey_shared::Timestamp;
use sea_orm::entity::prelude::*;

use crate::Unexpected;
use crate::text::{Text, digest};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "journey")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub kind: String,
    pub state: String,
    /// Only of one that is being completed.
    pub completing_until: Option<i64>,
    #[sea_orm(unique)]
    pub handle: Vec<u8>,
    pub target_kind: String,
    pub target: String,
    pub target_shown: String,
    pub lang: String,
    pub subject: String,
    /// Only of one that is for an account, as is its epoch.
    pub account: Option<Uuid>,
    pub epoch: Option<i64>,
    pub action_token: Option<Uuid>,
    /// Only of a registration that began with terms.
    pub terms: Option<String>,
    pub created_at: i64,
    pub expires_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}

pub const OPEN: &str = "open";
pub const COMPLETING: &str = "completing";
pub const DONE: &str = "done";
pub const REVOKED: &str = "revoked";
pub const UNRESOLVED: &str = "unresolved";

/// A state as columns: `state` and `completing_until`.
pub fn state_columns(state: JourneyState) -> (&'static str, Option<i64>) {
    match state {
        JourneyState::Open => (OPEN, None),
        JourneyState::Completing { until } => (COMPLETING, Some(until.as_millis())),
        JourneyState::Done => (DONE, None),
        JourneyState::Revoked => (REVOKED, None),
    }
}

/// A subject as columns: `subject`, `account` and `epoch`.
pub fn subject_columns(subject: Subject) -> (&'static str, Option<Uuid>, Option<i64>) {
    match subject {
        Subject::Newcomer => ("newcomer", None, None),
        Subject::Account { id, epoch } => ("account", Some(id.0), Some(epoch.0)),
        Subject::Unresolved => (UNRESOLVED, None, None),
    }
}

impl Model {
    fn read_state(&self) -> Result<JourneyState, Unexpected> {
        match (self.state.as_str(), self.completing_until) {
            (OPEN, None) => Ok(JourneyState::Open),
            (COMPLETING, Some(until)) => Ok(JourneyState::Completing { until: Timestamp::from_millis(until) }),
            (DONE, None) => Ok(JourneyState::Done),
            (REVOKED, None) => Ok(JourneyState::Revoked),
            _ => Err(Unexpected::row("journey", "state")),
        }
    }

    fn read_subject(&self) -> Result<Subject, Unexpected> {
        match (self.subject.as_str(), self.account, self.epoch) {
            ("newcomer", None, None) => Ok(Subject::Newcomer),
            ("account", Some(id), Some(epoch)) => Ok(Subject::Account { id: AccountId(id), epoch: Epoch(epoch) }),
            (UNRESOLVED, None, None) => Ok(Subject::Unresolved),
            _ => Err(Unexpected::row("journey", "subject")),
        }
    }
}

impl TryFrom<Model> for Journey {
    type Error = Unexpected;

    fn try_from(row: Model) -> Result<Self, Unexpected> {
        Ok(Self {
            id: JourneyId(row.id),
            kind: Text::read(&row.kind, "journey", "kind")?,
            state: row.read_state()?,
            handle: digest(&row.handle, "journey", "handle")?,
            target_kind: Text::read(&row.target_kind, "journey", "target_kind")?,
            lang: Text::read(&row.lang, "journey", "lang")?,
            subject: row.read_subject()?,
            target: row.target,
            target_shown: row.target_shown,
            action_token: row.action_token.map(ActionTokenId),
            terms: row.terms,
            created_at: Timestamp::from_millis(row.created_at),
            expires_at: Timestamp::from_millis(row.expires_at),
        })
    }
}

impl From<&Journey> for Model {
    fn from(journey: &Journey) -> Self {
        let (state, completing_until) = state_columns(journey.state);
        let (subject, account, epoch) = subject_columns(journey.subject);
        Self {
            id: journey.id.0,
            kind: journey.kind.text().to_owned(),
            state: state.to_owned(),
            completing_until,
            handle: journey.handle.0.to_vec(),
            target_kind: journey.target_kind.text().to_owned(),
            target: journey.target.clone(),
            target_shown: journey.target_shown.clone(),
            lang: journey.lang.text().to_owned(),
            subject: subject.to_owned(),
            account,
            epoch,
            action_token: journey.action_token.map(|id| id.0),
            terms: journey.terms.clone(),
            created_at: journey.created_at.as_millis(),
            expires_at: journey.expires_at.as_millis(),
        }
    }
}

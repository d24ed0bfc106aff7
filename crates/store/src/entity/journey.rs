//! Registrations and recoveries under way.

use rekey_domain::journey::{Bound, Journey};
use rekey_domain::{AccountId, ActionTokenId, Digest, Epoch, IdentifierId, JourneyId};
use rekey_shared::Timestamp;
use sea_orm::entity::prelude::*;

use crate::Unexpected;
use crate::text::{Text, count, digest};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "journey")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub kind: String,
    pub state: String,
    #[sea_orm(unique)]
    pub handle: Vec<u8>,
    pub target_kind: String,
    pub target: String,
    pub target_shown: String,
    pub lang: String,
    /// Whether the three columns that follow say whom it is for.
    pub bound: bool,
    pub bound_account: Option<Uuid>,
    pub bound_channel: Option<Uuid>,
    pub bound_epoch: Option<i64>,
    pub link: Option<Vec<u8>>,
    pub link_expires_at: i64,
    pub code_generation: i32,
    pub code_expires_at: i64,
    pub code_tries: i32,
    pub last_sent_at: i64,
    pub proven_at: Option<i64>,
    pub action_token: Option<Uuid>,
    pub created_at: i64,
    pub expires_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    fn read_bound(&self) -> Option<Bound> {
        self.bound.then(|| Bound {
            account: self.bound_account.map(AccountId),
            channel: self.bound_channel.map(IdentifierId),
            epoch: self.bound_epoch.map(Epoch),
        })
    }
}

impl TryFrom<Model> for Journey {
    type Error = Unexpected;

    fn try_from(row: Model) -> Result<Self, Unexpected> {
        Ok(Self {
            id: JourneyId(row.id),
            kind: Text::read(&row.kind, "journey", "kind")?,
            state: Text::read(&row.state, "journey", "state")?,
            handle: digest(&row.handle, "journey", "handle")?,
            target_kind: Text::read(&row.target_kind, "journey", "target_kind")?,
            lang: Text::read(&row.lang, "journey", "lang")?,
            bound: row.read_bound(),
            target: row.target,
            target_shown: row.target_shown,
            link: row.link.map(|link| digest(&link, "journey", "link")).transpose()?,
            link_expires_at: Timestamp::from_millis(row.link_expires_at),
            code_generation: row.code_generation,
            code_expires_at: Timestamp::from_millis(row.code_expires_at),
            code_tries: count(row.code_tries.into(), "journey", "code_tries")?,
            last_sent_at: Timestamp::from_millis(row.last_sent_at),
            proven_at: row.proven_at.map(Timestamp::from_millis),
            action_token: row.action_token.map(ActionTokenId),
            created_at: Timestamp::from_millis(row.created_at),
            expires_at: Timestamp::from_millis(row.expires_at),
        })
    }
}

impl From<&Journey> for Model {
    fn from(journey: &Journey) -> Self {
        let bound = journey.bound;
        Self {
            id: journey.id.0,
            kind: journey.kind.text().to_owned(),
            state: journey.state.text().to_owned(),
            handle: journey.handle.0.to_vec(),
            target_kind: journey.target_kind.text().to_owned(),
            target: journey.target.clone(),
            target_shown: journey.target_shown.clone(),
            lang: journey.lang.text().to_owned(),
            bound: bound.is_some(),
            bound_account: bound.and_then(|bound| bound.account).map(|id| id.0),
            bound_channel: bound.and_then(|bound| bound.channel).map(|id| id.0),
            bound_epoch: bound.and_then(|bound| bound.epoch).map(|epoch| epoch.0),
            link: journey.link.map(|Digest(bytes)| bytes.to_vec()),
            link_expires_at: journey.link_expires_at.as_millis(),
            code_generation: journey.code_generation,
            code_expires_at: journey.code_expires_at.as_millis(),
            code_tries: journey.code_tries.into(),
            last_sent_at: journey.last_sent_at.as_millis(),
            proven_at: journey.proven_at.map(Timestamp::as_millis),
            action_token: journey.action_token.map(|id| id.0),
            created_at: journey.created_at.as_millis(),
            expires_at: journey.expires_at.as_millis(),
        }
    }
}

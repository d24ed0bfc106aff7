//! Single-use links that belong to no journey.

use rekey_domain::account::action_token::ActionToken;
use rekey_domain::{AccountId, ActionTokenId, IdentifierId};
use rekey_shared::Timestamp;
use sea_orm::entity::prelude::*;

use crate::Unexpected;
use crate::text::{Text, digest};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "action_token")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub kind: String,
    #[sea_orm(unique)]
    pub digest: Vec<u8>,
    pub account: Option<Uuid>,
    pub disputed: Option<Uuid>,
    pub created_at: i64,
    pub expires_at: i64,
    pub spent_at: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for ActionToken {
    type Error = Unexpected;

    fn try_from(row: Model) -> Result<Self, Unexpected> {
        Ok(Self {
            id: ActionTokenId(row.id),
            kind: Text::read(&row.kind, "action_token", "kind")?,
            digest: digest(&row.digest, "action_token", "digest")?,
            account: row.account.map(AccountId),
            disputed: row.disputed.map(IdentifierId),
            created_at: Timestamp::from_millis(row.created_at),
            expires_at: Timestamp::from_millis(row.expires_at),
            spent_at: row.spent_at.map(Timestamp::from_millis),
        })
    }
}

impl From<&ActionToken> for Model {
    fn from(action_token: &ActionToken) -> Self {
        Self {
            id: action_token.id.0,
            kind: action_token.kind.text().to_owned(),
            digest: action_token.digest.0.to_vec(),
            account: action_token.account.map(|id| id.0),
            disputed: action_token.disputed.map(|id| id.0),
            created_at: action_token.created_at.as_millis(),
            expires_at: action_token.expires_at.as_millis(),
            spent_at: action_token.spent_at.map(Timestamp::as_millis),
        }
    }
}

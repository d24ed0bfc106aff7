//! Signed-in browsers, found by the digest of the secret in their cookie.

use rekey_domain::session::Session;
use rekey_domain::{AccountId, Digest, Epoch, SessionId};
use rekey_shared::Timestamp;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "session")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub account: Uuid,
    #[sea_orm(unique)]
    pub token: Vec<u8>,
    pub epoch: i64,
    pub device: String,
    pub created_at: i64,
    pub last_used_at: i64,
    pub ended_at: Option<i64>,
    #[sea_orm(belongs_to, from = "account", to = "id")]
    pub holder: BelongsTo<super::account::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}

impl From<Model> for Session {
    fn from(row: Model) -> Self {
        Self {
            id: SessionId(row.id),
            account: AccountId(row.account),
            epoch: Epoch(row.epoch),
            device: row.device,
            created_at: Timestamp::from_millis(row.created_at),
            last_used_at: Timestamp::from_millis(row.last_used_at),
            ended_at: row.ended_at.map(Timestamp::from_millis),
        }
    }
}

impl Model {
    /// A session and the digest of its secret, as a row.
    pub fn of(session: &Session, token: Digest) -> Self {
        Self {
            id: session.id.0,
            account: session.account.0,
            token: token.0.to_vec(),
            epoch: session.epoch.0,
            device: session.device.clone(),
            created_at: session.created_at.as_millis(),
            last_used_at: session.last_used_at.as_millis(),
            ended_at: session.ended_at.map(Timestamp::as_millis),
        }
    }
}

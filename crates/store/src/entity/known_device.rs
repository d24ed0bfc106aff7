//! Browsers that an account's owner has used before, found by the digest of the secret in their cookie.

use rekey_domain::session::known_device::KnownDevice;
use rekey_domain::{AccountId, Digest, Epoch, KnownDeviceId};
use rekey_shared::Timestamp;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "known_device")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub account: Uuid,
    pub token: Vec<u8>,
    pub epoch: i64,
    pub label: String,
    pub created_at: i64,
    pub last_used_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}

impl From<Model> for KnownDevice {
    fn from(row: Model) -> Self {
        Self {
            id: KnownDeviceId(row.id),
            account: AccountId(row.account),
            epoch: Epoch(row.epoch),
            label: row.label,
            created_at: Timestamp::from_millis(row.created_at),
            last_used_at: Timestamp::from_millis(row.last_used_at),
        }
    }
}

impl Model {
    /// A known browser and the digest of its secret, as a row.
    pub fn of(device: &KnownDevice, token: Digest) -> Self {
        Self {
            id: device.id.0,
            account: device.account.0,
            token: token.0.to_vec(),
            epoch: device.epoch.0,
            label: device.label.clone(),
            created_at: device.created_at.as_millis(),
            last_used_at: device.last_used_at.as_millis(),
        }
    }
}

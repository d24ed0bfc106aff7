//! Keys that outlive those of the ring, each sealed with one of them.

use rekey_domain::key::{DataKeyPurpose, SealedDataKey};
use rekey_shared::Timestamp;
use sea_orm::entity::prelude::*;

use crate::Unexpected;
use crate::text::Text;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "data_key")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub purpose: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub generation: i32,
    pub not_before: i64,
    pub sealed: Vec<u8>,
}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for SealedDataKey {
    type Error = Unexpected;

    fn try_from(row: Model) -> Result<Self, Unexpected> {
        Ok(Self {
            purpose: DataKeyPurpose::read(&row.purpose, "data_key", "purpose")?,
            generation: row.generation,
            not_before: Timestamp::from_millis(row.not_before),
            sealed: row.sealed,
        })
    }
}

impl From<&SealedDataKey> for Model {
    fn from(key: &SealedDataKey) -> Self {
        Self {
            purpose: key.purpose.text().to_owned(),
            generation: key.generation,
            not_before: key.not_before.as_millis(),
            sealed: key.sealed.clone(),
        }
    }
}

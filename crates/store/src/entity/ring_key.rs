//! Keys of the ring, as far as the database knows them.

use rekey_domain::KeyId;
use rekey_domain::key::RingKey;
use rekey_shared::Timestamp;
use sea_orm::entity::prelude::*;

use crate::Unexpected;
use crate::text::count;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ring_key")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub not_before: i64,
    pub retired_at: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for RingKey {
    type Error = Unexpected;

    fn try_from(row: Model) -> Result<Self, Unexpected> {
        Ok(Self {
            id: KeyId(count(row.id, "ring_key", "id")?),
            not_before: Timestamp::from_millis(row.not_before),
            retired_at: row.retired_at.map(Timestamp::from_millis),
        })
    }
}

impl From<&RingKey> for Model {
    fn from(key: &RingKey) -> Self {
        Self {
            id: key.id.0.into(),
            not_before: key.not_before.as_millis(),
            retired_at: key.retired_at.map(Timestamp::as_millis),
        }
    }
}

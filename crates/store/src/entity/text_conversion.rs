//! Codes that were sent to a prefix, and how many of them were entered.

use rekey_domain::message::conversion::Conversion;
use rekey_shared::Timestamp;
use sea_orm::entity::prelude::*;

use crate::Unexpected;
use crate::text::count;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "text_conversion")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub prefix: String,
    pub since: i64,
    pub sent: i64,
    pub verified: i64,
    pub paused_until: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for Conversion {
    type Error = Unexpected;

    fn try_from(row: Model) -> Result<Self, Unexpected> {
        Ok(Self {
            since: Timestamp::from_millis(row.since),
            sent: count(row.sent, "text_conversion", "sent")?,
            verified: count(row.verified, "text_conversion", "verified")?,
            paused_until: row.paused_until.map(Timestamp::from_millis),
        })
    }
}

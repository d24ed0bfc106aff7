//! The audit record: append-only, each line chained to the one before.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit")]
pub struct Model {
    /// 1, 2, 3 … without a gap.
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    pub at: i64,
    pub event: String,
    pub account: Option<Uuid>,
    pub journey: Option<Uuid>,
    pub session: Option<Uuid>,
    pub address: String,
    /// The hash of the line before; 32 zero bytes before the first.
    pub prev: Vec<u8>,
    pub hash: Vec<u8>,
}

impl ActiveModelBehavior for ActiveModel {}

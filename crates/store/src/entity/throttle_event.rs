//! Requests that a throttle let through within the last hour.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "throttle_event")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub purpose: String,
    pub account_key: Vec<u8>,
    pub address_key: Vec<u8>,
    pub at: i64,
}

impl ActiveModelBehavior for ActiveModel {}

//! How much of a limit on text messages is used, by the key of a count.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "text_count")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    pub used: i64,
    pub ends_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}

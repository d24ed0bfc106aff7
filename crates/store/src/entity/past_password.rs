//! Passwords that were replaced. Every replacement raises the account's epoch, so it tells them apart and in order.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "past_password")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub account: Uuid,
    /// The account's epoch while it was in use.
    #[sea_orm(primary_key, auto_increment = false)]
    pub epoch: i64,
    /// An Argon2id PHC string.
    pub password: String,
    pub replaced_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}

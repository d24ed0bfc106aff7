//! What a journey has proven, for which account. A row of its own, never a flag in a session.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "proof")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub journey: Uuid,
    /// Which step: `code`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub step: String,
    /// Nobody's for a registration.
    pub account: Option<Uuid>,
    pub at: i64,
}

impl ActiveModelBehavior for ActiveModel {}

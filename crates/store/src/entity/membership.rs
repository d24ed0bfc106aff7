//! Who belongs to which group. The group is written as the scope that policies are assigned to.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "membership")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub account: Uuid,
    /// `group:` and a name.
    #[sea_orm(primary_key, auto_increment = false)]
    pub scope: String,
}

impl ActiveModelBehavior for ActiveModel {}

//! The last backup, and every return of the database to an earlier state.

use sea_orm::entity::prelude::*;

/// A backup was made. One row: the last one.
pub const MADE: &str = "made";
/// The database was returned to an earlier state.
pub const RESTORED: &str = "restored";

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "backup_event")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// `made` or `restored`.
    pub kind: String,
    pub at: i64,
    /// When the backup had been made that was restored, as far as that is known.
    pub taken_at: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}

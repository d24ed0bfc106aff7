//! When the last backup was made, and when the database was returned to an earlier state.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, text, uuid};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0060_backup_event"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(backup_event()).await
    }
}

fn backup_event() -> TableCreateStatement {
    Table::create()
        .table("backup_event")
        .col(uuid("id").primary_key())
        .col(text("kind"))
        .col(big_integer("at"))
        // When the backup that was restored had been made, as far as that is known.
        .col(big_integer_null("taken_at"))
        .take()
}

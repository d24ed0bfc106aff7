//! Settings documents, every version of them, and the row that tells nodes that one was added.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, integer, text, uuid_null};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0040_settings"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(setting_document()).await?;
        manager.create_table(setting_epoch()).await?;
        let first = Query::insert()
            .into_table("setting_epoch")
            .columns(["id", "epoch"])
            .values_panic([1.into(), 0_i64.into()])
            .take();
        manager.execute(first).await
    }
}

fn setting_document() -> TableCreateStatement {
    Table::create()
        .table("setting_document")
        .col(text("section"))
        .col(integer("version"))
        .col(text("body"))
        .col(big_integer("changed_at"))
        // No key to the account: who changed it outlives who it was.
        .col(uuid_null("changed_by"))
        .primary_key(Index::create().col("section").col("version"))
        .take()
}

fn setting_epoch() -> TableCreateStatement {
    Table::create().table("setting_epoch").col(integer("id").primary_key()).col(big_integer("epoch")).take()
}

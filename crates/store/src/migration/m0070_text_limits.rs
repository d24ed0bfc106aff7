//! What text messages are counted by, and whether the codes in them are entered.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, binary_null, string};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0070_text_limits"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let outbox = || Table::alter().table("outbox").take();
        manager.alter_table(outbox().add_column(binary_null("network")).take()).await?;
        manager.alter_table(outbox().add_column(big_integer_null("text_counted_at")).take()).await?;
        manager.create_table(text_count()).await?;
        manager.create_table(text_conversion()).await?;
        let by_end = Index::create().name("text_count_ends_at").table("text_count").col("ends_at").take();
        manager.create_index(by_end).await
    }
}

fn text_count() -> TableCreateStatement {
    Table::create()
        .table("text_count")
        .col(string("key").primary_key())
        .col(big_integer("used"))
        .col(big_integer("ends_at"))
        .take()
}

fn text_conversion() -> TableCreateStatement {
    Table::create()
        .table("text_conversion")
        .col(string("prefix").primary_key())
        .col(big_integer("since"))
        .col(big_integer("sent"))
        .col(big_integer("verified"))
        .col(big_integer_null("paused_until"))
        .take()
}

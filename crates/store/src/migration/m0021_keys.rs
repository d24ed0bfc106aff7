//! What is known of keys: when those of the ring are used, and keys that are sealed with them.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, binary, integer, text};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0021_keys"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(ring_key()).await?;
        manager.create_table(data_key()).await?;
        // It held the digest of one key, which the sealed keys take the place of.
        manager.drop_table(Table::drop().table("meta").to_owned()).await
    }
}

/// Never the keys themselves: those are in the file.
fn ring_key() -> TableCreateStatement {
    Table::create()
        .table("ring_key")
        .col(big_integer("id").primary_key())
        .col(big_integer("not_before"))
        .col(big_integer_null("retired_at"))
        .take()
}

fn data_key() -> TableCreateStatement {
    Table::create()
        .table("data_key")
        .col(text("purpose"))
        .col(integer("generation"))
        .col(big_integer("not_before"))
        .col(binary("sealed"))
        .primary_key(Index::create().col("purpose").col("generation"))
        .take()
}

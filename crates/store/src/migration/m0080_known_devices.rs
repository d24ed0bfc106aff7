//! Browsers that an account's owner has used before, and which of them a message is about.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, binary, text, uuid, uuid_null};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0080_known_devices"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(known_device()).await?;
        let of_account = Index::create()
            .name("known_device_account_token")
            .table("known_device")
            .col("account")
            .col("token")
            .unique()
            .take();
        manager.create_index(of_account).await?;
        manager.alter_table(Table::alter().table("outbox").add_column(uuid_null("known_device")).take()).await
    }
}

fn known_device() -> TableCreateStatement {
    let mut to_account = ForeignKey::create();
    to_account.from("known_device", "account").to("account", "id").on_delete(ForeignKeyAction::Cascade);
    Table::create()
        .table("known_device")
        .col(uuid("id").primary_key())
        .col(uuid("account"))
        .col(binary("token"))
        .col(big_integer("epoch"))
        .col(text("label"))
        .col(big_integer("created_at"))
        .col(big_integer("last_used_at"))
        .foreign_key(&mut to_account)
        .take()
}

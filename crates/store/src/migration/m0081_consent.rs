//! Which terms were accepted, and when.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, text, text_null, uuid};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0081_consent"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(consent()).await?;
        manager.alter_table(Table::alter().table("journey").add_column(text_null("terms")).take()).await
    }
}

fn consent() -> TableCreateStatement {
    let mut to_account = ForeignKey::create();
    to_account.from("consent", "account").to("account", "id").on_delete(ForeignKeyAction::Cascade);
    Table::create()
        .table("consent")
        .col(uuid("account"))
        .col(big_integer("at"))
        .col(text("terms"))
        .primary_key(Index::create().col("account").col("at"))
        .foreign_key(&mut to_account)
        .take()
}

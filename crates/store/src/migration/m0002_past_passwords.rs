//! Passwords that were replaced, for the rule that none of them comes back.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, text, uuid};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0002_past_passwords"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(past_password()).await
    }
}

fn past_password() -> TableCreateStatement {
    let mut to_account = ForeignKey::create();
    to_account.from("past_password", "account").to("account", "id").on_delete(ForeignKeyAction::Cascade);
    Table::create()
        .table("past_password")
        .col(uuid("account"))
        .col(big_integer("epoch"))
        .col(text("password"))
        .col(big_integer("replaced_at"))
        .primary_key(Index::create().col("account").col("epoch"))
        .foreign_key(&mut to_account)
        .take()
}

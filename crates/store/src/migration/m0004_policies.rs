//! Policies that are assigned, every version of them, and who belongs to which group.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, integer, text, text_null, uuid, uuid_null};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0004_policies"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(policy()).await?;
        manager.create_table(membership()).await?;
        let by_group = Index::create().name("membership_scope").table("membership").col("scope").take();
        manager.create_index(by_group).await
    }
}

fn policy() -> TableCreateStatement {
    Table::create()
        .table("policy")
        .col(text("scope"))
        .col(integer("version"))
        .col(text_null("body"))
        .col(big_integer("changed_at"))
        // No key to the account: who changed it outlives who it was.
        .col(uuid_null("changed_by"))
        .primary_key(Index::create().col("scope").col("version"))
        .take()
}

fn membership() -> TableCreateStatement {
    let mut to_account = ForeignKey::create();
    to_account.from("membership", "account").to("account", "id").on_delete(ForeignKeyAction::Cascade);
    Table::create()
        .table("membership")
        .col(uuid("account"))
        .col(text("scope"))
        .primary_key(Index::create().col("account").col("scope"))
        .foreign_key(&mut to_account)
        .take()
}

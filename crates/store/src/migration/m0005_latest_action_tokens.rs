//! The latest action token of an account is looked for at every sign-in where temporary passwords are in use: without sorting
//! all that the account ever had.

use sea_orm_migration::prelude::*;

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0005_latest_action_tokens"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let latest = Index::create()
            .name("action_token_latest")
            .table("action_token")
            .col("account")
            .col("kind")
            .col("id")
            .take();
        manager.create_index(latest).await?;
        // Its columns lead the new one.
        manager.drop_index(Index::drop().name("action_token_account").table("action_token").to_owned()).await
    }
}

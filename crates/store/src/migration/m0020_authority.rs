//! Where the password of an account is kept.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::text;

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0020_authority"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Every account that is there already has its password here.
        let mut authority = text("authority").default("local").take();
        manager.alter_table(Table::alter().table("account").add_column(&mut authority).take()).await
    }
}

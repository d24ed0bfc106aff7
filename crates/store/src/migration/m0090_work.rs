//! Whether a message was asked for with a proof of work.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::boolean;

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0090_work"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let with_work = boolean("with_work").default(false).take();
        manager.alter_table(Table::alter().table("outbox").add_column(with_work).take()).await
    }
}

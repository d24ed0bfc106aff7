//! Why the password of an account must be changed.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::text_null;

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0022_change_cause"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let account = || Table::alter().table("account").take();
        manager.alter_table(account().rename_column("must_change", "marked").take()).await?;
        manager.alter_table(account().add_column(text_null("must_change")).take()).await?;
        // Who marked an account was not written down; operators did it by far the most often.
        let marked =
            Query::update().table("account").value("must_change", "operator").and_where(Expr::col("marked")).take();
        manager.execute(marked).await?;
        manager.alter_table(account().drop_column("marked").take()).await
    }
}

//! What an account needs so that its password can expire, or be marked for change.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{boolean, integer_null};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0003_expiry"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // One column at a time: SQLite adds no more with one statement.
        for mut column in [
            boolean("must_change").default(false).take(),
            boolean("never_expires").default(false).take(),
            integer_null("warned").take(),
        ] {
            manager.alter_table(Table::alter().table("account").add_column(&mut column).take()).await?;
        }
        let by_age =
            Index::create().name("account_password_age").table("account").col("password_changed_at").col("id").take();
        manager.create_index(by_age).await
    }
}

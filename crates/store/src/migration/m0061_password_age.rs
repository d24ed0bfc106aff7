//! Accounts by the age of their password, also where that is not known.

use sea_orm_migration::prelude::*;

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0061_password_age"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_index(Index::drop().name("account_password_age").table("account").to_owned()).await?;
        manager.get_connection().execute_unprepared(BY_AGE).await.map(drop)
    }
}

/// The same expression as in `query/expiry.rs`.
const BY_AGE: &str =
    "CREATE INDEX account_password_age ON account ((COALESCE(\"password_changed_at\", \"created_at\")), id)";

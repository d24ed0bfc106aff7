//! Tokens that are shown to a mail server.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, binary_null, string};

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0071_mail_token"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("mail_token")
            .col(string("name").primary_key())
            .col(binary_null("sealed"))
            .col(big_integer_null("renewing_until"))
            .col(big_integer("updated_at"))
            .take();
        manager.create_table(table).await
    }
}

//! Tokens that are shown to a mail server, sealed, by mailbox, client and token endpoint.

use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "mail_token")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    /// Nothing until the first one was fetched.
    pub sealed: Option<Vec<u8>>,
    /// A node is asking for the next one, until then at the latest.
    pub renewing_until: Option<i64>,
    pub updated_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}

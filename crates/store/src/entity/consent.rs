//! Terms that owners of accounts accepted.

use rekey_domain::{AccountId, Consent};
use rekey_shared::Timestamp;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "consent")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub account: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub at: i64,
    pub terms: String,
}

impl ActiveModelBehavior for ActiveModel {}

impl From<Model> for Consent {
    fn from(row: Model) -> Self {
        Self { account: AccountId(row.account), terms: row.terms, at: Timestamp::from_millis(row.at) }
    }
}

impl From<&Consent> for Model {
    fn from(consent: &Consent) -> Self {
        Self { account: consent.account.0, at: consent.at.as_millis(), terms: consent.terms.clone() }
    }
}

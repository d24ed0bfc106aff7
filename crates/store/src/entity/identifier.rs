//! Addresses, numbers and names of accounts. `(kind, canonical)` is unique.

use rekey_domain::{AccountId, AccountIdentifier, IdentifierId};
use rekey_shared::Timestamp;
use sea_orm::entity::prelude::*;

use crate::Unexpected;
use crate::text::Text;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "identifier")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub account: Uuid,
    pub kind: String,
    pub canonical: String,
    pub shown: String,
    pub verified_at: Option<i64>,
    #[sea_orm(belongs_to, from = "account", to = "id")]
    pub holder: BelongsTo<super::account::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for AccountIdentifier {
    type Error = Unexpected;

    fn try_from(row: Model) -> Result<Self, Unexpected> {
        Ok(Self {
            id: IdentifierId(row.id),
            account: AccountId(row.account),
            kind: Text::read(&row.kind, "identifier", "kind")?,
            canonical: row.canonical,
            shown: row.shown,
            verified_at: row.verified_at.map(Timestamp::from_millis),
        })
    }
}

impl From<&AccountIdentifier> for Model {
    fn from(identifier: &AccountIdentifier) -> Self {
        Self {
            id: identifier.id.0,
            account: identifier.account.0,
            kind: identifier.kind.text().to_owned(),
            canonical: identifier.canonical.clone(),
            shown: identifier.shown.clone(),
            verified_at: identifier.verified_at.map(Timestamp::as_millis),
        }
    }
}

//! Versions of settings documents: rows are added, never changed.

use rekey_domain::AccountId;
use rekey_domain::setting::{Document, Section};
use rekey_shared::Timestamp;
use sea_orm::entity::prelude::*;

use crate::Unexpected;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "setting_document")]
pub struct Model {
    /// The name of the document.
    #[sea_orm(primary_key, auto_increment = false)]
    pub section: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub version: i32,
    /// Keys and values as a JSON object. What is not in it has its default.
    pub body: String,
    pub changed_at: i64,
    pub changed_by: Option<Uuid>,
}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for Document {
    type Error = Unexpected;

    fn try_from(row: Model) -> Result<Self, Unexpected> {
        Ok(Self {
            section: Section::named(&row.section).ok_or(Unexpected::row("setting_document", "section"))?,
            version: row.version,
            values: serde_json::from_str(&row.body).map_err(|_| Unexpected::row("setting_document", "body"))?,
            changed_at: Timestamp::from_millis(row.changed_at),
            changed_by: row.changed_by.map(AccountId),
        })
    }
}

impl TryFrom<&Document> for Model {
    type Error = Unexpected;

    fn try_from(document: &Document) -> Result<Self, Unexpected> {
        Ok(Self {
            section: document.section.name().to_owned(),
            version: document.version,
            body: serde_json::to_string(&document.values).map_err(|_| Unexpected::row("setting_document", "body"))?,
            changed_at: document.changed_at.as_millis(),
            changed_by: document.changed_by.map(|id| id.0),
        })
    }
}

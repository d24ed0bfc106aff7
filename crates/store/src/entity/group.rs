//! Groups of accounts.

use rekey_domain::GroupId;
use rekey_domain::group::{Group, GroupName};
use rekey_shared::Timestamp;
use sea_orm::entity::prelude::*;

use crate::Unexpected;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "group")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(unique)]
    pub name: String,
    pub created_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for Group {
    type Error = Unexpected;

    fn try_from(row: Model) -> Result<Self, Unexpected> {
        Ok(Self {
            id: GroupId(row.id),
            name: GroupName::parse(&row.name).ok_or(Unexpected::row("group", "name"))?,
            created_at: Timestamp::from_millis(row.created_at),
        })
    }
}

impl From<&Group> for Model {
    fn from(group: &Group) -> Self {
        Self { id: group.id.0, name: group.name.as_str().to_owned(), created_at: group.created_at.as_millis() }
    }
}

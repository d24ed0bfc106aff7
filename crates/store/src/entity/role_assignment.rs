//! Roles that were given.

use rekey_domain::right::{RoleAssignment, RoleHolder, RoleScope};
use rekey_domain::{AccountId, GroupId, RoleAssignmentId};
use rekey_shared::Timestamp;
use sea_orm::entity::prelude::*;

use crate::Unexpected;
use crate::text::Text;

const TABLE: &str = "role_assignment";

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "role_assignment")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The account that it was given to; nothing for a group.
    pub account: Option<Uuid>,
    /// The group that it was given to; nothing for an account.
    pub group: Option<Uuid>,
    pub role: String,
    /// `everywhere`, or `group:` and an id.
    pub scope: String,
    pub expires_at: Option<i64>,
    pub granted_at: i64,
    pub granted_by: Option<Uuid>,
}

impl ActiveModelBehavior for ActiveModel {}

/// A scope as it is stored.
pub fn scope_text(scope: RoleScope) -> String {
    match scope {
        RoleScope::Everywhere => "everywhere".to_owned(),
        RoleScope::Group(group) => format!("group:{}", group.0),
    }
}

fn read_scope(text: &str) -> Result<RoleScope, Unexpected> {
    if text == "everywhere" {
        return Ok(RoleScope::Everywhere);
    }
    let id = text.strip_prefix("group:").and_then(|id| Uuid::try_parse(id).ok());
    id.map(|id| RoleScope::Group(GroupId(id))).ok_or(Unexpected::row(TABLE, "scope"))
}

impl TryFrom<Model> for RoleAssignment {
    type Error = Unexpected;

    fn try_from(row: Model) -> Result<Self, Unexpected> {
        let holder = match (row.account, row.group) {
            (Some(account), None) => RoleHolder::Account(AccountId(account)),
            (None, Some(group)) => RoleHolder::Group(GroupId(group)),
            (Some(_), Some(_)) | (None, None) => return Err(Unexpected::row(TABLE, "account")),
        };
        Ok(Self {
            id: RoleAssignmentId(row.id),
            holder,
            role: Text::read(&row.role, TABLE, "role")?,
            scope: read_scope(&row.scope)?,
            expires_at: row.expires_at.map(Timestamp::from_millis),
            granted_at: Timestamp::from_millis(row.granted_at),
            granted_by: row.granted_by.map(AccountId),
        })
    }
}

impl From<&RoleAssignment> for Model {
    fn from(assignment: &RoleAssignment) -> Self {
        let (account, group) = match assignment.holder {
            RoleHolder::Account(account) => (Some(account.0), None),
            RoleHolder::Group(group) => (None, Some(group.0)),
        };
        Self {
            id: assignment.id.0,
            account,
            group,
            role: assignment.role.text().to_owned(),
            scope: scope_text(assignment.scope),
            expires_at: assignment.expires_at.map(Timestamp::as_millis),
            granted_at: assignment.granted_at.as_millis(),
            granted_by: assignment.granted_by.map(|id| id.0),
        }
    }
}

//! Versions of assigned policies: rows are added, never changed.

use rekey_domain::AccountId;
use rekey_domain::password::assignment::{PolicyAssignment, PolicyTarget};
use rekey_shared::Timestamp;
use sea_orm::entity::prelude::*;

use crate::Unexpected;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "policy_assignment")]
pub struct Model {
    /// `default`, `administrators` or `group:` and an id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub target: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub version: i32,
    /// The group that the target is. Nothing once the group is gone: the versions stay.
    pub group: Option<Uuid>,
    /// A policy as JSON; nothing when none is assigned any more.
    pub body: Option<String>,
    pub changed_at: i64,
    pub changed_by: Option<Uuid>,
}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for PolicyAssignment {
    type Error = Unexpected;

    fn try_from(row: Model) -> Result<Self, Unexpected> {
        let policy = row.body.as_deref().map(serde_json::from_str).transpose();
        Ok(Self {
            target: PolicyTarget::parse(&row.target).ok_or(Unexpected::row("policy_assignment", "target"))?,
            version: row.version,
            policy: policy.map_err(|_| Unexpected::row("policy_assignment", "body"))?,
            changed_at: Timestamp::from_millis(row.changed_at),
            changed_by: row.changed_by.map(AccountId),
        })
    }
}

impl TryFrom<&PolicyAssignment> for Model {
    type Error = Unexpected;

    fn try_from(assignment: &PolicyAssignment) -> Result<Self, Unexpected> {
        let body = assignment.policy.as_ref().map(serde_json::to_string).transpose();
        Ok(Self {
            target: assignment.target.to_string(),
            group: assignment.target.group().map(|id| id.0),
            version: assignment.version,
            body: body.map_err(|_| Unexpected::row("policy_assignment", "body"))?,
            changed_at: assignment.changed_at.as_millis(),
            changed_by: assignment.changed_by.map(|id| id.0),
        })
    }
}

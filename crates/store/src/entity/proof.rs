//! What was proven. Rows are added and never changed.

use rekey_domain::journey::Subject;
use rekey_domain::journey::proof::Proof;
use rekey_domain::{AccountId, Epoch, FactorId, ProofId};
use rekey_shared::Timestamp;
use sea_orm::entity::prelude::*;

use super::owner;
use crate::Unexpected;
use crate::text::{Text, count};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "proof")]
pub struct Model {
    /// That of the challenge it answers, so that none is answered twice.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub owner: String,
    pub journey: Option<Uuid>,
    pub session: Option<Uuid>,
    pub gate: i32,
    pub method: String,
    pub factor: Option<Uuid>,
    /// `None`, with the epoch, for a newcomer.
    pub account: Option<Uuid>,
    pub epoch: Option<i64>,
    pub at: i64,
}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for Proof {
    type Error = Unexpected;

    fn try_from(row: Model) -> Result<Self, Unexpected> {
        let subject = match (row.account, row.epoch) {
            (None, None) => Subject::Newcomer,
            (Some(id), Some(epoch)) => Subject::Account { id: AccountId(id), epoch: Epoch(epoch) },
            (Some(_), None) | (None, Some(_)) => return Err(Unexpected::row("proof", "account")),
        };
        Ok(Self {
            id: ProofId(row.id),
            owner: owner::read("proof", &row.owner, row.journey, row.session, row.factor)?,
            gate: count(row.gate.into(), "proof", "gate")?,
            method: Text::read(&row.method, "proof", "method")?,
            factor: row.factor.map(FactorId),
            subject,
            at: Timestamp::from_millis(row.at),
        })
    }
}

impl From<&Proof> for Model {
    fn from(proof: &Proof) -> Self {
        let columns = owner::columns(proof.owner);
        let (account, epoch) = match proof.subject {
            Subject::Account { id, epoch } => (Some(id.0), Some(epoch.0)),
            Subject::Newcomer | Subject::Unresolved => (None, None),
        };
        Self {
            id: proof.id.0,
            owner: columns.owner.to_owned(),
            journey: columns.journey,
            session: columns.session,
            gate: proof.gate.into(),
            method: proof.method.text().to_owned(),
            factor: proof.factor.map(|id| id.0),
            account,
            epoch,
            at: proof.at.as_millis(),
        }
    }
}

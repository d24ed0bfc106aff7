//! What is asked of people: by journeys, by sessions, by factors that are being added.

use rekey_domain::journey::challenge::Challenge;
use rekey_domain::{ChallengeId, Digest, FactorId};
use rekey_shared::Timestamp;
use sea_orm::entity::prelude::*;

use super::owner;
use crate::Unexpected;
use crate::text::{Text, count, digest};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "challenge")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub owner: String,
    pub journey: Option<Uuid>,
    pub session: Option<Uuid>,
    pub gate: i32,
    pub method: String,
    pub factor: Option<Uuid>,
    pub generation: i32,
    pub tries: i32,
    pub sent_at: i64,
    pub expires_at: i64,
    pub link: Option<Vec<u8>>,
    pub link_expires_at: Option<i64>,
    pub spent_at: Option<i64>,
    pub created_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for Challenge {
    type Error = Unexpected;

    fn try_from(row: Model) -> Result<Self, Unexpected> {
        Ok(Self {
            id: ChallengeId(row.id),
            owner: owner::read("challenge", &row.owner, row.journey, row.session, row.factor)?,
            gate: count(row.gate.into(), "challenge", "gate")?,
            method: Text::read(&row.method, "challenge", "method")?,
            factor: row.factor.map(FactorId),
            generation: row.generation,
            tries: count(row.tries.into(), "challenge", "tries")?,
            sent_at: Timestamp::from_millis(row.sent_at),
            expires_at: Timestamp::from_millis(row.expires_at),
            link: row.link.map(|link| digest(&link, "challenge", "link")).transpose()?,
            link_expires_at: row.link_expires_at.map(Timestamp::from_millis),
            spent_at: row.spent_at.map(Timestamp::from_millis),
            created_at: Timestamp::from_millis(row.created_at),
        })
    }
}

impl From<&Challenge> for Model {
    fn from(challenge: &Challenge) -> Self {
        let columns = owner::columns(challenge.owner);
        Self {
            id: challenge.id.0,
            owner: columns.owner.to_owned(),
            journey: columns.journey,
            session: columns.session,
            gate: challenge.gate.into(),
            method: challenge.method.text().to_owned(),
            factor: challenge.factor.map(|id| id.0),
            generation: challenge.generation,
            tries: challenge.tries.into(),
            sent_at: challenge.sent_at.as_millis(),
            expires_at: challenge.expires_at.as_millis(),
            link: challenge.link.map(|Digest(bytes)| bytes.to_vec()),
            link_expires_at: challenge.link_expires_at.map(Timestamp::as_millis),
            spent_at: challenge.spent_at.map(Timestamp::as_millis),
            created_at: challenge.created_at.as_millis(),
        }
    }
}

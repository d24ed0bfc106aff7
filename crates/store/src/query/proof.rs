//! Proofs: added, and read by owner.

use rekey_domain::journey::proof::{GrantedProof, Proof};
use rekey_domain::{AccountId, JourneyId, SessionId};
use sea_orm::{ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, Select};

use super::finders;
use crate::entity::proof;
use crate::{Unexpected, Write};

finders! {
    /// What was proven in a journey, in whichever browser.
    fn list_journey_proofs(journey: JourneyId) -> Vec<Proof>;
    /// What was proven in a session.
    fn list_session_proofs(session: SessionId) -> Vec<Proof>;
    /// What was proven in all sessions of an account.
    fn list_session_proofs_of(account: AccountId) -> Vec<Proof>;
}

async fn list_journey_proofs(db: &impl ConnectionTrait, journey: JourneyId) -> Result<Vec<Proof>, Unexpected> {
    read(db, proof::Entity::find().filter(proof::COLUMN.journey.eq(journey.0))).await
}

async fn list_session_proofs(db: &impl ConnectionTrait, session: SessionId) -> Result<Vec<Proof>, Unexpected> {
    read(db, proof::Entity::find().filter(proof::COLUMN.session.eq(session.0))).await
}

async fn list_session_proofs_of(db: &impl ConnectionTrait, account: AccountId) -> Result<Vec<Proof>, Unexpected> {
    let of = proof::Entity::find().filter(proof::COLUMN.account.eq(account.0));
    read(db, of.filter(proof::COLUMN.session.is_not_null())).await
}

async fn read(db: &impl ConnectionTrait, select: Select<proof::Entity>) -> Result<Vec<Proof>, Unexpected> {
    select.all(db).await?.into_iter().map(Proof::try_from).collect()
}

impl Write {
    /// Writes down what the rules have granted.
    pub async fn insert_proof(&self, granted: &GrantedProof) -> Result<(), Unexpected> {
        let row = proof::Model::from(granted.proof()).into_active_model();
        proof::Entity::insert(row).exec_without_returning(&self.tx).await?;
        Ok(())
    }
}

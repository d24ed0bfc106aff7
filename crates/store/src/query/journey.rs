//! Journeys: looked up by the digests of their secrets, moved on by guarded updates.

use rekey_domain::journey::{Bound, CODE_TRIES, Journey, JourneyKind, JourneyState, Ready};
use rekey_domain::{AccountId, Digest, JourneyId};
use rekey_shared::Timestamp;
use sea_orm::sea_query::Expr;
use sea_orm::{ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter, UpdateMany};

use super::finders;
use crate::entity::{journey, proof};
use crate::text::{Text, count};
use crate::{Store, Unexpected, Write};

/// The step that a right code proves.
const CODE_STEP: &str = "code";

finders! {
    /// The journey of a browser, by the SHA-256 of the secret in its cookie.
    fn find_journey(kind: JourneyKind, handle: Digest) -> Option<Journey>;
    /// The journey of that id.
    fn find_journey_by_id(id: JourneyId) -> Option<Journey>;
    /// The journey of a mailed link, by the SHA-256 of its token.
    fn find_journey_by_link(link: Digest) -> Option<Journey>;
    /// Whether the journey's code was proven, for exactly that account (`None`: a registration).
    fn has_proof(id: JourneyId, account: Option<AccountId>) -> bool;
}

async fn find_journey(
    db: &impl ConnectionTrait,
    kind: JourneyKind,
    handle: Digest,
) -> Result<Option<Journey>, Unexpected> {
    let select = journey::Entity::find()
        .filter(journey::COLUMN.handle.eq(handle.0.to_vec()))
        .filter(journey::COLUMN.kind.eq(kind.text()));
    select.one(db).await?.map(Journey::try_from).transpose()
}

async fn find_journey_by_id(db: &impl ConnectionTrait, id: JourneyId) -> Result<Option<Journey>, Unexpected> {
    journey::Entity::find_by_id(id.0).one(db).await?.map(Journey::try_from).transpose()
}

async fn find_journey_by_link(db: &impl ConnectionTrait, link: Digest) -> Result<Option<Journey>, Unexpected> {
    let select = journey::Entity::find().filter(journey::COLUMN.link.eq(link.0.to_vec()));
    select.one(db).await?.map(Journey::try_from).transpose()
}

async fn has_proof(db: &impl ConnectionTrait, id: JourneyId, account: Option<AccountId>) -> Result<bool, Unexpected> {
    let proof = proof::Entity::find_by_id((id.0, CODE_STEP.to_owned())).one(db).await?;
    Ok(proof.is_some_and(|proof| proof.account == account.map(|id| id.0)))
}

/// Begins a try of the code: counted before anything is compared. `None` when no try is left.
async fn claim_code_try(db: &impl ConnectionTrait, id: JourneyId, now: Timestamp) -> Result<Option<u8>, Unexpected> {
    let rows = unproven(id, now)
        .col_expr(journey::Column::CodeTries, Expr::col(journey::Column::CodeTries).add(1))
        .filter(journey::COLUMN.code_tries.lt(i32::from(CODE_TRIES)))
        .filter(journey::COLUMN.code_expires_at.gt(now.as_millis()))
        .exec_with_returning(db)
        .await?;
    rows.first().map(|row| count(row.code_tries.into(), "journey", "code_tries")).transpose()
}

/// An update of a journey that waits for its proof and is in time.
fn waiting(id: JourneyId, now: Timestamp) -> UpdateMany<journey::Entity> {
    in_state(id, JourneyState::Waiting).filter(journey::COLUMN.expires_at.gt(now.as_millis()))
}

/// An update of a journey that has proven nothing and is in time, ended or not: the browser that began it
/// must not see a difference (see `Journey::as_shown_to_initiator`).
fn unproven(id: JourneyId, now: Timestamp) -> UpdateMany<journey::Entity> {
    journey::Entity::update_many()
        .filter(journey::COLUMN.id.eq(id.0))
        .filter(journey::COLUMN.proven_at.is_null())
        .filter(journey::COLUMN.expires_at.gt(now.as_millis()))
}

fn in_state(id: JourneyId, state: JourneyState) -> UpdateMany<journey::Entity> {
    journey::Entity::update_many().filter(journey::COLUMN.id.eq(id.0)).filter(journey::COLUMN.state.eq(state.text()))
}

impl Store {
    /// Begins a try of the code and commits that at once, before anything is compared: how many tries
    /// are begun now, or `None` when the code was right before, the code is dead or its tries are used up.
    pub async fn claim_code_try(&self, id: JourneyId, now: Timestamp) -> Result<Option<u8>, Unexpected> {
        claim_code_try(&self.writes, id, now).await
    }
}

impl Write {
    /// Writes down a new journey.
    pub async fn insert_journey(&self, journey: &Journey) -> Result<(), Unexpected> {
        let row = journey::Model::from(journey).into_active_model();
        journey::Entity::insert(row).exec_without_returning(&self.tx).await?;
        Ok(())
    }

    /// Says whom a journey is for. `false` when that was said before or the journey is over.
    pub async fn bind_journey(&self, id: JourneyId, bound: Bound, link: Option<Digest>) -> Result<bool, Unexpected> {
        let outcome = in_state(id, JourneyState::Waiting)
            .col_expr(journey::Column::Bound, Expr::value(true))
            .col_expr(journey::Column::BoundAccount, Expr::value(bound.account.map(|id| id.0)))
            .col_expr(journey::Column::BoundChannel, Expr::value(bound.channel.map(|id| id.0)))
            .col_expr(journey::Column::BoundEpoch, Expr::value(bound.epoch.map(|epoch| epoch.0)))
            .col_expr(journey::Column::Link, Expr::value(link.map(|link| link.0.to_vec())))
            .filter(journey::COLUMN.bound.eq(false))
            .exec(&self.tx)
            .await?;
        Ok(outcome.rows_affected == 1)
    }

    /// As [`Store::claim_code_try`], but undone when this transaction is not committed: prefer that one.
    pub async fn claim_code_try(&self, id: JourneyId, now: Timestamp) -> Result<Option<u8>, Unexpected> {
        claim_code_try(&self.tx, id, now).await
    }

    /// Writes down that the code was right: waiting → proven, with a proof row. `false` when somebody was faster.
    pub async fn prove_journey(
        &self,
        id: JourneyId,
        account: Option<AccountId>,
        now: Timestamp,
    ) -> Result<bool, Unexpected> {
        let outcome = waiting(id, now)
            .col_expr(journey::Column::State, Expr::value(JourneyState::Proven.text()))
            .col_expr(journey::Column::ProvenAt, Expr::value(now.as_millis()))
            .exec(&self.tx)
            .await?;
        if outcome.rows_affected != 1 {
            return Ok(false);
        }
        let row = proof::Model {
            journey: id.0,
            step: CODE_STEP.to_owned(),
            account: account.map(|id| id.0),
            at: now.as_millis(),
        };
        proof::Entity::insert(row.into_active_model()).exec_without_returning(&self.tx).await?;
        Ok(true)
    }

    /// Claims the right to send again: of all who saw the same last time, one gets `true`.
    /// `new_code` is a generation and when it dies, for a code that replaces a dead one.
    pub async fn claim_resend(
        &self,
        id: JourneyId,
        last_sent_at_seen: Timestamp,
        now: Timestamp,
        new_code: Option<(i32, Timestamp)>,
    ) -> Result<bool, Unexpected> {
        let mut update = unproven(id, now)
            .col_expr(journey::Column::LastSentAt, Expr::value(now.as_millis()))
            .filter(journey::COLUMN.last_sent_at.eq(last_sent_at_seen.as_millis()));
        if let Some((generation, expires_at)) = new_code {
            update = update
                .col_expr(journey::Column::CodeGeneration, Expr::value(generation))
                .col_expr(journey::Column::CodeExpiresAt, Expr::value(expires_at.as_millis()));
        }
        Ok(update.exec(&self.tx).await?.rows_affected == 1)
    }

    /// Ends a journey at its goal. `false` when it is not any more in the state in which it was judged.
    pub async fn spend_journey(&self, ready: Ready, now: Timestamp) -> Result<bool, Unexpected> {
        let outcome = in_state(ready.journey(), ready.from())
            .col_expr(journey::Column::State, Expr::value(JourneyState::Done.text()))
            .filter(journey::COLUMN.expires_at.gt(now.as_millis()))
            .exec(&self.tx)
            .await?;
        Ok(outcome.rows_affected == 1)
    }

    /// Revokes every open recovery that is bound to an account, but for one. How many they were.
    pub async fn revoke_journeys(&self, account: AccountId, except: Option<JourneyId>) -> Result<u64, Unexpected> {
        let mut update = revocation(account);
        if let Some(except) = except {
            update = update.filter(journey::COLUMN.id.ne(except.0));
        }
        Ok(update.exec(&self.tx).await?.rows_affected)
    }

    /// Revokes every open recovery bound to an account that was begun before `keep`. How many they were.
    pub async fn revoke_older_recoveries(&self, account: AccountId, keep: JourneyId) -> Result<u64, Unexpected> {
        // Ids sort by the time they were made (UUID version 7).
        let update = revocation(account).filter(Expr::col(journey::Column::Id).lt(keep.0));
        Ok(update.exec(&self.tx).await?.rows_affected)
    }
}

impl Write {
    /// Whether an open recovery that was begun after `than` is bound to an account already.
    pub async fn has_newer_recovery(&self, account: AccountId, than: JourneyId) -> Result<bool, Unexpected> {
        let open = [JourneyState::Waiting.text(), JourneyState::Proven.text()];
        let newer = journey::Entity::find()
            .filter(journey::COLUMN.bound_account.eq(account.0))
            .filter(journey::COLUMN.kind.eq(JourneyKind::Recovery.text()))
            .filter(journey::COLUMN.state.is_in(open))
            .filter(Expr::col(journey::Column::Id).gt(than.0));
        Ok(newer.one(&self.tx).await?.is_some())
    }
}

fn revocation(account: AccountId) -> UpdateMany<journey::Entity> {
    let open = [JourneyState::Waiting.text(), JourneyState::Proven.text()];
    journey::Entity::update_many()
        .col_expr(journey::Column::State, Expr::value(JourneyState::Revoked.text()))
        .filter(journey::COLUMN.bound_account.eq(account.0))
        .filter(journey::COLUMN.kind.eq(JourneyKind::Recovery.text()))
        .filter(journey::COLUMN.state.is_in(open))
}

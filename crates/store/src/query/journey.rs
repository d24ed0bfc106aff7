//! Journeys: looked up by the digest of their handle, moved on by guarded updates.
//!
//! Whatever changes a journey of an account locks the account's row first. Two that end journeys of one account, each
//! revoking the other's, would else wait for each other on PostgreSQL, and two that resolve them would not see each other.

use rekey_domain::journey::{CompletionClaim, Journey, JourneyKind, JourneyState, Ready, Subject};
use rekey_domain::{AccountId, Digest, JourneyId};
use rekey_shared::Timestamp;
use sea_orm::sea_query::{Expr, LockType};
use sea_orm::{
    ConnectionTrait, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter, QuerySelect, QueryTrait, UpdateMany,
};

use super::finders;
use crate::entity::journey::{COMPLETING, OPEN, UNRESOLVED, state_columns, subject_columns};
use crate::entity::{account, journey, proof};
use crate::text::Text;
use crate::{Unexpected, Write};

finders! {
    /// The journey of a browser, by the SHA-256 of the secret in its cookie.
    fn find_journey(kind: JourneyKind, handle: Digest) -> Option<Journey>;
    /// The journey of that id.
    fn find_journey_by_id(id: JourneyId) -> Option<Journey>;
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

/// An update of a journey that is still in the state in which it was judged.
fn in_state(id: JourneyId, state: JourneyState) -> UpdateMany<journey::Entity> {
    let (state, until) = state_columns(state);
    let update =
        journey::Entity::update_many().filter(journey::COLUMN.id.eq(id.0)).filter(journey::COLUMN.state.eq(state));
    match until {
        Some(until) => update.filter(journey::COLUMN.completing_until.eq(until)),
        None => update,
    }
}

fn to_state(update: UpdateMany<journey::Entity>, state: JourneyState) -> UpdateMany<journey::Entity> {
    let (state, until) = state_columns(state);
    update
        .col_expr(journey::Column::State, Expr::value(state))
        .col_expr(journey::Column::CompletingUntil, Expr::value(until))
}

impl Write {
    /// Writes down a new journey.
    pub async fn insert_journey(&self, journey: &Journey) -> Result<(), Unexpected> {
        let row = journey::Model::from(journey).into_active_model();
        journey::Entity::insert(row).exec_without_returning(&self.tx).await?;
        Ok(())
    }

    /// Makes others that resolve or end journeys of an account wait until this transaction ends. Call it before
    /// anything else is changed. (SQLite has one writer at a time in any case.)
    pub async fn lock_account(&self, id: AccountId) -> Result<(), Unexpected> {
        self.tx.note("account");
        // Not FOR UPDATE: rows that refer to the account may go on being added.
        let lock = account::Entity::find_by_id(id.0).select_only().column(account::Column::Epoch);
        lock.lock(LockType::NoKeyUpdate).into_tuple::<i64>().one(&self.tx).await?;
        Ok(())
    }

    /// Says whom a journey is for. `false` when that was said before or the journey is over.
    pub async fn resolve_journey(&self, id: JourneyId, subject: Subject) -> Result<bool, Unexpected> {
        let (subject, account, epoch) = subject_columns(subject);
        let outcome = in_state(id, JourneyState::Open)
            .col_expr(journey::Column::Subject, Expr::value(subject))
            .col_expr(journey::Column::Account, Expr::value(account))
            .col_expr(journey::Column::Epoch, Expr::value(epoch))
            .filter(journey::COLUMN.subject.eq(UNRESOLVED))
            .exec(&self.tx)
            .await?;
        Ok(outcome.rows_affected == 1)
    }

    /// Ends a journey at its goal. `false` when it is not any more in the state in which it was judged.
    pub async fn spend_journey(&self, ready: Ready, now: Timestamp) -> Result<bool, Unexpected> {
        self.move_on(ready, JourneyState::Done, now).await
    }

    /// Claims a journey for a completion that needs more than this transaction. Of all that try, one gets `true`;
    /// it must finish it or give it back before the claim runs out.
    pub async fn claim_completion(
        &self,
        ready: Ready,
        claim: CompletionClaim,
        now: Timestamp,
    ) -> Result<bool, Unexpected> {
        self.move_on(ready, JourneyState::Completing { until: claim.until }, now).await
    }

    async fn move_on(&self, ready: Ready, to: JourneyState, now: Timestamp) -> Result<bool, Unexpected> {
        if let Some(account) = ready.account() {
            self.lock_account(account).await?;
        }
        let update = to_state(in_state(ready.journey(), ready.from()), to);
        let outcome = update.filter(journey::COLUMN.expires_at.gt(now.as_millis())).exec(&self.tx).await?;
        let moved = outcome.rows_affected == 1;
        if let Some(presented) = ready.presented().filter(|_| moved) {
            self.insert_proof(&presented).await?;
        }
        Ok(moved)
    }

    /// Ends a journey whose completion was claimed, at its goal. `false` when the claim is not (any more) this one's.
    pub async fn finish_completion(&self, claim: CompletionClaim) -> Result<bool, Unexpected> {
        self.end_claim(claim, JourneyState::Done).await
    }

    /// Gives a claimed journey back, so that its completion can be tried again. `false` when the claim is not (any
    /// more) this one's.
    pub async fn release_completion(&self, claim: CompletionClaim) -> Result<bool, Unexpected> {
        self.end_claim(claim, JourneyState::Open).await
    }

    async fn end_claim(&self, claim: CompletionClaim, to: JourneyState) -> Result<bool, Unexpected> {
        if let Some(account) = claim.account {
            self.lock_account(account).await?;
        }
        let from = JourneyState::Completing { until: claim.until };
        Ok(to_state(in_state(claim.journey, from), to).exec(&self.tx).await?.rows_affected == 1)
    }

    /// Revokes every open journey of an account, but for one. How many they were.
    pub async fn revoke_journeys(&self, account: AccountId, except: Option<JourneyId>) -> Result<u64, Unexpected> {
        let mut update = revocation(account);
        if let Some(except) = except {
            update = update.filter(journey::COLUMN.id.ne(except.0));
        }
        Ok(update.exec(&self.tx).await?.rows_affected)
    }

    /// Revokes every open journey of a kind and account that was begun before `keep` and in which nothing was proven yet:
    /// a person who has proven to be the owner is not stopped by another request. How many they were.
    pub async fn revoke_older_journeys(
        &self,
        kind: JourneyKind,
        account: AccountId,
        keep: JourneyId,
    ) -> Result<u64, Unexpected> {
        // Ids sort by the time they were made (UUID version 7).
        let proven = proof::Entity::find()
            .select_only()
            .column(proof::Column::Journey)
            .filter(proof::COLUMN.journey.is_not_null())
            .filter(proof::COLUMN.account.eq(account.0))
            .into_query();
        let update = revocation(account)
            .filter(journey::COLUMN.kind.eq(kind.text()))
            .filter(Expr::col(journey::Column::Id).lt(keep.0))
            .filter(journey::COLUMN.id.not_in_subquery(proven));
        Ok(update.exec(&self.tx).await?.rows_affected)
    }

    /// Whether an open journey of a kind that was begun after `than` is for an account already.
    pub async fn has_newer_journey(
        &self,
        kind: JourneyKind,
        account: AccountId,
        than: JourneyId,
    ) -> Result<bool, Unexpected> {
        let newer = journey::Entity::find()
            .filter(journey::COLUMN.account.eq(account.0))
            .filter(journey::COLUMN.kind.eq(kind.text()))
            .filter(journey::COLUMN.state.is_in([OPEN, COMPLETING]))
            .filter(Expr::col(journey::Column::Id).gt(than.0));
        Ok(newer.one(&self.tx).await?.is_some())
    }
}

fn revocation(account: AccountId) -> UpdateMany<journey::Entity> {
    to_state(journey::Entity::update_many(), JourneyState::Revoked)
        .filter(journey::COLUMN.account.eq(account.0))
        .filter(journey::COLUMN.state.is_in([OPEN, COMPLETING]))
}

//! Challenges: each change is one guarded update whose row count decides, on any number of nodes.

use rekey_domain::journey::challenge::{CODE_TRIES, Challenge};
use rekey_domain::journey::proof::GrantedProof;
use rekey_domain::{ChallengeId, Digest, JourneyId};
use rekey_shared::Timestamp;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter, QueryOrder, UpdateMany};

use super::finders;
use crate::entity::challenge;
use crate::text::Text;
use crate::{Store, Unexpected, Write};

finders! {
    /// The challenge of that id.
    fn find_challenge(id: ChallengeId) -> Option<Challenge>;
    /// The challenge of a mailed link, by the SHA-256 of its token.
    fn find_challenge_by_link(link: Digest) -> Option<Challenge>;
    /// Everything that a journey asked for, in whichever browser; the one that was asked for last comes last.
    fn list_challenges(journey: JourneyId) -> Vec<Challenge>;
}

async fn find_challenge(db: &impl ConnectionTrait, id: ChallengeId) -> Result<Option<Challenge>, Unexpected> {
    challenge::Entity::find_by_id(id.0).one(db).await?.map(Challenge::try_from).transpose()
}

async fn find_challenge_by_link(db: &impl ConnectionTrait, link: Digest) -> Result<Option<Challenge>, Unexpected> {
    let select = challenge::Entity::find().filter(challenge::COLUMN.link.eq(link.0.to_vec()));
    select.one(db).await?.map(Challenge::try_from).transpose()
}

async fn list_challenges(db: &impl ConnectionTrait, journey: JourneyId) -> Result<Vec<Challenge>, Unexpected> {
    let rows = challenge::Entity::find()
        .filter(challenge::COLUMN.journey.eq(journey.0))
        .order_by_asc(challenge::COLUMN.sent_at)
        .order_by_asc(challenge::COLUMN.id)
        .all(db)
        .await?;
    rows.into_iter().map(Challenge::try_from).collect()
}

fn unanswered(id: ChallengeId) -> UpdateMany<challenge::Entity> {
    challenge::Entity::update_many().filter(challenge::COLUMN.id.eq(id.0)).filter(challenge::COLUMN.spent_at.is_null())
}

impl Store {
    /// Begins a try and commits that at once, before anything is compared: the challenge with the try counted, or
    /// `None` when it was answered before, its time is over or its tries are used up.
    pub async fn claim_try(&self, id: ChallengeId, now: Timestamp) -> Result<Option<Challenge>, Unexpected> {
        let rows = unanswered(id)
            .col_expr(challenge::Column::Tries, Expr::col(challenge::Column::Tries).add(1))
            .filter(challenge::COLUMN.tries.lt(i32::from(CODE_TRIES)))
            .filter(challenge::COLUMN.expires_at.gt(now.as_millis()))
            .exec_with_returning(&self.writes)
            .await?;
        rows.into_iter().next().map(Challenge::try_from).transpose()
    }
}

impl Write {
    /// Writes down a new challenge. `false` when its owner has asked for the same already: then that one stands.
    pub async fn insert_challenge(&self, challenge: &Challenge) -> Result<bool, Unexpected> {
        let same =
            [challenge::Column::Journey, challenge::Column::Owner, challenge::Column::Gate, challenge::Column::Method];
        let inserted = challenge::Entity::insert(challenge::Model::from(challenge).into_active_model())
            .on_conflict(OnConflict::columns(same).do_nothing().to_owned())
            .exec_without_returning(&self.tx)
            .await;
        match inserted {
            Ok(rows) => Ok(rows == 1),
            Err(DbErr::RecordNotInserted) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Says by what a challenge is answered, once that is known: its method, its factor and the link of its mail.
    /// `false` when that was said before or it was answered.
    pub async fn resolve_challenge(&self, resolved: &Challenge) -> Result<bool, Unexpected> {
        let outcome = unanswered(resolved.id)
            .col_expr(challenge::Column::Method, Expr::value(resolved.method.text()))
            .col_expr(challenge::Column::Factor, Expr::value(resolved.factor.map(|id| id.0)))
            .col_expr(challenge::Column::Link, Expr::value(resolved.link.map(|link| link.0.to_vec())))
            .filter(challenge::COLUMN.factor.is_null())
            .exec(&self.tx)
            .await?;
        Ok(outcome.rows_affected == 1)
    }

    /// Claims the right to send again: of all who saw the same last time, one gets `true`.
    pub async fn claim_resend(&self, seen: &Challenge, next: &Challenge) -> Result<bool, Unexpected> {
        let outcome = unanswered(seen.id)
            .col_expr(challenge::Column::SentAt, Expr::value(next.sent_at.as_millis()))
            .col_expr(challenge::Column::Generation, Expr::value(next.generation))
            .col_expr(challenge::Column::ExpiresAt, Expr::value(next.expires_at.as_millis()))
            .filter(challenge::COLUMN.sent_at.eq(seen.sent_at.as_millis()))
            .filter(challenge::COLUMN.generation.eq(seen.generation))
            .exec(&self.tx)
            .await?;
        Ok(outcome.rows_affected == 1)
    }

    /// Takes the right answer of a challenge, once, and writes down what it proves. `false` when it was answered
    /// meanwhile, or when a newer secret has taken the place of the one that was compared: that one is dead, although the
    /// challenge lives.
    pub async fn prove_challenge(&self, granted: &GrantedProof) -> Result<bool, Unexpected> {
        let proof = granted.proof();
        let mut update = unanswered(ChallengeId(proof.id.0))
            .col_expr(challenge::Column::SpentAt, Expr::value(proof.at.as_millis()))
            .filter(challenge::COLUMN.expires_at.gt(proof.at.as_millis()));
        if let Some(generation) = granted.generation() {
            update = update.filter(challenge::COLUMN.generation.eq(generation));
        }
        let outcome = update.exec(&self.tx).await?;
        if outcome.rows_affected != 1 {
            return Ok(false);
        }
        self.insert_proof(granted).await?;
        Ok(true)
    }
}

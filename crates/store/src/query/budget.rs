//! Guess budgets: read, then compare-and-swap. Of all who saw the same budget, one swaps it.

use rekey_domain::Digest;
use rekey_domain::throttle::budget::Budget;
use rekey_shared::Timestamp;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter};

use super::finders;
use crate::entity::budget;
use crate::{Store, Unexpected, Write};

finders! {
    /// The budget of a key; the default one when nothing is remembered.
    fn read_budget(key: Digest) -> Budget;
}

async fn read_budget(db: &impl ConnectionTrait, key: Digest) -> Result<Budget, Unexpected> {
    let row = budget::Entity::find_by_id(key.0.to_vec()).one(db).await?;
    row.map_or_else(|| Ok(Budget::default()), Budget::try_from)
}

async fn clear_budget(db: &impl ConnectionTrait, key: Digest) -> Result<(), Unexpected> {
    budget::Entity::delete_many().filter(budget::COLUMN.key.eq(key.0.to_vec())).exec(db).await?;
    Ok(())
}

impl Store {
    /// Replaces a budget that is still as it was seen, and commits that at once. `false` when it is not:
    /// read it again and decide anew.
    pub async fn swap_budget(
        &self,
        key: Digest,
        seen: Budget,
        next: Budget,
        now: Timestamp,
    ) -> Result<bool, Unexpected> {
        let rows = if seen == Budget::default() {
            first_swap(&self.writes, key, next, now).await?
        } else {
            later_swap(&self.writes, key, seen, next, now).await?
        };
        Ok(rows == 1)
    }

    /// Forgets the failures of a key. The time is taken for symmetry with the other verbs.
    pub async fn clear_budget(&self, key: Digest, _now: Timestamp) -> Result<(), Unexpected> {
        clear_budget(&self.writes, key).await
    }
}

impl Write {
    /// Forgets the failures of a key, with everything else in this transaction.
    pub async fn clear_budget(&self, key: Digest, _now: Timestamp) -> Result<(), Unexpected> {
        clear_budget(&self.tx, key).await
    }
}

/// The default budget may be there as a row or not: both in one statement.
async fn first_swap(db: &impl ConnectionTrait, key: Digest, next: Budget, now: Timestamp) -> Result<u64, DbErr> {
    let row = budget::Model {
        key: key.0.to_vec(),
        failures: next.failures.into(),
        next_at: next.next_at.map(Timestamp::as_millis),
        updated_at: now.as_millis(),
    };
    let on_known = OnConflict::column(budget::Column::Key)
        .update_columns([budget::Column::Failures, budget::Column::NextAt, budget::Column::UpdatedAt])
        .action_and_where(budget::COLUMN.failures.eq(0_i64))
        .action_and_where(budget::COLUMN.next_at.is_null())
        .to_owned();
    let swapped =
        budget::Entity::insert(row.into_active_model()).on_conflict(on_known).exec_without_returning(db).await;
    match swapped {
        Err(DbErr::RecordNotInserted) => Ok(0),
        other => other,
    }
}

async fn later_swap(
    db: &impl ConnectionTrait,
    key: Digest,
    seen: Budget,
    next: Budget,
    now: Timestamp,
) -> Result<u64, DbErr> {
    let seen_at = match seen.next_at {
        Some(at) => budget::COLUMN.next_at.eq(at.as_millis()),
        None => budget::COLUMN.next_at.is_null(),
    };
    let outcome = budget::Entity::update_many()
        .col_expr(budget::Column::Failures, Expr::value(i64::from(next.failures)))
        .col_expr(budget::Column::NextAt, Expr::value(next.next_at.map(Timestamp::as_millis)))
        .col_expr(budget::Column::UpdatedAt, Expr::value(now.as_millis()))
        .filter(budget::COLUMN.key.eq(key.0.to_vec()))
        .filter(budget::COLUMN.failures.eq(i64::from(seen.failures)))
        .filter(seen_at)
        .exec(db)
        .await?;
    Ok(outcome.rows_affected)
}

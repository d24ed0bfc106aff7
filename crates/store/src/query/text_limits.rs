//! Limits on text messages: exact on any number of nodes, because each count is one guarded statement.

use rekey_domain::OutboxId;
use rekey_domain::message::conversion::{Breaker, Conversion, Passage};
use rekey_domain::message::text_limits::Demand;
use rekey_shared::Timestamp;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};

use super::finders;
use crate::entity::{outbox, text_conversion, text_count};
use crate::{Unexpected, Write};

/// A prefix to which nothing is sent for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PausedPrefix {
    /// The first digits of its numbers.
    pub prefix: String,
    /// Until when.
    pub until: Timestamp,
}

finders! {
    /// What is used of each of these counts.
    fn read_text_counts(demands: &[Demand]) -> Vec<u64>;
    /// The codes of a prefix.
    fn read_text_conversion(prefix: &str) -> Conversion;
    /// The prefixes that are paused, the first to go on first.
    fn list_paused_prefixes(now: Timestamp) -> Vec<PausedPrefix>;
}

async fn read_text_counts(db: &impl ConnectionTrait, demands: &[Demand]) -> Result<Vec<u64>, Unexpected> {
    let keys = demands.iter().map(|demand| demand.key.clone());
    let rows = text_count::Entity::find().filter(text_count::COLUMN.key.is_in(keys)).all(db).await?;
    let used = |demand: &Demand| {
        let row = rows.iter().find(|row| row.key == demand.key);
        row.map_or(Ok(0), |row| crate::text::count(row.used, "text_count", "used"))
    };
    demands.iter().map(used).collect()
}

async fn read_text_conversion(db: &impl ConnectionTrait, prefix: &str) -> Result<Conversion, Unexpected> {
    let row = text_conversion::Entity::find_by_id(prefix.to_owned()).one(db).await?;
    row.map_or_else(|| Ok(Conversion::default()), Conversion::try_from)
}

async fn list_paused_prefixes(db: &impl ConnectionTrait, now: Timestamp) -> Result<Vec<PausedPrefix>, Unexpected> {
    let rows = text_conversion::Entity::find()
        .filter(text_conversion::COLUMN.paused_until.gt(now.as_millis()))
        .order_by_asc(text_conversion::COLUMN.paused_until)
        .all(db)
        .await?;
    let paused = |row: text_conversion::Model| {
        let until = row.paused_until.map(Timestamp::from_millis)?;
        Some(PausedPrefix { prefix: row.prefix, until })
    };
    Ok(rows.into_iter().filter_map(paused).collect())
}

impl Write {
    /// Marks a queued message as counted. `false` when it was before: by an earlier try, or by a worker that died.
    pub async fn mark_text_counted(&self, id: OutboxId, now: Timestamp) -> Result<bool, Unexpected> {
        let outcome = outbox::Entity::update_many()
            .col_expr(outbox::Column::TextCountedAt, Expr::value(now.as_millis()))
            .filter(outbox::COLUMN.id.eq(id.0))
            .filter(outbox::COLUMN.text_counted_at.is_null())
            .exec(&self.tx)
            .await?;
        Ok(outcome.rows_affected == 1)
    }

    /// Counts one more code to a prefix, or says that it is paused. Others that count the same prefix wait until this
    /// transaction ends.
    pub async fn count_text_to(&self, prefix: &str, breaker: Breaker, now: Timestamp) -> Result<Passage, Unexpected> {
        let first = text_conversion::Model {
            prefix: prefix.to_owned(),
            since: now.as_millis(),
            sent: 0,
            verified: 0,
            paused_until: None,
        };
        let known = OnConflict::column(text_conversion::Column::Prefix).do_nothing().to_owned();
        let insert = text_conversion::Entity::insert(first.into_active_model()).on_conflict(known);
        match insert.exec_without_returning(&self.tx).await {
            Ok(_) | Err(DbErr::RecordNotInserted) => {}
            Err(other) => return Err(other.into()),
        }
        let row = text_conversion::Entity::find_by_id(prefix.to_owned()).lock_exclusive().one(&self.tx).await?;
        let before = row.map_or_else(|| Ok(Conversion::default()), Conversion::try_from)?;
        let passage = breaker.count(before, now);
        if let Passage::Sent(after) | Passage::Tripped(after) = passage {
            self.write_conversion(prefix, after).await?;
        }
        Ok(passage)
    }

    async fn write_conversion(&self, prefix: &str, after: Conversion) -> Result<(), DbErr> {
        text_conversion::Entity::update_many()
            .col_expr(text_conversion::Column::Since, Expr::value(after.since.as_millis()))
            .col_expr(text_conversion::Column::Sent, Expr::value(i64::from(after.sent)))
            .col_expr(text_conversion::Column::Verified, Expr::value(i64::from(after.verified)))
            .col_expr(text_conversion::Column::PausedUntil, Expr::value(after.paused_until.map(Timestamp::as_millis)))
            .filter(text_conversion::COLUMN.prefix.eq(prefix))
            .exec(&self.tx)
            .await
            .map(drop)
    }

    /// Counts a code of a prefix that was entered.
    pub async fn count_text_verified(&self, prefix: &str) -> Result<(), Unexpected> {
        text_conversion::Entity::update_many()
            .col_expr(text_conversion::Column::Verified, Expr::col(text_conversion::Column::Verified).add(1_i64))
            .filter(text_conversion::COLUMN.prefix.eq(prefix))
            .exec(&self.tx)
            .await?;
        Ok(())
    }

    /// Spends a proof of work, once on any number of nodes. `false` when it was spent before. The row can go once the
    /// challenge has expired.
    pub async fn spend_work(&self, nonce: &str, expires_at: Timestamp) -> Result<bool, Unexpected> {
        let row = text_count::Model { key: format!("work/{nonce}"), used: 1, ends_at: expires_at.as_millis() };
        let known = OnConflict::column(text_count::Column::Key).do_nothing().to_owned();
        let insert = text_count::Entity::insert(row.into_active_model()).on_conflict(known);
        match insert.exec_without_returning(&self.tx).await {
            Ok(0) | Err(DbErr::RecordNotInserted) => Ok(false),
            Ok(_) => Ok(true),
            Err(other) => Err(other.into()),
        }
    }

    /// Adds to a count, if there is room, and gives what is used then. `None` when there is none, and nothing changes.
    pub async fn take_text(&self, demand: &Demand) -> Result<Option<u64>, Unexpected> {
        if !demand.fits(0) {
            return Ok(None);
        }
        let (amount, limit) = (whole(demand.amount), whole(demand.limit));
        let row = text_count::Model { key: demand.key.clone(), used: amount, ends_at: demand.ends_at.as_millis() };
        let used = || Expr::col((text_count::Entity, text_count::Column::Used));
        let more = OnConflict::column(text_count::Column::Key)
            .value(text_count::Column::Used, used().add(amount))
            .action_and_where(used().add(amount).lte(limit))
            .to_owned();
        let insert = text_count::Entity::insert(row.into_active_model()).on_conflict(more);
        match insert.exec_without_returning(&self.tx).await {
            Ok(0) | Err(DbErr::RecordNotInserted) => return Ok(None),
            Ok(_) => {}
            Err(other) => return Err(other.into()),
        }
        Ok(read_text_counts(&self.tx, std::slice::from_ref(demand)).await?.into_iter().next())
    }
}

/// Limits are far below what a column holds.
fn whole(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

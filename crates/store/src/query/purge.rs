//! Removal of rows that are older than they have to be, a piece at a time. How old that is says
//! `rekey_domain::job::retention`; entries of the audit log go by [`Write::remove_audit_through`](crate::Write).

use rekey_domain::job::retention::{Expiring, Retention};
use rekey_shared::Timestamp;
use sea_orm::sea_query::{IntoCondition, LockBehavior, LockType};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, Iterable, PaginatorTrait, PrimaryKeyToColumn, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait,
};

use crate::entity::{
    action_token, budget, job, job_outcome, journey, known_device, outbox, session, text_conversion, text_count,
    throttle_event,
};
use crate::{Unexpected, Write};

/// Guess budgets beyond this number are forgotten, those that are untouched for longest first,
/// never one whose wait lasts.
const BUDGET_ROWS: u64 = 1_000_000;
/// Rows deleted by one transaction, so that no one who writes waits long.
pub const PIECE: u64 = 500;

impl Write {
    /// Deletes at most [`PIECE`] rows of one sort that are older than they have to be. How many that were: fewer than
    /// [`PIECE`] when these were the last.
    pub async fn purge(&self, what: Expiring, keep: &Retention, now: Timestamp) -> Result<u64, Unexpected> {
        let cutoff = keep.cutoff(what, now).as_millis();
        match what {
            Expiring::ThrottleEvents => {
                self.delete_piece::<throttle_event::Entity>(throttle_event::COLUMN.at.lte(cutoff)).await
            }
            Expiring::TextCounts => {
                self.delete_piece::<text_count::Entity>(text_count::COLUMN.ends_at.lte(cutoff)).await
            }
            Expiring::TextConversions => {
                let until = text_conversion::COLUMN.paused_until;
                let over = Condition::any().add(until.is_null()).add(until.lte(now.as_millis()));
                let old = Condition::all().add(text_conversion::COLUMN.since.lte(cutoff)).add(over);
                self.delete_piece::<text_conversion::Entity>(old).await
            }
            Expiring::Budgets => {
                let old = Condition::all().add(budget::COLUMN.updated_at.lte(cutoff)).add(no_wait(now));
                self.delete_piece::<budget::Entity>(old).await
            }
            Expiring::SurplusBudgets => self.cap_budgets(now).await,
            Expiring::Sessions => {
                let (ended, used) = (session::COLUMN.ended_at.lte(cutoff), session::COLUMN.last_used_at.lte(cutoff));
                self.delete_piece::<session::Entity>(Condition::any().add(ended).add(used)).await
            }
            Expiring::Journeys => self.delete_piece::<journey::Entity>(journey::COLUMN.expires_at.lte(cutoff)).await,
            Expiring::Messages => self.delete_messages(&["sent", "dropped"], cutoff).await,
            Expiring::DeadMessages => self.delete_messages(&["dead"], cutoff).await,
            Expiring::KnownDevices => {
                self.delete_piece::<known_device::Entity>(known_device::COLUMN.last_used_at.lte(cutoff)).await
            }
            Expiring::ActionTokens => {
                self.delete_piece::<action_token::Entity>(action_token::COLUMN.expires_at.lte(cutoff)).await
            }
            Expiring::Jobs => {
                let ended = Condition::all().add(job::COLUMN.state.ne(super::lease::WAITING));
                self.delete_piece::<job::Entity>(ended.add(job::COLUMN.finished_at.lte(cutoff))).await
            }
            Expiring::JobOutcomes => self.delete_piece::<job_outcome::Entity>(job_outcome::COLUMN.at.lte(cutoff)).await,
            Expiring::AuditEntries => Ok(0),
        }
    }

    async fn delete_messages(&self, states: &[&str], cutoff: i64) -> Result<u64, Unexpected> {
        let ended = Condition::all().add(outbox::COLUMN.state.is_in(states.iter().copied()));
        self.delete_piece::<outbox::Entity>(ended.add(outbox::COLUMN.finished_at.lte(cutoff))).await
    }

    /// For tables whose primary key is one column. Rows that a request works on stay until the next run: a transaction that
    /// locks many rows in no order of its own must not wait for one that does the same (PostgreSQL would end one of them).
    async fn delete_piece<E: EntityTrait>(&self, old: impl IntoCondition) -> Result<u64, Unexpected> {
        let Some(key) = E::PrimaryKey::iter().next().map(PrimaryKeyToColumn::into_column) else { return Ok(0) };
        let piece = E::find().select_only().column(key).filter(old.into_condition()).limit(PIECE);
        let piece = piece.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked).into_query();
        Ok(E::delete_many().filter(key.in_subquery(piece)).exec(&self.tx).await?.rows_affected)
    }

    async fn cap_budgets(&self, now: Timestamp) -> Result<u64, Unexpected> {
        let surplus = budget::Entity::find().count(&self.tx).await?.saturating_sub(BUDGET_ROWS);
        if surplus == 0 {
            return Ok(0);
        }
        let piece = budget::Entity::find()
            .select_only()
            .column(budget::Column::Key)
            .filter(no_wait(now))
            .order_by_asc(budget::COLUMN.updated_at)
            .limit(surplus.min(PIECE))
            .into_query();
        let delete = budget::Entity::delete_many().filter(budget::COLUMN.key.in_subquery(piece));
        Ok(delete.exec(&self.tx).await?.rows_affected)
    }
}

fn no_wait(now: Timestamp) -> Condition {
    Condition::any().add(budget::COLUMN.next_at.is_null()).add(budget::COLUMN.next_at.lte(now.as_millis()))
}

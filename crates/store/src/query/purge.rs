//! Retention: how long rows are kept, and their removal in small pieces.

use std::time::Duration;

use rekey_domain::throttle::WINDOW;
use rekey_shared::Timestamp;
use sea_orm::sea_query::IntoCondition;
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, Iterable, PaginatorTrait, PrimaryKeyToColumn, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait,
};

use crate::entity::{action_token, budget, journey, outbox, session, throttle_event};
use crate::{Store, Unexpected};

const DAY: Duration = Duration::from_secs(24 * 3600);
/// Guess budgets are forgotten when untouched for so long and their wait is over.
const BUDGET_KEPT: Duration = DAY;
/// Journeys are kept for so long after their end.
const JOURNEY_KEPT: Duration = Duration::from_secs(7 * 24 * 3600);
/// Sent and dropped messages are kept for so long; dead ones stay until somebody looks.
const MESSAGE_KEPT: Duration = Duration::from_secs(30 * 24 * 3600);
/// Tickets are kept for so long after they expired.
const TICKET_KEPT: Duration = Duration::from_secs(30 * 24 * 3600);
/// Sessions are kept for so long after they ended or were last used: the idle limit must be shorter.
pub const SESSION_KEPT: Duration = Duration::from_secs(30 * 24 * 3600);
/// Guess budgets beyond this number are forgotten, those that are untouched for longest first,
/// never one whose wait lasts.
pub const BUDGET_ROWS: u64 = 1_000_000;
/// Rows deleted by one statement, so that nobody who writes waits long.
const PIECE: u64 = 500;

impl Store {
    /// Deletes what is older than it has to be. How many rows that were.
    pub async fn purge(&self, now: Timestamp) -> Result<u64, Unexpected> {
        let before = |kept| now.minus(kept).as_millis();
        let events = throttle_event::COLUMN.at.lte(before(WINDOW));
        let budgets = Condition::all().add(budget::COLUMN.updated_at.lte(before(BUDGET_KEPT))).add(no_wait(now));
        let sessions = Condition::any()
            .add(session::COLUMN.ended_at.lte(before(SESSION_KEPT)))
            .add(session::COLUMN.last_used_at.lte(before(SESSION_KEPT)));
        let journeys = journey::COLUMN.expires_at.lte(before(JOURNEY_KEPT));
        let messages = Condition::all()
            .add(outbox::COLUMN.state.is_in(["sent", "dropped"]))
            .add(outbox::COLUMN.finished_at.lte(before(MESSAGE_KEPT)));
        let action_tokens = action_token::COLUMN.expires_at.lte(before(TICKET_KEPT));

        let mut gone = self.delete_all::<throttle_event::Entity>(events).await?;
        gone += self.delete_all::<budget::Entity>(budgets).await?;
        gone += self.delete_all::<session::Entity>(sessions).await?;
        gone += self.delete_all::<journey::Entity>(journeys).await?;
        gone += self.delete_all::<outbox::Entity>(messages).await?;
        gone += self.delete_all::<action_token::Entity>(action_tokens).await?;
        Ok(gone + self.cap_budgets(BUDGET_ROWS, now).await?)
    }

    /// Deletes what matches, piece by piece. For tables whose primary key is one column.
    async fn delete_all<E: EntityTrait>(&self, old: impl IntoCondition) -> Result<u64, Unexpected> {
        let old = old.into_condition();
        let mut gone = 0;
        while let Some(key) = E::PrimaryKey::iter().next().map(PrimaryKeyToColumn::into_column) {
            let piece = E::find().select_only().column(key).filter(old.clone()).limit(PIECE).into_query();
            let deleted = E::delete_many().filter(key.in_subquery(piece)).exec(&self.writes).await?;
            gone += deleted.rows_affected;
            if deleted.rows_affected < PIECE {
                break;
            }
        }
        Ok(gone)
    }

    async fn cap_budgets(&self, ceiling: u64, now: Timestamp) -> Result<u64, Unexpected> {
        let mut surplus = budget::Entity::find().count(&self.reads).await?.saturating_sub(ceiling);
        let mut gone = 0;
        while surplus > 0 {
            let piece = budget::Entity::find()
                .select_only()
                .column(budget::Column::Key)
                .filter(no_wait(now))
                .order_by_asc(budget::COLUMN.updated_at)
                .limit(surplus.min(PIECE))
                .into_query();
            let deleted = budget::Entity::delete_many()
                .filter(budget::COLUMN.key.in_subquery(piece))
                .exec(&self.writes)
                .await?
                .rows_affected;
            gone += deleted;
            surplus = if deleted == 0 { 0 } else { surplus.saturating_sub(deleted) };
        }
        Ok(gone)
    }
}

fn no_wait(now: Timestamp) -> Condition {
    Condition::any().add(budget::COLUMN.next_at.is_null()).add(budget::COLUMN.next_at.lte(now.as_millis()))
}

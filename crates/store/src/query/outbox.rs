//! The outbox: rows are written with what causes them, leased by workers, settled by whoever holds the lease.

use rekey_domain::message::{OutboxItem, Outcome};
use rekey_domain::{AccountId, OutboxId};
use rekey_shared::Timestamp;
use sea_orm::sea_query::{Expr, LockBehavior, LockType};
use sea_orm::{
    Condition, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, ExprTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use super::finders;
use crate::entity::outbox;
use crate::text::Text;
use crate::{Store, Unexpected, Write};

const WAITING: &str = "waiting";
const DEAD: &str = "dead";

/// How the outbox stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutboxCounts {
    /// Messages not sent yet, leased ones included.
    pub waiting: u64,
    /// Messages given up.
    pub dead: u64,
    /// When the oldest waiting one was caused.
    pub oldest_waiting_at: Option<Timestamp>,
}

finders! {
    /// When an account was last told that its sign-in is paused.
    fn last_sign_in_pause_notice(account: AccountId) -> Option<Timestamp>;
}

async fn last_sign_in_pause_notice(
    db: &impl ConnectionTrait,
    account: AccountId,
) -> Result<Option<Timestamp>, Unexpected> {
    let at = outbox::Entity::find()
        .select_only()
        .column(outbox::Column::CreatedAt)
        .filter(outbox::COLUMN.account.eq(account.0))
        .filter(outbox::COLUMN.kind.eq(outbox::SIGN_IN_PAUSED))
        .order_by_desc(outbox::COLUMN.created_at)
        .into_tuple::<i64>()
        .one(db)
        .await?;
    Ok(at.map(Timestamp::from_millis))
}

impl Write {
    /// Owes somebody a message, due at once. It is sent only when this transaction is committed.
    pub async fn enqueue(&self, item: &OutboxItem) -> Result<(), Unexpected> {
        let row = outbox::Model::of(item).into_active_model();
        outbox::Entity::insert(row).exec_without_returning(&self.tx).await?;
        Ok(())
    }
}

impl Store {
    /// Leases up to `limit` due messages to `owner` until `lease_until`, longest due first. No two owners
    /// hold the same one; a lease that ran out is free again. `attempts` counts this one already.
    pub async fn lease_outbox(
        &self,
        limit: u64,
        now: Timestamp,
        lease_until: Timestamp,
        owner: Uuid,
    ) -> Result<Vec<OutboxItem>, Unexpected> {
        // Most looks find nothing and need not wait for whoever writes.
        if due(now).one(&self.reads).await?.is_none() {
            return Ok(Vec::new());
        }
        let tx = self.begin().await?;
        let mut rows = lease(&tx, limit, now, lease_until, owner).await?;
        tx.commit().await?;
        rows.sort_by_key(|row| (row.not_before, row.id));
        rows.into_iter().map(OutboxItem::try_from).collect()
    }

    /// Ends a lease. `false` when the lease is not (any more) `owner`'s, and then nothing changes.
    pub async fn finish_outbox(
        &self,
        id: OutboxId,
        owner: Uuid,
        outcome: Outcome,
        now: Timestamp,
    ) -> Result<bool, Unexpected> {
        let update = outbox::Entity::update_many()
            .col_expr(outbox::Column::LeaseOwner, Expr::value(None::<Uuid>))
            .col_expr(outbox::Column::LeaseUntil, Expr::value(None::<i64>))
            .filter(outbox::COLUMN.id.eq(id.0))
            .filter(outbox::COLUMN.state.eq(WAITING))
            .filter(outbox::COLUMN.lease_owner.eq(owner));
        let finished = |state| [(outbox::Column::State, Expr::value(state)), finished_at(now)];
        let changes = match outcome {
            Outcome::Sent => finished("sent").to_vec(),
            Outcome::Dropped => finished("dropped").to_vec(),
            Outcome::Retry { at } => vec![(outbox::Column::NotBefore, Expr::value(at.as_millis()))],
            Outcome::Dead { cause } => {
                [&finished(DEAD)[..], &[(outbox::Column::DeadCause, Expr::value(cause.text()))]].concat()
            }
        };
        let update = changes.into_iter().fold(update, |update, (column, value)| update.col_expr(column, value));
        Ok(update.exec(&self.writes).await?.rows_affected == 1)
    }

    /// How the outbox stands.
    pub async fn outbox_counts(&self) -> Result<OutboxCounts, Unexpected> {
        let in_state = |state| outbox::Entity::find().filter(outbox::COLUMN.state.eq(state));
        let oldest = in_state(WAITING)
            .select_only()
            .column(outbox::Column::CreatedAt)
            .order_by_asc(outbox::COLUMN.created_at)
            .into_tuple::<i64>()
            .one(&self.reads)
            .await?;
        Ok(OutboxCounts {
            waiting: in_state(WAITING).count(&self.reads).await?,
            dead: in_state(DEAD).count(&self.reads).await?,
            oldest_waiting_at: oldest.map(Timestamp::from_millis),
        })
    }
}

fn finished_at(now: Timestamp) -> (outbox::Column, Expr) {
    (outbox::Column::FinishedAt, Expr::value(now.as_millis()))
}

/// Messages that may be leased now, longest due first.
fn due(now: Timestamp) -> sea_orm::Select<outbox::Entity> {
    let free =
        Condition::any().add(outbox::COLUMN.lease_until.is_null()).add(outbox::COLUMN.lease_until.lte(now.as_millis()));
    outbox::Entity::find()
        .filter(outbox::COLUMN.state.eq(WAITING))
        .filter(outbox::COLUMN.not_before.lte(now.as_millis()))
        .filter(free)
        .order_by_asc(outbox::COLUMN.not_before)
        .order_by_asc(outbox::COLUMN.id)
}

/// Locks rows and then marks them: in one statement PostgreSQL may run the inner select more than once
/// and lease more than `limit`. On SQLite the transaction holds the write lock, which is as good.
async fn lease(
    tx: &DatabaseTransaction,
    limit: u64,
    now: Timestamp,
    lease_until: Timestamp,
    owner: Uuid,
) -> Result<Vec<outbox::Model>, DbErr> {
    let rows = due(now).limit(limit).lock_with_behavior(LockType::Update, LockBehavior::SkipLocked).all(tx).await?;
    outbox::Entity::update_many()
        .col_expr(outbox::Column::Attempts, Expr::col(outbox::Column::Attempts).add(1))
        .col_expr(outbox::Column::LeaseOwner, Expr::value(owner))
        .col_expr(outbox::Column::LeaseUntil, Expr::value(lease_until.as_millis()))
        .filter(outbox::COLUMN.id.is_in(rows.iter().map(|row| row.id)))
        .exec_with_returning(tx)
        .await
}

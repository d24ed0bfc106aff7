//! The outbox: rows are written with what causes them, leased by workers, settled by the holder of the lease.

use rekey_domain::message::{OutboxItem, Outcome};
use rekey_domain::{AccountId, OutboxId};
use rekey_shared::Timestamp;
use sea_orm::sea_query::Expr;
use sea_orm::{ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::finders;
use super::lease::{self, Claim, LeaseColumns, Leased, WAITING};
use crate::entity::outbox;
use crate::text::Text;
use crate::{Store, Unexpected, Write, transaction};

const DEAD: &str = "dead";

impl Leased for outbox::Entity {
    const COLUMNS: LeaseColumns<outbox::Column> = LeaseColumns {
        id: outbox::Column::Id,
        state: outbox::Column::State,
        not_before: outbox::Column::NotBefore,
        attempts: outbox::Column::Attempts,
        owner: outbox::Column::LeaseOwner,
        until: outbox::Column::LeaseUntil,
    };
}

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
    /// Enqueues a message, due at once. It is sent only when this transaction is committed.
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
        // Most looks find nothing and need not wait for the writer.
        if lease::due::<outbox::Entity>(now).one(&self.reads).await?.is_none() {
            return Ok(Vec::new());
        }
        let claim = Claim { until: lease_until, owner };
        let mut rows = transaction!(self, |tx| Ok::<_, Unexpected>(
            lease::claim::<outbox::Entity>(&tx.tx, lease::due(now), limit, claim).await?
        ))
        .await?;
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
        let update = lease::given_back::<outbox::Entity>(id.0, owner);
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

//! Leases, for every table whose rows are work: messages and jobs. The rules are in `rekey_domain::job::lease`.

use rekey_shared::Timestamp;
use sea_orm::sea_query::{Expr, LockBehavior, LockType};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, ExprTrait, ModelTrait, QueryFilter, QueryOrder,
    QuerySelect, Select, UpdateMany,
};
use uuid::Uuid;

/// The state of rows that are still to be worked on.
pub(super) const WAITING: &str = "waiting";

/// The columns of a table whose rows are leased.
pub(super) struct LeaseColumns<C> {
    pub id: C,
    pub state: C,
    pub not_before: C,
    pub attempts: C,
    pub owner: C,
    pub until: C,
}

/// A table whose rows are leased.
pub(super) trait Leased: EntityTrait {
    const COLUMNS: LeaseColumns<Self::Column>;
}

/// A lease that is asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Claim {
    pub until: Timestamp,
    pub owner: Uuid,
}

/// Rows that may be leased now, longest due first.
pub(super) fn due<E: Leased>(now: Timestamp) -> Select<E> {
    let columns = E::COLUMNS;
    E::find()
        .filter(columns.state.eq(WAITING))
        .filter(columns.not_before.lte(now.as_millis()))
        .filter(free::<E>(now))
        .order_by_asc(columns.not_before)
        .order_by_asc(columns.id)
}

/// Rows that no process holds.
pub(super) fn free<E: Leased>(now: Timestamp) -> Condition {
    let until = E::COLUMNS.until;
    Condition::any().add(until.is_null()).add(until.lte(now.as_millis()))
}

/// Leases at most `limit` of the rows that `wanted` finds.
///
/// Locks them and then marks them: in one statement PostgreSQL may run the inner select more than once and lease more than
/// `limit`. On SQLite the transaction holds the write lock, which is as good.
pub(super) async fn claim<E: Leased>(
    tx: &impl ConnectionTrait,
    wanted: Select<E>,
    limit: u64,
    claim: Claim,
) -> Result<Vec<E::Model>, DbErr>
where
    E::Model: ModelTrait<Entity = E>,
{
    let columns = E::COLUMNS;
    let rows = wanted.limit(limit).lock_with_behavior(LockType::Update, LockBehavior::SkipLocked).all(tx).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    E::update_many()
        .col_expr(columns.attempts, Expr::col(columns.attempts).add(1))
        .col_expr(columns.owner, Expr::value(claim.owner))
        .col_expr(columns.until, Expr::value(claim.until.as_millis()))
        .filter(columns.id.is_in(rows.iter().map(|row| row.get(columns.id))))
        .exec_with_returning(tx)
        .await
}

/// A change of a row that its lease's owner makes; it changes nothing when the lease is another's by now.
pub(super) fn held<E: Leased>(id: Uuid, owner: Uuid) -> UpdateMany<E> {
    let columns = E::COLUMNS;
    E::update_many().filter(columns.id.eq(id)).filter(columns.state.eq(WAITING)).filter(columns.owner.eq(owner))
}

/// A change by its owner that also gives the lease back.
pub(super) fn given_back<E: Leased>(id: Uuid, owner: Uuid) -> UpdateMany<E> {
    held::<E>(id, owner)
        .col_expr(E::COLUMNS.owner, Expr::value(None::<Uuid>))
        .col_expr(E::COLUMNS.until, Expr::value(None::<i64>))
}

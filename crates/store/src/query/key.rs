//! What is known of keys, and what still needs one.

use rekey_domain::KeyId;
use rekey_domain::key::{RetirePermit, RingKey, RingKeyUses, SealedDataKey};
use rekey_shared::Timestamp;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, JoinType, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect,
};

use super::finders;
use crate::entity::{account, action_token, challenge, data_key, journey, past_password, ring_key};
use crate::{Unexpected, Write};

finders! {
    /// Every key of the ring that there ever was, by the moment of its use.
    fn list_ring_keys() -> Vec<RingKey>;
    /// Every sealed key, oldest first.
    fn list_data_keys() -> Vec<SealedDataKey>;
    /// What still needs a key, but for what is sealed with it. Looks at every password.
    fn ring_key_uses(traces: KeyTraces<'_>, now: Timestamp) -> RingKeyUses;
}

async fn list_ring_keys(db: &impl ConnectionTrait) -> Result<Vec<RingKey>, Unexpected> {
    let rows = ring_key::Entity::find().order_by_asc(ring_key::COLUMN.not_before).order_by_asc(ring_key::COLUMN.id);
    rows.all(db).await?.into_iter().map(RingKey::try_from).collect()
}

async fn list_data_keys(db: &impl ConnectionTrait) -> Result<Vec<SealedDataKey>, Unexpected> {
    let rows = data_key::Entity::find()
        .order_by_asc(data_key::COLUMN.purpose)
        .order_by_asc(data_key::COLUMN.generation)
        .all(db)
        .await?;
    rows.into_iter().map(SealedDataKey::try_from).collect()
}

/// Which rows were made with a key, and how its passwords are told from others.
#[derive(Debug, Clone, Copy)]
pub struct KeyTraces<'a> {
    /// Rows made from then on,
    pub from: Timestamp,
    /// and before then.
    pub before: Timestamp,
    /// What stands in a PHC string that was made with it, and in no other.
    pub phc_mark: &'a str,
}

impl Write {
    /// Writes a key of the ring down, unless it is known.
    pub async fn insert_ring_key(&self, key: &RingKey) -> Result<bool, Unexpected> {
        let keep_first = OnConflict::column(ring_key::Column::Id).do_nothing().to_owned();
        let row = ring_key::Model::from(key).into_active_model();
        inserted(ring_key::Entity::insert(row).on_conflict(keep_first).exec_without_returning(&self.tx).await)
    }

    /// Brings the first use of a key forward, unless it is as early as that or was retired.
    pub async fn bring_ring_key_forward(&self, id: KeyId, not_before: Timestamp) -> Result<bool, Unexpected> {
        let outcome = ring_key::Entity::update_many()
            .col_expr(ring_key::Column::NotBefore, Expr::value(not_before.as_millis()))
            .filter(ring_key::COLUMN.id.eq(i64::from(id.0)))
            .filter(ring_key::COLUMN.not_before.gt(not_before.as_millis()))
            .filter(ring_key::COLUMN.retired_at.is_null())
            .exec(&self.tx)
            .await?;
        Ok(outcome.rows_affected == 1)
    }

    /// Gives a key of the ring up. `false` when it was before.
    pub async fn retire_ring_key(&self, permit: RetirePermit, now: Timestamp) -> Result<bool, Unexpected> {
        let outcome = ring_key::Entity::update_many()
            .col_expr(ring_key::Column::RetiredAt, Expr::value(now.as_millis()))
            .filter(ring_key::COLUMN.id.eq(i64::from(permit.id().0)))
            .filter(ring_key::COLUMN.retired_at.is_null())
            .exec(&self.tx)
            .await?;
        Ok(outcome.rows_affected == 1)
    }

    /// Writes a sealed key down, unless there is one of that generation.
    pub async fn insert_data_key(&self, key: &SealedDataKey) -> Result<bool, Unexpected> {
        let keep_first =
            OnConflict::columns([data_key::Column::Purpose, data_key::Column::Generation]).do_nothing().to_owned();
        let row = data_key::Model::from(key).into_active_model();
        inserted(data_key::Entity::insert(row).on_conflict(keep_first).exec_without_returning(&self.tx).await)
    }

    /// Replaces the sealed form of the same key. `false` when another node was faster.
    pub async fn reseal_data_key(&self, key: &SealedDataKey, sealed: Vec<u8>) -> Result<bool, Unexpected> {
        let outcome = data_key::Entity::update_many()
            .col_expr(data_key::Column::Sealed, Expr::value(sealed))
            .filter(data_key::COLUMN.purpose.eq(key.purpose.text()))
            .filter(data_key::COLUMN.generation.eq(key.generation))
            .filter(data_key::COLUMN.sealed.eq(key.sealed.clone()))
            .exec(&self.tx)
            .await?;
        Ok(outcome.rows_affected == 1)
    }
}

async fn ring_key_uses(
    db: &impl ConnectionTrait,
    traces: KeyTraces<'_>,
    now: Timestamp,
) -> Result<RingKeyUses, Unexpected> {
    let (challenges, tokens) = (last_challenge(db, traces, now).await?, last_action_token(db, traces, now).await?);
    let mark = format!("%{}%", traces.phc_mark);
    let passwords = account::Entity::find().filter(account::COLUMN.password.like(&mark)).count(db).await?;
    let past = past_password::Entity::find().filter(past_password::COLUMN.password.like(&mark)).count(db).await?;
    let secrets_until = challenges.max(tokens).map(Timestamp::from_millis);
    Ok(RingKeyUses { secrets_until, passwords, past_passwords: past, sealed: 0 })
}

/// A journey may ask for a new code as long as it lives, and that is derived from the same row.
async fn last_challenge(
    db: &impl ConnectionTrait,
    traces: KeyTraces<'_>,
    now: Timestamp,
) -> Result<Option<i64>, Unexpected> {
    let of_journey =
        challenge::Entity::belongs_to(journey::Entity).from(challenge::Column::Journey).to(journey::Column::Id);
    let select = challenge::Entity::find()
        .select_only()
        .column_as(challenge::Column::ExpiresAt.max(), "code")
        .column_as(challenge::Column::LinkExpiresAt.max(), "link")
        .column_as(journey::Column::ExpiresAt.max(), "journey")
        .join(JoinType::LeftJoin, of_journey.into())
        .filter(challenge::COLUMN.created_at.gte(traces.from.as_millis()))
        .filter(challenge::COLUMN.created_at.lt(traces.before.as_millis()));
    let last = select.into_tuple::<(Option<i64>, Option<i64>, Option<i64>)>().one(db).await?;
    Ok(last.and_then(|(code, link, journey)| code.max(link).max(journey)).filter(|last| *last > now.as_millis()))
}

async fn last_action_token(
    db: &impl ConnectionTrait,
    traces: KeyTraces<'_>,
    now: Timestamp,
) -> Result<Option<i64>, Unexpected> {
    let select = action_token::Entity::find()
        .select_only()
        .column_as(action_token::Column::ExpiresAt.max(), "last")
        .filter(action_token::COLUMN.created_at.gte(traces.from.as_millis()))
        .filter(action_token::COLUMN.created_at.lt(traces.before.as_millis()))
        .filter(action_token::COLUMN.expires_at.gt(now.as_millis()))
        .filter(action_token::COLUMN.spent_at.is_null());
    Ok(select.into_tuple::<Option<i64>>().one(db).await?.flatten())
}

fn inserted(outcome: Result<u64, DbErr>) -> Result<bool, Unexpected> {
    match outcome {
        Ok(rows) => Ok(rows == 1),
        Err(DbErr::RecordNotInserted) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

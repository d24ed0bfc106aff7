//! Throttles: exact under any number of parallel requests, because those of one key take turns.

use rekey_domain::Digest;
use rekey_domain::throttle::{self, Limit, Past, Protection, Purpose, Refusal, WINDOW};
use rekey_shared::Timestamp;
use sea_orm::{
    ActiveValue, ColumnTrait, Condition, ConnectionTrait, DbBackend, DbErr, EntityTrait, QueryFilter, Statement, Value,
};

use crate::entity::throttle_event;
use crate::text::Text;
use crate::transaction::Locks;
use crate::{Unexpected, Write};

/// By what a request is counted.
#[derive(Clone, Copy)]
struct Keys {
    account: Digest,
    address: Digest,
}

impl Write {
    /// Lets a request through and remembers it, or says why not.
    ///
    /// Until this transaction ends, other requests with the same account or address key wait. Call it first
    /// in a transaction, and only once: with other keys two transactions could wait for each other.
    pub async fn admit(
        &self,
        purpose: Purpose,
        account_key: Digest,
        address_key: Digest,
        limits: &[Limit],
        now: Timestamp,
    ) -> Result<Result<(), Refusal>, Unexpected> {
        self.admit_all(&[(purpose, limits)], account_key, address_key, now).await
    }

    /// The same for several purposes at once: a request that one of them refuses counts for none.
    pub async fn admit_all(
        &self,
        asked: &[(Purpose, &[Limit])],
        account_key: Digest,
        address_key: Digest,
        now: Timestamp,
    ) -> Result<Result<(), Refusal>, Unexpected> {
        let keys = Keys { account: account_key, address: address_key };
        self.take_turns(keys).await?;
        for (purpose, limits) in asked {
            let past = self.past(*purpose, keys, limits, now).await?;
            if let Err(refusal) = throttle::admit(limits, &past, now) {
                return Ok(Err(refusal));
            }
        }
        self.remember(asked.iter().map(|(purpose, _)| *purpose), keys, now).await?;
        Ok(Ok(()))
    }

    async fn remember(&self, asked: impl Iterator<Item = Purpose>, keys: Keys, now: Timestamp) -> Result<(), DbErr> {
        let event = |purpose: Purpose| throttle_event::ActiveModel {
            id: ActiveValue::NotSet,
            purpose: ActiveValue::Set(purpose.text().to_owned()),
            account_key: ActiveValue::Set(keys.account.0.to_vec()),
            address_key: ActiveValue::Set(keys.address.0.to_vec()),
            at: ActiveValue::Set(now.as_millis()),
        };
        throttle_event::Entity::insert_many(asked.map(event)).exec_without_returning(&self.tx).await.map(drop)
    }

    /// SQLite's write transaction is turn enough. PostgreSQL locks both keys, in an order that all agree on.
    async fn take_turns(&self, keys: Keys) -> Result<(), DbErr> {
        self.tx.note(Locks::THROTTLE);
        if self.tx.get_database_backend() == DbBackend::Postgres {
            let mut locks = [lock_number(keys.account), lock_number(keys.address)];
            locks.sort_unstable();
            // In one statement, which takes them one after the other.
            let sql = "SELECT pg_advisory_xact_lock($1), pg_advisory_xact_lock($2)";
            let locks = Statement::from_sql_and_values(DbBackend::Postgres, sql, locks.map(Value::from));
            self.tx.execute_raw(locks).await?;
        }
        Ok(())
    }

    async fn past(
        &self,
        purpose: Purpose,
        keys: Keys,
        limits: &[Limit],
        now: Timestamp,
    ) -> Result<Vec<Past>, Unexpected> {
        let Some(counted) = counted_by(limits, keys) else { return Ok(Vec::new()) };
        let rows = throttle_event::Entity::find()
            .filter(throttle_event::COLUMN.purpose.eq(purpose.text()))
            .filter(throttle_event::COLUMN.at.gt(now.minus(WINDOW).as_millis()))
            .filter(counted)
            .all(&self.tx)
            .await?;
        let past = |row: throttle_event::Model| Past {
            at: Timestamp::from_millis(row.at),
            same_address: row.address_key == keys.address.0,
            same_account: row.account_key == keys.account.0,
        };
        Ok(rows.into_iter().map(past).collect())
    }
}

/// The events that count against at least one limit; `None` when nothing is limited. What no limit counts
/// is not read, so the limits themselves keep the number of rows small.
fn counted_by(limits: &[Limit], keys: Keys) -> Option<Condition> {
    let same_account = throttle_event::Column::AccountKey.eq(keys.account.0.to_vec());
    let same_address = throttle_event::Column::AddressKey.eq(keys.address.0.to_vec());
    let mut counted = Condition::any();
    for limit in limits.iter().filter(|limit| limit.per_hour > 0 || limit.interval_seconds > 0) {
        let (account, address) = (same_account.clone(), same_address.clone());
        counted = match limit.protection {
            Protection::None => counted,
            Protection::Address => counted.add(address),
            Protection::Account => counted.add(account),
            Protection::AddressOrAccount => counted.add(address).add(account),
            Protection::AddressAndAccount => counted.add(Condition::all().add(address).add(account)),
        };
    }
    (!counted.is_empty()).then_some(counted)
}

/// The PostgreSQL advisory lock of a key. Two keys that share one only wait for each other needlessly.
fn lock_number(key: Digest) -> i64 {
    key.0.first_chunk().map_or(0, |bytes| i64::from_be_bytes(*bytes))
}

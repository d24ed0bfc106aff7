//! The audit log: entries are inserted with what they tell of, and sealed afterwards by one node at a time.
//!
//! No transaction of a request touches anything here that another one writes, so none waits.

use rekey_domain::audit::chain::{Seal, SealedEntry, StoredEntry, Voucher};
use rekey_domain::audit::{Attention, AuditEntry, AuditEvent};
use rekey_shared::Timestamp;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    Statement, Value,
};

use crate::connect::Snapshot;
use crate::entity::{audit, audit_voucher};
use crate::{Store, Unexpected, Write};

/// Seals written by one statement; the rest is written one by one. Two sizes, so that two statements are prepared once.
const SEALS: usize = 32;

/// Entries that wait for their seal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unsealed {
    /// How many.
    pub entries: u64,
    /// When the oldest was made.
    pub oldest_at: Option<Timestamp>,
}

/// An entry and the seal that it is to get.
#[derive(Debug, Clone, Copy)]
pub struct NewSeal {
    /// [`StoredEntry::id`].
    pub entry: i64,
    /// Its place and digest.
    pub seal: Seal,
}

impl Write {
    /// Keeps an entry for the audit log. It is written when this transaction is committed.
    pub fn record(&mut self, entry: AuditEntry) {
        self.entries.push(entry);
    }

    /// Entries that wait for their seal, in the order of writing.
    pub async fn list_unsealed(&self, limit: u64) -> Result<Vec<StoredEntry>, Unexpected> {
        let waiting = audit::Entity::find().filter(audit::COLUMN.seq.is_null());
        let rows = waiting.order_by_asc(audit::COLUMN.id).limit(limit).all(&self.tx).await?;
        rows.into_iter().map(StoredEntry::try_from).collect()
    }

    /// The head; `None` while nothing was ever sealed.
    ///
    /// A log that has seals and no head was tampered with: going on from its beginning would hide it.
    pub async fn find_audit_head(&self) -> Result<Option<Voucher>, Unexpected> {
        let head = find_voucher(&self.tx, audit_voucher::HEAD).await?;
        if head.is_none() && has_seals(&self.tx).await? {
            return Err(Unexpected::row("audit_voucher", "kind"));
        }
        Ok(head)
    }

    /// Seals entries. Each is sealed once: when one of them has a seal already, all of this fails.
    pub async fn seal(&self, seals: &[NewSeal]) -> Result<(), Unexpected> {
        let full = seals.len() - seals.len() % SEALS;
        let (pieces, rest) = seals.split_at(full);
        for piece in pieces.chunks(SEALS).chain(rest.chunks(1)) {
            let done = self.tx.execute_raw(seal_statement(self.tx.get_database_backend(), piece)?).await?;
            if done.rows_affected() != piece.len() as u64 {
                return Err(Unexpected::row("audit", "seq"));
            }
        }
        Ok(())
    }

    /// Moves the head.
    pub async fn set_audit_head(&self, head: &Voucher) -> Result<(), Unexpected> {
        self.set_voucher(audit_voucher::HEAD, head).await
    }

    /// Removes sealed entries up to the checkpoint's seal and writes the checkpoint, from which the log begins now.
    /// How many were removed.
    pub async fn remove_audit_through(&self, checkpoint: &Voucher) -> Result<u64, Unexpected> {
        let through = i64::try_from(checkpoint.seal.seq).map_err(|_| Unexpected::row("audit", "seq"))?;
        let old = audit::Entity::delete_many().filter(audit::COLUMN.seq.lte(through));
        let gone = old.exec(&self.tx).await?.rows_affected;
        self.set_voucher(audit_voucher::CHECKPOINT, checkpoint).await?;
        Ok(gone)
    }

    async fn set_voucher(&self, kind: &str, voucher: &Voucher) -> Result<(), Unexpected> {
        use audit_voucher::Column::{ByKey, ByMac, Key, Kind, Mac, Seq};

        let row = audit_voucher::Model::of(kind, voucher)?.into_active_model();
        let replace = OnConflict::column(Kind).update_columns([Seq, Key, Mac, ByKey, ByMac]).to_owned();
        audit_voucher::Entity::insert(row).on_conflict(replace).exec_without_returning(&self.tx).await?;
        Ok(())
    }

    /// Where the log begins; `None` while nothing was ever removed.
    pub async fn find_audit_checkpoint(&self) -> Result<Option<Voucher>, Unexpected> {
        find_voucher(&self.tx, audit_voucher::CHECKPOINT).await
    }

    /// Sealed entries behind a place in the chain.
    pub async fn list_sealed(&self, after: u64, limit: u64) -> Result<Vec<SealedEntry>, Unexpected> {
        list_sealed(&self.tx, after, limit).await
    }
}

/// Inserts the entries of a transaction.
pub(crate) async fn append(tx: &impl ConnectionTrait, entries: &[AuditEntry]) -> Result<(), Unexpected> {
    if entries.is_empty() {
        return Ok(());
    }
    let rows = entries.iter().map(audit::ActiveModel::of).collect::<Result<Vec<_>, _>>()?;
    audit::Entity::insert_many(rows).exec_without_returning(tx).await?;
    Ok(())
}

/// Tells the program's log, in its own vocabulary: ids and words from fixed lists only.
pub(crate) fn log(entry: &AuditEntry) {
    let (attention, event) = entry.event.log();
    let actor = entry.actor.name();
    let account = entry.account.map(|id| tracing::field::display(id.0));
    let journey = entry.journey.map(|id| tracing::field::display(id.0));
    let reason = entry.reason.map(rekey_domain::audit::Reason::name);
    match attention {
        Attention::Info => {
            tracing::info!(
                event,
                audit.actor = actor,
                audit.account = account,
                audit.journey = journey,
                audit.reason = reason,
                "audited"
            );
        }
        Attention::Warn => {
            tracing::warn!(
                event,
                audit.actor = actor,
                audit.account = account,
                audit.journey = journey,
                audit.reason = reason,
                "audited"
            );
        }
    }
}

fn seal_statement(backend: sea_orm::DbBackend, seals: &[NewSeal]) -> Result<Statement, Unexpected> {
    let places: Vec<_> =
        (0..seals.len()).map(|n| format!("(${}, ${}, ${}, ${})", n * 4 + 1, n * 4 + 2, n * 4 + 3, n * 4 + 4)).collect();
    // Both databases name the columns of VALUES like this.
    let sql = format!(
        "UPDATE audit SET seq = sealed.column2, key = sealed.column3, mac = sealed.column4 \
         FROM (VALUES {}) AS sealed WHERE audit.id = sealed.column1 AND audit.seq IS NULL",
        places.join(", ")
    );
    let mut values: Vec<Value> = Vec::with_capacity(seals.len() * 4);
    for NewSeal { entry, seal } in seals {
        let seq = i64::try_from(seal.seq).map_err(|_| Unexpected::row("audit", "seq"))?;
        values.extend([(*entry).into(), seq.into(), i64::from(seal.key.0).into(), seal.mac.0.to_vec().into()]);
    }
    Ok(Statement::from_sql_and_values(backend, sql, values))
}

async fn find_voucher(db: &impl ConnectionTrait, kind: &str) -> Result<Option<Voucher>, Unexpected> {
    audit_voucher::Entity::find_by_id(kind).one(db).await?.map(Voucher::try_from).transpose()
}

async fn has_seals(db: &impl ConnectionTrait) -> Result<bool, DbErr> {
    let sealed = audit::Entity::find().select_only().column(audit::Column::Id).filter(audit::COLUMN.seq.is_not_null());
    Ok(sealed.into_tuple::<i64>().one(db).await?.is_some())
}

async fn list_sealed(db: &impl ConnectionTrait, after: u64, limit: u64) -> Result<Vec<SealedEntry>, Unexpected> {
    let after = i64::try_from(after).map_err(|_| Unexpected::row("audit", "seq"))?;
    let behind = audit::Entity::find().filter(audit::COLUMN.seq.gt(after));
    let rows = behind.order_by_asc(audit::COLUMN.seq).limit(limit).all(db).await?;
    rows.into_iter().map(SealedEntry::try_from).collect()
}

impl Store {
    /// Whether entries wait for their seal.
    pub async fn has_unsealed(&self) -> Result<bool, Unexpected> {
        let waiting = audit::Entity::find().select_only().column(audit::Column::Id).filter(audit::COLUMN.seq.is_null());
        Ok(waiting.into_tuple::<i64>().one(&self.reads).await?.is_some())
    }

    /// Sealed entries of a span of time, in the order of the log: those behind a place in the chain, at most `limit`.
    pub async fn list_audit(
        &self,
        after: u64,
        from: Option<Timestamp>,
        before: Option<Timestamp>,
        limit: u64,
    ) -> Result<Vec<SealedEntry>, Unexpected> {
        let after = i64::try_from(after).map_err(|_| Unexpected::row("audit", "seq"))?;
        let mut select = audit::Entity::find().filter(audit::COLUMN.seq.gt(after));
        if let Some(from) = from {
            select = select.filter(audit::COLUMN.at.gte(from.as_millis()));
        }
        if let Some(before) = before {
            select = select.filter(audit::COLUMN.at.lt(before.as_millis()));
        }
        let rows = select.order_by_asc(audit::COLUMN.seq).limit(limit).all(&self.reads).await?;
        rows.into_iter().map(SealedEntry::try_from).collect()
    }

    /// Entries that wait for their seal.
    pub async fn count_unsealed(&self) -> Result<Unsealed, Unexpected> {
        count_unsealed(&self.reads).await
    }

    /// When something happened last. Reads the log from its end until it finds it: for commands, not for requests.
    pub async fn last_audit(&self, event: AuditEvent) -> Result<Option<Timestamp>, Unexpected> {
        let of_event = audit::Entity::find().filter(audit::COLUMN.event.eq(event.name())).select_only();
        let last = of_event.column(audit::Column::At).order_by_desc(audit::COLUMN.id);
        Ok(last.into_tuple::<i64>().one(&self.reads).await?.map(Timestamp::from_millis))
    }

    /// The head; `None` while nothing was ever sealed.
    pub async fn find_audit_head(&self) -> Result<Option<Voucher>, Unexpected> {
        find_voucher(&self.reads, audit_voucher::HEAD).await
    }
}

async fn count_unsealed(db: &impl ConnectionTrait) -> Result<Unsealed, Unexpected> {
    let waiting = || audit::Entity::find().filter(audit::COLUMN.seq.is_null());
    let oldest = waiting().select_only().column(audit::Column::At).order_by_asc(audit::COLUMN.at);
    let oldest = oldest.into_tuple::<i64>().one(db).await?;
    Ok(Unsealed { entries: waiting().count(db).await?, oldest_at: oldest.map(Timestamp::from_millis) })
}

impl Snapshot {
    /// The head; `None` while nothing was ever sealed, or when it is gone.
    pub async fn find_audit_head(&self) -> Result<Option<Voucher>, Unexpected> {
        find_voucher(&self.0, audit_voucher::HEAD).await
    }

    /// Where the log begins; `None` while nothing was ever removed, or when it is gone.
    pub async fn find_audit_checkpoint(&self) -> Result<Option<Voucher>, Unexpected> {
        find_voucher(&self.0, audit_voucher::CHECKPOINT).await
    }

    /// Sealed entries behind a place in the chain.
    pub async fn list_sealed(&self, after: u64, limit: u64) -> Result<Vec<SealedEntry>, Unexpected> {
        list_sealed(&self.0, after, limit).await
    }

    /// Entries that wait for their seal.
    pub async fn count_unsealed(&self) -> Result<Unsealed, Unexpected> {
        count_unsealed(&self.0).await
    }
}

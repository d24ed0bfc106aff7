//! Returning the database to a backup, and what has to be dead afterwards.

use std::io::BufRead;
use std::time::Duration;

use rekey_domain::RestorationId;
use rekey_domain::audit::{Actor, AuditEntry, AuditEvent, Detail};
use rekey_shared::Timestamp;
use rekey_store::dump::{self, Cell, TableSchema};
use rekey_store::{Ended, Store, Write, transaction};

use super::BackupError;
use super::format::{self, Header, Reader};
use super::write::Summary;
use crate::context::About as _;
use crate::keys::{Key, Keys};
use crate::ports::{Entropy, random};
use crate::{Services, Unexpected};

/// Rows that are handed to the database at a time.
const BATCH: usize = 200;

/// What was restored, and what died with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Restored {
    /// What the backup held.
    pub backup: Summary,
    /// What could have been used once more.
    pub ended: Ended,
}

/// Reads a backup to its end and says what it holds; an error when it is not as it was written.
pub fn verify(input: impl BufRead) -> Result<Summary, BackupError> {
    let (mut reader, header) = Reader::begin(input)?;
    while reader.next()?.is_some() {}
    Ok(Summary { taken_at: header.taken_at, rows: reader.rows() })
}

/// Puts a backup into an empty database, of whichever kind, or in the place of everything that is there. Whatever it could
/// bring back to life is dead in the same transaction. The keys of the file are those it was made with.
pub async fn restore(
    store: &Store,
    keys: &[Key],
    input: impl BufRead,
    replace: bool,
    (now, entropy): (Timestamp, &dyn Entropy),
) -> Result<Restored, BackupError> {
    let (mut reader, header) = Reader::begin(input)?;
    let (steps, tables) = tables_of(&header).await?;
    let Ok(mut tx) = store.begin_load(steps, replace).await? else { return Err(BackupError::NotEmpty) };
    load(&tx, &mut reader, &tables).await?;
    tx.finish_load(steps).await?;
    Keys::belong(&tx, keys, now).await?;
    let ended = end_all(&mut tx, Some(header.taken_at), (now, entropy)).await?;
    tx.commit().await?;
    Ok(Restored { backup: Summary { taken_at: header.taken_at, rows: reader.rows() }, ended })
}

/// For a database that was returned to an earlier state by other means: what it could bring back to life is dead.
pub async fn declare_restored(cx: &Services) -> Result<Ended, Unexpected> {
    transaction!(cx.store, |tx| end_all(tx, None, (cx.now(), cx.entropy.as_ref())).await).await
}

/// The tables of the version that made it, of which this version must be a later one or the same.
async fn tables_of(header: &Header) -> Result<(usize, Vec<TableSchema>), BackupError> {
    let (steps, known) = (header.migrations.len(), dump::migrations());
    if !known.starts_with(&header.migrations) || steps == 0 {
        return Err(BackupError::OtherVersion);
    }
    let tables = dump::schema_after(steps).await?;
    if header.holds(&tables) { Ok((steps, tables)) } else { Err(BackupError::OtherVersion) }
}

async fn load(tx: &Write, reader: &mut Reader<impl BufRead>, tables: &[TableSchema]) -> Result<(), BackupError> {
    let mut batch: (usize, Vec<Vec<Cell>>) = (0, Vec::new());
    loop {
        let next = reader.next()?;
        let number = next.as_ref().map(|(number, _)| *number);
        if number != Some(batch.0) || batch.1.len() == BATCH {
            let table = tables.get(batch.0).ok_or(BackupError::Damaged)?;
            tx.load_rows(table, &batch.1).await?;
            batch = (number.unwrap_or_default(), Vec::new());
        }
        let Some((number, row)) = next else { return Ok(()) };
        let table = tables.get(number).ok_or(BackupError::Damaged)?;
        batch.1.push(format::cells(table, &row)?);
    }
}

async fn end_all(
    tx: &mut Write,
    taken_at: Option<Timestamp>,
    (now, entropy): (Timestamp, &dyn Entropy),
) -> Result<Ended, Unexpected> {
    let ended = tx.end_all(now).await?;
    // Nodes know restorations by their order, and clocks are set back at times.
    let last = tx.last_restoration().await?;
    let at = last.map_or(now, |last| now.max(last.plus(Duration::from_millis(1))));
    tx.note_restoration(RestorationId::new(at, random(entropy)), taken_at, at).await?;
    let mut entry = AuditEntry::new(AuditEvent::DatabaseRestored, Actor::Operator, now);
    if let Some(taken_at) = taken_at {
        entry = entry.detail(Detail::BackupOf(taken_at.as_millis()));
    }
    tx.record(entry);
    Ok(ended)
}

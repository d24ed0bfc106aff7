//! Making a backup while servers run.

use std::io::Write;

use rekey_domain::audit::{Actor, AuditEntry, AuditEvent, Detail};
use rekey_shared::Timestamp;
use rekey_store::{dump, transaction};

use super::BackupError;
use super::format::{Header, Writer};
use crate::context::About as _;
use crate::{Services, Unexpected};

/// What a backup holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    /// Everything that was committed before that moment is in it.
    pub taken_at: Timestamp,
    /// How many rows, of all tables.
    pub rows: u64,
}

/// Writes everything in the database, as it is at one moment, whatever is written meanwhile.
///
/// The caller makes the file lasting and then calls [`note`].
pub async fn write(cx: &Services, out: impl Write) -> Result<Summary, BackupError> {
    let migrations = dump::migrations();
    let tables = dump::schema_after(migrations.len()).await?;
    let taken_at = cx.now();
    let snapshot = cx.store.snapshot().await?;
    let mut writer = Writer::begin(out, &Header::new(taken_at, migrations, &tables))?;
    for (number, table) in tables.iter().enumerate() {
        let mut last: Option<Vec<_>> = None;
        loop {
            let mut page = snapshot.read_rows(table, last.as_deref()).await?;
            for row in &page {
                writer.row(number, row)?;
            }
            last = page.pop();
            if last.is_none() {
                break;
            }
        }
    }
    Ok(Summary { taken_at, rows: writer.end()? })
}

/// Notes that a backup was made: in the audit log, and for `rekey doctor`.
pub async fn note(cx: &Services, made: &Summary) -> Result<(), Unexpected> {
    let id = uuid::Builder::from_random_bytes(cx.random()).into_uuid();
    transaction!(cx.store, |tx| {
        tx.note_backup(id, made.taken_at).await?;
        let entry = AuditEntry::new(AuditEvent::BackupMade, Actor::Operator, cx.now());
        tx.record(entry.detail(Detail::BackupOf(made.taken_at.as_millis())));
        Ok(())
    })
    .await
}

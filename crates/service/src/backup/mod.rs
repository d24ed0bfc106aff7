//! Backups: a consistent copy of the database in one file, its return, and what must be dead after any return.
//!
//! A backup holds every table, and never a key of the keys file: neither opens anything without the other (docs/BACKUP.md).

mod format;
mod restore;
mod seen;
mod write;

pub use restore::{Restored, declare_restored, restore, verify};
pub use seen::look;
pub use write::{Summary, note, write};

use crate::Unexpected;
use crate::keys::UnlockError;

/// Why a backup was not made or not restored. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The file cannot be read or written.
    #[error("the file: {0}")]
    File(#[from] std::io::Error),
    /// It is not as it was written: bytes are missing, were added or changed.
    #[error("the file is damaged or not complete")]
    Damaged,
    /// It is not a backup.
    #[error("the file is not a backup of Rekey")]
    NotABackup,
    /// It was made by a version of this program with other tables.
    #[error("the backup was made by another version of Rekey, whose tables this one does not know")]
    OtherVersion,
    /// The database has rows.
    #[error("the database is not empty; to delete everything in it, add --replace")]
    NotEmpty,
    /// The keys are not those that the backup's database was used with.
    #[error("{0}")]
    Keys(String),
    /// Something broke.
    #[error(transparent)]
    Unexpected(#[from] Unexpected),
}

crate::error::from_store!(BackupError);

impl From<UnlockError> for BackupError {
    fn from(error: UnlockError) -> Self {
        match error {
            UnlockError::Foreign => {
                Self::Keys("does not belong to this backup; put the file there that was in use then".to_owned())
            }
            UnlockError::Lacks(id) => {
                Self::Keys(format!("lacks key {id}, which the backup needs; put the file there that was in use then"))
            }
            UnlockError::Unexpected(failure) => Self::Unexpected(failure),
        }
    }
}

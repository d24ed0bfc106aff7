//! What this node remembers of the database that it serves, in a file of its own: the last seal of the audit log.
//!
//! After a return to an earlier state a link that was used could be used again. A node that misses what it has seen does not
//! serve until `rekey restored` has put an end to all of that.

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rekey_domain::RestorationId;
use rekey_domain::backup::{Continuity, Seen};
use rekey_service::audit::Anchor;
use rekey_service::backup;
use rekey_store::Store;
use serde::{Deserialize, Serialize};

use crate::config::{Config, ConfigError};
use crate::wiring::StartError;

/// The time between two looks. What happened after the last one before a crash is not remembered.
pub const LOOK_EVERY: Duration = Duration::from_secs(5);

/// In `data_dir`.
const NAME: &str = "database-seen.json";

#[derive(Serialize, Deserialize)]
struct File {
    /// As `rekey audit verify` prints it.
    seal: String,
    restoration: Option<RestorationId>,
}

/// The memory of one node.
#[derive(Debug)]
pub struct Memory {
    path: PathBuf,
    seen: Seen,
}

impl Memory {
    /// Reads it. A node that remembers nothing has an empty one.
    pub fn read(config: &Config) -> Result<Self, ConfigError> {
        let path = config.data_dir.join(NAME);
        let seen = match fs::read(&path) {
            Ok(text) => parse(&text).ok_or_else(|| unreadable(&path, "is not as it was written"))?,
            Err(error) if error.kind() == ErrorKind::NotFound => Seen::default(),
            Err(error) => return Err(unreadable(&path, &error.to_string())),
        };
        Ok(Self { path, seen })
    }

    /// Whether the database is older than this node has seen it. Changes nothing.
    pub async fn is_ahead_of(&self, store: &Store) -> Result<bool, StartError> {
        let (continuity, _) = backup::look(store, &self.seen).await?;
        Ok(continuity == Continuity::Older)
    }

    /// Holds the database against the memory and remembers how it is now; an error when it is older.
    pub async fn look(&mut self, store: &Store) -> Result<(), StartError> {
        let (continuity, seen) = backup::look(store, &self.seen).await?;
        match continuity {
            Continuity::Older => return Err(older().into()),
            Continuity::Restored => tracing::warn!("the database was restored; this node goes on from there"),
            Continuity::Same => {}
        }
        if seen != self.seen {
            self.keep(seen);
        }
        Ok(())
    }

    fn keep(&mut self, seen: Seen) {
        match write(&self.path, &seen) {
            Ok(()) => self.seen = seen,
            Err(error) => tracing::error!(error.kind = ?error.kind(), "what was seen of the database cannot be kept"),
        }
    }
}

/// Why a node does not serve.
pub fn older() -> ConfigError {
    let problem = "is older than this node has seen it, or another database: if it was restored, run rekey restored";
    ConfigError::new("database.url", problem)
}

fn unreadable(path: &Path, problem: &str) -> ConfigError {
    ConfigError::new("data_dir", format!("holds {}, which cannot be read: {problem}", path.display()))
}

fn parse(text: &[u8]) -> Option<Seen> {
    let file: File = serde_json::from_slice(text).ok()?;
    let seal = match file.seal.as_str() {
        "" => None,
        seal => Some(Anchor::parse(seal).map(|anchor| (anchor.seq, anchor.mac))?),
    };
    Some(Seen { seal, restoration: file.restoration })
}

/// In one step: a reader, and a start after a crash, find the old file or the new one.
fn write(path: &Path, seen: &Seen) -> io::Result<()> {
    let seal = seen.seal.map(|(seq, mac)| Anchor { seq, mac }.to_string()).unwrap_or_default();
    let text = serde_json::to_string(&File { seal, restoration: seen.restoration })?;
    let beside = path.with_extension(format!("json.{}", std::process::id()));
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&beside)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&beside, path)
}

#[cfg(test)]
mod tests {
    use rekey_domain::Digest;

    use super::*;

    #[test]
    fn what_was_seen_is_read_as_it_was_written() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(NAME);
        let restoration = Some(RestorationId(uuid::Uuid::from_u128(7)));
        for seen in [Seen::default(), Seen { seal: Some((42, Digest([9; 32]))), restoration }] {
            write(&path, &seen).expect("written");
            assert_eq!(parse(&fs::read(&path).expect("read")), Some(seen));
        }
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1, "nothing is left beside it");
    }

    #[test]
    fn a_memory_that_was_changed_is_not_taken_for_an_empty_one() {
        for text in ["", "{}", r#"{"seal":"x","restoration":null}"#, r#"{"seal":"7:00","restoration":null}"#] {
            assert_eq!(parse(text.as_bytes()), None, "{text}");
        }
    }
}

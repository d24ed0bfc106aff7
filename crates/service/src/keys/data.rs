//! Keys that outlive those of the ring: kept in the database, each sealed with one of them.

use rekey_domain::KeyId;
use rekey_domain::key::{DataKeyPurpose, SealContext, SealedColumn, SealedDataKey};
use rekey_shared::Timestamp;

use super::ring::Key;
use super::seal::{self, OpenError};
use crate::Unexpected;
use crate::ports::{Entropy, random};

/// All of them, opened.
#[derive(Debug, Clone)]
pub(super) struct DataKeys {
    keys: Vec<DataKey>,
    names: Key,
    audit: Key,
}

#[derive(Debug, Clone)]
struct DataKey {
    purpose: DataKeyPurpose,
    generation: i32,
    key: Key,
}

impl DataKeys {
    /// Opens every one of them. `None` when a purpose has none yet.
    pub(super) fn open(held: &[Key], sealed: &[SealedDataKey], now: Timestamp) -> Result<Option<Self>, OpenError> {
        let keys = sealed.iter().map(|sealed| open(held, sealed)).collect::<Result<Vec<_>, _>>()?;
        let current = |purpose| {
            let used = keys.iter().filter(|key| key.purpose == purpose && key.key.since() <= now);
            used.max_by_key(|key| key.generation).map(|key| key.key.clone())
        };
        let (names, audit) = (current(DataKeyPurpose::Names), current(DataKeyPurpose::Audit));
        Ok(names.zip(audit).map(|(names, audit)| Self { keys, names, audit }))
    }

    /// The one that is used now.
    pub(super) fn current(&self, purpose: DataKeyPurpose) -> &Key {
        match purpose {
            DataKeyPurpose::Names => &self.names,
            DataKeyPurpose::Audit => &self.audit,
        }
    }

    /// The one of that name.
    pub(super) fn with(&self, purpose: DataKeyPurpose, id: KeyId) -> Option<&Key> {
        self.keys.iter().filter(|key| key.purpose == purpose).map(|key| &key.key).find(|key| key.id() == id)
    }
}

fn place(row: &str) -> SealContext<'_> {
    SealContext { column: SealedColumn::DataKey, row }
}

fn open(held: &[Key], sealed: &SealedDataKey) -> Result<DataKey, OpenError> {
    let id = seal::key_of(&sealed.sealed)?;
    let key = held.iter().find(|key| key.id() == id).ok_or(super::KeyError::Missing(id))?;
    let plain = seal::open(key, place(&sealed.row()), &sealed.sealed)?;
    let bytes: [u8; 32] = plain.as_slice().try_into().map_err(|_| OpenError::Malformed)?;
    let SealedDataKey { purpose, generation, not_before, .. } = *sealed;
    Ok(DataKey { purpose, generation, key: Key::new(bytes, not_before) })
}

/// A new random key, sealed with a key of the ring; with its name.
pub(super) fn generate(
    with: &Key,
    entropy: &dyn Entropy,
    (purpose, generation): (DataKeyPurpose, i32),
    not_before: Timestamp,
) -> Result<(KeyId, SealedDataKey), Unexpected> {
    let key = Key::generate(entropy, not_before);
    let unsealed = SealedDataKey { purpose, generation, not_before, sealed: Vec::new() };
    let sealed = seal::seal(with, random(entropy), place(&unsealed.row()), key.bytes()).map_err(Unexpected::new)?;
    Ok((key.id(), SealedDataKey { sealed, ..unsealed }))
}

/// The same key sealed with another key of the ring; `None` when it is sealed with that one already.
pub(super) fn reseal(
    held: &[Key],
    with: &Key,
    entropy: &dyn Entropy,
    sealed: &SealedDataKey,
) -> Result<Option<Vec<u8>>, Unexpected> {
    if seal::key_of(&sealed.sealed).map_err(Unexpected::new)? == with.id() {
        return Ok(None);
    }
    let opened = open(held, sealed).map_err(Unexpected::new)?;
    let again = seal::seal(with, random(entropy), place(&sealed.row()), opened.key.bytes());
    again.map(Some).map_err(Unexpected::new)
}

//! What the nodes agree on: which keys there are and from when on each is used. The file says what a key is, the database
//! when it is used.

use std::collections::HashSet;
use std::sync::{Arc, PoisonError, RwLock};

use rekey_domain::KeyId;
use rekey_domain::audit::{Actor, AuditEntry, AuditEvent, Target};
use rekey_domain::key::{ACTIVATION_DELAY, DataKeyPurpose, RingKey, SealedDataKey, activation_of};
use rekey_shared::Timestamp;
use rekey_store::{Store, Write, transaction};

use super::data::{self, DataKeys};
use super::ring::{Key, KeyError, KeyRing};
use super::seal::OpenError;
use super::{Keys, Loaded};
use crate::Unexpected;
use crate::context::About as _;
use crate::ports::Entropy;

/// Whether a process goes on hearing of new keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// It looks every few seconds ([`Keys::refresh`]); when it could not for too long, it makes nothing new.
    Watched,
    /// It is over in a moment, or no one else is there.
    Once,
}

/// Why a node cannot use its keys.
#[derive(Debug, thiserror::Error)]
pub enum UnlockError {
    /// The keys are another installation's.
    #[error("does not belong to this database; take the file that every other node has")]
    Foreign,
    /// The file is older than another node's.
    #[error("lacks key {0}, which is in use; take the file that every other node has")]
    Lacks(KeyId),
    /// Something broke.
    #[error(transparent)]
    Unexpected(#[from] Unexpected),
}

crate::error::from_store!(UnlockError);

impl Keys {
    /// Holds the keys of a file against the database. The first node of an installation decides whose keys they are.
    pub async fn unlock(
        store: &Store,
        file: Vec<Key>,
        entropy: &dyn Entropy,
        now: Timestamp,
        freshness: Freshness,
    ) -> Result<Self, UnlockError> {
        let (data, known) = transaction!(store, |tx| {
            let mut sealed = tx.list_data_keys().await?;
            if sealed.is_empty() {
                seal_first(tx, &file, entropy, now).await?;
                // Another node may have been faster: then these are its keys.
                sealed = tx.list_data_keys().await?;
            }
            let known = tx.list_ring_keys().await?;
            let data = open_all(&file, &sealed, &known, now)?;
            Ok::<_, UnlockError>((data, register(tx, &file, known, now).await?))
        })
        .await?;

        let looked_at = (freshness == Freshness::Watched).then_some(now);
        let ring = KeyRing::new(known, file, looked_at);
        if let Some(lacking) = ring.missing().find(|key| key.not_before <= now) {
            return Err(UnlockError::Lacks(lacking.id));
        }
        Ok(Self(Arc::new(RwLock::new(Arc::new(Loaded { ring, data })))))
    }

    /// Whether the keys of a file open what the database of a transaction has sealed. Changes nothing.
    pub async fn belong(tx: &Write, file: &[Key], now: Timestamp) -> Result<(), UnlockError> {
        let known = tx.list_ring_keys().await?;
        open_all(file, &tx.list_data_keys().await?, &known, now)?;
        let is_held = |known: &RingKey| file.iter().any(|key| key.id() == known.id);
        let mut used = known.iter().filter(|key| key.retired_at.is_none() && key.not_before <= now);
        used.find(|key| !is_held(key)).map_or(Ok(()), |lacking| Err(UnlockError::Lacks(lacking.id)))
    }

    /// Looks again: at the keys of the file as they are now (`None` when it could not be read), and at the database.
    /// Seals anew what is sealed with an older key than the one in use.
    pub async fn refresh(
        &self,
        store: &Store,
        file: Option<Vec<Key>>,
        entropy: &dyn Entropy,
        now: Timestamp,
    ) -> Result<(), Unexpected> {
        let before = self.loaded();
        let held = file.unwrap_or_else(|| before.ring.held().to_vec());
        let mut known = store.list_ring_keys().await?;
        if held.iter().any(|key| known.iter().all(|known| known.id != key.id())) {
            known = transaction!(store, |tx| {
                let known = tx.list_ring_keys().await?;
                register(tx, &held, known, now).await
            })
            .await?;
        }
        let ring = KeyRing::new(known, held, before.ring.is_watched().then_some(now));
        let sealed = reseal_all(store, &ring, entropy, now).await?;
        // A node that lacks the key that they are sealed with by now goes on with what it has opened before.
        let data = DataKeys::open(ring.held(), &sealed, now).ok().flatten().unwrap_or_else(|| before.data.clone());
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(Loaded { ring, data });
        Ok(())
    }
}

/// The first data keys of an installation, sealed with the newest key of this node's file.
async fn seal_first(tx: &Write, file: &[Key], entropy: &dyn Entropy, now: Timestamp) -> Result<(), UnlockError> {
    let used = file.iter().filter(|key| key.since() <= now).max_by_key(|key| key.since());
    let with = used.or(file.first()).ok_or(UnlockError::Foreign)?;
    // In the same order on every node, so that of two who begin at once one writes them all.
    for purpose in DataKeyPurpose::ALL {
        let (_, first) = data::generate(with, entropy, (purpose, 1), Timestamp::default())?;
        tx.insert_data_key(&first).await?;
    }
    Ok(())
}

/// Data keys open only with the installation's own keys: this is how a file of another one is told.
fn open_all(
    file: &[Key],
    sealed: &[SealedDataKey],
    known: &[RingKey],
    now: Timestamp,
) -> Result<DataKeys, UnlockError> {
    let held: HashSet<_> = file.iter().map(Key::id).collect();
    match DataKeys::open(file, sealed, now) {
        Ok(Some(data)) => Ok(data),
        Ok(None) => Err(Unexpected::new("a data key is missing from the database").into()),
        Err(OpenError::Key(KeyError::Missing(id))) if known.iter().any(|key| held.contains(&key.id)) => {
            Err(UnlockError::Lacks(id))
        }
        Err(OpenError::Key(_) | OpenError::Broken | OpenError::Malformed) => Err(UnlockError::Foreign),
    }
}

/// Tells the database of keys that it does not know: the first ones as the file says, later ones never at once.
async fn register(
    tx: &mut Write,
    held: &[Key],
    known: Vec<RingKey>,
    now: Timestamp,
) -> Result<Vec<RingKey>, Unexpected> {
    let mut unknown: Vec<_> = held.iter().filter(|key| known.iter().all(|known| known.id != key.id())).collect();
    if unknown.is_empty() {
        return Ok(known);
    }
    // In the same order on every node, whatever their files': two who insert the same rows must not lock each other out.
    unknown.sort_unstable_by_key(|key| key.id());
    let are_first = known.is_empty();
    for key in unknown {
        let (id, since) = (key.id(), key.since());
        let not_before = if are_first { since } else { activation_of(since, ACTIVATION_DELAY, now) };
        let is_new = tx.insert_ring_key(&RingKey { id, not_before, retired_at: None }).await?;
        if is_new && !are_first {
            tx.record(AuditEntry::new(AuditEvent::KeyAdded, Actor::System, now).target(Target::Key(id)));
        }
    }
    Ok(tx.list_ring_keys().await?)
}

/// Seals every data key with the key in use. A node that lacks that key leaves it to another.
async fn reseal_all(
    store: &Store,
    ring: &KeyRing,
    entropy: &dyn Entropy,
    now: Timestamp,
) -> Result<Vec<SealedDataKey>, Unexpected> {
    let sealed = store.list_data_keys().await?;
    let Ok(with) = ring.at(now) else { return Ok(sealed) };
    let mut anew = Vec::new();
    for key in &sealed {
        if let Ok(Some(again)) = data::reseal(ring.held(), with, entropy, key) {
            anew.push((key, again));
        }
    }
    if anew.is_empty() {
        return Ok(sealed);
    }
    transaction!(store, |tx| {
        for (key, again) in &anew {
            tx.reseal_data_key(key, again.clone()).await?;
        }
        Ok::<_, Unexpected>(())
    })
    .await?;
    Ok(store.list_data_keys().await?)
}

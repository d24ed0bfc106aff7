//! The keys of the ring: what the file holds, in the order that the database says.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::{ZeroizeOnDrop, Zeroizing};

use rekey_domain::KeyId;
use rekey_domain::key::{RingKey, SHORTEST_DELAY, key_at};
use rekey_shared::Timestamp;

use crate::ports::{Entropy, random};

/// One 256-bit key. Never prints itself.
#[derive(Clone, ZeroizeOnDrop)]
pub struct Key {
    bytes: [u8; 32],
    #[zeroize(skip)]
    since: Timestamp,
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Key({})", self.id())
    }
}

/// What a derived value is for. Two purposes never yield the same bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Purpose {
    Code,
    Link,
    ActionToken,
    Temporary,
    TemporaryDigest,
    Account,
    Address,
    Budget,
    Work,
    Audit,
    Seal,
    Pepper,
    KeyId,
}

impl Purpose {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::Code => b"rekey/1/code",
            Self::Link => b"rekey/1/link",
            Self::ActionToken => b"rekey/1/action_token",
            Self::Temporary => b"rekey/1/temporary",
            Self::TemporaryDigest => b"rekey/1/temporary/digest",
            Self::Account => b"rekey/1/throttle/account",
            Self::Address => b"rekey/1/throttle/address",
            Self::Budget => b"rekey/1/budget",
            Self::Work => b"rekey/1/work",
            Self::Audit => b"rekey/1/audit",
            Self::Seal => b"rekey/1/seal",
            Self::Pepper => b"rekey/1/pepper",
            Self::KeyId => b"rekey/1/key_id",
        }
    }
}

impl Key {
    /// A key. `since` is what its file says of the moment of its use; the database has the last word.
    pub fn new(bytes: [u8; 32], since: Timestamp) -> Self {
        Self { bytes, since }
    }

    /// A random key.
    pub(super) fn generate(entropy: &dyn Entropy, since: Timestamp) -> Self {
        Self::new(random(entropy), since)
    }

    /// Its public name. It follows from the key, so that it needs no place in the file.
    pub fn id(&self) -> KeyId {
        let [a, b, c, d, ..] = self.derive(Purpose::KeyId, &[]);
        KeyId(u32::from_be_bytes([a, b, c, d]))
    }

    /// What its file says of the moment of its use.
    pub fn since(&self) -> Timestamp {
        self.since
    }

    pub(super) fn bytes(&self) -> &[u8; 32] {
        &self.bytes
    }

    pub(super) fn derive(&self, purpose: Purpose, parts: &[&[u8]]) -> [u8; 32] {
        // A key is filled with zeros to the block's length (RFC 2104 §2); done here, nothing can fail.
        let mut block = Zeroizing::new([0; 64]);
        block[..32].copy_from_slice(&self.bytes);
        let mut mac = Hmac::<Sha256>::new((&*block).into());
        mac.update(purpose.label());
        for part in parts {
            // The length goes first, so that no two lists of parts run into the same bytes.
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }
}

/// Why a key is not at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The installation has it, this node does not: its file is older than another node's.
    #[error("keys_file of this node lacks key {0}")]
    Missing(KeyId),
    /// It was retired, and with it everything that it made.
    #[error("key {0} was retired")]
    Retired(KeyId),
    /// The installation never had it, or the row is older than every key.
    #[error("there is no such key")]
    Unknown,
    /// This node has not heard of new keys for so long that another one may be in use by now.
    #[error("this node has not looked for new keys for too long")]
    Outdated,
}

/// The keys of the ring as a node knows them.
#[derive(Debug, Clone)]
pub(super) struct KeyRing {
    known: Vec<RingKey>,
    held: Vec<Key>,
    /// Rows made from then on may use a key that this node has not heard of; `None` where no other node is.
    known_until: Option<Timestamp>,
}

impl KeyRing {
    /// `looked_at` is when the database was asked, for a node that has to ask again and again.
    pub(super) fn new(known: Vec<RingKey>, held: Vec<Key>, looked_at: Option<Timestamp>) -> Self {
        // No key is announced later than this before its moment.
        Self { known, held, known_until: looked_at.map(|at| at.plus(SHORTEST_DELAY)) }
    }

    /// The key of a row that was made then.
    pub(super) fn at(&self, made_at: Timestamp) -> Result<&Key, KeyError> {
        if self.known_until.is_some_and(|until| made_at >= until) {
            return Err(KeyError::Outdated);
        }
        self.with(key_at(&self.known, made_at).ok_or(KeyError::Unknown)?.id)
    }

    /// The key of that name.
    pub(super) fn with(&self, id: KeyId) -> Result<&Key, KeyError> {
        let known = self.known.iter().find(|key| key.id == id).ok_or(KeyError::Unknown)?;
        if known.retired_at.is_some() {
            return Err(KeyError::Retired(id));
        }
        self.held.iter().find(|key| key.id() == id).ok_or(KeyError::Missing(id))
    }

    /// Whether the node has to look again and again.
    pub(super) fn is_watched(&self) -> bool {
        self.known_until.is_some()
    }

    /// Every key that the file held.
    pub(super) fn held(&self) -> &[Key] {
        &self.held
    }

    /// Keys that are not retired and not in this node's file.
    pub(super) fn missing(&self) -> impl Iterator<Item = RingKey> {
        let live = self.known.iter().filter(|key| key.retired_at.is_none());
        live.filter(|key| self.held.iter().all(|held| held.id() != key.id)).copied()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::time::Duration;

    use super::*;

    const PURPOSES: [Purpose; 12] = [
        Purpose::Code,
        Purpose::Link,
        Purpose::ActionToken,
        Purpose::Temporary,
        Purpose::TemporaryDigest,
        Purpose::Account,
        Purpose::Address,
        Purpose::Budget,
        Purpose::Audit,
        Purpose::Seal,
        Purpose::Pepper,
        Purpose::KeyId,
    ];

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_millis(1_790_000_000_000).plus(Duration::from_secs(seconds))
    }

    fn key(n: u8) -> Key {
        Key::new([n; 32], Timestamp::default())
    }

    fn known(n: u8, seconds: u64, retired_at: Option<Timestamp>) -> RingKey {
        RingKey { id: key(n).id(), not_before: at(seconds), retired_at }
    }

    #[test]
    fn no_two_purposes_keys_or_lists_of_parts_give_the_same_bytes() {
        let mut seen = HashSet::new();
        for n in 0..3 {
            for purpose in PURPOSES {
                for parts in [&[][..], &[&b"ab"[..]], &[b"a", b"b"], &[b"", b"ab"], &[b"ab", b""]] {
                    assert!(seen.insert(key(n).derive(purpose, parts)), "{n} {purpose:?} {parts:?}");
                }
            }
        }
    }

    #[test]
    fn a_key_prints_its_name_alone() {
        assert_eq!(format!("{:?}", key(7)), format!("Key({})", key(7).id()));
        assert_eq!(KeyId::parse(&key(7).id().to_string()), Some(key(7).id()));
    }

    #[test]
    fn a_row_never_gets_another_key_than_its_own() {
        let known = vec![known(1, 0, None), known(2, 10, Some(at(90))), known(3, 20, None)];
        let ring = KeyRing::new(known, vec![key(1)], None);
        let id = |seconds| ring.at(at(seconds)).map(Key::id);
        assert_eq!(id(9), Ok(key(1).id()));
        assert_eq!(id(10), Err(KeyError::Retired(key(2).id())), "not the one before it");
        assert_eq!(id(20), Err(KeyError::Missing(key(3).id())), "not the one before it");
        assert_eq!(ring.at(at(0).minus(Duration::from_secs(1))).map(Key::id), Err(KeyError::Unknown));
        assert_eq!(ring.with(key(9).id()).map(Key::id), Err(KeyError::Unknown));
        assert_eq!(ring.missing().map(|key| key.id).collect::<Vec<_>>(), [key(3).id()]);
    }

    #[test]
    fn a_node_that_looked_too_long_ago_makes_nothing_new() {
        let ring = KeyRing::new(vec![known(1, 0, None)], vec![key(1)], Some(at(100)));
        let late = at(100).plus(SHORTEST_DELAY);
        assert!(ring.at(late.minus(Duration::from_millis(1))).is_ok());
        assert_eq!(ring.at(late).map(Key::id), Err(KeyError::Outdated));
        assert!(ring.at(at(50)).is_ok(), "what is there already has its key");
    }
}

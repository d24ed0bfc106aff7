//! The key ring: what makes secrets out of row ids, so that no secret needs to be stored or queued.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest as _, Sha256};
use zeroize::{ZeroizeOnDrop, Zeroizing};

use rekey_domain::account::action_token::ActionToken;
use rekey_domain::journey::challenge::Challenge;
use rekey_domain::{AccountId, ActionTokenId, Digest, KeyId};
use rekey_shared::{OneTimeCode, Timestamp};

use crate::temporary::TemporaryPassword;
use crate::token::PlainToken;

/// One 256-bit key and since when it is used. Never prints itself.
#[derive(Clone, ZeroizeOnDrop)]
pub struct Key {
    bytes: [u8; 32],
    #[zeroize(skip)]
    since: Timestamp,
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(…)")
    }
}

/// All keys, oldest first; never empty. A row's secrets come from the newest key that is not younger than
/// the row, so a new key may be added at any time and old links go on working.
#[derive(Debug, Clone)]
pub struct KeyRing(Vec<Key>);

/// What a derived value is for. Two purposes never yield the same bytes.
#[derive(Clone, Copy)]
enum Purpose {
    Code,
    Link,
    ActionToken,
    Temporary,
    TemporaryDigest,
    Account,
    Address,
    Budget,
    Audit,
    KeyId,
    Fingerprint,
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
            Self::Audit => b"rekey/1/audit",
            Self::KeyId => b"rekey/1/key_id",
            Self::Fingerprint => b"rekey/1/fingerprint",
        }
    }
}

impl Key {
    /// A key that is used for rows made at or after `since`.
    pub fn new(bytes: [u8; 32], since: Timestamp) -> Self {
        Self { bytes, since }
    }

    /// Follows from the key itself, so that it needs no place in the file.
    fn id(&self) -> KeyId {
        let [a, b, c, d, ..] = self.derive(Purpose::KeyId, &[]);
        KeyId(u32::from_be_bytes([a, b, c, d]))
    }

    fn derive(&self, purpose: Purpose, parts: &[&[u8]]) -> [u8; 32] {
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

impl KeyRing {
    /// From keys in any order; `None` when there are none.
    pub fn new(mut keys: Vec<Key>) -> Option<Self> {
        keys.sort_by_key(|key| key.since);
        (!keys.is_empty()).then_some(Self(keys))
    }

    fn at(&self, made_at: Timestamp) -> &Key {
        self.0.iter().rev().find(|key| key.since <= made_at).unwrap_or(&self.0[0])
    }

    /// The six digits of a challenge's live code. Modulo bias: below 2⁻⁴⁴.
    pub fn code_of(&self, challenge: &Challenge) -> OneTimeCode {
        let generation = challenge.generation.to_be_bytes();
        let bytes = self.at(challenge.created_at).derive(Purpose::Code, &[challenge.id.0.as_bytes(), &generation]);
        let value = bytes.first_chunk::<8>().map_or(0, |head| u64::from_be_bytes(*head));
        OneTimeCode::from_value(u32::try_from(value % 1_000_000).unwrap_or(0))
    }

    /// The token in the mailed link of a challenge: the same with every code.
    pub fn link_of(&self, challenge: &Challenge) -> PlainToken {
        PlainToken::from_bytes(self.at(challenge.created_at).derive(Purpose::Link, &[challenge.id.0.as_bytes()]))
    }

    /// The token of the action token that is about to be made.
    pub fn action_token_of(&self, id: ActionTokenId, made_at: Timestamp) -> PlainToken {
        PlainToken::from_bytes(self.at(made_at).derive(Purpose::ActionToken, &[id.0.as_bytes()]))
    }

    /// The token of an existing action token.
    pub fn token_of(&self, action_token: &ActionToken) -> PlainToken {
        self.action_token_of(action_token.id, action_token.created_at)
    }

    /// The temporary password of an action token.
    pub fn temporary_password(&self, id: ActionTokenId, made_at: Timestamp) -> TemporaryPassword {
        let bytes = self.at(made_at).derive(Purpose::Temporary, &[id.0.as_bytes()]);
        TemporaryPassword::from_bytes(bytes.first_chunk().copied().unwrap_or_default())
    }

    /// What of a temporary password is stored and compared. With a key: eighty bits are few for a plain hash.
    pub fn temporary_digest(&self, account: AccountId, password: &TemporaryPassword) -> Digest {
        Digest(self.0[0].derive(Purpose::TemporaryDigest, &[account.0.as_bytes(), password.letters()]))
    }

    /// Stands for an account reference in throttles: whoever reads the table learns no address from it.
    pub fn account_key(&self, kind: &str, canonical: &str) -> Digest {
        Digest(self.0[0].derive(Purpose::Account, &[kind.as_bytes(), canonical.as_bytes()]))
    }

    /// Stands for a client address in throttles.
    pub fn address_key(&self, address: &[u8]) -> Digest {
        Digest(self.0[0].derive(Purpose::Address, &[address]))
    }

    /// Names a guess budget.
    pub fn budget_key(&self, of: &str, whose: &[u8]) -> Digest {
        Digest(self.0[0].derive(Purpose::Budget, &[of.as_bytes(), whose]))
    }

    /// Seals bytes of the audit log with the key that is used now; the key's id is kept with them.
    pub fn audit_mac(&self, now: Timestamp, bytes: &[u8]) -> (KeyId, Digest) {
        let key = self.at(now);
        (key.id(), Digest(key.derive(Purpose::Audit, &[bytes])))
    }

    /// Seals bytes of the audit log once more, to compare; `None` when the ring does not have that key.
    pub fn audit_mac_with(&self, id: KeyId, bytes: &[u8]) -> Option<Digest> {
        let key = self.0.iter().find(|key| key.id() == id)?;
        Some(Digest(key.derive(Purpose::Audit, &[bytes])))
    }

    /// Tells whether two nodes hold the same oldest key, without telling the key.
    pub fn fingerprint(&self) -> Digest {
        Digest(Sha256::digest(self.0[0].derive(Purpose::Fingerprint, &[])).into())
    }
}

//! The keys of this node: what makes secrets out of row ids, so that no secret needs to be stored or queued, and what
//! seals values that have to be.
//!
//! The ring's keys come from a file. A row uses the newest key of the moment that it was made at, so that every use of a
//! key can be told from its row, and each key can go once its rows are dead. Sealed values and passwords name their key.
//! Names of budgets and the chain over the audit log must outlive rotations: their keys are kept in the database, sealed
//! with the ring's (docs/adr/0013-each-key-can-be-retired.md).

mod data;
mod registry;
mod ring;
mod rotation;
mod seal;

use std::sync::{Arc, PoisonError, RwLock};

use zeroize::Zeroizing;

use rekey_domain::account::action_token::ActionToken;
use rekey_domain::journey::challenge::Challenge;
use rekey_domain::key::{DataKeyPurpose, RingKey, SealContext};
use rekey_domain::{AccountId, ActionTokenId, Digest, KeyId};
use rekey_shared::{OneTimeCode, Timestamp};

use crate::temporary::TemporaryPassword;
use crate::token::PlainToken;
use crate::{Services, Unexpected};

use data::DataKeys;
use ring::{KeyRing, Purpose};

pub use registry::{Freshness, UnlockError};
pub use ring::{Key, KeyError};
pub use rotation::{ListedKey, RetireError, Retired, announce, list, renew_data_keys, retire};
pub use seal::{OpenError, TooLong};

/// The keys of this node. Cheap to clone; all clones hear of new keys together.
#[derive(Clone, Debug)]
pub struct Keys(Arc<RwLock<Arc<Loaded>>>);

#[derive(Debug)]
struct Loaded {
    ring: KeyRing,
    data: DataKeys,
}

/// A secret that goes into the hash of a password, beside the password itself.
#[derive(Clone)]
pub(crate) struct Pepper {
    /// The key that it is derived from.
    pub id: KeyId,
    /// The secret input of Argon2 (RFC 9106 §3.1: K).
    pub secret: Zeroizing<[u8; 32]>,
}

impl From<KeyError> for Unexpected {
    fn from(cause: KeyError) -> Self {
        Self::new(cause)
    }
}

impl Keys {
    fn loaded(&self) -> Arc<Loaded> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn derive(&self, made_at: Timestamp, purpose: Purpose, parts: &[&[u8]]) -> Result<[u8; 32], KeyError> {
        Ok(self.loaded().ring.at(made_at)?.derive(purpose, parts))
    }

    /// The six digits of a challenge's live code. Modulo bias: below 2⁻⁴⁴.
    pub fn code_of(&self, challenge: &Challenge) -> Result<OneTimeCode, KeyError> {
        let generation = challenge.generation.to_be_bytes();
        let bytes = self.derive(challenge.created_at, Purpose::Code, &[challenge.id.0.as_bytes(), &generation])?;
        let value = bytes.first_chunk::<8>().map_or(0, |head| u64::from_be_bytes(*head));
        Ok(OneTimeCode::from_value(u32::try_from(value % 1_000_000).unwrap_or(0)))
    }

    /// The token in the mailed link of a challenge: the same with every code.
    pub fn link_of(&self, challenge: &Challenge) -> Result<PlainToken, KeyError> {
        self.derive(challenge.created_at, Purpose::Link, &[challenge.id.0.as_bytes()]).map(PlainToken::from_bytes)
    }

    /// The token of the action token that is about to be made.
    pub fn action_token_of(&self, id: ActionTokenId, made_at: Timestamp) -> Result<PlainToken, KeyError> {
        self.derive(made_at, Purpose::ActionToken, &[id.0.as_bytes()]).map(PlainToken::from_bytes)
    }

    /// The token of an existing action token.
    pub fn token_of(&self, action_token: &ActionToken) -> Result<PlainToken, KeyError> {
        self.action_token_of(action_token.id, action_token.created_at)
    }

    /// The temporary password of an action token.
    pub fn temporary_password(&self, id: ActionTokenId, made_at: Timestamp) -> Result<TemporaryPassword, KeyError> {
        let bytes = self.derive(made_at, Purpose::Temporary, &[id.0.as_bytes()])?;
        Ok(TemporaryPassword::from_bytes(bytes.first_chunk().copied().unwrap_or_default()))
    }

    /// What of a temporary password is stored in the row that was made then, and compared. With a key: eighty bits are
    /// few for a plain hash.
    pub fn temporary_digest(
        &self,
        account: AccountId,
        password: &TemporaryPassword,
        made_at: Timestamp,
    ) -> Result<Digest, KeyError> {
        self.derive(made_at, Purpose::TemporaryDigest, &[account.0.as_bytes(), password.letters()]).map(Digest)
    }

    /// Stands for an account reference in throttles: the table alone gives no address away.
    pub fn account_key(&self, kind: &str, canonical: &str) -> Digest {
        self.name(Purpose::Account, &[kind.as_bytes(), canonical.as_bytes()])
    }

    /// Stands for a client address in throttles.
    pub fn address_key(&self, address: &[u8]) -> Digest {
        self.name(Purpose::Address, &[address])
    }

    /// Names a guess budget.
    pub fn budget_key(&self, of: &str, whose: &[u8]) -> Digest {
        self.name(Purpose::Budget, &[of.as_bytes(), whose])
    }

    /// Proves that a challenge to work was made here: by any node, as all of them have this key.
    pub(crate) fn work_mac(&self, challenge: &[u8]) -> Digest {
        self.name(Purpose::Work, &[challenge])
    }

    fn name(&self, purpose: Purpose, parts: &[&[u8]]) -> Digest {
        Digest(self.loaded().data.current(DataKeyPurpose::Names).derive(purpose, parts))
    }

    /// Seals bytes of the audit log with the key that is used now; the key's id is kept with them.
    pub fn audit_mac(&self, bytes: &[u8]) -> (KeyId, Digest) {
        let loaded = self.loaded();
        let key = loaded.data.current(DataKeyPurpose::Audit);
        (key.id(), Digest(key.derive(Purpose::Audit, &[bytes])))
    }

    /// Seals bytes of the audit log once more, to compare; `None` when the installation does not have that key.
    pub fn audit_mac_with(&self, id: KeyId, bytes: &[u8]) -> Option<Digest> {
        let loaded = self.loaded();
        loaded.data.with(DataKeyPurpose::Audit, id).map(|key| Digest(key.derive(Purpose::Audit, &[bytes])))
    }

    /// What new passwords are peppered with.
    pub(crate) fn pepper(&self, now: Timestamp) -> Result<Pepper, KeyError> {
        Ok(pepper_from(self.loaded().ring.at(now)?))
    }

    /// What a password was peppered with.
    pub(crate) fn pepper_of(&self, id: KeyId) -> Result<Pepper, KeyError> {
        Ok(pepper_from(self.loaded().ring.with(id)?))
    }

    /// Opens a sealed value that stands at that place.
    pub fn open(&self, at: SealContext<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        seal::open(self.loaded().ring.with(seal::key_of(sealed)?)?, at, sealed)
    }

    /// The key that a value was sealed with.
    pub fn key_of(&self, sealed: &[u8]) -> Result<KeyId, OpenError> {
        seal::key_of(sealed)
    }

    /// Keys of the installation that this node's file lacks, with the moments of their use.
    pub fn missing(&self) -> Vec<RingKey> {
        self.loaded().ring.missing().collect()
    }
}

fn pepper_from(key: &Key) -> Pepper {
    Pepper { id: key.id(), secret: Zeroizing::new(key.derive(Purpose::Pepper, &[])) }
}

impl Services {
    /// Seals a value for one place, with the newest key and a fresh nonce.
    pub fn seal(&self, at: SealContext<'_>, plain: &[u8]) -> Result<Vec<u8>, Unexpected> {
        let loaded = self.keys.loaded();
        seal::seal(loaded.ring.at(self.now())?, self.random(), at, plain).map_err(Unexpected::new)
    }
}

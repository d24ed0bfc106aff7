//! Single-use secrets that belong to no journey: links, and passwords that are good once.

use serde::{Deserialize, Serialize};

use rekey_shared::Timestamp;

use crate::{AccountId, ActionTokenId, Digest, IdentifierId};

/// What an action token is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActionTokenKind {
    /// Registering an owner.
    Owner,
    /// Saying "this was not me" after a change of password.
    NotMe,
    /// Signing in once, to choose a permanent password (AM-08).
    TemporaryPassword,
}

/// One single-use link or password.
#[derive(Debug, Clone)]
pub struct ActionToken {
    /// Its identity.
    pub id: ActionTokenId,
    /// What it is good for.
    pub kind: ActionTokenKind,
    /// SHA-256 of the token in the link; of a temporary password, which is shorter, a keyed digest.
    pub digest: Digest,
    /// The account it acts on, when there is one.
    pub account: Option<AccountId>,
    /// For [`ActionTokenKind::NotMe`]: the identifier by which the change was proven. For a temporary password: where it went.
    pub disputed: Option<IdentifierId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it dies.
    pub expires_at: Timestamp,
    /// When it was used.
    pub spent_at: Option<Timestamp>,
}

impl ActionToken {
    /// Whether it can still be spent for `kind`.
    pub fn is_open(&self, kind: ActionTokenKind, now: Timestamp) -> bool {
        self.kind == kind && self.spent_at.is_none() && now < self.expires_at
    }
}

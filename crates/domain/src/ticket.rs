//! Single-use secrets that belong to no journey: links, and passwords that are good once.

use serde::{Deserialize, Serialize};

use rekey_shared::Timestamp;

use crate::{AccountId, Digest, IdentifierId, TicketId};

/// What a ticket is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TicketKind {
    /// Registering an owner.
    Owner,
    /// Saying "this was not me" after a change of password.
    NotMe,
    /// Signing in once, to choose a permanent password (AM-08).
    TemporaryPassword,
}

/// One single-use link or password.
#[derive(Debug, Clone)]
pub struct Ticket {
    /// Its identity.
    pub id: TicketId,
    /// What it is good for.
    pub kind: TicketKind,
    /// SHA-256 of the token in the link; of a temporary password, which is shorter, a keyed digest.
    pub digest: Digest,
    /// The account it acts on, when there is one.
    pub account: Option<AccountId>,
    /// For [`TicketKind::NotMe`]: the identifier by which the change was proven. For a temporary password: where it went.
    pub tainted: Option<IdentifierId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it dies.
    pub expires_at: Timestamp,
    /// When it was used.
    pub spent_at: Option<Timestamp>,
}

impl Ticket {
    /// Whether it can still be spent for `kind`.
    pub fn is_open(&self, kind: TicketKind, now: Timestamp) -> bool {
        self.kind == kind && self.spent_at.is_none() && now < self.expires_at
    }
}

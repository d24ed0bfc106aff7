//! Sessions: who is signed in where, and until when.

pub mod assurance;
pub mod known_device;

use std::time::Duration;

use rekey_shared::Timestamp;

pub use self::assurance::Assurance;
use crate::{Account, AccountId, Epoch, SessionId};

/// The server's limits on a session (SE-4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionLimits {
    /// Ends when unused for so long.
    pub idle: Duration,
    /// Ends after so long in any case.
    pub absolute: Duration,
}

/// A signed-in browser.
#[derive(Debug, Clone)]
pub struct Session {
    /// Its public handle; the cookie holds another secret.
    pub id: SessionId,
    /// Whose.
    pub account: AccountId,
    /// The account's epoch when it began.
    pub epoch: Epoch,
    /// Browser and system as far as they could be told.
    pub device: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last seen, to the minute.
    pub last_used_at: Timestamp,
    /// When it was ended, if it was.
    pub ended_at: Option<Timestamp>,
}

impl Session {
    /// Whether it is good for a request now. `account` is the row as it is now, never as it was.
    pub fn is_live(&self, account: &Account, assurance: Assurance, limits: SessionLimits, now: Timestamp) -> bool {
        self.ended_at.is_none()
            && self.account == account.id
            && self.epoch == account.epoch
            && account.may_sign_in()
            && now.since(self.last_used_at) < limits.idle
            && now.since(self.created_at) < assurance.longest(limits.absolute)
    }
}

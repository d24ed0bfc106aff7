//! Sessions: who is signed in where, and until when.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use rekey_shared::Timestamp;
use rekey_shared::view::ChangeReason;

use crate::journey::PROOF_LIFETIME;
use crate::password::expiry::PasswordAge;
use crate::{Account, AccountId, Epoch, SessionId};

/// How much a session has proven. Every route names the kinds it accepts; the default is none (SE-9).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionKind {
    /// Nobody yet.
    Anonymous,
    /// In the middle of a recovery; opens nothing else.
    Recovery,
    /// The password is right, another factor is still asked for.
    Partial,
    /// Signed in.
    Full,
}

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
    /// How much it has proven.
    pub kind: SessionKind,
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
    pub fn is_live(&self, account: &Account, limits: SessionLimits, now: Timestamp) -> bool {
        self.ended_at.is_none()
            && self.account == account.id
            && self.epoch == account.epoch
            && account.may_sign_in()
            && now.since(self.last_used_at) < limits.idle
            && now.since(self.created_at) < self.longest(limits)
    }

    /// Whoever holds no permanent password has as long to choose one as after a typed code.
    fn longest(&self, limits: SessionLimits) -> Duration {
        match self.kind {
            SessionKind::Recovery => limits.absolute.min(PROOF_LIFETIME),
            SessionKind::Anonymous | SessionKind::Partial | SessionKind::Full => limits.absolute,
        }
    }

    /// Why it may do nothing but choose a new password; `None` when it may do whatever the account may.
    /// Asked at every request: a password grows old, and an account is marked, while sessions are open.
    pub fn must_change(&self, account: &Account, age: PasswordAge) -> Option<ChangeReason> {
        match self.kind {
            SessionKind::Recovery => Some(ChangeReason::Temporary),
            _ if account.must_change => Some(ChangeReason::Marked),
            _ if age == PasswordAge::Expired => Some(ChangeReason::Expired),
            SessionKind::Anonymous | SessionKind::Partial | SessionKind::Full => None,
        }
    }
}

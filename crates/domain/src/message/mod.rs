//! Messages to be sent. A row holds ids only: secrets are derived when it is sent.

pub mod conversion;
pub mod text_limits;
mod window;

use serde::{Deserialize, Serialize};

use rekey_shared::{Lang, Timestamp};

use crate::{AccountId, ActionTokenId, Digest, IdentifierId, JourneyId, KnownDeviceId, OutboxId};

/// What is to be said, and to whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Notification {
    /// The code of a registration, or word that the account is there already.
    RegistrationSecret {
        /// Which registration.
        journey: JourneyId,
    },
    /// The link and code of a recovery, if there is an account to recover.
    RecoverySecret {
        /// Which recovery.
        journey: JourneyId,
    },
    /// Word to the address that an account was registered with: it is ready, and how to get back into it.
    Welcome {
        /// Whose.
        account: AccountId,
        /// Where to.
        to: IdentifierId,
    },
    /// Word to one verified address or number that the password was changed.
    PasswordChanged {
        /// Whose.
        account: AccountId,
        /// Where to.
        to: IdentifierId,
        /// The "this was not me" link.
        action_token: ActionTokenId,
    },
    /// Word that sign-in is paused after wrong passwords; at most one an hour (TH-7).
    SignInPaused {
        /// Whose.
        account: AccountId,
        /// Where to.
        to: IdentifierId,
    },
    /// Word that an account was signed in to with a browser that its owner had not used before.
    NewDevice {
        /// Whose.
        account: AccountId,
        /// Where to.
        to: IdentifierId,
        /// Which browser.
        device: KnownDeviceId,
    },
    /// Word that the password ends soon.
    PasswordExpires {
        /// Whose.
        account: AccountId,
        /// Where to.
        to: IdentifierId,
    },
    /// Word that the account was frozen.
    AccountFrozen {
        /// Whose.
        account: AccountId,
        /// Where to.
        to: IdentifierId,
    },
}

/// A queued message.
#[derive(Debug, Clone)]
pub struct OutboxItem {
    /// Its identity; the Message-ID is made from it, so that a retry is recognised as one.
    pub id: OutboxId,
    /// What is to be said.
    pub notification: Notification,
    /// The language of the page that caused it; accounts have their own.
    pub lang: Lang,
    /// When it was caused.
    pub created_at: Timestamp,
    /// It is not sent any more from then on: its secret is dead.
    pub expires_at: Timestamp,
    /// How often sending was begun.
    pub attempts: u32,
    /// Stands for the network of the client that asked for it; `None` for notices.
    pub network: Option<Digest>,
    /// Whether the browser that asked for it has proven its work.
    pub with_work: bool,
}

/// Why a message was given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeadCause {
    /// The provider will never take it (5xx, bad recipient).
    Refused,
    /// The provider could not be reached often enough.
    Unreachable,
}

/// How a lease of an outbox row ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The provider took it.
    Sent,
    /// Nothing had to be sent: no such account, secret dead or used.
    Dropped,
    /// To be tried again from then on.
    Retry {
        /// Not before.
        at: Timestamp,
    },
    /// Given up.
    Dead {
        /// Why.
        cause: DeadCause,
    },
}

//! Accounts, as far as the rules need them.

pub mod action_token;
pub mod state;

use serde::{Deserialize, Serialize};

use rekey_shared::identifier::IdentifierKind;
use rekey_shared::{Lang, Timestamp};

use crate::{AccountId, IdentifierId};

/// Compared on every accept of a session or secret. Raising it kills everything older, on all nodes at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Epoch(pub i64);

/// An Argon2id PHC string. Never prints itself.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(pub String);

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

/// Whether an account may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It may.
    Active,
    /// The operator switched it off; nothing but the operator switches it on again.
    Disabled,
    /// Its owner said "this was not me", and its password is gone. A recovery by another verified channel than the
    /// one that was objected to, or one that an operator begins, releases it.
    Frozen {
        /// When.
        at: Timestamp,
        /// The identifier by which the objected change was proven; `None` when it was made from a session.
        disputed: Option<IdentifierId>,
    },
}

/// Where the password of an account is kept and verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Authority {
    /// Here.
    Local,
    /// In a directory: here is no hash, and nothing but the directory replaces the password.
    Directory,
}

/// Why the password of an account must be changed, whatever its age and however it was proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChangeCause {
    /// It is known from a breach (PW-6).
    Breached,
    /// An operator wants it.
    Operator,
}

/// An account.
#[derive(Debug, Clone)]
pub struct Account {
    /// Its identity.
    pub id: AccountId,
    /// Where its password is kept.
    pub authority: Authority,
    /// Whether it may be used.
    pub status: Status,
    /// May be empty.
    pub given_name: String,
    /// May be empty.
    pub family_name: String,
    /// The language of its messages.
    pub lang: Lang,
    /// `None` for an account that has no password.
    pub password: Option<PasswordHash>,
    /// When the password was last set.
    pub password_changed_at: Option<Timestamp>,
    /// Why it is marked, if it is: the password opens nothing but the page where it is changed.
    pub must_change: Option<ChangeCause>,
    /// Whether its password stays good however old it is (GX-10).
    pub never_expires: bool,
    /// The credential epoch.
    pub epoch: Epoch,
    /// When it came to be.
    pub created_at: Timestamp,
}

impl Account {
    /// A new one: active, known by no name, with no password and the first epoch, kept here.
    pub fn new(id: AccountId, lang: Lang, created_at: Timestamp) -> Self {
        Self {
            id,
            authority: Authority::Local,
            status: Status::Active,
            given_name: String::new(),
            family_name: String::new(),
            lang,
            password: None,
            password_changed_at: None,
            must_change: None,
            never_expires: false,
            epoch: Epoch(0),
            created_at,
        }
    }

    /// Whether it may sign in at all; lock-out is counted elsewhere.
    pub fn may_sign_in(&self) -> bool {
        matches!(self.status, Status::Active)
    }

    /// Whether a recovery may be answered with a temporary password: never for those who run the installation, nor for
    /// an account whose password is kept elsewhere or is not all that is asked for, nor for one that is frozen.
    ///
    /// `administers` says whether a role was given to its owner.
    pub fn may_have_temporary_password(&self, administers: bool) -> bool {
        self.may_sign_in() && self.authority == Authority::Local && !administers && self.password.is_some()
    }

    /// Whether its owner objected to what was proven by this address or number, and nothing has settled it since.
    pub fn disputes(&self, channel: IdentifierId) -> bool {
        match self.status {
            Status::Frozen { disputed, .. } => disputed == Some(channel),
            Status::Active | Status::Disabled => false,
        }
    }

    /// Whether a recovery that is proven by `channel` may go ahead.
    ///
    /// A frozen account is recovered only by another verified channel than the one that was objected to.
    /// Where a directory keeps the password there is nothing to replace here.
    pub fn may_recover_by(&self, channel: IdentifierId) -> bool {
        if self.authority == Authority::Directory {
            return false;
        }
        match self.status {
            Status::Disabled => false,
            Status::Active | Status::Frozen { .. } => !self.disputes(channel),
        }
    }
}

/// That the owner of an account accepted terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// Whose account.
    pub account: AccountId,
    /// Which terms: their version, or their address where they have none.
    pub terms: String,
    /// When.
    pub at: Timestamp,
}

/// An address, number or name by which an account is known.
#[derive(Debug, Clone)]
pub struct AccountIdentifier {
    /// Its identity.
    pub id: IdentifierId,
    /// Whose it is.
    pub account: AccountId,
    /// What it is.
    pub kind: IdentifierKind,
    /// The form that is compared; unique among all accounts for its kind.
    pub canonical: String,
    /// The form that is shown and sent to.
    pub shown: String,
    /// When its owner proved to hold it; `None` for a user name.
    pub verified_at: Option<Timestamp>,
}

//! Single-use secrets that belong to no journey: links, and passwords that are good once.

use serde::{Deserialize, Serialize};

use rekey_shared::Timestamp;

use crate::audit::Reason;
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
    /// Why it cannot be spent for `kind`; `None` when it can.
    pub fn refusal(&self, kind: ActionTokenKind, now: Timestamp) -> Option<Reason> {
        if self.kind != kind {
            return Some(Reason::Unknown);
        }
        if self.spent_at.is_some() {
            return Some(Reason::Spent);
        }
        // What is revoked expired when it was made.
        if self.expires_at <= self.created_at {
            return Some(Reason::Revoked);
        }
        (now >= self.expires_at).then_some(Reason::Expired)
    }

    /// Whether it can still be spent for `kind`.
    pub fn is_open(&self, kind: ActionTokenKind, now: Timestamp) -> bool {
        self.refusal(kind, now).is_none()
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_refusal_says_which_it_was() {
        let at = Timestamp::from_millis;
        let open = ActionToken {
            id: ActionTokenId(Uuid::nil()),
            kind: ActionTokenKind::NotMe,
            digest: Digest([0; 32]),
            account: None,
            disputed: None,
            created_at: at(10),
            expires_at: at(20),
            spent_at: None,
        };
        let refusal = |token: &ActionToken, now| token.refusal(ActionTokenKind::NotMe, at(now));
        assert_eq!(refusal(&open, 19), None);
        assert_eq!(refusal(&open, 20), Some(Reason::Expired));
        assert_eq!(open.refusal(ActionTokenKind::Owner, at(19)), Some(Reason::Unknown));
        assert_eq!(refusal(&ActionToken { spent_at: Some(at(12)), ..open.clone() }, 30), Some(Reason::Spent));
        assert_eq!(refusal(&ActionToken { expires_at: at(10), ..open }, 15), Some(Reason::Revoked));
    }
}

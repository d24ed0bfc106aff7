//! Browsers that an account's owner has used before.
//!
//! Each has a guess budget of its own for the account's password, so that wrong guesses from elsewhere keep no owner out
//! (TH-8, N48). A known browser opens nothing: who holds its cookie still has to know the password.

use crate::{Account, AccountId, Epoch, KnownDeviceId};
use rekey_shared::Timestamp;

/// Browsers remembered for one account; beyond it the one that was used longest ago is forgotten.
pub const MOST: u64 = 20;

/// A browser in which the owner of an account has signed in, recovered or registered it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownDevice {
    /// Its identity, of this browser and this account together.
    pub id: KnownDeviceId,
    /// Whose account.
    pub account: AccountId,
    /// The credential epoch of the latest sign-in.
    pub epoch: Epoch,
    /// Browser and system, such as `Firefox on Windows`; empty when neither is known.
    pub label: String,
    /// When it was remembered first.
    pub created_at: Timestamp,
    /// When its owner signed in with it last.
    pub last_used_at: Timestamp,
}

impl KnownDevice {
    /// Whether it still counts: a reset by anyone forgets the browsers of those who knew the password before (RC-12).
    pub fn is_known_to(&self, account: &Account) -> bool {
        self.account == account.id && self.epoch == account.epoch
    }
}

#[cfg(test)]
mod tests {
    use rekey_shared::Lang;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn it_counts_for_its_own_account_at_its_own_epoch_alone() {
        let now = Timestamp::from_millis(1_795_165_505_000);
        let account = Account::new(AccountId(Uuid::from_u128(1)), Lang::En, now);
        let known = KnownDevice {
            id: KnownDeviceId::new(now, [1; 10]),
            account: account.id,
            epoch: account.epoch,
            label: String::new(),
            created_at: now,
            last_used_at: now,
        };
        assert!(known.is_known_to(&account));
        assert!(!known.is_known_to(&Account { epoch: Epoch(1), ..account.clone() }));
        assert!(!known.is_known_to(&Account { id: AccountId(Uuid::from_u128(2)), ..account }));
    }
}

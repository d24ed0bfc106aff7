//! What an account is, in one word, for those who look after it (AM-10).

use crate::password::expiry::PasswordAge;
use crate::{Account, Status};

/// How an account stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AccountState {
    /// Its owner signs in and does whatever the role allows.
    Active,
    /// A temporary password was sent, and no permanent one was chosen since.
    Pending,
    /// The password is too old, or marked for change: it opens nothing but the page where it is changed.
    Expired,
    /// Frozen by its owner, or waiting after wrong passwords.
    Locked,
    /// Switched off; kept, and can be switched on again.
    Deactivated,
}

/// What is known of an account beside its row.
#[derive(Debug, Clone, Copy)]
pub struct AccountStateFacts {
    /// Whether its guess budget makes it wait now.
    pub waits: bool,
    /// Whether a temporary password was sent after the present password was set, and is not too old.
    pub temporary: bool,
    /// How its password fares with its policy.
    pub age: PasswordAge,
}

/// Says how an account stands: what stops its owner most counts.
pub fn state_of(account: &Account, facts: AccountStateFacts) -> AccountState {
    match account.status {
        Status::Disabled => AccountState::Deactivated,
        Status::Frozen { .. } => AccountState::Locked,
        Status::Active if facts.waits => AccountState::Locked,
        Status::Active if facts.temporary => AccountState::Pending,
        Status::Active if account.must_change.is_some() || facts.age == PasswordAge::Expired => AccountState::Expired,
        Status::Active => AccountState::Active,
    }
}

#[cfg(test)]
mod tests {
    use rekey_shared::{Lang, Timestamp};
    use uuid::Uuid;

    use super::*;
    use crate::{AccountId, ChangeCause, PasswordHash};

    const NOW: Timestamp = Timestamp::from_millis(1_795_165_505_000);
    const AGES: [PasswordAge; 3] = [PasswordAge::Fresh, PasswordAge::Warn { days_left: 3 }, PasswordAge::Expired];

    fn account(status: Status, must_change: bool) -> Account {
        Account {
            status,
            password: Some(PasswordHash(String::new())),
            password_changed_at: Some(NOW),
            must_change: must_change.then_some(ChangeCause::Operator),
            ..Account::new(AccountId(Uuid::from_u128(1)), Lang::En, NOW)
        }
    }

    /// The words, written down once more in another way: the first row that fits.
    fn by_table(status: &str, waits: bool, temporary: bool, must_change: bool, age: PasswordAge) -> AccountState {
        let table = [
            (status == "disabled", AccountState::Deactivated),
            (status == "frozen" || waits, AccountState::Locked),
            (temporary, AccountState::Pending),
            (must_change, AccountState::Expired),
            (age == PasswordAge::Expired, AccountState::Expired),
        ];
        table.into_iter().find_map(|(fits, word)| fits.then_some(word)).unwrap_or(AccountState::Active)
    }

    #[test]
    fn every_combination_has_its_word() {
        let frozen = Status::Frozen { at: NOW, disputed: None };
        let mut seen = std::collections::HashSet::new();
        for (name, status) in [("active", Status::Active), ("disabled", Status::Disabled), ("frozen", frozen)] {
            for bits in 0..8_u8 {
                let [waits, temporary, must_change] = [1, 2, 4].map(|bit| bits & bit != 0);
                for age in AGES {
                    let facts = AccountStateFacts { waits, temporary, age };
                    let word = state_of(&account(status, must_change), facts);
                    assert_eq!(word, by_table(name, waits, temporary, must_change, age), "{name} {facts:?}");
                    seen.insert(word);
                }
            }
        }
        assert_eq!(seen.len(), 5, "every word is needed: {seen:?}");
    }
}

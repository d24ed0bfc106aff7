//! What an account is, in one word, for those who look after it (AM-10).

use crate::expiry::PasswordAge;
use crate::{Account, Status};

/// How an account stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
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
pub struct StandingFacts {
    /// Whether its guess budget makes it wait now.
    pub waits: bool,
    /// Whether a temporary password was sent after the present password was set, and is not too old.
    pub temporary: bool,
    /// How its password fares with its policy.
    pub age: PasswordAge,
}

/// Says how an account stands: what stops its owner most counts.
pub fn standing(account: &Account, facts: StandingFacts) -> Standing {
    match account.status {
        Status::Disabled => Standing::Deactivated,
        Status::Frozen { .. } => Standing::Locked,
        Status::Active if facts.waits => Standing::Locked,
        Status::Active if facts.temporary => Standing::Pending,
        Status::Active if account.must_change || facts.age == PasswordAge::Expired => Standing::Expired,
        Status::Active => Standing::Active,
    }
}

#[cfg(test)]
mod tests {
    use rekey_shared::{Lang, Timestamp};
    use uuid::Uuid;

    use super::*;
    use crate::{AccountId, Epoch, PasswordHash, Role};

    const NOW: Timestamp = Timestamp::from_millis(1_795_165_505_000);
    const AGES: [PasswordAge; 3] = [PasswordAge::Fresh, PasswordAge::Warn { days_left: 3 }, PasswordAge::Expired];

    fn account(status: Status, must_change: bool) -> Account {
        Account {
            id: AccountId(Uuid::from_u128(1)),
            status,
            role: Role::Person,
            given_name: String::new(),
            family_name: String::new(),
            lang: Lang::En,
            password: Some(PasswordHash(String::new())),
            password_changed_at: Some(NOW),
            must_change,
            never_expires: false,
            epoch: Epoch(0),
            created_at: NOW,
        }
    }

    /// The words, written down once more in another way: the first row that fits.
    fn by_table(status: &str, waits: bool, temporary: bool, must_change: bool, age: PasswordAge) -> Standing {
        let table = [
            (status == "disabled", Standing::Deactivated),
            (status == "frozen" || waits, Standing::Locked),
            (temporary, Standing::Pending),
            (must_change, Standing::Expired),
            (age == PasswordAge::Expired, Standing::Expired),
        ];
        table.into_iter().find_map(|(fits, word)| fits.then_some(word)).unwrap_or(Standing::Active)
    }

    #[test]
    fn every_combination_has_its_word() {
        let frozen = Status::Frozen { at: NOW, tainted: None };
        let mut seen = std::collections::HashSet::new();
        for (name, status) in [("active", Status::Active), ("disabled", Status::Disabled), ("frozen", frozen)] {
            for bits in 0..8_u8 {
                let [waits, temporary, must_change] = [1, 2, 4].map(|bit| bits & bit != 0);
                for age in AGES {
                    let facts = StandingFacts { waits, temporary, age };
                    let word = standing(&account(status, must_change), facts);
                    assert_eq!(word, by_table(name, waits, temporary, must_change, age), "{name} {facts:?}");
                    seen.insert(word);
                }
            }
        }
        assert_eq!(seen.len(), 5, "every word is needed: {seen:?}");
    }
}

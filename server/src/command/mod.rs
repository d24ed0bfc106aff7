//! The parts of the command line that work on the database: one file a subject.

pub mod keys;
pub mod password;
pub mod setting;

use rekey_domain::AccountId;

/// Who changed something, in a word.
fn author(by: Option<AccountId>) -> String {
    by.map_or_else(|| "operator".to_owned(), |account| account.0.to_string())
}

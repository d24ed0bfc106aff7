//! The parts of the command line that work on the database: one file a subject.

pub mod account;
pub mod backup;
pub mod group;
pub mod keys;
pub mod message;
pub mod password;
pub mod role;
pub mod setting;

use rekey_domain::group::GroupName;
use rekey_domain::{Account, AccountId};
use rekey_service::group::GroupError;
use rekey_service::operator::{self, OperatorError};
use rekey_service::{Services, Unexpected};

use crate::wiring::StartError;

/// Who changed something, in a word.
pub fn author(by: Option<AccountId>) -> String {
    by.map_or_else(|| "operator".to_owned(), |account| account.0.to_string())
}

/// Reads the name of a group.
pub fn group_name(text: &str) -> Result<GroupName, String> {
    GroupName::parse(text).ok_or_else(|| "must be 1 to 64 letters, numbers, dots, hyphens, or underscores".to_owned())
}

/// The account that someone means.
async fn find_account(services: &Services, identifier: &str) -> Result<Account, StartError> {
    match operator::find(services, identifier).await {
        Ok(account) => Ok(account),
        Err(OperatorError::NotFound) => Err(StartError::Failed("no account found for this identifier".to_owned())),
        Err(OperatorError::Unexpected(failure)) => Err(failure.into()),
    }
}

/// Its id.
async fn account_id(services: &Services, identifier: &str) -> Result<AccountId, StartError> {
    find_account(services, identifier).await.map(|account| account.id)
}

/// What to call an account by: what it is known by, else its id.
async fn account_name(services: &Services, id: AccountId) -> Result<String, StartError> {
    let known = services.store.list_identifiers(id).await.map_err(Unexpected::from)?;
    Ok(known.into_iter().next().map_or_else(|| id.0.to_string(), |identifier| identifier.shown))
}

/// Why nothing was done to a group, in one line.
pub fn wording(error: GroupError) -> StartError {
    match error {
        GroupError::Unexpected(failure) => failure.into(),
        error @ (GroupError::NotFound
        | GroupError::NoAccount
        | GroupError::NameTaken
        | GroupError::InUse(_)
        | GroupError::LastOwner
        | GroupError::Denied(_)) => StartError::Failed(error.to_string()),
    }
}

//! A password that the operator sets at the command line. Its owner has to choose another one at the next sign-in.

use rekey_domain::Account;
use rekey_domain::password::set::SetOccasion;
use rekey_shared::password::Report;
use rekey_shared::{FieldProblem, Secret};
use rekey_store::transaction;

use crate::hasher::Busy;
use crate::operator::{self, OperatorError};
use crate::password::history::{self, HistoryError};
use crate::password::new_password::{CurrentPassword, NewPassword, NewPasswordError};
use crate::password::personal_of_account;
use crate::password::set::{self, SetError, SetPassword};
use crate::{Services, Unexpected, policies};

/// Why the operator's password was not set.
#[derive(Debug, thiserror::Error)]
pub enum OperatorSetError {
    /// There is no such account.
    #[error("no account has this identifier")]
    NotFound,
    /// None was given.
    #[error("no password was given")]
    Fields(Vec<FieldProblem>),
    /// It does not meet the account's policy.
    #[error("the password does not meet the policy")]
    Weak(Box<Report>),
    /// It was compared with the past ones three times within the hour.
    #[error("compared with past passwords too often; try again in an hour")]
    TooMany,
    /// A directory keeps it.
    #[error("the password of this account is kept in a directory")]
    KeptElsewhere,
    /// Something else changed the account at the same moment.
    #[error("the account has just been changed; look at it and try again")]
    Overtaken,
    /// The hashing queue is full.
    #[error(transparent)]
    Busy(#[from] Busy),
    /// Something broke.
    #[error(transparent)]
    Unexpected(#[from] Unexpected),
}

crate::error::from_store!(OperatorSetError);

impl From<OperatorError> for OperatorSetError {
    fn from(error: OperatorError) -> Self {
        match error {
            OperatorError::NotFound => Self::NotFound,
            OperatorError::Unexpected(failure) => Self::Unexpected(failure),
        }
    }
}

impl From<NewPasswordError> for OperatorSetError {
    fn from(error: NewPasswordError) -> Self {
        match error {
            NewPasswordError::Fields(fields) => Self::Fields(fields),
            NewPasswordError::Weak(report) => Self::Weak(report),
            NewPasswordError::Busy(busy) => Self::Busy(busy),
            NewPasswordError::Unexpected(failure) => Self::Unexpected(failure),
        }
    }
}

impl From<HistoryError> for OperatorSetError {
    fn from(error: HistoryError) -> Self {
        match error {
            HistoryError::Weak(report) => Self::Weak(report),
            HistoryError::TooMany => Self::TooMany,
            HistoryError::Unexpected(failure) => Self::Unexpected(failure),
        }
    }
}

impl From<SetError> for OperatorSetError {
    fn from(error: SetError) -> Self {
        match error {
            SetError::Overtaken => Self::Overtaken,
            SetError::KeptElsewhere => Self::KeptElsewhere,
            SetError::Unexpected(failure) => Self::Unexpected(failure),
        }
    }
}

/// Sets the password of an account. Its sessions and links end, its owner is told and must choose another password.
pub async fn set_by_operator(cx: &Services, identifier: &str, password: &Secret) -> Result<(), OperatorSetError> {
    let account = operator::find(cx, identifier).await?;
    set_of(cx, &account, password).await
}

async fn set_of(cx: &Services, account: &Account, password: &Secret) -> Result<(), OperatorSetError> {
    let occasion = SetOccasion::Operator;
    // Before anything is judged: what a directory keeps is none of our business.
    occasion.permit(account).ok_or(OperatorSetError::KeptElsewhere)?;
    let identifiers = cx.store.list_identifiers(account.id).await?;
    let policy = policies::of(cx, account).await?.on(occasion.rules());
    let personal = personal_of_account(cx, account, &identifiers);
    let new = NewPassword { password, confirm: password };
    let report = new.check(cx, &policy, &personal, &CurrentPassword::default()).await?;

    let permit = cx.hasher.permit()?;
    let hash =
        history::hash_unless_used(cx, permit, (account, account.id.0), &policy, (report, password), false).await?;
    let new = SetPassword {
        occasion,
        account,
        identifiers: &identifiers,
        hash,
        journey: None,
        proven_by: None,
        request: None,
    };
    transaction!(cx.store, |tx| set::set(cx, tx, &new).await).await?;
    cx.wake.notify_one();
    Ok(())
}

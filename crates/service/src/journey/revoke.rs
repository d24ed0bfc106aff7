//! The end of everything that is under way for an account.

use rekey_domain::account::action_token::ActionTokenKind;
use rekey_domain::{AccountId, JourneyId};
use rekey_store::Write;

use crate::Unexpected;

/// Revokes every link, code and temporary password of an account. Wherever its credentials, its addresses or its
/// status change, in the same transaction.
pub(crate) async fn revoke_all(tx: &Write, account: AccountId, except: Option<JourneyId>) -> Result<(), Unexpected> {
    tx.revoke_journeys(account, except).await?;
    tx.revoke_action_tokens(ActionTokenKind::TemporaryPassword, Some(account)).await?;
    Ok(())
}

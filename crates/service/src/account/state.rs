//! How an account stands, for those who look after it (AM-10).

use rekey_domain::Account;
use rekey_domain::account::action_token::ActionTokenKind;
use rekey_domain::account::state::{AccountState, AccountStateFacts, state_of};

use crate::{Services, Unexpected, policies, verifier};

/// Gathers what is known and says how the account stands now.
pub async fn of(cx: &Services, account: &Account) -> Result<AccountState, Unexpected> {
    let now = cx.now();
    let budget = cx.store.read_budget(verifier::password_budget(cx, account)).await?;
    let locks = cx.settings().sign_in.lockout.threshold > 0;
    let latest = cx.store.find_latest_action_token(ActionTokenKind::TemporaryPassword, account.id).await?;
    let facts = AccountStateFacts {
        waits: locks && budget.next_at.is_some_and(|next_at| now < next_at),
        // Used or not: until a permanent password is set, which puts an end to it.
        temporary: latest.is_some_and(|action_token| {
            now < action_token.expires_at && account.password_changed_at <= Some(action_token.created_at)
        }),
        age: account.password_age(policies::of(cx, account).await?.expiry, now),
    };
    Ok(state_of(account, facts))
}

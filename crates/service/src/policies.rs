//! Which policy holds for whom.

use std::borrow::Cow;

use rekey_domain::{Account, Role};
use rekey_shared::password::Policy;

use crate::{Services, Unexpected};

/// The policy of an account.
#[expect(clippy::unused_async, reason = "policies that are assigned are read from the database")]
pub(crate) async fn of<'a>(cx: &'a Services, _account: &Account) -> Result<Cow<'a, Policy>, Unexpected> {
    Ok(Cow::Borrowed(&cx.settings.policy))
}

/// The policy of an account to be.
#[expect(clippy::unused_async, reason = "policies that are assigned are read from the database")]
pub(crate) async fn of_newcomer(cx: &Services, _role: Role) -> Result<Cow<'_, Policy>, Unexpected> {
    Ok(Cow::Borrowed(&cx.settings.policy))
}

/// Every policy that holds for anybody.
#[expect(clippy::unused_async, reason = "policies that are assigned are read from the database")]
pub(crate) async fn all(cx: &Services) -> Result<Vec<Cow<'_, Policy>>, Unexpected> {
    Ok(vec![Cow::Borrowed(&cx.settings.policy)])
}

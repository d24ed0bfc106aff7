//! Changing the password when signed in.

use leptos::prelude::*;
use rekey_shared::Secret;

use crate::error::AppError;

/// Changes the password, ends every other session and gives this one a new secret.
#[server(endpoint = "password/change")]
pub async fn change_password(
    #[server(default)] current_password: Secret,
    #[server(default)] new_password: Secret,
    #[server(default)] confirm_password: Secret,
) -> Result<(), AppError> {
    use crate::context;
    use crate::cookies::Cookie;
    use crate::paths;
    use rekey_service::password::{self, Change};

    let (cx, meta) = context::operation()?;
    let person = context::password_changer()?;
    let input = Change { current_password, new_password, confirm_password };
    let had_to = person.caller().must_change.is_some();
    let changed = password::change(&cx, &meta, person.caller(), input).await;
    let changed = changed.map(|token| context::keep(Cookie::Session, &token));
    let changed = changed.inspect(|()| context::remember_device(&meta));
    // A change that a sign-in had to stop for is a part of it.
    let goes_on = had_to && changed.is_ok();
    let saved = paths::ACCOUNT_PASSWORD_SAVED;
    let next = if goes_on { context::after_sign_in(&cx, saved) } else { saved.to_owned() };
    context::finish(&cx, changed, &next)
}

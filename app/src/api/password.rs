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
    use crate::context::{self, Back};
    use crate::cookies::Cookie;
    use crate::paths;
    use crate::problem::Told;
    use rekey_service::password::{self, Change};
    use rekey_shared::Problem;

    let (cx, meta) = context::caller()?;
    let input = Change { current_password, new_password, confirm_password };
    let changed = match context::visitor(&cx).await? {
        Some(caller) => password::change(&cx, &meta, &caller, input).await.map_err(Told::from),
        None => Err(Problem::NotSignedIn.into()),
    };
    let changed = changed.map(|token| context::keep(Cookie::Session, &token));
    context::finish(&cx, changed, paths::ACCOUNT_PASSWORD_SAVED, &Back { page: paths::ACCOUNT_PASSWORD, typed: &[] })
}

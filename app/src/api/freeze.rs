//! "It was not me".

use leptos::prelude::*;

use crate::error::AppError;

/// Freezes the account whose owner did not change the password. The token arrives in a cookie.
#[server(endpoint = "account/freeze")]
pub async fn freeze() -> Result<(), AppError> {
    use crate::context;
    use crate::cookies::Cookie;
    use crate::paths;
    use rekey_service::freeze;

    let (cx, meta) = context::operation()?;
    let frozen = freeze::freeze(&cx, &meta, context::visitor()?.not_me_link()).await;
    let frozen = frozen.map(|()| [Cookie::NotMe, Cookie::Session].map(context::forget)).map(drop);
    context::finish(&cx, frozen, paths::NOT_ME_DONE)
}

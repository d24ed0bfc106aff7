//! "It was not me".

use leptos::prelude::*;

use crate::error::AppError;

/// Freezes the account whose password somebody else has changed. The token arrives in a cookie.
#[server(endpoint = "account/freeze")]
pub async fn freeze() -> Result<(), AppError> {
    use crate::context::{self, Back};
    use crate::cookies::Cookie;
    use crate::paths;
    use rekey_service::freeze;

    let (cx, meta) = context::caller()?;
    let frozen = freeze::freeze(&cx, &meta, &context::cookie(Cookie::NotMe)).await;
    let frozen = frozen.map(|()| [Cookie::NotMe, Cookie::Session].map(context::forget)).map(drop);
    context::finish(&cx, frozen, paths::NOT_ME_DONE, &Back { page: paths::NOT_ME, typed: &[] })
}

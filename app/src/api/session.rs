//! Signing in and out, and the list of signed-in browsers.

use leptos::prelude::*;
use rekey_shared::Secret;

use crate::error::AppError;

/// Signs in.
#[server(endpoint = "session/sign-in")]
pub async fn sign_in(
    #[server(default)] identifier: String,
    #[server(default)] password: Secret,
) -> Result<(), AppError> {
    use crate::context::{self, Back};
    use crate::cookies::Cookie;
    use crate::paths;
    use rekey_service::sign_in;
    use rekey_shared::Field;

    let (cx, meta) = context::caller()?;
    let session = sign_in::sign_in(&cx, &meta, &identifier, password).await;
    let session = session.map(|token| context::keep(Cookie::Session, &token));
    let typed = [(Field::Identifier, identifier.as_str())];
    context::finish(&cx, session, paths::ACCOUNT, &Back { page: paths::SIGN_IN, typed: &typed })
}

/// Signs out. Nobody being signed in is no error.
#[server(endpoint = "session/sign-out")]
pub async fn sign_out() -> Result<(), AppError> {
    use crate::context::{self, Back};
    use crate::cookies::Cookie;
    use crate::paths;
    use rekey_service::sign_in;

    let (cx, meta) = context::caller()?;
    let done = match context::visitor(&cx).await? {
        Some(caller) => sign_in::sign_out(&cx, &meta, &caller).await,
        None => Ok(()),
    };
    context::forget(Cookie::Session);
    context::finish(&cx, done, paths::SIGN_IN, &Back { page: paths::ACCOUNT, typed: &[] })
}

/// Ends one session of the signed-in person.
#[server(endpoint = "session/end")]
pub async fn end_session(#[server(default)] session: String) -> Result<(), AppError> {
    use crate::context::{self, Back};
    use crate::paths;
    use rekey_service::sessions;
    use rekey_shared::Problem;

    let (cx, meta) = context::caller()?;
    let done = match (context::full(&cx).await, session.parse()) {
        (Ok(caller), Ok(id)) => {
            sessions::end(&cx, &meta, &caller, rekey_domain::SessionId(id)).await.map(drop).map_err(Into::into)
        }
        (Err(refused), _) => Err(refused),
        (_, Err(_)) => Err(Problem::BadRequest.into()),
    };
    context::finish::<crate::problem::Told>(
        &cx,
        done,
        paths::SESSIONS_ENDED,
        &Back { page: paths::ACCOUNT_SESSIONS, typed: &[] },
    )
}

/// Ends every other session of the signed-in person.
#[server(endpoint = "session/end-others")]
pub async fn end_others() -> Result<(), AppError> {
    use crate::context::{self, Back};
    use crate::paths;
    use crate::problem::Told;
    use rekey_service::sessions;

    let (cx, meta) = context::caller()?;
    let done: Result<(), Told> = match context::full(&cx).await {
        Ok(caller) => sessions::end_others(&cx, &meta, &caller).await.map(drop).map_err(Into::into),
        Err(refused) => Err(refused),
    };
    context::finish(&cx, done, paths::SESSIONS_OTHERS_ENDED, &Back { page: paths::ACCOUNT_SESSIONS, typed: &[] })
}

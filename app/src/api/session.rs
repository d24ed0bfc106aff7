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
    use crate::context;
    use crate::cookies::Cookie;
    use crate::paths;
    use rekey_service::sign_in;

    let (cx, meta) = context::operation()?;
    let session = sign_in::sign_in(&cx, &meta, &identifier, password).await;
    let session = session.map(|token| context::keep(Cookie::Session, &token));
    let session = session.inspect(|()| context::remember_device(&meta));
    let next = if session.is_ok() { context::after_sign_in(&cx, paths::ACCOUNT) } else { String::new() };
    context::finish(&cx, session, &next)
}

/// Signs out. Having no session is no error.
#[server(endpoint = "session/sign-out")]
pub async fn sign_out() -> Result<(), AppError> {
    use crate::context;
    use crate::cookies::Cookie;
    use crate::paths;
    use rekey_service::principal;

    let (cx, meta) = context::operation()?;
    let done = principal::sign_out(&cx, &meta, &context::visitor()?).await;
    context::forget(Cookie::Session);
    context::finish(&cx, done, paths::SIGN_IN)
}

/// Ends one session of the signed-in person.
#[server(endpoint = "session/end")]
pub async fn end_session(#[server(default)] session: String) -> Result<(), AppError> {
    use crate::context;
    use crate::paths;
    use crate::problem::PublicError;
    use rekey_domain::SessionId;
    use rekey_service::sessions;
    use rekey_shared::Problem;

    let (cx, meta) = context::operation()?;
    let person = context::person()?;
    let done = match session.parse() {
        Ok(id) => sessions::end(&cx, &meta, person.caller(), SessionId(id)).await.map(drop).map_err(PublicError::from),
        Err(_) => Err(Problem::BadRequest.into()),
    };
    context::finish(&cx, done, paths::SESSIONS_ENDED)
}

/// Ends every other session of the signed-in person.
#[server(endpoint = "session/end-others")]
pub async fn end_others() -> Result<(), AppError> {
    use crate::context;
    use crate::paths;
    use rekey_service::sessions;

    let (cx, meta) = context::operation()?;
    let ended = sessions::end_others(&cx, &meta, context::person()?.caller()).await.map(drop);
    context::finish(&cx, ended, paths::SESSIONS_OTHERS_ENDED)
}

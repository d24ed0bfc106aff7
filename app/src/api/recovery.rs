//! Recovering.

use leptos::prelude::*;
use rekey_shared::Secret;

use crate::error::AppError;

/// Begins a recovery and leads to its code, whether or not there is such an account.
#[server(endpoint = "recovery/start")]
pub async fn start_recovery(#[server(default)] identifier: String) -> Result<(), AppError> {
    use crate::context::{self, Back};
    use crate::cookies::Cookie;
    use crate::paths;
    use rekey_service::recovery;
    use rekey_shared::Field;

    let (cx, meta) = context::caller()?;
    let started = recovery::start(&cx, &meta, &identifier).await;
    let started = started.map(|handle| context::keep(Cookie::Recover, &handle)).inspect(|()| {
        // A link that was followed earlier would otherwise win over the code that is typed now.
        context::forget(Cookie::Link);
    });
    let typed = [(Field::Identifier, identifier.as_str())];
    context::finish(&cx, started, paths::RECOVER, &Back { page: paths::FORGOT, typed: &typed })
}

/// Takes the code and leads to the new password.
#[server(endpoint = "recovery/verify")]
pub async fn verify_recovery(#[server(default)] code: String) -> Result<(), AppError> {
    use crate::context::{self, Back};
    use crate::cookies::Cookie;
    use crate::paths;
    use rekey_service::recovery;
    use rekey_shared::Field;

    let (cx, meta) = context::caller()?;
    let verified = recovery::verify(&cx, &meta, &context::cookie(Cookie::Recover), &code).await;
    let verified = verified.inspect(|()| context::forget(Cookie::Link));
    let typed = [(Field::Code, code.as_str())];
    context::finish(&cx, verified, paths::RECOVER_NEW, &Back { page: paths::RECOVER, typed: &typed })
}

/// Sends link and code again.
#[server(endpoint = "recovery/resend")]
pub async fn resend_recovery() -> Result<(), AppError> {
    use crate::context::{self, Back};
    use crate::cookies::Cookie;
    use crate::paths;
    use rekey_service::recovery;

    let (cx, meta) = context::caller()?;
    let sent = recovery::resend(&cx, &meta, &context::cookie(Cookie::Recover)).await;
    context::finish(&cx, sent, paths::RECOVER_RESENT, &Back { page: paths::RECOVER, typed: &[] })
}

/// Finishes a recovery. Link or journey arrive in a cookie, never in the form.
#[server(endpoint = "recovery/complete")]
pub async fn complete_recovery(
    #[server(default)] new_password: Secret,
    #[server(default)] confirm_password: Secret,
) -> Result<(), AppError> {
    use crate::context::{self, Back};
    use crate::cookies::Cookie;
    use crate::paths;
    use crate::problem::Told;
    use rekey_service::recovery::{self, Complete, CompleteError, ProofSource};
    use rekey_shared::Problem;

    let (cx, meta) = context::caller()?;
    let (link, handle) = (context::cookie(Cookie::Link), context::cookie(Cookie::Recover));
    let way = if link.is_empty() { ProofSource::Journey(&handle) } else { ProofSource::Link(&link) };
    let done = recovery::complete(&cx, &meta, way, Complete { new_password, confirm_password }).await;
    let done = done.map(|()| [Cookie::Recover, Cookie::Link, Cookie::Session].map(context::forget)).map(drop);
    let done = done.map_err(|error| match error {
        CompleteError::NotValid if !link.is_empty() => Told::from(Problem::LinkNotValid),
        other => other.into(),
    });
    context::finish(&cx, done, paths::RECOVER_DONE, &Back { page: paths::RECOVER_NEW, typed: &[] })
}

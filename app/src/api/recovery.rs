//! Recovering.

use leptos::prelude::*;
use rekey_shared::Secret;

use crate::error::AppError;

/// Begins a recovery and leads to its code, whether or not there is such an account.
#[server(endpoint = "recovery/start")]
pub async fn start_recovery(#[server(default)] identifier: String) -> Result<(), AppError> {
    use crate::context;
    use crate::cookies::Cookie;
    use crate::paths;
    use rekey_service::recovery;

    let (cx, meta) = context::operation()?;
    let started = recovery::start(&cx, &meta, &identifier).await;
    let started = started.map(|handle| context::keep(Cookie::Recover, &handle)).inspect(|()| {
        // A link that was followed earlier would otherwise win over the code that is typed now.
        context::forget(Cookie::Link);
    });
    context::finish(&cx, started, paths::RECOVER)
}

/// Takes the code and leads to the new password.
#[server(endpoint = "recovery/verify")]
pub async fn verify_recovery(#[server(default)] code: String) -> Result<(), AppError> {
    use crate::context;
    use crate::cookies::Cookie;
    use crate::paths;
    use rekey_service::recovery;

    let (cx, meta) = context::operation()?;
    let verified = recovery::verify(&cx, &meta, context::journey()?.handle(), &code).await;
    let verified = verified.inspect(|()| context::forget(Cookie::Link));
    context::finish(&cx, verified, paths::RECOVER_NEW)
}

/// Sends link and code again.
#[server(endpoint = "recovery/resend")]
pub async fn resend_recovery() -> Result<(), AppError> {
    use crate::context;
    use crate::paths;
    use rekey_service::recovery;

    let (cx, meta) = context::operation()?;
    let sent = recovery::resend(&cx, &meta, context::journey()?.handle()).await;
    context::finish(&cx, sent, paths::RECOVER_RESENT)
}

/// Finishes a recovery. Link or handle arrive in a cookie, never in the form, which says what it was filled in for.
#[server(endpoint = "recovery/complete")]
pub async fn complete_recovery(
    #[server(default)] journey: String,
    #[server(default)] new_password: Secret,
    #[server(default)] confirm_password: Secret,
) -> Result<(), AppError> {
    use crate::context;
    use crate::cookies::Cookie;
    use crate::paths;
    use crate::problem::PublicError;
    use rekey_domain::JourneyId;
    use rekey_service::recovery::{self, Complete, CompleteError, ProofSource};
    use rekey_shared::Problem;

    let (cx, meta) = context::operation()?;
    let holder = context::journey()?;
    let source = holder.proof_source();
    // What is no id is the id of no recovery.
    let journey = (!journey.is_empty()).then(|| JourneyId(journey.parse().unwrap_or_default()));
    let done = recovery::complete(&cx, &meta, source, Complete { journey, new_password, confirm_password }).await;
    let done = done.map(|()| [Cookie::Recover, Cookie::Link, Cookie::Session].map(context::forget)).map(drop);
    let done = done.inspect(|()| context::remember_device(&meta));
    let done = done.map_err(|error| match (error, source) {
        (CompleteError::NotValid, ProofSource::Link(_)) => PublicError::from(Problem::LinkNotValid),
        (other, _) => other.into(),
    });
    context::finish(&cx, done, paths::RECOVER_DONE)
}

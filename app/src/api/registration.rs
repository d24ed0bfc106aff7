//! Registering.

use leptos::prelude::*;
use rekey_shared::Secret;

use crate::error::AppError;

/// Begins a registration and leads to its code.
#[server(endpoint = "registration/start")]
pub async fn start_registration(
    #[server(default)] identifier: String,
    #[server(default)] consent: String,
) -> Result<(), AppError> {
    start(identifier, consent, None).await
}

/// Begins the registration of an owner by the link in the browser's cookie, and leads to its code.
#[server(endpoint = "registration/start-owner")]
pub async fn start_owner_registration(
    #[server(default)] identifier: String,
    #[server(default)] consent: String,
) -> Result<(), AppError> {
    let link = crate::context::visitor()?.owner_link().to_owned();
    start(identifier, consent, Some(link)).await
}

#[cfg(feature = "ssr")]
async fn start(identifier: String, consent: String, owner: Option<String>) -> Result<(), AppError> {
    use crate::context;
    use crate::cookies::Cookie;
    use crate::paths;
    use rekey_service::registration::{self, Start};

    let (cx, meta) = context::operation()?;
    let input = Start { identifier, owner, consent: !consent.is_empty() };
    let started = registration::start(&cx, &meta, input).await;
    let started = started.map(|handle| context::keep(Cookie::Register, &handle));
    context::finish(&cx, started, paths::REGISTER_CODE)
}

/// Takes the code and leads to name and password.
#[server(endpoint = "registration/verify")]
pub async fn verify_registration(#[server(default)] code: String) -> Result<(), AppError> {
    use crate::context;
    use crate::paths;
    use rekey_service::registration;

    let (cx, meta) = context::operation()?;
    let verified = registration::verify(&cx, &meta, context::journey()?.handle(), &code).await;
    context::finish(&cx, verified, paths::REGISTER_DETAILS)
}

/// Sends the code again.
#[server(endpoint = "registration/resend")]
pub async fn resend_registration() -> Result<(), AppError> {
    use crate::context;
    use crate::paths;
    use rekey_service::registration;

    let (cx, meta) = context::operation()?;
    let sent = registration::resend(&cx, &meta, context::journey()?.handle()).await;
    context::finish(&cx, sent, paths::REGISTER_CODE_RESENT)
}

/// Makes the account.
#[server(endpoint = "registration/complete")]
pub async fn complete_registration(
    #[server(default)] given_name: String,
    #[server(default)] family_name: String,
    #[server(default)] username: String,
    #[server(default)] new_password: Secret,
    #[server(default)] confirm_password: Secret,
) -> Result<(), AppError> {
    use crate::context;
    use crate::cookies::Cookie;
    use crate::paths;
    use rekey_service::registration::{self, Complete};

    let (cx, meta) = context::operation()?;
    let input = Complete { given_name, family_name, username, new_password, confirm_password };
    let made = registration::complete(&cx, &meta, context::journey()?.handle(), input).await;
    let made = made.map(|()| [Cookie::Register, Cookie::Owner].map(context::forget)).map(drop);
    let made = made.inspect(|()| context::remember_device(&meta));
    context::finish(&cx, made, paths::REGISTER_DONE)
}

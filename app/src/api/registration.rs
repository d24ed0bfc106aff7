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
    use crate::context::{self, Back};
    use crate::cookies::Cookie;
    use crate::paths;
    use rekey_service::registration::{self, Start};
    use rekey_shared::Field;

    let (cx, meta) = context::caller()?;
    let owner = Some(context::cookie(Cookie::Owner)).filter(|token| !token.is_empty());
    let input = Start { identifier: identifier.clone(), owner, consent: !consent.is_empty() };
    let started = registration::start(&cx, &meta, input).await;
    let started = started.map(|handle| context::keep(Cookie::Register, &handle));
    let typed = [(Field::Identifier, identifier.as_str()), (Field::Consent, consent.as_str())];
    context::finish(&cx, started, paths::REGISTER_CODE, &Back { page: paths::REGISTER, typed: &typed })
}

/// Takes the code and leads to name and password.
#[server(endpoint = "registration/verify")]
pub async fn verify_registration(#[server(default)] code: String) -> Result<(), AppError> {
    use crate::context::{self, Back};
    use crate::cookies::Cookie;
    use crate::paths;
    use rekey_service::registration;
    use rekey_shared::Field;

    let (cx, meta) = context::caller()?;
    let verified = registration::verify(&cx, &meta, &context::cookie(Cookie::Register), &code).await;
    let typed = [(Field::Code, code.as_str())];
    context::finish(&cx, verified, paths::REGISTER_DETAILS, &Back { page: paths::REGISTER_CODE, typed: &typed })
}

/// Sends the code again.
#[server(endpoint = "registration/resend")]
pub async fn resend_registration() -> Result<(), AppError> {
    use crate::context::{self, Back};
    use crate::cookies::Cookie;
    use crate::paths;
    use rekey_service::registration;

    let (cx, meta) = context::caller()?;
    let sent = registration::resend(&cx, &meta, &context::cookie(Cookie::Register)).await;
    context::finish(&cx, sent, paths::REGISTER_CODE_RESENT, &Back { page: paths::REGISTER_CODE, typed: &[] })
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
    use crate::context::{self, Back};
    use crate::cookies::Cookie;
    use crate::paths;
    use rekey_service::registration::{self, Complete};
    use rekey_shared::Field;

    let (cx, meta) = context::caller()?;
    let names = [given_name.clone(), family_name.clone(), username.clone()];
    let input = Complete { given_name, family_name, username, new_password, confirm_password };
    let made = registration::complete(&cx, &meta, &context::cookie(Cookie::Register), input).await;
    let made = made.map(|()| [Cookie::Register, Cookie::Owner].map(context::forget)).map(drop);
    let [given, family, user] = names.each_ref().map(String::as_str);
    let typed = [(Field::GivenName, given), (Field::FamilyName, family), (Field::Username, user)];
    context::finish(&cx, made, paths::REGISTER_DONE, &Back { page: paths::REGISTER_DETAILS, typed: &typed })
}

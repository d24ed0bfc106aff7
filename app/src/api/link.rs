//! Links from messages whose token is behind the `#`, which only the page's script or the person can read out.
#![cfg_attr(feature = "ssr", expect(clippy::unused_async, reason = "server functions are async"))]

use leptos::prelude::*;
use rekey_shared::Secret;

use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::mailed_link::MailedLink;

/// Takes the link of a recovery and leads to the new password.
#[server(endpoint = "link/recovery")]
pub async fn open_recovery_link(#[server(default)] link: Secret) -> Result<(), AppError> {
    open(MailedLink::Recovery, &link)
}

/// Takes the link of an owner and leads to the registration.
#[server(endpoint = "link/owner")]
pub async fn open_owner_link(#[server(default)] link: Secret) -> Result<(), AppError> {
    open(MailedLink::Owner, &link)
}

/// Takes an "it was not me" link and leads to the question whether to freeze the account.
#[server(endpoint = "link/freeze")]
pub async fn open_freeze_link(#[server(default)] link: Secret) -> Result<(), AppError> {
    open(MailedLink::NotMe, &link)
}

/// As a link does that has its token in the path: it moves into a cookie, and nothing else happens.
#[cfg(feature = "ssr")]
fn open(kind: MailedLink, pasted: &Secret) -> Result<(), AppError> {
    use crate::context;
    use crate::mailed_link::token_in;
    use rekey_shared::{Field, FieldFault, Problem};

    let (cx, _) = context::operation()?;
    let token = token_in(pasted.expose());
    context::keep_link(kind, token.as_ref());
    let fault = if pasted.expose().trim().is_empty() { FieldFault::Missing } else { FieldFault::NotALink };
    context::finish(&cx, token.map(drop).ok_or_else(|| Problem::field(Field::Link, fault)), kind.next())
}

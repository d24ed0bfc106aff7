//! Beginning the registration of an owner.

use leptos::prelude::*;
use rekey_shared::MessageId;
use server_fn::ServerFn as _;

use super::register::first_step;
use crate::api::StartOwnerRegistration;
use crate::page_context;
use crate::pages::PageRoute;
use crate::paths;
#[cfg(feature = "ssr")]
use {
    crate::pages::request::{PageRequest, PageResult},
    rekey_domain::access::Access,
    rekey_service::owner,
    rekey_shared::Problem,
};

/// The first page of an owner's registration, where the link that the program prints leads to.
pub(crate) struct RegisterOwner;

impl PageRoute for RegisterOwner {
    const PATH: &'static str = paths::REGISTER_OWNER;
    type Data = ();

    #[cfg(feature = "ssr")]
    const DESCRIPTION: MessageId = MessageId::ABOUT_REGISTER;

    #[cfg(feature = "ssr")]
    const ACCESS: &'static [Access] = &[Access::Anyone];

    #[cfg(feature = "ssr")]
    async fn load(request: PageRequest) -> PageResult<()> {
        let open = owner::link_is_open(&request.services, request.visitor()?.owner_link()).await?;
        // Never an ordinary registration instead: what follows would be an account that owns nothing.
        if open { Ok(()) } else { Err(Problem::LinkNotValid.into()) }
    }

    fn view((): ()) -> AnyView {
        let phone = page_context::site().phone_registration;
        let lead = if phone { MessageId::REGISTER_OWNER_LEAD } else { MessageId::REGISTER_OWNER_EMAIL_LEAD };
        first_step(Self::PATH, StartOwnerRegistration::PATH, MessageId::REGISTER_OWNER_TITLE, lead)
    }
}

//! Beginning a registration.

use leptos::prelude::*;
use rekey_shared::{Field, MessageId};
use server_fn::ServerFn as _;

use crate::api::StartRegistration;
use crate::components::{Consent, ErrorSummary, FormState, PageTitle, PostForm, Steps, Submit, TextField, Work};
use crate::page_context;
use crate::pages::PageRoute;
use crate::paths;
#[cfg(feature = "ssr")]
use {
    crate::pages::request::{PageRequest, PageResult},
    rekey_domain::access::Access,
    rekey_shared::Problem,
};

/// The first page of a registration: the address or number.
pub(crate) struct Register;

impl PageRoute for Register {
    const PATH: &'static str = paths::REGISTER;
    type Data = ();

    #[cfg(feature = "ssr")]
    const SHARED: bool = true;

    #[cfg(feature = "ssr")]
    const DESCRIPTION: MessageId = MessageId::ABOUT_REGISTER;

    #[cfg(feature = "ssr")]
    const ACCESS: &'static [Access] = &[Access::Anyone];

    #[cfg(feature = "ssr")]
    async fn load(request: PageRequest) -> PageResult<()> {
        if request.services.settings().registration.open { Ok(()) } else { Err(Problem::RegistrationClosed.into()) }
    }

    fn view((): ()) -> AnyView {
        let lead = MessageId::REGISTER_LEAD;
        first_step(Self::PATH, StartRegistration::PATH, MessageId::REGISTER_TITLE, lead)
    }
}

/// Asks for the address or number to register with.
pub(super) fn first_step(page: &'static str, to: &'static str, title: MessageId, lead: MessageId) -> AnyView {
    let state = FormState::new(page, to);
    let lang = state.lang;
    let site = page_context::site();
    let label = if site.phone_registration { MessageId::ADDRESS } else { MessageId::EMAIL_ADDRESS };
    let consent = site.terms_url.map(|terms| view! { <Consent state terms/> });
    view! {
        <Steps step=1 of=3/>
        <ErrorSummary state/>
        <PageTitle title=title.text(lang) state/>
        <p class="lead">{lead.text(lang)}</p>
        <PostForm to=to state work=Some(Work::for_identifier("registration"))>
            <TextField state field=Field::Identifier label autocomplete="email" inputmode="email"/>
            {consent}
            <Submit state label=MessageId::SEND_CODE busy=MessageId::SENDING/>
        </PostForm>
        <p class="aside">
            {MessageId::ALREADY_REGISTERED.text(lang)} " "
            <a href=paths::SIGN_IN>{MessageId::SIGN_IN.text(lang)}</a>
        </p>
    }
    .into_any()
}

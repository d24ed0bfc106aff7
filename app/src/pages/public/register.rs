//! Beginning a registration.

use leptos::prelude::*;
use rekey_shared::{Field, MessageId};
use server_fn::ServerFn as _;

use super::SignIn;
use crate::api::StartRegistration;
use crate::components::{Consent, ErrorSummary, FormState, PageTitle, PostForm, Steps, Submit, TextField};
use crate::page_context;
use crate::pages::PageRoute;
#[cfg(feature = "ssr")]
use {
    crate::pages::request::{PageRequest, PageResult},
    rekey_domain::access::Access,
    rekey_service::owner,
    rekey_shared::Problem,
};

/// The first page of a registration: the address or number.
pub(crate) struct Register;

impl PageRoute for Register {
    const PATH: &'static str = "/register";
    /// Whether an owner's link was followed.
    type Data = bool;

    #[cfg(feature = "ssr")]
    const ACCESS: &'static [Access] = &[Access::Anyone];

    #[cfg(feature = "ssr")]
    async fn load(request: PageRequest) -> PageResult<bool> {
        let for_owner = owner::link_is_open(&request.services, request.visitor()?.owner_link()).await?;
        if !for_owner && !request.services.settings().registration.open {
            return Err(Problem::RegistrationClosed.into());
        }
        Ok(for_owner)
    }

    fn view(for_owner: bool) -> AnyView {
        let state = FormState::new(Self::PATH, StartRegistration::PATH);
        let lang = state.lang;
        let (title, lead) = if for_owner {
            (MessageId::REGISTER_OWNER_TITLE, MessageId::REGISTER_OWNER_LEAD)
        } else {
            (MessageId::REGISTER_TITLE, MessageId::REGISTER_LEAD)
        };
        let consent = page_context::site().terms_url.map(|terms| view! { <Consent state terms/> });
        view! {
            <Steps step=1 of=3/>
            <ErrorSummary state/>
            <PageTitle title=title.text(lang) state/>
            <p class="lead">{lead.text(lang)}</p>
            <PostForm to=StartRegistration::PATH state>
                <TextField
                    state
                    field=Field::Identifier
                    label=MessageId::ADDRESS
                    autocomplete="email"
                    inputmode="email"
                />
                {consent}
                <Submit state label=MessageId::SEND_CODE busy=MessageId::SENDING/>
            </PostForm>
            <p class="aside">
                {MessageId::ALREADY_REGISTERED.text(lang)} " "
                <a href=SignIn::PATH>{MessageId::SIGN_IN.text(lang)}</a>
            </p>
        }
        .into_any()
    }
}

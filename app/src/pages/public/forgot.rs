//! Beginning a recovery.

use leptos::prelude::*;
use rekey_shared::{Field, MessageId};
use server_fn::ServerFn as _;

use crate::api::StartRecovery;
use crate::components::{ErrorSummary, FormState, PageTitle, PostForm, Steps, Submit, TextField, Work};
use crate::page_context;
use crate::pages::PageRoute;
use crate::paths;
#[cfg(feature = "ssr")]
use {
    crate::pages::request::{PageRequest, PageResult},
    rekey_domain::access::Access,
};

/// The first page of a recovery: who it is for.
pub(crate) struct Forgot;

impl PageRoute for Forgot {
    const PATH: &'static str = paths::FORGOT;
    const ASKS: bool = false;
    type Data = ();

    #[cfg(feature = "ssr")]
    const SHARED: bool = true;

    #[cfg(feature = "ssr")]
    const DESCRIPTION: MessageId = MessageId::ABOUT_FORGOT;

    #[cfg(feature = "ssr")]
    const ACCESS: &'static [Access] = &[Access::Anyone];

    #[cfg(feature = "ssr")]
    async fn load(_: PageRequest) -> PageResult<()> {
        Ok(())
    }

    fn view((): ()) -> AnyView {
        let state = FormState::new(Self::PATH, StartRecovery::PATH);
        let lang = state.lang;
        let (lead, label) = if page_context::site().temporary_passwords {
            (MessageId::FORGOT_TEMPORARY_LEAD, MessageId::SEND_MESSAGE)
        } else {
            (MessageId::FORGOT_LEAD, MessageId::SEND_CODE)
        };
        view! {
            <Steps step=1 of=3/>
            <ErrorSummary state/>
            <PageTitle title=MessageId::FORGOT_TITLE.text(lang) state/>
            <p class="lead">{lead.text(lang)}</p>
            <PostForm to=StartRecovery::PATH state work=Some(Work::for_identifier("recovery"))>
                <TextField state field=Field::Identifier label=MessageId::IDENTIFIER autocomplete="username"/>
                <Submit state label busy=MessageId::SENDING/>
            </PostForm>
            <p class="aside"><a href=paths::SIGN_IN>{MessageId::BACK_TO_SIGN_IN.text(lang)}</a></p>
        }
        .into_any()
    }
}

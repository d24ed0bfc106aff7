//! "It was not me": freezing an account whose password was changed by someone else.

use leptos::prelude::*;
use rekey_shared::MessageId;
use server_fn::ServerFn as _;

use crate::api::Freeze;
use crate::components::{ErrorSummary, FormState, PageTitle, PostForm, Submit};
use crate::pages::PageRoute;
use crate::paths;
#[cfg(feature = "ssr")]
use {
    crate::pages::request::{PageRequest, PageResult},
    rekey_domain::access::Access,
    rekey_service::freeze,
    rekey_shared::Problem,
};

/// Asks whether to freeze the account. The token of the mailed link is in a cookie.
pub(crate) struct NotMe;

impl PageRoute for NotMe {
    const PATH: &'static str = paths::NOT_ME;
    type Data = ();

    #[cfg(feature = "ssr")]
    const DESCRIPTION: MessageId = MessageId::ABOUT_NOT_ME;

    #[cfg(feature = "ssr")]
    const ACCESS: &'static [Access] = &[Access::Anyone];

    #[cfg(feature = "ssr")]
    async fn load(request: PageRequest) -> PageResult<()> {
        let open = freeze::link_is_open(&request.services, request.visitor()?.not_me_link()).await?;
        if open { Ok(()) } else { Err(Problem::LinkNotValid.into()) }
    }

    fn view((): ()) -> AnyView {
        let state = FormState::new(Self::PATH, Freeze::PATH);
        let lang = state.lang;
        view! {
            <ErrorSummary state/>
            <PageTitle title=MessageId::NOT_ME_TITLE.text(lang) state/>
            <p class="lead">{MessageId::NOT_ME_LEAD.text(lang)}</p>
            <p class="lead">{MessageId::NOT_ME_AFTER.text(lang)}</p>
            <PostForm to=Freeze::PATH state>
                <Submit state label=MessageId::FREEZE busy=MessageId::FREEZING class="btn danger"/>
            </PostForm>
            <p class="aside"><a href=paths::SIGN_IN>{MessageId::IT_WAS_ME.text(lang)}</a></p>
        }
        .into_any()
    }
}

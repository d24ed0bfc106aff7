//! Signing in.

use leptos::prelude::*;
use rekey_shared::{Field, MessageId, text};
use server_fn::ServerFn as _;

use crate::api;
use crate::components::{ErrorSummary, ExistingPassword, FormState, PageTitle, PostForm, Submit, TextField};
use crate::page_context;
use crate::pages::PageRoute;
use crate::paths;
#[cfg(feature = "ssr")]
use {
    crate::pages::request::{NotShown, PageRequest, PageResult},
    rekey_domain::access::{Access, SessionState},
};

/// The sign-in page. It leads the signed-in on to their account.
pub(crate) struct SignIn;

impl PageRoute for SignIn {
    const PATH: &'static str = paths::SIGN_IN;
    type Data = ();

    #[cfg(feature = "ssr")]
    const SHARED: bool = true;

    #[cfg(feature = "ssr")]
    const DESCRIPTION: MessageId = MessageId::ABOUT_SIGN_IN;

    #[cfg(feature = "ssr")]
    const ACCESS: &'static [Access] = &[Access::Anyone];

    #[cfg(feature = "ssr")]
    async fn load(request: PageRequest) -> PageResult<()> {
        match request.visitor()?.session() {
            SessionState::None | SessionState::Half => Ok(()),
            SessionState::MustChange => Err(NotShown::Redirect(paths::ACCOUNT_PASSWORD)),
            SessionState::Full { .. } => Err(NotShown::Redirect(paths::ACCOUNT)),
        }
    }

    fn view((): ()) -> AnyView {
        let state = FormState::new(Self::PATH, api::SignIn::PATH);
        let lang = state.lang;
        let site = page_context::site();
        let lead = Some(site.organisation).filter(|name| !name.is_empty());
        let lead = lead.map(|name| view! { <p class="lead">{text::account_at(&name, lang)}</p> });
        let newcomers = site.registration_open.then(|| {
            view! {
                <p class="aside">
                    {MessageId::NEW_HERE.text(lang)} " "
                    <a href=paths::REGISTER>{MessageId::CREATE_ACCOUNT.text(lang)}</a>
                </p>
            }
        });
        view! {
            <ErrorSummary state/>
            <PageTitle title=MessageId::SIGN_IN.text(lang) state/>
            {lead}
            <PostForm to=api::SignIn::PATH state>
                <TextField state field=Field::Identifier label=MessageId::IDENTIFIER autocomplete="username"/>
                <ExistingPassword state field=Field::Password label=MessageId::PASSWORD/>
                <p class="forgot"><a href=paths::FORGOT>{MessageId::FORGOT_LINK.text(lang)}</a></p>
                <Submit state label=MessageId::SIGN_IN busy=MessageId::SIGNING_IN/>
            </PostForm>
            {newcomers}
        }
        .into_any()
    }
}

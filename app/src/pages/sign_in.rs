//! Signing in.

use leptos::prelude::*;
use rekey_shared::{Field, MessageId, text};
use server_fn::ServerFn as _;

use crate::api::{Page, SignIn};
use crate::components::{
    Door, ErrorSummary, FormState, Loaded, OldPassword, PageTitle, PostForm, Submit, TextField, data_of,
};
use crate::{paths, start};

#[component]
pub(crate) fn SignInPage() -> impl IntoView {
    view! { <Door><Loaded data=data_of(Page::SignIn) view=form/></Door> }
}

fn form(_: &str) -> AnyView {
    let state = FormState::new(paths::SIGN_IN, SignIn::PATH);
    let lang = state.lang;
    let site = start::site();
    let lead = Some(site.organisation).filter(|name| !name.is_empty());
    let lead = lead.map(|name| view! { <p class="lead">{text::account_at(&name, lang)}</p> });
    let newcomers = site.registration_open.then(|| {
        view! {
            <p class="aside">
                {MessageId::NEW_HERE.text(lang)} " " <a href=paths::REGISTER>{MessageId::CREATE_ACCOUNT.text(lang)}</a>
            </p>
        }
    });
    view! {
        <ErrorSummary state/>
        <PageTitle title=MessageId::SIGN_IN.text(lang) state/>
        {lead}
        <PostForm to=SignIn::PATH state>
            <TextField state field=Field::Identifier label=MessageId::IDENTIFIER autocomplete="username"/>
            <OldPassword state field=Field::Password label=MessageId::PASSWORD/>
            <p class="forgot"><a href=paths::FORGOT>{MessageId::FORGOT_LINK.text(lang)}</a></p>
            <Submit state label=MessageId::SIGN_IN busy=MessageId::SIGNING_IN/>
        </PostForm>
        {newcomers}
    }
    .into_any()
}

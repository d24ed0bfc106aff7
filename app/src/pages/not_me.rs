//! "It was not me": freezing an account whose password somebody else has changed.

use leptos::prelude::*;
use rekey_shared::MessageId;
use server_fn::ServerFn as _;

use crate::api::{Freeze, Page, PageData};
use crate::components::{Door, ErrorSummary, FormState, Loaded, Outcome, PageTitle, PostForm, Submit, data_of};
use crate::paths;

#[component]
pub(crate) fn NotMePage() -> impl IntoView {
    view! { <Door><Loaded data=data_of(Page::NotMe) view=form/></Door> }
}

fn form(_: PageData) -> AnyView {
    let state = FormState::new(paths::NOT_ME, Freeze::PATH);
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

#[component]
pub(crate) fn DonePage() -> impl IntoView {
    view! {
        <Door>
            <Outcome
                title=MessageId::FROZEN_TITLE
                text=MessageId::FROZEN_TEXT
                next=paths::FORGOT
                label=MessageId::CHOOSE_NEW_PASSWORD
            />
        </Door>
    }
}

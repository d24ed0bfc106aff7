//! "It was not me": freezing an account whose password somebody else has changed.

use leptos::prelude::*;
use rekey_shared::MessageId;
use server_fn::ServerFn as _;

use crate::api::Freeze;
use crate::components::{ErrorSummary, FormState, Outcome, PageTitle, PostForm, Submit};
use crate::paths;

pub(super) fn ask(_: &str) -> AnyView {
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

pub(super) fn done(_: &str) -> AnyView {
    view! {
        <Outcome
            title=MessageId::FROZEN_TITLE
            text=MessageId::FROZEN_TEXT
            next=paths::FORGOT
            label=MessageId::CHOOSE_NEW_PASSWORD
        />
    }
    .into_any()
}

//! Changing the password.

use leptos::prelude::*;
use rekey_shared::view::PolicyView;
use rekey_shared::{Field, MessageId};
use server_fn::ServerFn as _;

use crate::api::{ChangePassword, PageData};
use crate::components::{
    DataResource, Desk, ErrorSummary, FormState, Loaded, NewPassword, OldPassword, PageTitle, PostForm, Submit,
};
use crate::paths;

pub(super) fn page(data: DataResource) -> AnyView {
    view! {
        <Desk here=paths::ACCOUNT_PASSWORD>
            <Loaded data view=|data| match data {
                PageData::NewPassword(by) => form(by),
                _ => ().into_any(),
            }/>
        </Desk>
    }
    .into_any()
}

fn form(by: PolicyView) -> AnyView {
    let state = FormState::new(paths::ACCOUNT_PASSWORD, ChangePassword::PATH);
    let lang = state.lang;
    view! {
        <PageTitle title=MessageId::CHANGE_PASSWORD.text(lang) state/>
        <p class="lead">{MessageId::CHANGE_LEAD.text(lang)}</p>
        <div class="panel">
            <ErrorSummary state/>
            <PostForm to=ChangePassword::PATH state>
                <OldPassword state field=Field::CurrentPassword label=MessageId::CURRENT_PASSWORD/>
                <NewPassword state by/>
                <Submit state label=MessageId::SAVE_PASSWORD busy=MessageId::SAVING/>
            </PostForm>
        </div>
    }
    .into_any()
}

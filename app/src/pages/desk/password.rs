//! Changing the password.

use leptos::prelude::*;
use rekey_shared::view::ChangeReason;
use rekey_shared::{Field, MessageId};
use server_fn::ServerFn as _;

use crate::api::ChangePassword;
use crate::components::{
    DataResource, Desk, ErrorSummary, FormState, Loaded, NewPassword, OldPassword, PageTitle, PostForm, Submit, drawn,
};
use crate::paths;
use crate::rules::PasswordPage;

pub(in crate::pages) fn page(data: DataResource) -> AnyView {
    view! {
        <Desk here=paths::ACCOUNT_PASSWORD>
            <Loaded data view=|data| drawn(data, |(why, page)| form(why, page))/>
        </Desk>
    }
    .into_any()
}

fn form(why: Option<ChangeReason>, page: PasswordPage) -> AnyView {
    let state = FormState::new(paths::ACCOUNT_PASSWORD, ChangePassword::PATH);
    let lang = state.lang;
    // Whoever came by a temporary password does not know the current one.
    let current = (why != Some(ChangeReason::Temporary))
        .then(|| view! { <OldPassword state field=Field::CurrentPassword label=MessageId::CURRENT_PASSWORD/> });
    let why = why.map(|why| view! { <p class="why">{reason(why).text(lang)}</p> });
    view! {
        <PageTitle title=MessageId::CHANGE_PASSWORD.text(lang) state/>
        {why}
        <p class="lead">{MessageId::CHANGE_LEAD.text(lang)}</p>
        <div class="panel">
            <ErrorSummary state/>
            <PostForm to=ChangePassword::PATH state>
                {current}
                <NewPassword state page/>
                <Submit state label=MessageId::SAVE_PASSWORD busy=MessageId::SAVING/>
            </PostForm>
        </div>
    }
    .into_any()
}

const fn reason(why: ChangeReason) -> MessageId {
    match why {
        ChangeReason::Expired => MessageId::EXPIRED,
        ChangeReason::Marked => MessageId::MARKED,
        ChangeReason::Temporary => MessageId::TEMPORARY,
    }
}

//! Recovering: who, code, new password.

use leptos::prelude::*;
use rekey_shared::view::{JourneyView, PolicyView};
use rekey_shared::{Field, MessageId, text};
use server_fn::ServerFn as _;

use crate::api::{CompleteRecovery, Page, PageData, ResendRecovery, StartRecovery, VerifyRecovery};
use crate::components::{
    CodeField, Door, ErrorSummary, FormState, Loaded, NewPassword, Outcome, PageTitle, PostForm, Resend, Steps, Submit,
    TextField, data_of,
};
use crate::paths;

/// Minutes that a code still works, rounded up.
pub(super) fn minutes_left(journey: &JourneyView) -> u64 {
    journey.code_expires_at.since(journey.now).as_secs().div_ceil(60)
}

/// Seconds until a code may be sent again, rounded up.
pub(super) fn seconds_to_wait(journey: &JourneyView) -> u64 {
    let wait = journey.resend_at.since(journey.now);
    wait.as_secs() + u64::from(wait.subsec_millis() > 0)
}

#[component]
pub(crate) fn StartPage() -> impl IntoView {
    let state = FormState::new(paths::FORGOT, StartRecovery::PATH);
    let lang = state.lang;
    view! {
        <Door>
            <Steps step=1 of=3/>
            <ErrorSummary state/>
            <PageTitle title=MessageId::FORGOT_TITLE.text(lang) state/>
            <p class="lead">{MessageId::FORGOT_LEAD.text(lang)}</p>
            <PostForm to=StartRecovery::PATH state>
                <TextField state field=Field::Identifier label=MessageId::IDENTIFIER autocomplete="username"/>
                <Submit state label=MessageId::SEND_CODE busy=MessageId::SENDING/>
            </PostForm>
            <p class="aside"><a href=paths::SIGN_IN>{MessageId::BACK_TO_SIGN_IN.text(lang)}</a></p>
        </Door>
    }
}

#[component]
pub(crate) fn CodePage() -> impl IntoView {
    view! {
        <Door>
            <Loaded data=data_of(Page::Recover) view=|data| match data {
                PageData::Code(journey) => code_form(&journey),
                _ => ().into_any(),
            }/>
        </Door>
    }
}

fn code_form(journey: &JourneyView) -> AnyView {
    let state = FormState::new(paths::RECOVER, VerifyRecovery::PATH);
    let again = FormState::new("", ResendRecovery::PATH);
    let lang = state.lang;
    let sent = text::code_sent(&journey.identifier, journey.channel, minutes_left(journey), lang);
    let done = super::done();
    let resent = Signal::derive(move || done.get().as_deref() == Some("resent"));
    view! {
        <Steps step=2 of=3/>
        <ErrorSummary state/>
        <PageTitle title=MessageId::RECOVER_TITLE.text(lang) state/>
        <p class="lead">{sent}</p>
        <PostForm to=VerifyRecovery::PATH state>
            <CodeField state/>
            <Submit state label=MessageId::CONTINUE busy=MessageId::CHECKING/>
        </PostForm>
        <Resend to=ResendRecovery::PATH state=again wait=seconds_to_wait(journey) resent/>
        <p class="aside"><a href=paths::FORGOT>{MessageId::OTHER_ADDRESS.text(lang)}</a></p>
    }
    .into_any()
}

#[component]
pub(crate) fn NewPasswordPage() -> impl IntoView {
    view! {
        <Door>
            <Loaded data=data_of(Page::RecoverNew) view=|data| match data {
                PageData::NewPassword(by) => new_password_form(by),
                _ => ().into_any(),
            }/>
        </Door>
    }
}

fn new_password_form(by: PolicyView) -> AnyView {
    let state = FormState::new(paths::RECOVER_NEW, CompleteRecovery::PATH);
    let lang = state.lang;
    let for_whom = text::password_for(&by.identifier, lang);
    view! {
        <Steps step=3 of=3/>
        <ErrorSummary state/>
        <PageTitle title=MessageId::NEW_PASSWORD_TITLE.text(lang) state/>
        <p class="lead">{for_whom} " " {MessageId::NEW_PASSWORD_LEAD.text(lang)}</p>
        <PostForm to=CompleteRecovery::PATH state>
            <NewPassword state by/>
            <Submit state label=MessageId::SAVE_PASSWORD busy=MessageId::SAVING/>
        </PostForm>
    }
    .into_any()
}

#[component]
pub(crate) fn DonePage() -> impl IntoView {
    view! {
        <Door>
            <Outcome
                title=MessageId::RECOVERED_TITLE
                text=MessageId::RECOVERED_TEXT
                next=paths::SIGN_IN
                label=MessageId::SIGN_IN
            />
        </Door>
    }
}

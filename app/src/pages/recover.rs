//! Recovering: who, code, new password.

use leptos::prelude::*;
use rekey_shared::view::{Channel, JourneyView};
use rekey_shared::{Field, MessageId, text};
use server_fn::ServerFn as _;

use crate::api::{CompleteRecovery, ResendRecovery, StartRecovery, VerifyRecovery};
use crate::components::{
    CodeField, ErrorSummary, FormState, NewPassword, Outcome, PageTitle, PostForm, Resend, Steps, Submit, TextField,
    drawn,
};
use crate::rules::PasswordPage;
use crate::{paths, start};

/// Minutes that a code still works, rounded up.
pub(super) fn minutes_left(journey: &JourneyView) -> u64 {
    journey.code_expires_at.since(journey.now).as_secs().div_ceil(60)
}

/// Seconds until a code may be sent again, rounded up.
pub(super) fn seconds_to_wait(journey: &JourneyView) -> u64 {
    let wait = journey.resend_at.since(journey.now);
    wait.as_secs() + u64::from(wait.subsec_millis() > 0)
}

pub(super) fn start(_: &str) -> AnyView {
    let state = FormState::new(paths::FORGOT, StartRecovery::PATH);
    let lang = state.lang;
    let (lead, label) = if start::site().temporary_passwords {
        (MessageId::FORGOT_TEMPORARY_LEAD, MessageId::SEND_MESSAGE)
    } else {
        (MessageId::FORGOT_LEAD, MessageId::SEND_CODE)
    };
    view! {
        <Steps step=1 of=3/>
        <ErrorSummary state/>
        <PageTitle title=MessageId::FORGOT_TITLE.text(lang) state/>
        <p class="lead">{lead.text(lang)}</p>
        <PostForm to=StartRecovery::PATH state>
            <TextField state field=Field::Identifier label=MessageId::IDENTIFIER autocomplete="username"/>
            <Submit state label busy=MessageId::SENDING/>
        </PostForm>
        <p class="aside"><a href=paths::SIGN_IN>{MessageId::BACK_TO_SIGN_IN.text(lang)}</a></p>
    }
    .into_any()
}

pub(super) fn code(data: &str) -> AnyView {
    drawn(data, |journey: JourneyView| code_form(&journey))
}

fn code_form(journey: &JourneyView) -> AnyView {
    let state = FormState::new(paths::RECOVER, VerifyRecovery::PATH);
    let again = FormState::new("", ResendRecovery::PATH);
    let lang = state.lang;
    // Judged by what was typed alone: a number only ever gets a code.
    let temporary = start::site().temporary_passwords && journey.channel != Channel::Sms;
    let sent = if temporary {
        text::temporary_sent(&journey.identifier, lang)
    } else {
        text::code_sent(&journey.identifier, journey.channel, minutes_left(journey), lang)
    };
    let by_temporary = temporary.then(|| {
        view! {
            <p><a class="btn" href=paths::SIGN_IN>{MessageId::SIGN_IN.text(lang)}</a></p>
            <h2>{MessageId::GOT_A_CODE.text(lang)}</h2>
        }
    });
    let done = super::just_done();
    let resent = Signal::derive(move || done.get().as_deref() == Some("resent"));
    view! {
        <Steps step=2 of=3/>
        <ErrorSummary state/>
        <PageTitle title=MessageId::RECOVER_TITLE.text(lang) state/>
        <p class="lead">{sent}</p>
        {by_temporary}
        <PostForm to=VerifyRecovery::PATH state>
            <CodeField state/>
            <Submit state label=MessageId::CONTINUE busy=MessageId::CHECKING/>
        </PostForm>
        <Resend to=ResendRecovery::PATH state=again wait=seconds_to_wait(journey) resent/>
        <p class="aside"><a href=paths::FORGOT>{MessageId::OTHER_ADDRESS.text(lang)}</a></p>
    }
    .into_any()
}

pub(super) fn new_password(data: &str) -> AnyView {
    drawn(data, new_password_form)
}

fn new_password_form(page: PasswordPage) -> AnyView {
    let state = FormState::new(paths::RECOVER_NEW, CompleteRecovery::PATH);
    let lang = state.lang;
    let for_whom = text::password_for(&page.identifier, lang);
    view! {
        <Steps step=3 of=3/>
        <ErrorSummary state/>
        <PageTitle title=MessageId::NEW_PASSWORD_TITLE.text(lang) state/>
        <p class="lead">{for_whom} " " {MessageId::NEW_PASSWORD_LEAD.text(lang)}</p>
        <PostForm to=CompleteRecovery::PATH state>
            <NewPassword state page/>
            <Submit state label=MessageId::SAVE_PASSWORD busy=MessageId::SAVING/>
        </PostForm>
    }
    .into_any()
}

pub(super) fn done(_: &str) -> AnyView {
    view! {
        <Outcome
            title=MessageId::RECOVERED_TITLE
            text=MessageId::RECOVERED_TEXT
            next=paths::SIGN_IN
            label=MessageId::SIGN_IN
        />
    }
    .into_any()
}

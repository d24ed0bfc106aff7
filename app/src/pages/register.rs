//! Registering: address, code, name and password.

use leptos::prelude::*;
use rekey_shared::view::JourneyView;
use rekey_shared::{Field, Lang, MessageId, text};
use server_fn::ServerFn as _;

use super::recover::{minutes_left, seconds_to_wait};
use crate::api::{CompleteRegistration, ResendRegistration, StartRegistration, VerifyRegistration};
use crate::components::{
    CodeField, Consent, ErrorSummary, FormState, NewPassword, Outcome, PageTitle, PostForm, Resend, Steps, Submit,
    TextField, drawn,
};
use crate::rules::PasswordPage;
use crate::{paths, start};

pub(super) fn start(data: &str) -> AnyView {
    drawn(data, start_form)
}

fn start_form(for_owner: bool) -> AnyView {
    let state = FormState::new(paths::REGISTER, StartRegistration::PATH);
    let lang = state.lang;
    let (title, lead) = if for_owner {
        (MessageId::REGISTER_OWNER_TITLE, MessageId::REGISTER_OWNER_LEAD)
    } else {
        (MessageId::REGISTER_TITLE, MessageId::REGISTER_LEAD)
    };
    let consent = start::site().terms_url.map(|terms| view! { <Consent state terms/> });
    view! {
        <Steps step=1 of=3/>
        <ErrorSummary state/>
        <PageTitle title=title.text(lang) state/>
        <p class="lead">{lead.text(lang)}</p>
        <PostForm to=StartRegistration::PATH state>
            <TextField state field=Field::Identifier label=MessageId::ADDRESS autocomplete="email" inputmode="email"/>
            {consent}
            <Submit state label=MessageId::SEND_CODE busy=MessageId::SENDING/>
        </PostForm>
        <p class="aside">
            {MessageId::ALREADY_REGISTERED.text(lang)} " " <a href=paths::SIGN_IN>{MessageId::SIGN_IN.text(lang)}</a>
        </p>
    }
    .into_any()
}

pub(super) fn code(data: &str) -> AnyView {
    drawn(data, |journey: JourneyView| code_form(&journey))
}

fn code_form(journey: &JourneyView) -> AnyView {
    let state = FormState::new(paths::REGISTER_CODE, VerifyRegistration::PATH);
    let again = FormState::new("", ResendRegistration::PATH);
    let lang = state.lang;
    let sent = text::registration_code_sent(&journey.identifier, journey.channel, minutes_left(journey), lang);
    let done = super::just_done();
    let resent = Signal::derive(move || done.get().as_deref() == Some("resent"));
    view! {
        <Steps step=2 of=3/>
        <ErrorSummary state/>
        <PageTitle title=MessageId::CODE_TITLE.text(lang) state/>
        <p class="lead">{sent}</p>
        <PostForm to=VerifyRegistration::PATH state>
            <CodeField state/>
            <Submit state label=MessageId::CONTINUE busy=MessageId::CHECKING/>
        </PostForm>
        <Resend to=ResendRegistration::PATH state=again wait=seconds_to_wait(journey) resent/>
        <p class="aside"><a href=paths::REGISTER>{MessageId::OTHER_ADDRESS.text(lang)}</a></p>
    }
    .into_any()
}

pub(super) fn details(data: &str) -> AnyView {
    drawn(data, details_form)
}

fn details_form(page: PasswordPage) -> AnyView {
    let state = FormState::new(paths::REGISTER_DETAILS, CompleteRegistration::PATH);
    let lang = state.lang;
    let for_whom = text::password_for(&page.identifier, lang);
    view! {
        <Steps step=3 of=3/>
        <ErrorSummary state/>
        <PageTitle title=MessageId::DETAILS_TITLE.text(lang) state/>
        <p class="lead">{for_whom}</p>
        <PostForm to=CompleteRegistration::PATH state>
            <div class="pair">{names(state)}</div>
            <TextField
                state
                field=Field::Username
                label=MessageId::USERNAME
                hint=MessageId::USERNAME_HINT
                autocomplete="username"
            />
            <NewPassword state page/>
            <Submit state label=MessageId::MAKE_ACCOUNT busy=MessageId::SAVING/>
        </PostForm>
    }
    .into_any()
}

/// Both names, in the order in which they are said.
fn names(state: FormState) -> impl IntoView {
    let given = (Field::GivenName, MessageId::GIVEN_NAME, "given-name");
    let family = (Field::FamilyName, MessageId::FAMILY_NAME, "family-name");
    let order = match state.lang {
        Lang::En => [given, family],
        Lang::Ja => [family, given],
    };
    order.map(|(field, label, autocomplete)| view! { <TextField state field label autocomplete/> }).collect_view()
}

pub(super) fn done(_: &str) -> AnyView {
    view! {
        <Outcome
            title=MessageId::REGISTERED_TITLE
            text=MessageId::REGISTERED_TEXT
            next=paths::SIGN_IN
            label=MessageId::SIGN_IN
        />
    }
    .into_any()
}

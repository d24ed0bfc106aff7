//! The code of a recovery.

use leptos::prelude::*;
use rekey_shared::view::{Channel, JourneyView};
use rekey_shared::{MessageId, text};
use server_fn::ServerFn as _;

use super::journey::{minutes_left, seconds_to_wait};
use crate::api::{ResendRecovery, VerifyRecovery};
use crate::components::{CodeField, ErrorSummary, FormState, PageTitle, PostForm, Resend, Steps, Submit, Work};
use crate::page_context;
use crate::pages::{PageRoute, just_done};
use crate::paths;
#[cfg(feature = "ssr")]
use {
    super::journey,
    crate::pages::request::{PageRequest, PageResult},
    rekey_domain::access::Access,
    rekey_domain::journey::JourneyKind,
    rekey_service::recovery,
};

/// Asks for the code of a recovery.
pub(crate) struct Recover;

impl PageRoute for Recover {
    const PATH: &'static str = paths::RECOVER;
    type Data = JourneyView;

    #[cfg(feature = "ssr")]
    const DESCRIPTION: MessageId = MessageId::ABOUT_FORGOT;

    #[cfg(feature = "ssr")]
    const ACCESS: &'static [Access] = &[Access::Journey(JourneyKind::Recovery)];

    #[cfg(feature = "ssr")]
    async fn load(request: PageRequest) -> PageResult<JourneyView> {
        let found = recovery::view(&request.services, request.journey()?.handle()).await?;
        journey::at_code(found, paths::RECOVER_NEW)
    }

    fn view(journey: JourneyView) -> AnyView {
        let state = FormState::new(Self::PATH, VerifyRecovery::PATH);
        let again = FormState::new("", ResendRecovery::PATH);
        let lang = state.lang;
        let resent = just_done("resent");
        let work = Work::for_resend("recovery", &journey.identifier);
        view! {
            <Steps step=2 of=3/>
            <ErrorSummary state/>
            <PageTitle title=MessageId::RECOVER_TITLE.text(lang) state/>
            {what_was_sent(&journey)}
            <PostForm to=VerifyRecovery::PATH state>
                <CodeField state channel=journey.channel/>
                <Submit state label=MessageId::CONTINUE busy=MessageId::CHECKING/>
            </PostForm>
            <Resend to=ResendRecovery::PATH state=again wait=seconds_to_wait(&journey) resent work/>
            <p class="aside"><a href=paths::FORGOT>{MessageId::OTHER_ADDRESS.text(lang)}</a></p>
        }
        .into_any()
    }
}

fn what_was_sent(journey: &JourneyView) -> AnyView {
    let lang = page_context::lang();
    // Judged by what was typed alone: a number only ever gets a code.
    if !page_context::site().temporary_passwords || journey.channel == Channel::Sms {
        let sent = text::code_sent(&journey.identifier, journey.channel, minutes_left(journey), lang);
        return view! { <p class="lead">{sent}</p> }.into_any();
    }
    view! {
        <p class="lead">{text::temporary_sent(&journey.identifier, lang)}</p>
        <p><a class="btn" href=paths::SIGN_IN>{MessageId::SIGN_IN.text(lang)}</a></p>
        <h2>{MessageId::GOT_A_CODE.text(lang)}</h2>
    }
    .into_any()
}

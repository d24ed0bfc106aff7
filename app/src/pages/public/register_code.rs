//! The code of a registration.

use leptos::prelude::*;
use rekey_shared::view::JourneyView;
use rekey_shared::{MessageId, text};
use server_fn::ServerFn as _;

use super::journey::{minutes_left, seconds_to_wait};
use crate::api::{ResendRegistration, VerifyRegistration};
use crate::components::{CodeField, ErrorSummary, FormState, PageTitle, PostForm, Resend, Steps, Submit, Work};
use crate::pages::{PageRoute, just_done};
use crate::paths;
#[cfg(feature = "ssr")]
use {
    super::journey,
    crate::pages::request::{PageRequest, PageResult},
    rekey_domain::access::Access,
    rekey_domain::journey::JourneyKind,
    rekey_service::registration,
};

/// Asks for the code of a registration.
pub(crate) struct RegisterCode;

impl PageRoute for RegisterCode {
    const PATH: &'static str = paths::REGISTER_CODE;
    type Data = JourneyView;

    #[cfg(feature = "ssr")]
    const DESCRIPTION: MessageId = MessageId::ABOUT_REGISTER;

    #[cfg(feature = "ssr")]
    const ACCESS: &'static [Access] = &[Access::Journey(JourneyKind::Registration)];

    #[cfg(feature = "ssr")]
    async fn load(request: PageRequest) -> PageResult<JourneyView> {
        let found = registration::view(&request.services, request.journey()?.handle()).await?;
        journey::at_code(found, paths::REGISTER_DETAILS)
    }

    fn view(journey: JourneyView) -> AnyView {
        let state = FormState::new(Self::PATH, VerifyRegistration::PATH);
        let again = FormState::new("", ResendRegistration::PATH);
        let lang = state.lang;
        let sent = text::registration_code_sent(&journey.identifier, journey.channel, minutes_left(&journey), lang);
        let resent = just_done("resent");
        let work = Work::for_resend("registration", &journey.identifier);
        view! {
            <Steps step=2 of=3/>
            <ErrorSummary state/>
            <PageTitle title=MessageId::CODE_TITLE.text(lang) state/>
            <p class="lead">{sent}</p>
            <PostForm to=VerifyRegistration::PATH state>
                <CodeField state channel=journey.channel/>
                <Submit state label=MessageId::CONTINUE busy=MessageId::CHECKING/>
            </PostForm>
            <Resend to=ResendRegistration::PATH state=again wait=seconds_to_wait(&journey) resent work/>
            <p class="aside"><a href=paths::REGISTER>{MessageId::OTHER_ADDRESS.text(lang)}</a></p>
        }
        .into_any()
    }
}

//! The new password at the end of a recovery.

use leptos::prelude::*;
use rekey_shared::{MessageId, text};
use serde::{Deserialize, Serialize};
use server_fn::ServerFn as _;

use crate::api::CompleteRecovery;
use crate::components::{ErrorSummary, FormState, NewPassword, PageTitle, PostForm, Steps, Submit};
use crate::pages::PageRoute;
use crate::paths;
use crate::rules::NewPasswordView;
#[cfg(feature = "ssr")]
use {
    super::journey,
    crate::pages::request::{PageRequest, PageResult},
    rekey_domain::access::Access,
    rekey_domain::journey::JourneyKind,
    rekey_service::recovery::{self, ProofSource},
    rekey_shared::Problem,
};

/// What it is drawn from.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ChooseNew {
    /// Which recovery it is for; no secret.
    journey: String,
    form: NewPasswordView,
}

/// Asks for the new password. A mailed link that was followed wins over a journey.
pub(crate) struct RecoverNew;

impl PageRoute for RecoverNew {
    const PATH: &'static str = paths::RECOVER_NEW;
    type Data = ChooseNew;

    #[cfg(feature = "ssr")]
    const DESCRIPTION: MessageId = MessageId::ABOUT_FORGOT;

    #[cfg(feature = "ssr")]
    const ACCESS: &'static [Access] = &[Access::Journey(JourneyKind::Recovery)];

    #[cfg(feature = "ssr")]
    async fn load(request: PageRequest) -> PageResult<ChooseNew> {
        let holder = request.journey()?;
        let source = holder.proof_source();
        let problem = match source {
            ProofSource::Journey(handle) => {
                let found = recovery::view(&request.services, handle).await?;
                journey::at_password(found, paths::RECOVER)?;
                Problem::JourneyOver
            }
            ProofSource::Link(_) => Problem::LinkNotValid,
        };
        let (journey, policy) = recovery::policy(&request.services, source).await?.ok_or(problem)?;
        Ok(ChooseNew { journey: journey.0.to_string(), form: request.new_password(&policy) })
    }

    fn view(ChooseNew { journey, form }: ChooseNew) -> AnyView {
        let state = FormState::new(Self::PATH, CompleteRecovery::PATH);
        let lang = state.lang;
        let for_whom = text::password_for(&form.identifier, lang);
        view! {
            <Steps step=3 of=3/>
            <ErrorSummary state/>
            <PageTitle title=MessageId::NEW_PASSWORD_TITLE.text(lang) state/>
            <p class="lead">{for_whom} " " {MessageId::NEW_PASSWORD_LEAD.text(lang)}</p>
            <PostForm to=CompleteRecovery::PATH state>
                <input type="hidden" name="journey" value=journey/>
                <NewPassword state view=form/>
                <Submit state label=MessageId::SAVE_PASSWORD busy=MessageId::SAVING/>
            </PostForm>
        }
        .into_any()
    }
}

//! Name and password at the end of a registration.

use leptos::prelude::*;
use rekey_shared::{Field, Lang, MessageId, text};
use server_fn::ServerFn as _;

use crate::api::CompleteRegistration;
use crate::components::{ErrorSummary, FormState, NewPassword, PageTitle, PostForm, Steps, Submit, TextField};
use crate::pages::PageRoute;
use crate::paths;
use crate::rules::NewPasswordView;
#[cfg(feature = "ssr")]
use {
    super::journey,
    crate::pages::request::{PageRequest, PageResult},
    rekey_domain::access::Access,
    rekey_domain::journey::JourneyKind,
    rekey_service::registration,
    rekey_shared::Problem,
};

/// Asks for name and password.
pub(crate) struct RegisterDetails;

impl PageRoute for RegisterDetails {
    const PATH: &'static str = paths::REGISTER_DETAILS;
    type Data = NewPasswordView;

    #[cfg(feature = "ssr")]
    const DESCRIPTION: MessageId = MessageId::ABOUT_REGISTER;

    #[cfg(feature = "ssr")]
    const ACCESS: &'static [Access] = &[Access::Journey(JourneyKind::Registration)];

    #[cfg(feature = "ssr")]
    async fn load(request: PageRequest) -> PageResult<NewPasswordView> {
        let holder = request.journey()?;
        let handle = holder.handle();
        let found = registration::view(&request.services, handle).await?;
        journey::at_password(found, paths::REGISTER_CODE)?;
        let policy = registration::policy(&request.services, handle).await?.ok_or(Problem::JourneyOver)?;
        Ok(request.new_password(&policy))
    }

    fn view(new_password: NewPasswordView) -> AnyView {
        let state = FormState::new(Self::PATH, CompleteRegistration::PATH);
        let lang = state.lang;
        let for_whom = text::password_for(&new_password.identifier, lang);
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
                <NewPassword state view=new_password/>
                <Submit state label=MessageId::MAKE_ACCOUNT busy=MessageId::SAVING/>
            </PostForm>
        }
        .into_any()
    }
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

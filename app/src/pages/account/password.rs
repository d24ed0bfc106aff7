//! Changing the password.

use leptos::prelude::*;
use rekey_shared::view::ChangeReason;
use rekey_shared::{Field, MessageId};
use serde::{Deserialize, Serialize};
use server_fn::ServerFn as _;

use crate::api::ChangePassword;
use crate::components::{ErrorSummary, ExistingPassword, FormState, NewPassword, PageTitle, PostForm, Submit};
use crate::pages::{MenuEntry, PageRoute};
use crate::paths;
use crate::rules::NewPasswordView;
#[cfg(feature = "ssr")]
use {
    crate::pages::request::{PageRequest, PageResult},
    rekey_domain::access::Access,
    rekey_service::password,
};

/// The page for a new password, the only one that is open to those who must choose one.
pub(crate) struct AccountPassword;

/// What it is drawn from.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct PasswordChange {
    /// Why the password must be changed, if it must.
    reason: Option<ChangeReason>,
    new_password: NewPasswordView,
}

impl PageRoute for AccountPassword {
    const PATH: &'static str = paths::ACCOUNT_PASSWORD;
    const MENU: Option<MenuEntry> =
        Some(MenuEntry { label: MessageId::NAV_PASSWORD, icon: "M7 10V8a5 5 0 0 1 10 0v2M5 10h14v10H5zM12 14v2.5" });
    type Data = PasswordChange;

    #[cfg(feature = "ssr")]
    const DESCRIPTION: MessageId = MessageId::ABOUT_ACCOUNT;

    #[cfg(feature = "ssr")]
    const ACCESS: &'static [Access] = &[Access::SignedIn, Access::MustChangeOnly];

    #[cfg(feature = "ssr")]
    async fn load(request: PageRequest) -> PageResult<PasswordChange> {
        let changer = request.password_changer()?;
        let caller = changer.caller();
        let policy = password::policy(&request.services, caller).await?;
        Ok(PasswordChange { reason: caller.must_change, new_password: request.new_password(&policy) })
    }

    fn view(PasswordChange { reason, new_password }: PasswordChange) -> AnyView {
        let state = FormState::new(Self::PATH, ChangePassword::PATH);
        let lang = state.lang;
        // A temporary password is used up, and the current one is what was forgotten.
        let current = (reason != Some(ChangeReason::Temporary)).then(
            || view! { <ExistingPassword state field=Field::CurrentPassword label=MessageId::CURRENT_PASSWORD/> },
        );
        let why = reason.map(|reason| view! { <p class="why">{sentence(reason).text(lang)}</p> });
        view! {
            <PageTitle title=MessageId::CHANGE_PASSWORD.text(lang) state/>
            {why}
            <p class="lead">{MessageId::CHANGE_LEAD.text(lang)}</p>
            <div class="panel">
                <ErrorSummary state/>
                <PostForm to=ChangePassword::PATH state>
                    {current}
                    <NewPassword state view=new_password/>
                    <Submit state label=MessageId::SAVE_PASSWORD busy=MessageId::SAVING/>
                </PostForm>
            </div>
        }
        .into_any()
    }
}

const fn sentence(reason: ChangeReason) -> MessageId {
    match reason {
        ChangeReason::Expired => MessageId::EXPIRED,
        ChangeReason::Breached => MessageId::BREACHED,
        ChangeReason::Marked => MessageId::MARKED,
        ChangeReason::Temporary => MessageId::TEMPORARY,
    }
}

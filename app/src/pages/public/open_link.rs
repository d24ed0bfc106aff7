//! Where links from messages lead whose token is behind the `#`: `boot.js` reads it there, clears the address, and sends
//! the form. Where no script runs, the person pastes the link.

use leptos::prelude::*;
use rekey_shared::{Field, MessageId};
use server_fn::ServerFn;

use crate::api::{OpenFreezeLink, OpenOwnerLink, OpenRecoveryLink};
use crate::components::{ErrorSummary, FormState, PageTitle, PostForm, Submit, TextField};
use crate::pages::PageRoute;
use crate::paths;
#[cfg(feature = "ssr")]
use {
    crate::pages::request::{PageRequest, PageResult},
    rekey_domain::access::Access,
};

/// Opens the link of a recovery.
pub(crate) struct RecoverLink;

impl PageRoute for RecoverLink {
    const PATH: &'static str = paths::RECOVER_LINK;
    const ASKS: bool = false;
    type Data = ();

    #[cfg(feature = "ssr")]
    const DESCRIPTION: MessageId = MessageId::ABOUT_FORGOT;
    #[cfg(feature = "ssr")]
    const ACCESS: &'static [Access] = &[Access::Anyone];

    #[cfg(feature = "ssr")]
    async fn load(_: PageRequest) -> PageResult<()> {
        Ok(())
    }

    fn view((): ()) -> AnyView {
        let lang = crate::page_context::lang();
        view! {
            {link_form::<OpenRecoveryLink>(Self::PATH)}
            // The code of the same message does the same, in the browser that asked for it.
            <p class="aside"><a href=paths::RECOVER>{MessageId::CODE_INSTEAD.text(lang)}</a></p>
        }
        .into_any()
    }
}

/// Opens the link of an owner.
pub(crate) struct OwnerLink;

impl PageRoute for OwnerLink {
    const PATH: &'static str = paths::OWNER_LINK;
    const ASKS: bool = false;
    type Data = ();

    #[cfg(feature = "ssr")]
    const DESCRIPTION: MessageId = MessageId::ABOUT_REGISTER;
    #[cfg(feature = "ssr")]
    const ACCESS: &'static [Access] = &[Access::Anyone];

    #[cfg(feature = "ssr")]
    async fn load(_: PageRequest) -> PageResult<()> {
        Ok(())
    }

    fn view((): ()) -> AnyView {
        link_form::<OpenOwnerLink>(Self::PATH)
    }
}

/// Opens an "it was not me" link.
pub(crate) struct FreezeLink;

impl PageRoute for FreezeLink {
    const PATH: &'static str = paths::FREEZE_LINK;
    const ASKS: bool = false;
    type Data = ();

    #[cfg(feature = "ssr")]
    const DESCRIPTION: MessageId = MessageId::ABOUT_NOT_ME;
    #[cfg(feature = "ssr")]
    const ACCESS: &'static [Access] = &[Access::Anyone];

    #[cfg(feature = "ssr")]
    async fn load(_: PageRequest) -> PageResult<()> {
        Ok(())
    }

    fn view((): ()) -> AnyView {
        link_form::<OpenFreezeLink>(Self::PATH)
    }
}

/// The form that `boot.js` fills in and sends.
fn link_form<F: ServerFn>(page: &'static str) -> AnyView {
    let state = FormState::new(page, F::PATH);
    let lang = state.lang;
    view! {
        <ErrorSummary state/>
        <PageTitle title=MessageId::LINK_TITLE.text(lang) state/>
        <p class="lead without-scripts">{MessageId::LINK_SCRIPTS_LEAD.text(lang)}</p>
        <p class="lead">{MessageId::LINK_LEAD.text(lang)}</p>
        <PostForm to=F::PATH state>
            <TextField state field=Field::Link label=MessageId::LINK autocomplete="off" inputmode="url"/>
            <Submit state label=MessageId::CONTINUE busy=MessageId::OPENING/>
        </PostForm>
    }
    .into_any()
}

//! Registered.

use leptos::prelude::*;
use rekey_shared::MessageId;

use crate::components::Outcome;
use crate::pages::PageRoute;
use crate::paths;
#[cfg(feature = "ssr")]
use {
    crate::pages::request::{PageRequest, PageResult},
    rekey_domain::access::Access,
};

/// The end of a registration.
pub(crate) struct RegisterDone;

impl PageRoute for RegisterDone {
    const PATH: &'static str = paths::REGISTER_DONE;
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
}

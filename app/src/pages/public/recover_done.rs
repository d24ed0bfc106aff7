//! Recovered.

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

/// The end of a recovery.
pub(crate) struct RecoverDone;

impl PageRoute for RecoverDone {
    const PATH: &'static str = paths::RECOVER_DONE;
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
}

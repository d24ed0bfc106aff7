//! Frozen.

use leptos::prelude::*;
use rekey_shared::MessageId;

use super::Forgot;
use crate::components::Outcome;
use crate::pages::PageRoute;
#[cfg(feature = "ssr")]
use {
    crate::pages::request::{PageRequest, PageResult},
    rekey_domain::access::Access,
};

/// The account is frozen.
pub(crate) struct NotMeDone;

impl PageRoute for NotMeDone {
    const PATH: &'static str = "/not-me/done";
    const ASKS: bool = false;
    type Data = ();

    #[cfg(feature = "ssr")]
    const ACCESS: &'static [Access] = &[Access::Anyone];

    #[cfg(feature = "ssr")]
    async fn load(_: PageRequest) -> PageResult<()> {
        Ok(())
    }

    fn view((): ()) -> AnyView {
        view! {
            <Outcome
                title=MessageId::FROZEN_TITLE
                text=MessageId::FROZEN_TEXT
                next=Forgot::PATH
                label=MessageId::CHOOSE_NEW_PASSWORD
            />
        }
        .into_any()
    }
}

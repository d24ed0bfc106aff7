//! Frozen.

use leptos::prelude::*;
use rekey_shared::MessageId;

use crate::components::Outcome;
use crate::page_context;
use crate::pages::PageRoute;
use crate::paths;
#[cfg(feature = "ssr")]
use {
    crate::pages::request::{PageRequest, PageResult},
    rekey_domain::access::Access,
};

/// The account is frozen.
pub(crate) struct NotMeDone;

impl PageRoute for NotMeDone {
    const PATH: &'static str = paths::NOT_ME_DONE;
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
        let (lang, site) = (page_context::lang(), page_context::site());
        let (url, label) = match site.help_url {
            Some(url) => (url, MessageId::ASK_HELP_DESK),
            None => (paths::HELP.to_owned(), MessageId::SEE_HELP),
        };
        view! {
            <Outcome
                title=MessageId::FROZEN_TITLE
                text=MessageId::FROZEN_TEXT
                next=paths::FORGOT
                label=MessageId::CHOOSE_NEW_PASSWORD
            />
            <p class="aside">{MessageId::FROZEN_HELP.text(lang)} " " <a href=url>{label.text(lang)}</a></p>
        }
        .into_any()
    }
}

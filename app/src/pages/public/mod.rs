//! The pages outside the account. The first is in the first load; the others are one chunk.

mod forgot;
mod help;
mod journey;
mod layout;
mod not_found;
mod not_me;
mod not_me_done;
mod open_link;
mod recover;
mod recover_done;
mod recover_new;
mod register;
mod register_code;
mod register_details;
mod register_done;
mod register_owner;
mod sign_in;

use layout::PublicLayout;
pub(super) use layout::{Footer, LanguageSwitch, Wordmark};
use leptos::prelude::*;
pub(crate) use not_found::NotFoundPage;

use super::{DataResource, PageGroup, page_group};

page_group! {
    /// What is in the first load.
    FirstPage {
        sign_in::SignIn,
    }
}

page_group! {
    /// What is in the public chunk.
    PublicPage {
        register::Register,
        register_owner::RegisterOwner,
        register_code::RegisterCode,
        register_details::RegisterDetails,
        register_done::RegisterDone,
        forgot::Forgot,
        recover::Recover,
        open_link::RecoverLink,
        open_link::OwnerLink,
        open_link::FreezeLink,
        recover_new::RecoverNew,
        recover_done::RecoverDone,
        not_me::NotMe,
        not_me_done::NotMeDone,
        help::Help,
    }
}

/// A page in the public layout.
pub(super) fn framed(page: impl PageGroup, data: DataResource) -> AnyView {
    view! { <PublicLayout>{page.body(data)}</PublicLayout> }.into_any()
}

/// Draws a page of the public chunk, once that is there.
#[cfg_attr(feature = "ssr", expect(clippy::unused_async, reason = "a browser awaits the chunk that it is in"))]
#[leptos::lazy]
pub(super) fn public_chunk(page: PublicPage, data: DataResource) -> AnyView {
    framed(page, data)
}

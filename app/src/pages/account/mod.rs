//! The pages of the signed-in: one chunk.

mod layout;
mod overview;
mod password;
mod sessions;

use layout::AccountLayout;
use leptos::prelude::*;

use super::{DataResource, PageGroup as _, page_group};

page_group! {
    /// What is in the chunk of the account, in the order of the menu.
    AccountPage {
        overview::AccountOverview,
        password::AccountPassword,
        sessions::AccountSessions,
    }
}

/// Draws a page of the account, once its chunk is there.
#[cfg_attr(feature = "ssr", expect(clippy::unused_async, reason = "a browser awaits the chunk that it is in"))]
#[leptos::lazy]
pub(super) fn account_chunk(page: AccountPage, data: DataResource) -> AnyView {
    view! { <AccountLayout here=page>{page.body(data)}</AccountLayout> }.into_any()
}

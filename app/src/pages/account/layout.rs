//! The layout of the account: a side bar with the menu, and the content beside it.

use leptos::prelude::*;
use rekey_shared::MessageId;
use server_fn::ServerFn as _;

use super::AccountPage;
use crate::api::SignOut;
use crate::components::{FormState, PostForm, Submit};
use crate::page_context;
use crate::pages::PageGroup as _;
use crate::pages::public::{Footer, LanguageSwitch, Wordmark};

/// What stands around every page of the account.
#[component]
pub(super) fn AccountLayout(
    /// The page that is shown.
    here: AccountPage,
    children: Children,
) -> impl IntoView {
    let lang = page_context::lang();
    let entry = move |page: AccountPage| {
        let menu = page.menu()?;
        Some(view! {
            <li>
                <a href=page.path() aria-current=(page.path() == here.path()).then_some("page")>
                    <svg viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d=menu.icon></path></svg>
                    {menu.label.text(lang)}
                </a>
            </li>
        })
    };
    let entries = AccountPage::ALL.iter().copied().filter_map(entry).collect_view();
    let sign_out = FormState::new("", SignOut::PATH);
    view! {
        <div class="account-layout">
            <header class="side">
                <Wordmark/>
                <nav aria-label=MessageId::NAV.text(lang)>
                    <ul>{entries}</ul>
                </nav>
                <div class="side-end">
                    <PostForm to=SignOut::PATH state=sign_out>
                        <Submit state=sign_out label=MessageId::SIGN_OUT busy=MessageId::SIGNING_OUT class="btn quiet"/>
                    </PostForm>
                    <LanguageSwitch/>
                </div>
            </header>
            <main id="main" tabindex="-1">{children()}</main>
            <Footer/>
        </div>
    }
}

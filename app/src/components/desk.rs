//! The desk: a quiet side bar, and the content on a calm ground.

use leptos::prelude::*;
use rekey_shared::MessageId;
use server_fn::ServerFn as _;

use super::door::{Foot, LanguageSwitch, Wordmark};
use super::{FormState, PostForm, Submit};
use crate::api::SignOut;
use crate::{paths, start};

/// The frame of the pages of a signed-in person.
#[component]
pub(crate) fn Desk(
    /// The page that this is.
    here: &'static str,
    children: Children,
) -> impl IntoView {
    let lang = start::lang();
    let entry = move |(page, label, icon): (&'static str, MessageId, &'static str)| {
        view! {
            <li>
                <a href=page aria-current=(page == here).then_some("page")>
                    <svg viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d=icon></path></svg>
                    {label.text(lang)}
                </a>
            </li>
        }
    };
    let sign_out = FormState::new("", SignOut::PATH);
    view! {
        <div class="desk">
            <header class="side">
                <Wordmark/>
                <nav aria-label=MessageId::NAV.text(lang)>
                    <ul>{ENTRIES.map(entry).collect_view()}</ul>
                </nav>
                <div class="side-end">
                    <PostForm to=SignOut::PATH state=sign_out>
                        <Submit state=sign_out label=MessageId::SIGN_OUT busy=MessageId::SIGNING_OUT class="btn quiet"/>
                    </PostForm>
                    <LanguageSwitch/>
                </div>
            </header>
            <main id="main" tabindex="-1">{children()}</main>
            <Foot/>
        </div>
    }
}

const ENTRIES: [(&str, MessageId, &str); 3] = [
    (paths::ACCOUNT, MessageId::OVERVIEW, "M4 11l8-7 8 7v8a1 1 0 0 1-1 1h-4v-6H9v6H5a1 1 0 0 1-1-1z"),
    (paths::ACCOUNT_PASSWORD, MessageId::NAV_PASSWORD, "M7 10V8a5 5 0 0 1 10 0v2M5 10h14v10H5zM12 14v2.5"),
    (paths::ACCOUNT_SESSIONS, MessageId::SESSIONS, "M3 5h18v11H3zM8 20h8M12 16v4"),
];

//! The pages by their addresses.

use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::components::{FlatRoutes, RouteChildren, Router};
use leptos_router::hooks::use_location;
use rekey_shared::MessageId;

use crate::page_context;
use crate::pages;
use crate::pages::public::NotFoundPage;

/// All of Rekey that people see.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let lang = page_context::provide();

    view! {
        <Router>
            <a class="skip" href="#main" rel="external">{MessageId::SKIP.text(lang)}</a>
            <RouteChanges/>
            <FlatRoutes fallback=NotFoundPage children=RouteChildren::to_children(pages::routes)/>
        </Router>
    }
}

/// Notes every change of page, after which the new heading takes the focus.
#[component]
fn RouteChanges() -> impl IntoView {
    let pathname = use_location().pathname;
    Effect::new(move |before: Option<String>| {
        let now = pathname.get();
        if before.is_some_and(|before| before != now) {
            page_context::note_move();
        }
        now
    });
}

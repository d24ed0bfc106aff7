//! The pages by their addresses.

use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::components::{FlatRoutes, Route, Router};
use leptos_router::hooks::use_location;
use leptos_router::{Lazy, SsrMode, path};
use rekey_shared::MessageId;

use crate::pages::{not_found, sign_in};
use crate::{pages, start};

/// All of Rekey that people see.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let lang = start::provide_start();

    view! {
        <Router>
            <a class="skip" href="#main" rel="external">{MessageId::SKIP.text(lang)}</a>
            <Moves/>
            <FlatRoutes fallback=not_found::NotFoundPage>
                <Route path=path!("/") view=sign_in::SignInPage ssr=SsrMode::Async/>
                <Route path=path!("/register") view={Lazy::<pages::Register>::new()} ssr=SsrMode::Async/>
                <Route path=path!("/register/code") view={Lazy::<pages::RegisterCode>::new()} ssr=SsrMode::Async/>
                <Route path=path!("/register/details") view={Lazy::<pages::RegisterDetails>::new()} ssr=SsrMode::Async/>
                <Route path=path!("/register/done") view={Lazy::<pages::RegisterDone>::new()} ssr=SsrMode::Async/>
                <Route path=path!("/forgot") view={Lazy::<pages::Forgot>::new()} ssr=SsrMode::Async/>
                <Route path=path!("/recover") view={Lazy::<pages::Recover>::new()} ssr=SsrMode::Async/>
                <Route path=path!("/recover/new") view={Lazy::<pages::RecoverNew>::new()} ssr=SsrMode::Async/>
                <Route path=path!("/recover/done") view={Lazy::<pages::RecoverDone>::new()} ssr=SsrMode::Async/>
                <Route path=path!("/not-me") view={Lazy::<pages::NotMe>::new()} ssr=SsrMode::Async/>
                <Route path=path!("/not-me/done") view={Lazy::<pages::NotMeDone>::new()} ssr=SsrMode::Async/>
                <Route path=path!("/account") view={Lazy::<pages::Account>::new()} ssr=SsrMode::Async/>
                <Route path=path!("/account/password") view={Lazy::<pages::AccountPassword>::new()} ssr=SsrMode::Async/>
                <Route path=path!("/account/sessions") view={Lazy::<pages::AccountSessions>::new()} ssr=SsrMode::Async/>
                <Route path=path!("/help") view={Lazy::<pages::Help>::new()} ssr=SsrMode::Async/>
            </FlatRoutes>
        </Router>
    }
}

/// Watches for moves from page to page, after which the new heading takes the focus.
#[component]
fn Moves() -> impl IntoView {
    let pathname = use_location().pathname;
    Effect::new(move |before: Option<String>| {
        let now = pathname.get();
        if before.is_some_and(|before| before != now) {
            start::note_move();
        }
        now
    });
}

//! The pages by their addresses.

use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::components::{FlatRoutes, Route, Router};
use leptos_router::hooks::use_location;
use leptos_router::{Lazy, SsrMode, path};
use rekey_shared::MessageId;

use crate::pages::desk::{OverviewRoute, PasswordRoute, SessionsRoute};
use crate::pages::{help, not_found, not_me, recover, register, sign_in};
use crate::start;

/// All of Rekey that people see.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let lang = start::provide_start();

    view! {
        <Router>
            <a class="skip" href="#main">{MessageId::SKIP.text(lang)}</a>
            <Moves/>
            <FlatRoutes fallback=not_found::NotFoundPage>
                <Route path=path!("/") view=sign_in::SignInPage ssr=SsrMode::Async/>
                <Route path=path!("/register") view=register::StartPage ssr=SsrMode::Async/>
                <Route path=path!("/register/code") view=register::CodePage ssr=SsrMode::Async/>
                <Route path=path!("/register/details") view=register::DetailsPage ssr=SsrMode::Async/>
                <Route path=path!("/register/done") view=register::DonePage ssr=SsrMode::Async/>
                <Route path=path!("/forgot") view=recover::StartPage ssr=SsrMode::Async/>
                <Route path=path!("/recover") view=recover::CodePage ssr=SsrMode::Async/>
                <Route path=path!("/recover/new") view=recover::NewPasswordPage ssr=SsrMode::Async/>
                <Route path=path!("/recover/done") view=recover::DonePage ssr=SsrMode::Async/>
                <Route path=path!("/not-me") view=not_me::NotMePage ssr=SsrMode::Async/>
                <Route path=path!("/not-me/done") view=not_me::DonePage ssr=SsrMode::Async/>
                <Route path=path!("/account") view={Lazy::<OverviewRoute>::new()} ssr=SsrMode::Async/>
                <Route path=path!("/account/password") view={Lazy::<PasswordRoute>::new()} ssr=SsrMode::Async/>
                <Route path=path!("/account/sessions") view={Lazy::<SessionsRoute>::new()} ssr=SsrMode::Async/>
                <Route path=path!("/help") view=help::HelpPage ssr=SsrMode::Async/>
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

//! The data of pages: how a page asks for it, and what is shown until it comes and when it does not.

use leptos::prelude::*;
use leptos::server::codee::string::FromToStringCodec;
use leptos_router::hooks::use_location;
use rekey_shared::{MessageId, Problem, text};
use serde::Deserialize;

use super::{Page, PageRoute, next_step};
use crate::components::PageTitle;
use crate::error::AppError;
use crate::json::{self, Raw};
use crate::page_context;
use crate::paths;

/// Where pages find their data: below this, at their own path.
pub(super) const DATA: &str = "/api/page";

/// What the server answers to a page that asks for its data: `request::PageResponse` as it is read.
#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum PageAnswer<'a> {
    /// What the page is drawn from, as JSON. Each page reads its own, so that the first load reads none.
    #[serde(borrow)]
    Data(Raw<'a>),
    /// Another page is the right one.
    Redirect(String),
    /// The page cannot be shown, for this reason.
    Refused(AppError),
}

/// The answer that a page waits for. One type for all pages, so that it is compiled once.
pub(crate) type DataResource = Resource<String, FromToStringCodec>;

/// Asks for the data of a page.
pub(super) fn data_of(page: Page) -> DataResource {
    let address = use_location().pathname.get_untracked();
    let ask = move |()| {
        let address = address.clone();
        async move { if page.asks() { ask(page, address).await } else { r#"{"data":null}"#.to_owned() } }
    };
    Resource::new_str(|| (), ask)
}

/// Shows a page as soon as its data is there.
pub(crate) fn show<P: PageRoute>(data: DataResource) -> AnyView {
    view! { <Loaded data view={decode::<P>}/> }.into_any()
}

fn decode<P: PageRoute>(data: &str) -> AnyView {
    json::from_str(data).map_or_else(|_| refused(&Problem::Offline), P::view)
}

#[component]
fn Loaded(data: DataResource, view: fn(&str) -> AnyView) -> impl IntoView {
    let waiting = || view! { <p class="waiting" role="status">{MessageId::LOADING.text(page_context::lang())}</p> };
    view! { <Suspense fallback=waiting>{move || Suspend::new(async move { answered(&data.await, view) })}</Suspense> }
}

fn answered(answer: &str, view: fn(&str) -> AnyView) -> AnyView {
    let lead_to = |page: &str| {
        lead_to(page);
        ().into_any()
    };
    match json::from_str(answer) {
        Ok(PageAnswer::Data(data)) => view(data.0),
        Ok(PageAnswer::Redirect(page)) => lead_to(&page),
        Ok(PageAnswer::Refused(AppError(Problem::NotSignedIn))) => lead_to(paths::SIGN_IN),
        Ok(PageAnswer::Refused(AppError(Problem::ChangePasswordFirst))) => lead_to(paths::ACCOUNT_PASSWORD),
        Ok(PageAnswer::Refused(AppError(problem))) => refused(&problem),
        Err(_) => refused(&Problem::Offline),
    }
}

#[cfg(feature = "ssr")]
async fn ask(page: Page, _address: String) -> String {
    let (app, request) = (use_context(), use_context());
    match (page.entry(), app, request) {
        (Some(entry), Some(app), Some(request)) => entry.answer(&app, &request).await,
        _ => String::new(),
    }
}

#[cfg(not(feature = "ssr"))]
async fn ask(_page: Page, address: String) -> String {
    use leptos::__reexports::send_wrapper::SendWrapper;

    let asked = SendWrapper::new(async move {
        let address = format!("{DATA}{address}");
        let answer = gloo_net::http::Request::get(&address).header("Accept", "application/json").send().await.ok()?;
        let text = answer.text().await.ok()?;
        // What stands before the page answers as it answers everything, with a problem.
        Some(if answer.ok() { text } else { format!(r#"{{"refused":{text}}}"#) })
    });
    asked.await.unwrap_or_default()
}

#[cfg(feature = "ssr")]
fn lead_to(page: &str) {
    crate::context::lead_to(page);
}

#[cfg(not(feature = "ssr"))]
fn lead_to(page: &str) {
    let navigate = leptos_router::hooks::use_navigate();
    let page = page.to_owned();
    // A moment later, so that this page is finished before the next one takes its place.
    request_animation_frame(move || {
        navigate(&page, leptos_router::NavigateOptions { replace: true, ..Default::default() });
    });
}

/// A page that cannot be shown: why, and where to go on.
fn refused(problem: &Problem) -> AnyView {
    let lang = page_context::lang();
    note_status(problem.status());
    let next = next_step(problem, &use_location().pathname.get_untracked());
    let (next, label) = next.unwrap_or(("", MessageId::TRY_AGAIN));
    view! {
        <p class="outcome-icon plain" aria-hidden="true">
            <svg viewBox="0 0 24 24" focusable="false"><path d="M12 6.5v7M12 17.2v.3"></path></svg>
        </p>
        <PageTitle title=text::problem_title(problem, lang)/>
        <p class="lead">{text::problem(problem, lang)}</p>
        <a class="btn" href=next rel=next.is_empty().then_some("external")>{label.text(lang)}</a>
    }
    .into_any()
}

#[cfg(feature = "ssr")]
fn note_status(status: u16) {
    crate::context::set_status(status);
}

#[cfg(not(feature = "ssr"))]
fn note_status(_status: u16) {}

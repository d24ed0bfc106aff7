//! Pages that depend on what the server knows.

use leptos::prelude::*;
use leptos::server::codee::string::FromToStringCodec;
use leptos_router::hooks::use_location;
use rekey_shared::{MessageId, Problem, text};
use serde::de::DeserializeOwned;

use super::PageTitle;
use crate::api::{Answer, Page};
use crate::error::AppError;
use crate::{paths, start};

/// The answer that a page waits for. One type for all pages, so that it is compiled once.
pub(crate) type DataResource = Resource<String, FromToStringCodec>;

/// Asks for the data of a page.
pub(crate) fn data_of(page: Page) -> DataResource {
    let ask = move |()| async move {
        if page.asks() { ask(page).await.unwrap_or_default() } else { r#"{"Data":null}"#.to_owned() }
    };
    Resource::new_str(|| (), ask)
}

/// Draws a page as soon as its data is there.
#[component]
pub(crate) fn Loaded(
    data: DataResource,
    /// Reads the page's own data and draws it; see [`drawn`].
    view: fn(&str) -> AnyView,
) -> impl IntoView {
    let waiting = || view! { <p class="waiting" role="status">{MessageId::LOADING.text(start::lang())}</p> };
    view! {
        <Suspense fallback=waiting>
            {move || Suspend::new(async move {
                match serde_json::from_str(&data.await) {
                    Ok(Answer::Data(data)) => view(data.get()),
                    Ok(Answer::Elsewhere(page)) => {
                        lead_to(&page);
                        ().into_any()
                    }
                    Ok(Answer::Refused(AppError(problem))) => refused(&problem),
                    Err(_) => refused(&Problem::Offline),
                }
            })}
        </Suspense>
    }
}

/// Reads the data of a page and draws it.
pub(crate) fn drawn<T: DeserializeOwned>(data: &str, draw: impl FnOnce(T) -> AnyView) -> AnyView {
    serde_json::from_str(data).map_or_else(|_| refused(&Problem::Offline), draw)
}

#[cfg(feature = "ssr")]
async fn ask(page: Page) -> Option<String> {
    crate::api::load(page).await.ok()
}

/// Asks by hand: the client that Leptos makes for a server function would be in the first load for this one alone.
#[cfg(not(feature = "ssr"))]
async fn ask(page: Page) -> Option<String> {
    use leptos::__reexports::send_wrapper::SendWrapper;
    use server_fn::ServerFn as _;

    let asked = SendWrapper::new(async move {
        let address = format!("{}?page={page:?}", crate::api::Load::PATH);
        let answer = gloo_net::http::Request::get(&address).header("Accept", "application/json").send().await.ok()?;
        serde_json::from_str(&answer.text().await.ok()?).ok()
    });
    asked.await
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
    let lang = start::lang();
    note_status(problem.status());
    let (next, label) = match problem {
        Problem::LinkNotValid => (paths::FORGOT, MessageId::GET_NEW_CODE),
        Problem::RegistrationClosed => (paths::SIGN_IN, MessageId::BACK_TO_SIGN_IN),
        Problem::JourneyOver => (paths::beginning(&use_location().pathname.get_untracked()), MessageId::START_AGAIN),
        Problem::NotSignedIn => (paths::SIGN_IN, MessageId::SIGN_IN),
        Problem::ChangePasswordFirst => (paths::ACCOUNT_PASSWORD, MessageId::CHANGE_PASSWORD),
        _ => ("", MessageId::TRY_AGAIN),
    };
    view! {
        <p class="seal plain" aria-hidden="true">
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

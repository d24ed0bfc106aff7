//! What server functions and pages find around them on the server.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};

use http::header::{ACCEPT, ACCEPT_LANGUAGE, LOCATION, SET_COOKIE, USER_AGENT};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, StatusCode};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use rekey_service::sign_in::{self, Caller};
use rekey_service::{PlainToken, RequestMeta, Services};
use rekey_shared::view::SiteView;
use rekey_shared::{Field, Lang, Problem};
use serde::Deserialize;

use crate::cookies::Cookie;
use crate::error::AppError;
use crate::flash::Left;
use crate::problem::Told;
use crate::start::Start;
use crate::{device, flash};

/// What the server provides to every page and server function through [`provide_context`].
#[derive(Clone)]
pub struct AppState {
    /// The services.
    pub services: Services,
    /// What pages know of the installation.
    pub site: SiteView,
    /// Whether the site is on https, so that cookies are tied to it.
    pub secure_cookies: bool,
    /// Where style sheet and scripts are.
    pub assets: Assets,
}

/// The files of one build, as `manifest.json` names them.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Assets {
    /// The folder below `/pkg/`.
    pub dir: String,
    /// The module.
    pub js: String,
    /// Its WebAssembly.
    pub wasm: String,
    /// The style sheet.
    pub css: String,
    /// The module that loads chunks.
    #[serde(default)]
    pub split: String,
    /// Which chunks each lazy function needs.
    #[serde(default)]
    pub chunks: HashMap<String, Vec<String>>,
}

impl Assets {
    /// The address of one of its files.
    pub fn url(&self, file: &str) -> String {
        format!("/pkg/{}/{file}", self.dir)
    }
}

/// The client's address, judged by the configured proxies. Middleware puts it into the request's extensions.
#[derive(Debug, Clone, Copy)]
pub struct ClientAddress(pub IpAddr);

/// Where to go back to when something did not work, and what had been typed there (never secrets).
pub(crate) struct Back<'a> {
    pub page: &'static str,
    pub typed: &'a [(Field, &'a str)],
}

/// Lets Leptos write preload links for the chunks that a page needs.
pub(crate) fn provide_chunks(assets: &Assets) {
    let manifest = (format!("/pkg/{}", assets.dir), assets.chunks.clone(), assets.split.clone());
    provide_context(leptos::WasmSplitManifest(ArcStoredValue::new(manifest)));
}

fn parts() -> Option<Parts> {
    use_context::<Parts>()
}

fn secure() -> bool {
    use_context::<AppState>().is_some_and(|state| state.secure_cookies)
}

/// The language: chosen once, else the browser's.
pub(crate) fn lang() -> Lang {
    parts().map_or_else(Lang::default, |parts| lang_of(&parts.headers, secure()))
}

/// The language of a request with these headers.
pub(crate) fn lang_of(headers: &HeaderMap, secure: bool) -> Lang {
    let chosen = Cookie::Lang.read(headers, secure).and_then(|tag| Lang::from_tag(&tag));
    let accepted = || headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    chosen.unwrap_or_else(|| Lang::from_accept_language(accepted().unwrap_or_default()))
}

/// The services, and what they may know of this request.
pub(crate) fn caller() -> Result<(Services, RequestMeta), AppError> {
    let state = use_context::<AppState>().ok_or(AppError(Problem::BadRequest))?;
    let parts = parts().ok_or(AppError(Problem::BadRequest))?;
    let address = parts.extensions.get::<ClientAddress>().map_or(Ipv6Addr::LOCALHOST.into(), |client| client.0);
    let agent = parts.headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    Ok((state.services, RequestMeta { address, device: device::label(agent), lang: lang() }))
}

/// A cookie of this request; empty when there is none, which no service takes for a secret.
pub(crate) fn cookie(cookie: Cookie) -> String {
    parts().and_then(|parts| cookie.read(&parts.headers, secure())).unwrap_or_default()
}

/// Who holds the session cookie, if anybody: perhaps only to change the password. See [`full`].
pub(crate) async fn visitor(cx: &Services) -> Result<Option<Caller>, AppError> {
    let token = cookie(Cookie::Session);
    if token.is_empty() {
        return Ok(None);
    }
    sign_in::authenticate(cx, &token).await.map_err(|error| refuse(cx, error))
}

/// The signed-in person, who may do whatever the account may.
pub(crate) async fn full(cx: &Services) -> Result<Caller, Told> {
    let caller = visitor(cx).await.map_err(|AppError(problem)| problem)?.ok_or(Problem::NotSignedIn)?;
    if caller.must_change.is_some() { Err(Problem::ChangePasswordFirst.into()) } else { Ok(caller) }
}

/// Gives the browser a secret to keep.
pub(crate) fn keep(cookie: Cookie, token: &PlainToken) {
    append(cookie.write(&token.expose(), secure()));
}

/// Makes the browser forget a cookie.
pub(crate) fn forget(cookie: Cookie) {
    append(cookie.clear(secure()));
}

fn append(line: Option<HeaderValue>) {
    if let (Some(response), Some(line)) = (use_context::<ResponseOptions>(), line) {
        response.append_header(SET_COOKIE, line);
    }
}

/// Turns a service's error into what the person may learn.
pub(crate) fn refuse(cx: &Services, error: impl Into<Told>) -> AppError {
    AppError(error.into().outwards(cx))
}

/// Ends a server function: on to the next page, or back with the problem.
///
/// With scripts the problem is the answer and the boxes stay as they are. Without, problem and values travel in a
/// cookie back to the page that the form was on.
pub(crate) fn finish<E: Into<Told>>(
    cx: &Services,
    done: Result<(), E>,
    next: &str,
    back: &Back<'_>,
) -> Result<(), AppError> {
    match done {
        Ok(()) => {
            leptos_axum::redirect(next);
            Ok(())
        }
        Err(error) => send_back(error.into().outwards(cx), back),
    }
}

fn send_back(problem: Problem, back: &Back<'_>) -> Result<(), AppError> {
    if !is_plain_post() {
        set_status(problem.status());
        return Err(AppError(problem));
    }
    // Pages of the signed-in would only lead on to the sign-in page.
    let page = match problem {
        Problem::NotSignedIn => crate::paths::SIGN_IN,
        Problem::ChangePasswordFirst => crate::paths::ACCOUNT_PASSWORD,
        _ => back.page,
    };
    let values = back.typed.iter().map(|(field, value)| (*field, (*value).to_owned())).collect();
    let left = Left { page: page.to_owned(), problem, values };
    append(flash::encode(left).and_then(|text| Cookie::Flash.write(&text, secure())));
    leptos_axum::redirect(page);
    Ok(())
}

/// Whether the browser itself sent the form.
fn is_plain_post() -> bool {
    let accept = parts().and_then(|parts| parts.headers.get(ACCEPT).cloned());
    accept.is_some_and(|accept| accept.to_str().is_ok_and(|accept| accept.contains("text/html")))
}

/// Sets the status of a page or of a scripted answer.
pub(crate) fn set_status(status: u16) {
    if let (Some(response), Ok(status)) = (use_context::<ResponseOptions>(), StatusCode::from_u16(status)) {
        response.set_status(status);
    }
}

/// Answers a page's request with another page.
pub(crate) fn lead_to(page: &str) {
    if let (Some(response), Ok(page)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(page)) {
        response.set_status(StatusCode::SEE_OTHER);
        response.insert_header(LOCATION, page);
    }
}

/// Reads the beginning of a page from its request.
pub(crate) fn start() -> Start {
    let Some(state) = use_context::<AppState>() else { return Start::default() };
    let left = left();
    if left.is_some() {
        forget(Cookie::Flash);
    }
    Start { lang: lang(), site: state.site, flash: left.map(Left::into_flash) }
}

/// What a form post without scripts left behind.
pub(crate) fn left() -> Option<Left> {
    flash::decode(&cookie(Cookie::Flash))
}

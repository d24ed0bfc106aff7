//! What server functions and pages find around them on the server.
//!
//! Who a request comes from was found out and held against the route's row before anything here runs; what is left is
//! to take the proof ([`person`], [`journey`], …) and to answer. Nothing below looks at a cookie of a secret.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;

use http::header::{ACCEPT, ACCEPT_LANGUAGE, LOCATION, SET_COOKIE, USER_AGENT};
use http::request::Parts;
use http::{Extensions, HeaderMap, HeaderValue, StatusCode};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use rekey_service::principal::{Admitted, JourneyHolder, PasswordChanger, Person, Visitor};
use rekey_service::setting::site_view;
use rekey_service::{PlainToken, RequestMeta, Services};
use rekey_shared::view::SiteView;
use rekey_shared::{Lang, Problem};
use serde::Deserialize;

use crate::cookies::Cookie;
use crate::device;
use crate::error::AppError;
use crate::flash::Flash;
use crate::flash::cookie::{self, FlashCookie};
use crate::form_return::FormReturn;
use crate::mailed_link::MailedLink;
use crate::paths;
use crate::problem::PublicError;
use crate::return_to;

/// What the server provides to every page and server function through [`provide_context`].
#[derive(Clone)]
pub struct AppState {
    /// The services.
    pub services: Services,
    /// Whether `/dev/mailbox` exists here.
    pub dev_mailbox: bool,
    /// Whether the site is on https, so that cookies are tied to it.
    pub secure_cookies: bool,
    /// Where style sheet and scripts are.
    pub assets: Arc<Assets>,
}

impl AppState {
    /// What pages know of the installation, by the settings as they are now.
    pub fn site(&self) -> SiteView {
        site_view(&self.services.settings(), self.dev_mailbox)
    }
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

    /// The addresses of the files that a lazy function is in. The build adds a number to its name.
    pub(crate) fn files_of(&self, lazy: &str) -> Vec<String> {
        let is_it = |key: &&String| key.strip_prefix(lazy).is_some_and(|rest| rest.starts_with('_'));
        let files = self.chunks.keys().find(is_it).and_then(|key| self.chunks.get(key));
        files.into_iter().flatten().map(|file| self.url(&format!("{file}.wasm"))).collect()
    }
}

/// The client's address, judged by the configured proxies. Middleware puts it into the request's extensions.
#[derive(Debug, Clone, Copy)]
pub struct ClientAddress(pub IpAddr);

/// Says that the requester may not see the page that is asked for, which is drawn with the reason in its place.
/// What stands before the pages puts it into the request's extensions.
#[derive(Debug, Clone)]
pub struct PageRefusal(pub Problem);

/// The path of the page that is asked for.
pub(crate) fn path() -> String {
    with_parts(|parts| parts.uri.path().to_owned()).unwrap_or_default()
}

fn with_parts<T>(read: impl FnOnce(&Parts) -> T) -> Option<T> {
    with_context::<Parts, _>(read)
}

fn secure() -> bool {
    use_context::<AppState>().is_some_and(|state| state.secure_cookies)
}

fn extension<T: Clone + Send + Sync + 'static>() -> Option<T> {
    with_parts(|parts| parts.extensions.get::<T>().cloned())?
}

/// The language of a request: chosen once, else the browser's.
pub fn lang_of(headers: &HeaderMap, secure: bool) -> Lang {
    let chosen = Cookie::Lang.read(headers, secure).and_then(|tag| Lang::from_tag(&tag));
    let accepted = || headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    chosen.unwrap_or_else(|| Lang::from_accept_language(accepted().unwrap_or_default()))
}

/// The language of this request.
pub(crate) fn lang() -> Lang {
    let secure = secure();
    with_parts(|parts| lang_of(&parts.headers, secure)).unwrap_or_default()
}

/// What pages know of the installation.
pub(crate) fn site() -> Option<SiteView> {
    use_context::<AppState>().map(|state| state.site())
}

/// The services, and what they may know of this request.
pub(crate) fn operation() -> Result<(Services, RequestMeta), AppError> {
    let state = use_context::<AppState>().ok_or(AppError(Problem::BadRequest))?;
    let meta = with_parts(|parts| meta_of(&state, &parts.extensions, &parts.headers));
    Ok((state.services.clone(), meta.ok_or(AppError(Problem::BadRequest))?))
}

/// What an operation may know of a request.
pub fn meta_of(state: &AppState, extensions: &Extensions, headers: &HeaderMap) -> RequestMeta {
    let address = extensions.get::<ClientAddress>().map_or(Ipv6Addr::LOCALHOST.into(), |client| client.0);
    let agent = headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let secure = state.secure_cookies;
    let known = Cookie::Device.read(headers, secure).and_then(|text| PlainToken::parse(&text));
    RequestMeta {
        address,
        device: device::label(agent),
        browser: known.unwrap_or_else(|| state.services.new_token()),
        work: headers.get(paths::WORK_HEADER).and_then(|proof| proof.to_str().ok()).map(str::to_owned),
        lang: lang_of(headers, secure),
    }
}

/// A proof of who this request comes from. None means that the route's row does not ask for what its handler needs.
fn proof<T>(of: impl FnOnce(&Admitted) -> Option<T>) -> Result<T, AppError> {
    extension::<Admitted>().as_ref().and_then(of).ok_or(AppError(Problem::Forbidden))
}

/// The browser, signed in or not.
pub(crate) fn visitor() -> Result<Visitor, AppError> {
    proof(Admitted::visitor)
}

/// The signed-in person.
pub(crate) fn person() -> Result<Person, AppError> {
    proof(Admitted::person)
}

/// Who may choose a new password for an account.
pub(crate) fn password_changer() -> Result<PasswordChanger, AppError> {
    proof(Admitted::password_changer)
}

/// The holder of the journey that is gone on with.
pub(crate) fn journey() -> Result<JourneyHolder, AppError> {
    proof(Admitted::journey)
}

/// Gives the browser a secret to keep.
pub(crate) fn keep(cookie: Cookie, token: &PlainToken) {
    append(cookie.write(&token.expose(), secure()));
}

/// Has the browser keep the token of a link from a message.
pub(crate) fn keep_link(link: MailedLink, token: Option<&PlainToken>) {
    append(link.keep(token, secure()));
}

/// Has the browser say from now on that it is the one of this request, which its owner has just used.
pub(crate) fn remember_device(meta: &RequestMeta) {
    keep(Cookie::Device, &meta.browser);
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

/// Ends a server function: on to the next page, or back with the problem.
///
/// With scripts the problem is the answer and the boxes stay as they are. Without, problem and values travel in a
/// cookie back to the page that the form was on.
pub(crate) fn finish<E: Into<PublicError>>(cx: &Services, done: Result<(), E>, next: &str) -> Result<(), AppError> {
    match done {
        Ok(()) => {
            leptos_axum::redirect(next);
            Ok(())
        }
        Err(error) => send_back(error.into().into_problem(cx)),
    }
}

fn send_back(problem: Problem) -> Result<(), AppError> {
    let Some(form) = extension::<FormReturn>().filter(|_| is_plain_post()) else {
        set_status(problem.status());
        return Err(AppError(problem));
    };
    let (page, line) = form.carry(problem, secure());
    append(line);
    leptos_axum::redirect(page);
    Ok(())
}

/// Whether a request wants a page, since the browser itself sent it and no script did.
pub fn wants_page(headers: &HeaderMap) -> bool {
    headers.get(ACCEPT).is_some_and(|accept| accept.to_str().is_ok_and(|accept| accept.contains("text/html")))
}

/// Whether the browser itself sent the form.
fn is_plain_post() -> bool {
    with_parts(|parts| wants_page(&parts.headers)).unwrap_or(false)
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

/// Where a person goes on who has just signed in: to what they had asked for before, else to `usual`.
pub(crate) fn after_sign_in(cx: &Services, usual: &str) -> String {
    let secure = secure();
    let asked = with_parts(|parts| Cookie::Return.read(&parts.headers, secure)).flatten();
    let Some(asked) = asked else { return usual.to_owned() };
    forget(Cookie::Return);
    // The usual page may have more to say than the same page without its words.
    let asked = return_to::allowed(&asked, &cx.settings().sign_in.return_to).filter(|asked| !usual.starts_with(asked));
    asked.unwrap_or_else(|| usual.to_owned())
}

/// Takes what a form post without scripts left behind: the browser forgets it.
pub(crate) fn take_flash() -> Option<Flash> {
    let left = flash_cookie();
    if left.is_some() {
        forget(Cookie::Flash);
    }
    left.map(FlashCookie::into_flash)
}

/// What a form post without scripts left behind.
pub(crate) fn flash_cookie() -> Option<FlashCookie> {
    let secure = secure();
    cookie::decode(&with_parts(|parts| Cookie::Flash.read(&parts.headers, secure))??)
}

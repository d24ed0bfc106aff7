//! Every route of the product in one table: what it is, who may use it, what slows it down.
//!
//! A test holds it against the routes that are really there: one that is missing here fails the build.

use http::Method;
use rekey_domain::session::SessionKind;

/// Where server functions are.
pub const API: &str = "/api/";

/// Bytes that a form of ours may have. The limit that holds is `limits.body_bytes`, the same for all.
pub const FORM: usize = 64 * 1024;

/// What keeps a route from being used too often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Throttle {
    /// Nothing: it costs little and changes nothing.
    None,
    /// By client address and by account, with lock-out (TH-1…TH-5).
    SignIn,
    /// Requests that cause messages: sliding windows by account reference and client address.
    Message,
    /// Tries of a code: claimed before they are judged.
    Guess,
    /// The queue before the hashing threads; a single-use secret is needed.
    Hashing,
}

/// One route.
#[derive(Debug, Clone)]
pub struct Route {
    /// The pattern, as the router knows it.
    pub path: &'static str,
    /// The method. `HEAD` goes where `GET` goes.
    pub method: Method,
    /// The kinds of sessions that are accepted.
    pub sessions: &'static [SessionKind],
    /// What slows it down.
    pub throttle: Throttle,
    /// Bytes of a body; 0 = none is read.
    pub body_limit: usize,
}

/// Whoever comes.
const ANYBODY: &[SessionKind] =
    &[SessionKind::Anonymous, SessionKind::Recovery, SessionKind::Partial, SessionKind::Full];

/// The signed-in.
const SIGNED_IN: &[SessionKind] = &[SessionKind::Full];

/// Those, and whoever came by a temporary password and may do nothing else.
const CHANGING: &[SessionKind] = &[SessionKind::Full, SessionKind::Recovery];

const fn page(path: &'static str) -> Route {
    Route { path, method: Method::GET, sessions: ANYBODY, throttle: Throttle::None, body_limit: 0 }
}

/// Pages of the account lead everybody else to the sign-in page.
const fn account(path: &'static str, sessions: &'static [SessionKind]) -> Route {
    Route { path, method: Method::GET, sessions, throttle: Throttle::None, body_limit: 0 }
}

const fn form(path: &'static str, sessions: &'static [SessionKind], throttle: Throttle) -> Route {
    Route { path, method: Method::POST, sessions, throttle, body_limit: FORM }
}

/// The table.
pub const ROUTES: &[Route] = &[
    // Pages of the app.
    page("/"),
    page("/register"),
    page("/register/code"),
    page("/register/details"),
    page("/register/done"),
    page("/forgot"),
    page("/recover"),
    page("/recover/new"),
    page("/recover/done"),
    page("/not-me"),
    page("/not-me/done"),
    page("/help"),
    account("/account", SIGNED_IN),
    account("/account/password", CHANGING),
    account("/account/sessions", SIGNED_IN),
    // The data of pages.
    page("/api/page/"),
    page("/api/page/register"),
    page("/api/page/register/code"),
    page("/api/page/register/details"),
    page("/api/page/recover"),
    page("/api/page/recover/new"),
    page("/api/page/not-me"),
    account("/api/page/account", SIGNED_IN),
    account("/api/page/account/password", CHANGING),
    account("/api/page/account/sessions", SIGNED_IN),
    // Server functions.
    form("/api/registration/start", ANYBODY, Throttle::Message),
    form("/api/registration/verify", ANYBODY, Throttle::Guess),
    form("/api/registration/resend", ANYBODY, Throttle::Message),
    form("/api/registration/complete", ANYBODY, Throttle::Hashing),
    form("/api/recovery/start", ANYBODY, Throttle::Message),
    form("/api/recovery/verify", ANYBODY, Throttle::Guess),
    form("/api/recovery/resend", ANYBODY, Throttle::Message),
    form("/api/recovery/complete", ANYBODY, Throttle::Hashing),
    form("/api/account/freeze", ANYBODY, Throttle::None),
    form("/api/session/sign-in", ANYBODY, Throttle::SignIn),
    form("/api/session/sign-out", ANYBODY, Throttle::None),
    form("/api/session/end", SIGNED_IN, Throttle::None),
    form("/api/session/end-others", SIGNED_IN, Throttle::None),
    form("/api/password/change", CHANGING, Throttle::SignIn),
    // The server's own.
    page("/recover/link/{token}"),
    page("/owner/{token}"),
    page("/not-me/{token}"),
    form("/language", ANYBODY, Throttle::None),
    page("/.well-known/change-password"),
    page("/api/v1/breached/{prefix}"),
    page("/pkg/{*file}"),
    page("/favicon.ico"),
    form("/csp-report", ANYBODY, Throttle::None),
    page("/healthz"),
    page("/readyz"),
    page("/metrics"),
    page("/dev/mailbox"),
    page("/dev/mailbox.json"),
    page("/dev/mailbox.css"),
];

/// Whether a route takes posts from anywhere. Reports of the content policy come from the browser itself,
/// without a word on where from; they are counted and nothing else.
pub fn takes_from_anywhere(path: &str) -> bool {
    path == "/csp-report"
}

/// The row of a route.
pub fn find(path: &str, method: &Method) -> Option<&'static Route> {
    ROUTES.iter().find(|route| route.path == path && route.method == *method)
}

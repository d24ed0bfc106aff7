//! Where links from messages arrive. They change nothing: mail scanners open them, too.
//!
//! The token moves from the address into a cookie of fifteen minutes, and the browser goes on to a page whose
//! address holds no secret. Whether it is any good is found out there, by the person's own doing.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::header::{LOCATION, REFERRER_POLICY, SET_COOKIE};
use http::{HeaderValue, StatusCode};
use rekey_app::cookies::Cookie;
use rekey_app::paths;
use rekey_service::PlainToken;

use crate::site::Site;

/// A mailed recovery link.
pub async fn recovery(State(site): State<Site>, Path(token): Path<String>) -> Response {
    keep_token(&site, Cookie::Link, &token, paths::RECOVER_NEW)
}

/// The link for the first or a lost owner.
pub async fn owner(State(site): State<Site>, Path(token): Path<String>) -> Response {
    keep_token(&site, Cookie::Owner, &token, paths::REGISTER_OWNER)
}

/// "It was not me".
pub async fn not_me(State(site): State<Site>, Path(token): Path<String>) -> Response {
    keep_token(&site, Cookie::NotMe, &token, paths::NOT_ME)
}

/// Stands in the cookie for a link that a mail program has cut: the page says that it does not work.
const CUT: &str = "cut";

/// What has not the form of a token replaces an older one, so that no browser continues a journey
/// that the link at hand did not begin.
fn keep_token(site: &Site, cookie: Cookie, token: &str, next: &'static str) -> Response {
    let secure = site.app.secure_cookies;
    let token = PlainToken::parse(token).map_or_else(|| CUT.to_owned(), |token| token.expose());
    let line = cookie.write(&token, secure);
    let head = [(LOCATION, HeaderValue::from_static(next)), (REFERRER_POLICY, HeaderValue::from_static("no-referrer"))];
    let mut response = (StatusCode::SEE_OTHER, head).into_response();
    if let Some(line) = line {
        response.headers_mut().append(SET_COOKIE, line);
    }
    response
}

/// The address that password managers know (W3C, "A Well-Known URL for Changing Passwords").
pub async fn change_password() -> Response {
    (StatusCode::SEE_OTHER, [(LOCATION, paths::ACCOUNT_PASSWORD)]).into_response()
}

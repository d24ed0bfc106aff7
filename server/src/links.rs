//! Where links from messages arrive that have their token in the path. They change nothing: mail scanners open them, too.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::header::{LOCATION, REFERRER_POLICY, SET_COOKIE};
use http::{HeaderValue, StatusCode};
use rekey_app::mailed_link::MailedLink;
use rekey_app::paths;
use rekey_service::PlainToken;

use crate::site::Site;

/// A mailed recovery link.
pub async fn recovery(State(site): State<Site>, Path(token): Path<String>) -> Response {
    keep_token(&site, MailedLink::Recovery, &token)
}

/// The link for the first or a lost owner.
pub async fn owner(State(site): State<Site>, Path(token): Path<String>) -> Response {
    keep_token(&site, MailedLink::Owner, &token)
}

/// "It was not me".
pub async fn not_me(State(site): State<Site>, Path(token): Path<String>) -> Response {
    keep_token(&site, MailedLink::NotMe, &token)
}

fn keep_token(site: &Site, link: MailedLink, token: &str) -> Response {
    let cookie = link.keep(PlainToken::parse(token).as_ref(), site.app.secure_cookies);
    let next = HeaderValue::from_static(link.next());
    let head = [(LOCATION, next), (REFERRER_POLICY, HeaderValue::from_static("no-referrer"))];
    let mut response = (StatusCode::SEE_OTHER, head).into_response();
    if let Some(cookie) = cookie {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

/// The address that password managers know (W3C, "A Well-Known URL for Changing Passwords").
pub async fn change_password() -> Response {
    (StatusCode::SEE_OTHER, [(LOCATION, paths::ACCOUNT_PASSWORD)]).into_response()
}

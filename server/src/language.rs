//! The language switch.

use axum::extract::{Form, State};
use axum::response::{IntoResponse, Response};
use http::header::{LOCATION, SET_COOKIE};
use http::{HeaderValue, StatusCode};
use rekey_app::cookies::Cookie;
use rekey_app::return_to::own_page;
use rekey_shared::Lang;
use serde::Deserialize;

use crate::site::Site;

/// What the form sends.
#[derive(Debug, Deserialize)]
pub struct Choice {
    #[serde(default)]
    lang: String,
    #[serde(default)]
    return_to: String,
}

/// Keeps the choice for a year and goes back to where it was made.
pub async fn choose(State(site): State<Site>, Form(choice): Form<Choice>) -> Response {
    let page = own_page(&choice.return_to).and_then(|page| HeaderValue::try_from(page).ok());
    let page = page.unwrap_or(HeaderValue::from_static("/"));
    let mut response = (StatusCode::SEE_OTHER, [(LOCATION, page)]).into_response();
    let lang = Lang::from_tag(&choice.lang);
    if let Some(line) = lang.and_then(|lang| Cookie::Lang.write(lang.tag(), site.app.secure_cookies)) {
        response.headers_mut().append(SET_COOKIE, line);
    }
    response
}

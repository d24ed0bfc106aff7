//! The language switch.

use axum::extract::{Form, State};
use axum::response::{IntoResponse, Response};
use http::header::{LOCATION, SET_COOKIE};
use http::{HeaderValue, StatusCode};
use rekey_app::cookies::Cookie;
use rekey_shared::Lang;
use serde::Deserialize;
use url::Url;

use crate::site::Site;

/// The longest address that is gone back to.
const LONGEST: usize = 1024;

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
    let page = HeaderValue::try_from(own_page(&choice.return_to)).unwrap_or(HeaderValue::from_static("/"));
    let mut response = (StatusCode::SEE_OTHER, [(LOCATION, page)]).into_response();
    let lang = Lang::from_tag(&choice.lang);
    if let Some(line) = lang.and_then(|lang| Cookie::Lang.write(lang.tag(), site.app.secure_cookies)) {
        response.headers_mut().append(SET_COOKIE, line);
    }
    response
}

/// A path on our own origin, read as a browser reads it and written anew; `/` for everything else (T-24).
pub fn own_page(typed: &str) -> String {
    rebuilt(typed).unwrap_or_else(|| "/".to_owned())
}

fn rebuilt(typed: &str) -> Option<String> {
    let plain = typed.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if !plain || typed.len() > LONGEST || !typed.starts_with('/') || typed.starts_with("//") {
        return None;
    }
    let base = Url::parse("http://rekey.invalid/").ok()?;
    let url = base.join(typed).ok()?;
    let path = url.path();
    // Dots may have been folded away: "/.//evil.example" names another host by now.
    if url.origin() != base.origin() || !url.username().is_empty() || path.starts_with("//") {
        return None;
    }
    // Percent-encoded slashes never make a host, but a proxy may decode them.
    let folded = path.to_ascii_lowercase();
    if folded.contains("%2f") || folded.contains("%5c") || folded.contains("%00") {
        return None;
    }
    Some(url.query().map_or_else(|| path.to_owned(), |query| format!("{path}?{query}")))
}

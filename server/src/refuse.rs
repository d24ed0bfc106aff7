//! Answers of the server itself, when no page and no server function answers.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header::{ACCEPT, ACCEPT_LANGUAGE, CONTENT_TYPE};
use http::{HeaderMap, StatusCode};
use rekey_app::AppError;
use rekey_app::cookies::Cookie;
use rekey_shared::{Lang, MessageId, Problem, text};

use crate::html::{Document, escape};
use crate::site::Site;

/// What the one who asked can read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefusalFormat {
    lang: Lang,
    wants_page: bool,
}

impl RefusalFormat {
    /// From the request's headers.
    pub fn new(site: &Site, headers: &HeaderMap) -> Self {
        let wants_page = text_of(headers, ACCEPT).is_some_and(|accept| accept.contains("text/html"));
        Self { lang: lang(site, headers), wants_page }
    }
}

/// The language of a request: chosen once, else the browser's.
pub fn lang(site: &Site, headers: &HeaderMap) -> Lang {
    let chosen = Cookie::Lang.read(headers, site.app.secure_cookies).and_then(|tag| Lang::from_tag(&tag));
    chosen.unwrap_or_else(|| Lang::from_accept_language(text_of(headers, ACCEPT_LANGUAGE).unwrap_or_default()))
}

fn text_of(headers: &HeaderMap, name: http::HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// A problem as a page for people and as JSON for scripts: the form in which server functions answer too.
pub fn answer(site: &Site, format: RefusalFormat, status: StatusCode, problem: &Problem) -> Response {
    let (kind, body) = if format.wants_page {
        ("text/html; charset=utf-8", page(site, format.lang, problem))
    } else {
        let json = serde_json::to_string(&AppError(problem.clone())).unwrap_or_default();
        ("application/json", json)
    };
    (status, [(CONTENT_TYPE, kind)], Body::from(body)).into_response()
}

fn page(site: &Site, lang: Lang, problem: &Problem) -> String {
    let title = text::problem_title(problem, lang);
    let body = format!(
        "<div class=\"public-layout\"><main id=\"main\"><div class=\"card\"><h1>{}</h1><p class=\"lead\">{}</p>\
         <a class=\"btn\" href=\"/\">{}</a></div></main></div>",
        escape(title),
        escape(&text::problem(problem, lang)),
        MessageId::TO_FIRST_PAGE.text(lang),
    );
    Document { lang, title, assets: &site.app.assets }.with_body(&body)
}

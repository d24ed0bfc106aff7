//! Answers of the server itself, when no page and no server function answers.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};
use rekey_app::AppError;
use rekey_app::context::{lang_of, wants_page};
use rekey_shared::{Lang, MessageId, Problem, text};

use crate::html::{Document, escape};
use crate::site::Site;

/// In which form and language a refusal is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefusalFormat {
    lang: Lang,
    wants_page: bool,
}

impl RefusalFormat {
    /// From the request's headers.
    pub fn new(site: &Site, headers: &HeaderMap) -> Self {
        Self { lang: lang_of(headers, site.app.secure_cookies), wants_page: wants_page(headers) }
    }
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

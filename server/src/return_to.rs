//! Notes where a person goes on after signing in, see [`rekey_app::return_to`].

use axum::extract::Request;
use axum::response::Response;
use http::header::{LOCATION, SET_COOKIE};
use http::{HeaderMap, HeaderValue, Uri};
use rekey_app::cookies::Cookie;
use rekey_app::{paths, return_to};

use crate::site::Site;

/// The parameter of the sign-in page's address.
const PARAMETER: &str = "return_to";

/// Notes the page that was asked for by a person who has to sign in first.
pub fn note_page(site: &Site, uri: &Uri, headers: &mut HeaderMap) {
    let page = uri.path_and_query().map_or("", |page| page.as_str());
    if let Some(page) = allowed(site, page) {
        note(site, &page, headers);
    }
}

/// What the address of the sign-in page asks for, as another site writes it; `None` where that is not allowed.
pub fn asked_for(site: &Site, request: &Request) -> Option<String> {
    let uri = request.uri();
    if uri.path() != paths::SIGN_IN {
        return None;
    }
    let mut pairs = url::form_urlencoded::parse(uri.query()?.as_bytes());
    let (_, asked) = pairs.find(|(name, _)| name == PARAMETER)?;
    allowed(site, &asked)
}

/// Leads a person who is signed in already on to it, and notes it for one who is not.
pub fn lead_on(site: &Site, asked: &str, response: &mut Response) {
    if !response.status().is_redirection() {
        note(site, asked, response.headers_mut());
    } else if let Ok(page) = HeaderValue::from_str(asked) {
        response.headers_mut().insert(LOCATION, page);
    }
}

fn allowed(site: &Site, asked: &str) -> Option<String> {
    return_to::allowed(asked, &site.services().settings().sign_in.return_to)
}

fn note(site: &Site, page: &str, headers: &mut HeaderMap) {
    if let Some(line) = Cookie::Return.write(page, site.app.secure_cookies) {
        headers.append(SET_COOKIE, line);
    }
}

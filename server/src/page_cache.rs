//! Pages that every browser without a cookie of ours is shown alike, drawn once in a language and kept.
//!
//! Drawing costs a hundred times what sending does, and what is asked for most is asked for by strangers: a flood of
//! them must not take the processor from people who sign in. It is no bound: one who adds a query has a page drawn anew.
//! What differs between two answers is the nonce, so a page
//! is kept in pieces and put together around a new one each time.
//!
//! Only a page that says so of itself is kept (`PageRoute::SHARED`), and only for a request that says nothing about who
//! makes it: no cookie but the language, no credentials, no query. An answer that sets a cookie, leads on or is no
//! success is never kept. Other settings, other pages: what was drawn under earlier ones is not used.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::response::Response;
use http::header::{AUTHORIZATION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, SET_COOKIE};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use leptos::nonce::Nonce;
use rekey_app::context::lang_of;
use rekey_app::pages::PageEntry;
use rekey_service::setting::Settings;
use rekey_shared::Lang;

use crate::middleware::compress::has_no_personal_cookie;
use crate::site::Site;

/// No page is as long.
const LONGEST: usize = 1024 * 1024;

/// The pages kept.
#[derive(Default)]
pub struct PageCache(RwLock<HashMap<Key, Arc<Kept>>>);

type Key = (&'static str, Lang);

/// A page without its nonce.
struct Kept {
    /// Under which it was drawn.
    settings: Arc<Settings>,
    kind: HeaderValue,
    policy: Pieces,
    body: Pieces,
}

/// What stands before, between and after the places of a nonce.
struct Pieces(Vec<String>);

impl Pieces {
    fn new(text: &str, nonce: &str) -> Self {
        Self(text.split(nonce).map(str::to_owned).collect())
    }

    fn around(&self, nonce: &str) -> String {
        self.0.join(nonce)
    }
}

/// A request that may be answered with what was drawn for another one.
pub struct Shared {
    key: Key,
    settings: Arc<Settings>,
}

impl Shared {
    /// `None` for a request that says anything about who makes it, and for a page that is not the same for all.
    pub fn of(site: &Site, entry: &'static PageEntry, request: &Request) -> Option<Self> {
        let headers = request.headers();
        let is_stranger = has_no_personal_cookie(headers) && !headers.contains_key(AUTHORIZATION);
        if !entry.shared || request.method() != Method::GET || request.uri().query().is_some() || !is_stranger {
            return None;
        }
        let lang = lang_of(headers, site.app.secure_cookies);
        Some(Self { key: (entry.path.as_str(), lang), settings: site.services().settings() })
    }

    /// The page, if it was drawn before under the settings of now.
    pub fn find(&self, site: &Site) -> Option<Response> {
        let kept = site.pages.0.read().unwrap_or_else(PoisonError::into_inner).get(&self.key).cloned()?;
        if Arc::ptr_eq(&kept.settings, &self.settings) { kept.answer() } else { None }
    }

    /// Keeps a page that was just drawn, if it may be, and hands it on.
    pub async fn keep(self, site: &Site, response: Response) -> Response {
        let nonce = nonce_of(response.headers()).filter(|_| may_be_kept(&response));
        let Some(nonce) = nonce else { return response };
        let (parts, body) = response.into_parts();
        let Ok(body) = to_bytes(body, LONGEST).await else {
            // Nothing was sent yet, so a broken page can still be told.
            let mut broken = Response::new(Body::empty());
            *broken.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
            return broken;
        };
        let Some(kept) = self.pieces_of(&parts.headers, &body, &nonce) else {
            return Response::from_parts(parts, Body::from(body));
        };
        let kept = Arc::new(kept);
        site.pages.0.write().unwrap_or_else(PoisonError::into_inner).insert(self.key, Arc::clone(&kept));
        // The first answer is put together like those after it: not even the order of its headers differs.
        kept.answer().unwrap_or_else(|| Response::from_parts(parts, Body::from(body)))
    }

    fn pieces_of(&self, headers: &HeaderMap, body: &[u8], nonce: &str) -> Option<Kept> {
        Some(Kept {
            settings: Arc::clone(&self.settings),
            kind: headers.get(CONTENT_TYPE)?.clone(),
            policy: Pieces::new(headers.get(CONTENT_SECURITY_POLICY)?.to_str().ok()?, nonce),
            body: Pieces::new(std::str::from_utf8(body).ok()?, nonce),
        })
    }
}

impl Kept {
    fn answer(&self) -> Option<Response> {
        let nonce = Nonce::new();
        let policy = HeaderValue::try_from(self.policy.around(&nonce)).ok()?;
        let mut response = Response::new(Body::from(self.body.around(&nonce)));
        response.headers_mut().insert(CONTENT_TYPE, self.kind.clone());
        response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
        Some(response)
    }
}

fn may_be_kept(response: &Response) -> bool {
    let headers = response.headers();
    response.status() == StatusCode::OK && !headers.contains_key(SET_COOKIE) && !headers.contains_key(LOCATION)
}

/// The nonce that a page was drawn with, as its policy names it.
fn nonce_of(headers: &HeaderMap) -> Option<String> {
    let policy = headers.get(CONTENT_SECURITY_POLICY)?.to_str().ok()?;
    let (_, rest) = policy.split_once("'nonce-")?;
    let (nonce, _) = rest.split_once('\'')?;
    // A short one could stand in a page by chance.
    (nonce.len() >= 16).then(|| nonce.to_owned())
}

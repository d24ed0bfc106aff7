//! A site over a database of its own.

use std::net::IpAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use http::header::{ACCEPT, CONTENT_TYPE, HOST};
use http::{HeaderMap, Method, Request, StatusCode};
use rekey::config::{Config, Source};
use rekey::site::{PeerAddress, Site};
use rekey::{router, wiring};
use rekey_delivery::{DevMailbox, Stats};
use tempfile::TempDir;
use tower::ServiceExt as _;

/// A site and its router.
pub struct Running {
    pub router: Router,
    pub site: Site,
    _folder: TempDir,
}

/// An answer, read to its end.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("readable"))
    }
}

/// Settings for a site at `http://localhost:3000` in a folder of its own, unless told otherwise.
pub fn settings(folder: &TempDir, more: &[(&str, &str)]) -> Config {
    let data_dir = folder.path().display().to_string();
    let fixed = [("REKEY_DATA_DIR", data_dir.as_str()), ("REKEY_PUBLIC_URL", "http://localhost:3000")];
    let all = fixed.iter().chain(more).map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let source = Source::read(None, all).expect("no file is read");
    Config::from_source(source).expect("right settings")
}

impl Running {
    pub async fn new() -> Self {
        Self::with(&[("REKEY_HASHING__INSECURE_TEST_COST", "true")]).await
    }

    pub async fn with(more: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let config = settings(&folder, more);
        let services = wiring::services(&config).await.expect("services");
        let mailbox = config.dev_mailbox.then(DevMailbox::new);
        let site = wiring::site_of(&config, services, mailbox, Arc::new(Stats::default()));
        Self { router: router::router(&site), site, _folder: folder }
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        send(&self.router, request).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(get(path)).await
    }
}

pub async fn send(router: &Router, request: Request<Body>) -> Answer {
    let response = router.clone().oneshot(request).await.expect("routers do not fail");
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, 4 << 20).await.expect("a whole body");
    Answer { status: parts.status, headers: parts.headers, body: String::from_utf8_lossy(&body).into_owned() }
}

/// A visitor's request for a page.
pub fn get(path: &str) -> Request<Body> {
    let request = Request::builder().uri(path).header(HOST, "localhost:3000").header(ACCEPT, "text/html");
    request.body(Body::empty()).expect("a request")
}

/// A form sent by our own page.
pub fn post(path: &str, form: &str) -> Request<Body> {
    let request = bare_post(path).header("sec-fetch-site", "same-origin").header("origin", "http://localhost:3000");
    let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    request.body(Body::from(form.to_owned())).expect("a request")
}

/// A post without a word on where from.
pub fn bare_post(path: &str) -> http::request::Builder {
    Request::builder().method(Method::POST).uri(path).header(HOST, "localhost:3000")
}

/// The same request from another machine.
pub fn from_peer(mut request: Request<Body>, peer: &str) -> Request<Body> {
    let peer: IpAddr = peer.parse().expect("an address");
    request.extensions_mut().insert(PeerAddress(peer));
    request
}

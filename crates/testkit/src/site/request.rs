//! Requests written by hand, for what no browser sends.

use std::net::IpAddr;

use axum::Router;
use axum::body::{Body, to_bytes};
use http::header::{ACCEPT, CONTENT_TYPE, HOST, ORIGIN};
use http::request::Builder;
use http::{Method, Request};
use rekey::site::PeerAddress;
use tower::ServiceExt as _;

use super::browser::Answer;

/// Where a site in this process is unless told otherwise.
pub const LOCAL: &str = "http://localhost:3000";
const LOCAL_HOST: &str = "localhost:3000";

/// The answer of a router.
pub async fn send(router: &Router, request: Request<Body>) -> Answer {
    let response = router.clone().oneshot(request).await.expect("routers do not fail");
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, 4 << 20).await.expect("a whole body");
    Answer { status: parts.status, headers: parts.headers, body: String::from_utf8_lossy(&body).into_owned() }
}

/// A visitor's request for a page.
pub fn get(path: &str) -> Request<Body> {
    let request = Request::builder().uri(path).header(HOST, LOCAL_HOST).header(ACCEPT, "text/html");
    request.body(Body::empty()).expect("a request")
}

/// A form sent by our own page.
pub fn post(path: &str, form: &str) -> Request<Body> {
    let request = bare_post(path).header("sec-fetch-site", "same-origin").header(ORIGIN, LOCAL);
    let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    request.body(Body::from(form.to_owned())).expect("a request")
}

/// A post without a word on where from.
pub fn bare_post(path: &str) -> Builder {
    Request::builder().method(Method::POST).uri(path).header(HOST, LOCAL_HOST)
}

/// The same request from another machine.
pub fn from_peer(request: Request<Body>, peer: &str) -> Request<Body> {
    with_peer(request, peer.parse().expect("an address"))
}

pub(super) fn with_peer(mut request: Request<Body>, peer: IpAddr) -> Request<Body> {
    request.extensions_mut().insert(PeerAddress(peer));
    request
}

//! A person's browser: cookies, forms with and without scripts.

use std::collections::BTreeMap;
use std::net::IpAddr;

use axum::Router;
use axum::body::{Body, to_bytes};
use http::header::{ACCEPT, CONTENT_TYPE, COOKIE, HOST, LOCATION, ORIGIN, SET_COOKIE};
use http::request::Builder;
use http::{HeaderMap, Method, Request, StatusCode};
use rekey::site::PeerAddress;
use tower::ServiceExt as _;

use super::house;

/// How forms are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// By the browser itself.
    Plain,
    /// By the page's scripts.
    Scripted,
}

impl Manner {
    /// Both.
    pub const BOTH: [Self; 2] = [Self::Plain, Self::Scripted];

    const fn accept(self) -> &'static str {
        match self {
            Self::Plain => "text/html",
            Self::Scripted => "application/json",
        }
    }
}

/// An answer, read to its end.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: String,
}

impl Answer {
    /// A header's value; empty when it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("readable"))
    }

    /// Where it leads.
    pub fn location(&self) -> Option<&str> {
        self.headers.get(LOCATION).map(|value| value.to_str().expect("readable"))
    }
}

/// A browser of somebody's own.
pub struct Browser {
    router: Router,
    peer: IpAddr,
    jar: BTreeMap<String, String>,
}

impl Browser {
    /// One without cookies.
    pub fn new(router: &Router, peer: IpAddr) -> Self {
        Self { router: router.clone(), peer, jar: BTreeMap::new() }
    }

    /// The value of a cookie.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.jar.iter().find(|(known, _)| known.ends_with(name)).map(|(_, value)| value.as_str())
    }

    /// Opens a page, or reads what a page's scripts read.
    pub async fn get(&mut self, path: &str) -> Answer {
        let manner = if path.starts_with("/api/") { Manner::Scripted } else { Manner::Plain };
        self.send(Request::get(path).header(ACCEPT, manner.accept()), Body::empty()).await
    }

    /// Sends a form of ours.
    pub async fn post(&mut self, manner: Manner, path: &str, fields: &[(&str, &str)]) -> Answer {
        let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = Request::builder().method(Method::POST).uri(path).header(ACCEPT, manner.accept());
        let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.header(ORIGIN, format!("https://{}", house::HOST)), Body::from(form)).await
    }

    /// Sends a form and, when the browser itself does, opens the pages that it leads to.
    pub async fn submit(&mut self, manner: Manner, path: &str, fields: &[(&str, &str)]) -> Vec<Answer> {
        let mut answers = vec![self.post(manner, path, fields).await];
        while let (Manner::Plain, 1..5, Some(next)) = (manner, answers.len(), answers.last().and_then(Answer::location))
        {
            let next = next.to_owned();
            answers.push(self.get(&next).await);
        }
        answers
    }

    async fn send(&mut self, request: Builder, body: Body) -> Answer {
        let cookies: Vec<_> = self.jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = request.header(HOST, house::HOST).header("sec-fetch-site", "same-origin");
        if !cookies.is_empty() {
            request = request.header(COOKIE, cookies.join("; "));
        }
        let request = request.extension(PeerAddress(self.peer)).body(body).expect("a request");
        let response = self.router.clone().oneshot(request).await.expect("routers do not fail");
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, 4 << 20).await.expect("a whole body");
        self.keep(&parts.headers);
        let body = String::from_utf8_lossy(&body).into_owned();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    fn keep(&mut self, headers: &HeaderMap) {
        for line in headers.get_all(SET_COOKIE) {
            let line = line.to_str().expect("readable");
            let (pair, attributes) = line.split_once(';').expect("attributes");
            let (name, value) = pair.split_once('=').expect("a pair");
            if attributes.contains("Max-Age=0;") {
                self.jar.remove(name);
            } else {
                self.jar.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

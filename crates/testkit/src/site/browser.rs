//! A person's browser: cookies, forms with and without scripts.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use http::header::{ACCEPT, CONTENT_TYPE, COOKIE, HOST, LOCATION, ORIGIN, SET_COOKIE};
use http::request::Builder;
use http::{HeaderMap, Method, Request, StatusCode};

use super::network::InFlight;
use super::request;

/// How forms are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scripts {
    /// By the browser itself.
    Off,
    /// By the page's scripts.
    On,
}

impl Scripts {
    /// Without and with.
    pub const BOTH: [Self; 2] = [Self::Off, Self::On];

    const fn accept(self) -> &'static str {
        match self {
            Self::Off => "text/html",
            Self::On => "application/json",
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

    /// Whether what was asked for was done.
    pub fn is_success(&self) -> bool {
        self.status.as_u16() < 400
    }
}

/// Where a browser's requests go.
#[derive(Clone)]
pub enum Destination {
    /// Into a router of this process.
    Router(Router),
    /// To the nodes of a program, one after the other: a load balancer that knows no sessions.
    Nodes(Arc<Vec<u16>>),
}

/// A browser that no one has used before.
#[derive(Clone)]
pub struct Browser {
    destination: Destination,
    /// What people type before the path: `https://id.example.org`.
    origin: String,
    peer: IpAddr,
    requests: usize,
    jar: BTreeMap<String, String>,
}

impl Browser {
    /// One without cookies, at an address of its own.
    pub fn new(destination: Destination, origin: &str, peer: IpAddr) -> Self {
        Self { destination, origin: origin.to_owned(), peer, requests: 0, jar: BTreeMap::new() }
    }

    /// The same browser, whose first request goes to another node.
    #[must_use]
    pub fn beginning_at(mut self, node: usize) -> Self {
        self.requests = node;
        self
    }

    /// The value of the cookie whose name ends like this.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.jar.iter().find(|(known, _)| known.ends_with(name)).map(|(_, value)| value.as_str())
    }

    /// Every cookie's name and value.
    pub fn cookies(&self) -> impl Iterator<Item = (&str, &str)> {
        self.jar.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Forgets everything.
    pub fn clear_cookies(&mut self) {
        self.jar.clear();
    }

    /// Opens a page, or reads what a page's scripts read.
    pub async fn get(&mut self, path: &str) -> Answer {
        let scripts = if path.starts_with("/api/") { Scripts::On } else { Scripts::Off };
        let request = self.with_cookies(Request::get(path).header(ACCEPT, scripts.accept()), String::new());
        self.send(request).await
    }

    /// Sends a form of ours.
    pub async fn post(&mut self, scripts: Scripts, path: &str, fields: &[(&str, &str)]) -> Answer {
        let request = self.form(scripts, path, fields);
        self.send(request).await
    }

    /// Sends a form and, when the browser itself does, opens the pages that it leads to.
    pub async fn submit(&mut self, scripts: Scripts, path: &str, fields: &[(&str, &str)]) -> Vec<Answer> {
        let mut answers = vec![self.post(scripts, path, fields).await];
        while let (Scripts::Off, 1..5, Some(next)) = (scripts, answers.len(), answers.last().and_then(Answer::location))
        {
            let next = next.to_owned();
            answers.push(self.get(&next).await);
        }
        answers
    }

    /// Sends a form to one node and leaves before the answer is there.
    pub async fn begin_post(&self, node: usize, path: &str, fields: &[(&str, &str)]) -> InFlight {
        let Destination::Nodes(ports) = &self.destination else { panic!("a router answers at once") };
        InFlight::send(ports[node], &self.form(Scripts::On, path, fields)).await.expect("it listens")
    }

    /// Keeps the cookies of an answer.
    pub fn keep_cookies(&mut self, answer: &Answer) {
        for line in answer.headers.get_all(SET_COOKIE) {
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

    fn form(&self, scripts: Scripts, path: &str, fields: &[(&str, &str)]) -> Request<String> {
        let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = Request::builder().method(Method::POST).uri(path).header(ACCEPT, scripts.accept());
        let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").header(ORIGIN, &self.origin);
        self.with_cookies(request, form)
    }

    fn with_cookies(&self, request: Builder, body: String) -> Request<String> {
        let host = self.origin.split("//").nth(1).expect("a host");
        let mut request = request.header(HOST, host).header("sec-fetch-site", "same-origin");
        if !self.jar.is_empty() {
            let cookies: Vec<_> = self.jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header(COOKIE, cookies.join("; "));
        }
        request.body(body).expect("a request")
    }

    async fn send(&mut self, request: Request<String>) -> Answer {
        let answer = match &self.destination {
            Destination::Router(router) => {
                request::send(router, request::with_peer(request.map(Body::from), self.peer)).await
            }
            Destination::Nodes(ports) => {
                let port = ports[self.requests % ports.len()];
                let mut request = request;
                let peer = self.peer.to_string().parse().expect("a header");
                // The program believes this from its own machine: so everyone has an address of their own.
                request.headers_mut().insert("x-forwarded-for", peer);
                let sent = InFlight::send(port, &request).await.expect("it listens");
                sent.answer().await.expect("a whole answer")
            }
        };
        self.requests += 1;
        self.keep_cookies(&answer);
        answer
    }
}

//! The one name that we answer to (T-07).

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{HOST, LOCATION};
use http::uri::Authority;
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use rekey_shared::Problem;
use url::Url;

use crate::config::is_loopback;
use crate::refuse::{RefusalFormat, answer};
use crate::site::Site;

/// Probes ask for these by address; they tell nothing and make no links.
const FOR_PROBES: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

/// Other names of this machine.
const LOOPBACK_NAMES: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// Our public name and port.
#[derive(Debug, Clone)]
pub struct PublicHost {
    name: String,
    port: u16,
    usual_port: u16,
    local: bool,
    origin: String,
}

/// What a request asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// Us.
    Us,
    /// This machine under another name, while it is all that we are.
    Alias,
    /// Somebody else.
    Stranger,
}

impl PublicHost {
    /// From `public_url`.
    pub fn new(public_url: &Url) -> Self {
        let usual_port = if public_url.scheme() == "https" { 443 } else { 80 };
        Self {
            name: public_url.host_str().unwrap_or("localhost").to_ascii_lowercase(),
            port: public_url.port().unwrap_or(usual_port),
            usual_port,
            local: is_loopback(public_url),
            origin: public_url.origin().ascii_serialization(),
        }
    }

    /// Our origin as browsers write it: `https://account.example.org`.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Whom a request asked for. Every name in it must be ours: the request line may hold one too (RFC 9112 §3.2.2),
    /// and with two `Host` lines nobody knows which one others have read.
    pub fn judge(&self, uri: &Uri, headers: &HeaderMap) -> Asked {
        let mut lines = headers.get_all(HOST).into_iter();
        let (line, more) = (lines.next(), lines.next());
        if more.is_some() || (line.is_none() && uri.authority().is_none()) {
            return Asked::Stranger;
        }
        let from_line = line.map(|line| self.judge_one(line.as_bytes()));
        let from_uri = uri.authority().map(|authority| self.judge_one(authority.as_str().as_bytes()));
        match (from_line, from_uri) {
            (Some(one), Some(other)) if one != other => Asked::Stranger,
            (one, other) => one.or(other).unwrap_or(Asked::Stranger),
        }
    }

    fn judge_one(&self, authority: &[u8]) -> Asked {
        let Ok(authority) = Authority::try_from(authority) else { return Asked::Stranger };
        let text = authority.as_str();
        let port = authority.port_u16().unwrap_or(self.usual_port);
        if text.contains('@') || text.ends_with(':') || port != self.port {
            return Asked::Stranger;
        }
        let name = authority.host().to_ascii_lowercase();
        if name == self.name {
            Asked::Us
        } else if self.local && LOOPBACK_NAMES.contains(&name.as_str()) {
            Asked::Alias
        } else {
            Asked::Stranger
        }
    }

    /// The same page under our own name.
    fn own_page(&self, uri: &Uri) -> Option<HeaderValue> {
        let page = uri.path_and_query().map_or("/", |page| page.as_str());
        HeaderValue::try_from(format!("{}{page}", self.origin)).ok()
    }
}

/// Answers 421 for names that are not ours, and leads from other names of this machine to ours.
pub async fn check(State(site): State<Site>, request: Request, next: Next) -> Response {
    if FOR_PROBES.contains(&request.uri().path()) {
        return next.run(request).await;
    }
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    match site.host.judge(request.uri(), request.headers()) {
        Asked::Us => return next.run(request).await,
        Asked::Alias if reads => {
            if let Some(page) = site.host.own_page(request.uri()) {
                return (StatusCode::PERMANENT_REDIRECT, [(LOCATION, page)]).into_response();
            }
        }
        Asked::Alias | Asked::Stranger => {}
    }
    site.metrics.refused("host");
    let format = RefusalFormat::new(&site, request.headers());
    answer(&site, format, StatusCode::MISDIRECTED_REQUEST, &Problem::BadRequest)
}

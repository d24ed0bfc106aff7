//! The one name that we answer to (T-07), and what a request's names are to it.

use http::header::HOST;
use http::uri::Authority;
use http::{HeaderMap, HeaderValue, Uri};
use url::Url;

use crate::config::is_loopback;

/// Other names of this machine.
const LOOPBACK_NAMES: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// Whether a request names this machine as only those on it can: a page on the web that has its own name lead to
/// 127.0.0.1 (DNS rebinding) sends that name, and so does a proxy that adds no header.
pub fn names_this_machine(uri: &Uri, headers: &HeaderMap) -> bool {
    let is_here = |authority: &[u8]| {
        Authority::try_from(authority)
            .is_ok_and(|name| LOOPBACK_NAMES.contains(&name.host().to_ascii_lowercase().as_str()))
    };
    let mut named = headers.get_all(HOST).into_iter().map(HeaderValue::as_bytes).peekable();
    let from_uri = uri.authority().is_none_or(|authority| is_here(authority.as_str().as_bytes()));
    (named.peek().is_some() || uri.authority().is_some()) && from_uri && named.all(is_here)
}

/// Our public name and port.
#[derive(Debug, Clone)]
pub struct PublicHost {
    name: String,
    port: u16,
    usual_port: u16,
    local: bool,
    origin: String,
}

/// What the host that a request names is to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HostMatch {
    /// Our public name.
    Own,
    /// This machine under another name, while our public name is a loopback name too.
    LoopbackAlias,
    /// Any other.
    Foreign,
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

    /// Which host a request names. Every name in it must be ours: the request line may hold one too
    /// (RFC 9112 §3.2.2), and two `Host` lines are read differently by different proxies.
    pub fn match_request(&self, uri: &Uri, headers: &HeaderMap) -> HostMatch {
        let mut lines = headers.get_all(HOST).into_iter();
        let (line, more) = (lines.next(), lines.next());
        if more.is_some() || (line.is_none() && uri.authority().is_none()) {
            return HostMatch::Foreign;
        }
        let from_line = line.map(|line| self.match_authority(line.as_bytes()));
        let from_uri = uri.authority().map(|authority| self.match_authority(authority.as_str().as_bytes()));
        match (from_line, from_uri) {
            (Some(one), Some(other)) if one != other => HostMatch::Foreign,
            (one, other) => one.or(other).unwrap_or(HostMatch::Foreign),
        }
    }

    fn match_authority(&self, authority: &[u8]) -> HostMatch {
        let Ok(authority) = Authority::try_from(authority) else { return HostMatch::Foreign };
        let text = authority.as_str();
        let port = authority.port_u16().unwrap_or(self.usual_port);
        if text.contains('@') || text.ends_with(':') || port != self.port {
            return HostMatch::Foreign;
        }
        let name = authority.host().to_ascii_lowercase();
        if name == self.name {
            HostMatch::Own
        } else if self.local && LOOPBACK_NAMES.contains(&name.as_str()) {
            HostMatch::LoopbackAlias
        } else {
            HostMatch::Foreign
        }
    }

    /// The same page under our own name.
    pub fn own_page(&self, uri: &Uri) -> Option<HeaderValue> {
        let page = uri.path_and_query().map_or("/", |page| page.as_str());
        HeaderValue::try_from(format!("{}{page}", self.origin)).ok()
    }
}

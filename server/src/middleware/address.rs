//! Who is asking (TH-6).

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderMap, HeaderName};
use rekey_app::context::ClientAddress;

use crate::config::Network;
use crate::public_host::names_this_machine;
use crate::site::{PeerAddress, Site};
use crate::unknown_proxy::is_forwarded;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Hops that are looked at: no honest chain of proxies is longer.
const MOST_HOPS: usize = 32;

/// Whether a request was made on this machine, by no proxy and by no page on the web.
pub fn is_local(request: &Request) -> bool {
    let peer = request.extensions().get::<PeerAddress>();
    peer.is_some_and(|peer| peer.0.to_canonical().is_loopback())
        && names_this_machine(request.uri(), request.headers())
        && !is_forwarded(request.headers())
}

/// Finds the client's address and puts it into the request's extensions.
pub async fn find(State(site): State<Site>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<PeerAddress>().map_or(Ipv4Addr::UNSPECIFIED.into(), |peer| peer.0);
    if site.unknown_proxy.look(peer, request.headers(), &site.proxies, site.services().clock.now()) {
        tracing::warn!(
            "forwarded requests come from an address that is not in trusted_proxies: all its clients share one address"
        );
    }
    let client = client_of(peer, request.headers(), &site.proxies);
    request.extensions_mut().insert(ClientAddress(client));
    next.run(request).await
}

/// The right-most address that no trusted proxy has. A proxy that is not trusted is not believed about others,
/// so a client cannot choose its own address. No other header counts.
pub fn client_of(peer: IpAddr, headers: &HeaderMap, proxies: &[Network]) -> IpAddr {
    let trusted = |address: IpAddr| proxies.iter().any(|network| network.contains(address));
    let mut client = peer.to_canonical();
    // A byte that is no text spoils the hop that it stands in and nothing else.
    let lines: Vec<_> =
        headers.get_all(FORWARDED_FOR).into_iter().map(|line| String::from_utf8_lossy(line.as_bytes())).collect();
    for hop in lines.iter().rev().flat_map(|line| line.rsplit(',')).take(MOST_HOPS) {
        if !trusted(client) {
            break;
        }
        // What cannot be read was not written by a proxy that can be trusted.
        let Some(before) = parse(hop) else { break };
        client = before.to_canonical();
    }
    client
}

/// An address with or without a port.
fn parse(hop: &str) -> Option<IpAddr> {
    let hop = hop.trim();
    let bare = hop.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(hop);
    bare.parse().ok().or_else(|| hop.parse::<SocketAddr>().ok().map(|address| address.ip()))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn client(peer: &str, lines: &[&'static str], proxies: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(FORWARDED_FOR, HeaderValue::from_static(line));
        }
        let proxies: Vec<Network> = proxies.iter().map(|text| text.parse().expect("a network")).collect();
        client_of(peer.parse().expect("an address"), &headers, &proxies).to_string()
    }

    #[test]
    fn without_proxies_only_the_socket_counts() {
        assert_eq!(client("203.0.113.7", &["1.2.3.4"], &[]), "203.0.113.7");
        assert_eq!(client("::ffff:203.0.113.7", &[], &[]), "203.0.113.7");
    }

    #[test]
    fn the_right_most_untrusted_hop_counts() {
        let proxies = ["10.0.0.0/8"];
        assert_eq!(client("10.0.0.1", &["1.2.3.4, 203.0.113.7"], &proxies), "203.0.113.7");
        assert_eq!(client("10.0.0.1", &["1.2.3.4, 203.0.113.7, 10.0.0.2"], &proxies), "203.0.113.7");
        assert_eq!(client("10.0.0.1", &["203.0.113.7", "10.0.0.2"], &proxies), "203.0.113.7");
        assert_eq!(client("10.0.0.1", &["203.0.113.7:4711"], &proxies), "203.0.113.7");
        assert_eq!(client("10.0.0.1", &["[2001:db8::7]:4711"], &proxies), "2001:db8::7");
        assert_eq!(client("198.51.100.1", &["203.0.113.7"], &proxies), "198.51.100.1");
    }

    #[test]
    fn a_byte_that_is_no_text_spoils_one_hop() {
        let mut headers = HeaderMap::new();
        let line = HeaderValue::from_bytes(b"\xff1.2.3.4, 203.0.113.7, 10.0.0.2").expect("a header");
        headers.append(FORWARDED_FOR, line);
        let proxies = ["10.0.0.0/8".parse().expect("a network")];
        let client = client_of("10.0.0.1".parse().expect("an address"), &headers, &proxies);
        assert_eq!(client.to_string(), "203.0.113.7");
    }

    #[test]
    fn what_cannot_be_read_ends_the_chain() {
        assert_eq!(client("10.0.0.1", &["1.2.3.4, unknown"], &["10.0.0.0/8"]), "10.0.0.1");
        assert_eq!(client("10.0.0.1", &[""], &["10.0.0.0/8"]), "10.0.0.1");
    }
}

//! Notices a proxy that is not configured: behind one all clients share its address, and whatever is limited for one
//! address is limited for all of them together.

use std::net::IpAddr;
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};
use std::time::Duration;

use http::HeaderMap;
use rekey_shared::Timestamp;

use crate::config::Network;

/// Headers that a proxy adds: it forwards for a client that is not on this machine.
const OF_PROXIES: [&str; 4] = ["x-forwarded-for", "forwarded", "x-real-ip", "via"];

/// How long the word of one sighting holds, and how often the log tells of them.
const INTERVAL: Duration = Duration::from_secs(3600);

/// Whether a request says that it was forwarded.
pub fn is_forwarded(headers: &HeaderMap) -> bool {
    OF_PROXIES.iter().any(|name| headers.contains_key(*name))
}

/// When forwarded requests came from an address that is not among the trusted proxies. Any client can send such headers,
/// so this is a hint for operators and decides nothing.
#[derive(Debug, Default)]
pub struct UnknownProxy {
    seen_at: AtomicI64,
    told_at: AtomicI64,
}

impl UnknownProxy {
    /// Looks at one request; `true` when the log should tell, once an hour.
    pub fn look(&self, peer: IpAddr, headers: &HeaderMap, trusted: &[Network], now: Timestamp) -> bool {
        if !is_forwarded(headers) || trusted.iter().any(|network| network.contains(peer.to_canonical())) {
            return false;
        }
        let now = now.as_millis();
        self.seen_at.store(now, Relaxed);
        let told_at = self.told_at.load(Relaxed);
        is_over(told_at, now) && self.told_at.compare_exchange(told_at, now, Relaxed, Relaxed).is_ok()
    }

    /// Whether one was seen within the last hour.
    pub fn is_seen(&self, now: Timestamp) -> bool {
        !is_over(self.seen_at.load(Relaxed), now.as_millis())
    }
}

fn is_over(then: i64, now: i64) -> bool {
    then == 0 || Timestamp::from_millis(now).since(Timestamp::from_millis(then)) >= INTERVAL
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn it_is_told_once_an_hour_and_only_of_what_is_not_trusted() {
        let (noon, minutes) = (Timestamp::from_millis(1_795_165_505_000), |n: u64| Duration::from_secs(60 * n));
        let mut forwarded = HeaderMap::new();
        forwarded.insert("x-forwarded-for", HeaderValue::from_static("203.0.113.7"));
        let trusted: Vec<Network> = vec!["10.0.0.0/8".parse().expect("a network")];
        let peer = |text: &str| text.parse::<IpAddr>().expect("an address");
        let watch = UnknownProxy::default();
        assert!(!watch.look(peer("10.0.0.1"), &forwarded, &trusted, noon));
        assert!(!watch.look(peer("::ffff:10.0.0.1"), &forwarded, &trusted, noon));
        assert!(!watch.look(peer("192.0.2.1"), &HeaderMap::new(), &trusted, noon));
        assert!(!watch.is_seen(noon));
        assert!(watch.look(peer("192.0.2.1"), &forwarded, &trusted, noon));
        assert!(!watch.look(peer("192.0.2.2"), &forwarded, &trusted, noon.plus(minutes(59))));
        assert!(watch.is_seen(noon.plus(minutes(118))) && !watch.is_seen(noon.plus(minutes(119))));
        assert!(watch.look(peer("192.0.2.1"), &forwarded, &trusted, noon.plus(minutes(60))));
    }
}

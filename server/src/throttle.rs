//! How often one client address may use a class of routes: token buckets in memory, each node for itself.
//!
//! They come before any query and any hash, so a flood costs no more than a look into a table. What must be exact over
//! all nodes is claimed in the database by the services: budgets of guesses by account, windows of messages by what was
//! typed (TH-1…TH-5). The two are independent buckets: no key is made of an address and an account together.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};

use rekey_domain::throttle::rate::Rate;
use rekey_service::setting::Settings;
use rekey_shared::Timestamp;

/// The class of a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Throttle {
    /// Not limited by address.
    None,
    /// A password is verified or hashed: `sign_in.address_rate`.
    Password,
}

/// Buckets that a node remembers at most: some 10 MB.
const CEILING: usize = 100_000;

/// The buckets of one node.
#[derive(Debug, Default)]
pub struct Buckets(Mutex<HashMap<(Throttle, IpAddr), Timestamp>>);

impl Throttle {
    fn rate(self, settings: &Settings) -> Option<Rate> {
        match self {
            Self::None => None,
            Self::Password => Some(settings.sign_in.address_rate),
        }
    }
}

impl Buckets {
    /// Takes one request of a class from a client address into account; `false` when it is one too many.
    pub fn admit(&self, class: Throttle, client: IpAddr, settings: &Settings, now: Timestamp) -> bool {
        let Some(rate) = class.rate(settings) else { return true };
        let key = (class, network_of(client));
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= CEILING {
            buckets.retain(|_, due| *due > now);
        }
        let Some(due) = rate.admit(buckets.get(&key).copied(), now) else { return false };
        // Past the ceiling newcomers are admitted unremembered: the exact budgets still hold for them.
        if buckets.len() < CEILING || buckets.contains_key(&key) {
            buckets.insert(key, due);
        }
        true
    }
}

/// IPv6 clients own whole /64 networks, so they count as one.
fn network_of(client: IpAddr) -> IpAddr {
    match client.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => Ipv6Addr::from(u128::from(address) & !u128::from(u64::MAX)).into(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_795_165_505_000);

    fn settings() -> Settings {
        let mut settings = Settings::recommended();
        settings.sign_in.address_rate = Rate::per_minute(20, 40);
        settings
    }

    fn admitted(buckets: &Buckets, client: &str, now: Timestamp) -> bool {
        buckets.admit(Throttle::Password, client.parse().expect("an address"), &settings(), now)
    }

    #[test]
    fn a_burst_passes_and_then_one_every_three_seconds() {
        let buckets = Buckets::default();
        for nth in 0..40 {
            assert!(admitted(&buckets, "203.0.113.7", NOW), "{nth}");
        }
        assert!(!admitted(&buckets, "203.0.113.7", NOW));
        assert!(!admitted(&buckets, "::ffff:203.0.113.7", NOW), "the same client");
        assert!(admitted(&buckets, "203.0.113.8", NOW), "another client");
        let later = NOW.plus(Duration::from_secs(3));
        assert!(admitted(&buckets, "203.0.113.7", later) && !admitted(&buckets, "203.0.113.7", later));
    }

    #[test]
    fn a_network_of_ipv6_is_one_client() {
        let buckets = Buckets::default();
        for nth in 0..40 {
            assert!(admitted(&buckets, &format!("2001:db8::{nth:x}"), NOW), "{nth}");
        }
        assert!(!admitted(&buckets, "2001:db8::ffff:1", NOW));
        assert!(admitted(&buckets, "2001:db8:0:1::1", NOW));
    }

    #[test]
    fn a_class_without_a_limit_has_none() {
        let buckets = Buckets::default();
        let client = "203.0.113.7".parse().expect("an address");
        assert!((0..1000).all(|_| buckets.admit(Throttle::None, client, &settings(), NOW)));
    }
}

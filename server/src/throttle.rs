//! How often the routes of a class may be used: token buckets in memory, each node for itself.
//!
//! They come before any query, any write and any hash, so a flood costs no more than a look into a table. A request takes
//! from the bucket of its client address, from that of the network around it, and from that of the class over all
//! addresses: changing addresses gains little. What must be exact over all nodes is claimed in
//! the database by the services: budgets of guesses by account, windows of messages by what was typed (TH-1…TH-5). No key
//! is made of an address and an account together.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rekey_domain::audit::{Reason, RequestKind};
use rekey_domain::throttle::rate::Rate;
use rekey_service::audit::refusals::network_of;
use rekey_service::setting::Settings;
use rekey_shared::Timestamp;

/// The class of a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Throttle {
    /// Not limited: nothing is written but when a session was last used.
    None,
    /// A password is verified or hashed: `sign_in.address_rate`. Over all addresses the queue of the hashing threads is
    /// the limit.
    Password,
    /// A journey is begun: `requests.starts`.
    Start,
    /// A code is typed, or asked for again: `requests.codes`.
    Code,
    /// Anything else is written: `requests.writes`.
    Write,
}

/// Which limit a request is past.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// That of its client address, or of the network around it.
    Address,
    /// That of all addresses together.
    Node,
}

/// Buckets that a node remembers at most: some 10 MB.
const CEILING: usize = 100_000;

/// How often full buckets are looked for when there are too many: a flood must not make every request look.
const SWEEP_EVERY: Duration = Duration::from_secs(1);

/// Whose requests a bucket counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Whose {
    Client(IpAddr),
    Network(IpAddr),
    All,
}

/// The buckets of one node.
#[derive(Debug, Default)]
pub struct Buckets(Mutex<Known>);

#[derive(Debug, Default)]
struct Known {
    due: HashMap<(Throttle, Whose), Timestamp>,
    swept_at: Timestamp,
}

/// The rates of one class; `None` where there is no limit.
#[derive(Default)]
struct Rates {
    client: Option<Rate>,
    network: Option<Rate>,
    all: Option<Rate>,
}

impl Throttle {
    fn rates(self, settings: &Settings) -> Rates {
        let ceiling = match self {
            Self::None => return Rates::default(),
            Self::Password => return Rates { client: Some(settings.sign_in.address_rate), ..Rates::default() },
            Self::Start => settings.requests.starts,
            Self::Code => settings.requests.codes,
            Self::Write => settings.requests.writes,
        };
        Rates { client: Some(ceiling.address()), network: Some(ceiling.network()), all: Some(ceiling.node()) }
    }

    /// What its refused requests were for, in the audit log.
    pub const fn kind(self) -> Option<RequestKind> {
        match self {
            Self::None => None,
            Self::Password => Some(RequestKind::Passwords),
            Self::Start => Some(RequestKind::Starts),
            Self::Code => Some(RequestKind::Codes),
            Self::Write => Some(RequestKind::Writes),
        }
    }
}

impl Limit {
    /// Its name among the counters.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Address => "throttle",
            Self::Node => "ceiling",
        }
    }

    /// Its name in the audit log.
    pub const fn reason(self) -> Reason {
        match self {
            Self::Address => Reason::AddressLimit,
            Self::Node => Reason::NodeLimit,
        }
    }
}

impl Buckets {
    /// Takes one request of a class from a client address into account, or says which limit it is past. What is refused
    /// takes nothing from any bucket.
    pub fn admit(&self, class: Throttle, client: IpAddr, settings: &Settings, now: Timestamp) -> Result<(), Limit> {
        let rates = class.rates(settings);
        let asked = [
            (Whose::Client(network_of(client)), rates.client, Limit::Address),
            (Whose::Network(around(client)), rates.network, Limit::Address),
            (Whose::All, rates.all, Limit::Node),
        ];
        let mut known = self.known();
        let mut taken = [None; 3];
        for ((whose, rate, limit), taken) in asked.into_iter().zip(&mut taken) {
            let Some(rate) = rate else { continue };
            let key = (class, whose);
            *taken = Some((key, rate.admit(known.due.get(&key).copied(), now).ok_or(limit)?));
        }
        known.make_room(now);
        taken.into_iter().flatten().for_each(|(key, due)| known.remember(key, due));
        Ok(())
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn make_room(&mut self, now: Timestamp) {
        if self.due.len() + 3 > CEILING && now.since(self.swept_at) >= SWEEP_EVERY {
            self.swept_at = now;
            self.due.retain(|_, due| *due > now);
        }
    }

    /// Past the ceiling newcomers are not remembered: the bucket of all addresses, which is, still holds for them.
    fn remember(&mut self, key: (Throttle, Whose), due: Timestamp) {
        if self.due.len() < CEILING || key.1 == Whose::All || self.due.contains_key(&key) {
            self.due.insert(key, due);
        }
    }
}

/// The network around a client: an IPv4 /24, an IPv6 /48, of which one customer may own all /64 networks.
fn around(client: IpAddr) -> IpAddr {
    match client.to_canonical() {
        IpAddr::V4(address) => Ipv4Addr::from(u32::from(address) & !0xFF).into(),
        IpAddr::V6(address) => Ipv6Addr::from(u128::from(address) & !(u128::MAX >> 48)).into(),
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
        buckets.admit(Throttle::Password, client.parse().expect("an address"), &settings(), now).is_ok()
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
        assert!((0..1000).all(|_| buckets.admit(Throttle::None, client, &settings(), NOW).is_ok()));
    }

    /// Requests that pass at once, from these addresses, of the class of starts.
    fn starts(from: impl Iterator<Item = String>) -> (usize, Vec<Limit>) {
        let (buckets, settings) = (Buckets::default(), settings());
        let asked =
            from.map(|client| buckets.admit(Throttle::Start, client.parse().expect("an address"), &settings, NOW));
        let (passed, refused): (Vec<_>, Vec<_>) = asked.partition(Result::is_ok);
        (passed.len(), refused.into_iter().filter_map(Result::err).collect())
    }

    #[test]
    fn one_customer_with_many_networks_gets_eight_times_as_much_as_one_address() {
        let (passed, refused) = starts((0..4096).map(|nth| format!("2001:db8:7:{nth:x}::1")));
        assert_eq!(passed, 160);
        assert!(refused.iter().all(|limit| *limit == Limit::Address));
        let (passed, _) = starts((0..4096).map(|nth| format!("203.0.113.{}", nth % 256)));
        assert_eq!(passed, 160);
    }

    #[test]
    fn addresses_without_end_are_stopped_by_the_ceiling_over_all_of_them() {
        let (passed, refused) = starts((0..20_000).map(|nth| format!("2001:db8:{nth:x}::1")));
        assert_eq!(passed, 600);
        assert!(refused.iter().all(|limit| *limit == Limit::Node));
    }

    #[test]
    fn what_one_address_is_refused_takes_nothing_from_all_others() {
        let one = std::iter::repeat_n("192.0.2.1".to_owned(), 20_000);
        let (passed, _) = starts(one.chain(["198.51.100.1".to_owned()]));
        assert_eq!(passed, 21);
    }

    #[test]
    fn the_ceiling_over_all_addresses_holds_with_more_addresses_than_can_be_remembered() {
        let (passed, _) = starts((0..150_000_u32).map(|nth| Ipv4Addr::from(nth * 256 + 1).to_string()));
        assert_eq!(passed, 600);
        let (buckets, mut settings) = (Buckets::default(), settings());
        settings.requests.starts.node_per_minute = 60_000;
        let address = |nth: u32| Ipv4Addr::from(nth * 256 + 1).into();
        let passed = (0..150_000).filter(|nth| buckets.admit(Throttle::Start, address(*nth), &settings, NOW).is_ok());
        assert_eq!(passed.count(), 120_000);
        assert!(buckets.known().due.len() <= CEILING + 1);
    }
}

//! Addresses and ranges of proxies that are believed.

use std::net::IpAddr;
use std::str::FromStr;

/// One address, or a range in CIDR notation such as `10.0.0.0/8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

impl Network {
    /// Whether an address lies within. IPv4 addresses that arrive mapped into IPv6 count as IPv4.
    pub fn contains(&self, address: IpAddr) -> bool {
        let (address, own) = (address.to_canonical(), self.address);
        address.is_ipv4() == own.is_ipv4() && (bits(address) ^ bits(own)) & mask(self.prefix, own) == 0
    }
}

/// The address in the upper bits, so that one mask serves both families.
fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => u128::from(v4.to_bits()) << 96,
        IpAddr::V6(v6) => v6.to_bits(),
    }
}

fn mask(prefix: u8, address: IpAddr) -> u128 {
    let family = if address.is_ipv4() { 32 } else { 128 };
    u128::MAX.checked_shl(128 - u32::from(prefix.min(family))).unwrap_or(0)
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (address, prefix) = text.trim().split_once('/').map_or((text.trim(), None), |(a, p)| (a, Some(p)));
        let problem = || "must hold addresses or ranges such as \"10.0.0.0/8\"".to_owned();
        let address = address.parse::<IpAddr>().map_err(|_| problem())?.to_canonical();
        let widest = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.map_or(Ok(widest), str::parse).map_err(|_| problem())?;
        if prefix <= widest { Ok(Self { address, prefix }) } else { Err(problem()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(network: &str, address: &str) -> bool {
        let network: Network = network.parse().expect("a network");
        network.contains(address.parse().expect("an address"))
    }

    #[test]
    fn a_range_holds_its_addresses_and_no_others() {
        assert!(holds("10.0.0.0/8", "10.255.0.1"));
        assert!(!holds("10.0.0.0/8", "11.0.0.1"));
        assert!(holds("127.0.0.1", "127.0.0.1"));
        assert!(!holds("127.0.0.1", "127.0.0.2"));
        assert!(holds("0.0.0.0/0", "203.0.113.9"));
        assert!(holds("fd00::/8", "fdff::1"));
        assert!(!holds("fd00::/8", "fe80::1"));
        assert!(holds("192.168.1.0/25", "192.168.1.127"));
        assert!(!holds("192.168.1.0/25", "192.168.1.128"));
    }

    #[test]
    fn the_families_do_not_mix_but_mapped_addresses_are_ipv4() {
        assert!(!holds("0.0.0.0/0", "2001:db8::1"));
        assert!(!holds("::/0", "203.0.113.9"));
        assert!(holds("203.0.113.0/24", "::ffff:203.0.113.9"));
    }

    #[test]
    fn nonsense_is_refused() {
        for text in ["", "10.0.0.0/33", "::/129", "10.0.0.0/-1", "10.0.0/8", "proxy.example", "10.0.0.0/8/8"] {
            assert!(text.parse::<Network>().is_err(), "{text:?}");
        }
    }
}

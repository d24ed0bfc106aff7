//! What the operator configured about providers, and what may be wrong with it.

use std::net::IpAddr;

/// A setting that cannot be used. One line that names the key and never repeats the value: it may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{key}: {problem}")]
pub struct SettingsError {
    /// The key in `rekey.toml`, such as `mail.url`.
    pub key: &'static str,
    /// What is wrong with it, and what would be right.
    pub problem: &'static str,
}

impl SettingsError {
    pub(crate) const fn new(key: &'static str, problem: &'static str) -> Self {
        Self { key, problem }
    }
}

/// Whether a host can only be this machine, so that no one can listen in between.
pub(crate) fn is_loopback(host: &str) -> bool {
    let bare = bare_host(host);
    if let Ok(address) = bare.parse::<IpAddr>() {
        return address.to_canonical().is_loopback();
    }
    let name = bare.trim_end_matches('.').to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost")
}

/// A URL's host without the brackets around an IPv6 address.
pub(crate) fn bare_host(host: &str) -> &str {
    host.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(host)
}

/// The host as the part of an address after the `@`: addresses of machines are literals (RFC 5321 §4.1.3).
pub(crate) fn mail_domain(host: &str) -> String {
    let bare = bare_host(host);
    match bare.parse::<IpAddr>() {
        Ok(IpAddr::V4(address)) => format!("[{address}]"),
        Ok(IpAddr::V6(address)) => format!("[IPv6:{address}]"),
        Err(_) => bare.to_ascii_lowercase(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_counts_as_loopback() {
        for host in ["localhost", "LOCALHOST.", "mail.localhost", "127.0.0.1", "127.9.9.9", "[::1]", "::ffff:127.0.0.1"]
        {
            assert!(is_loopback(host), "{host}");
        }
        for host in ["localhost.example.org", "127.0.0.1.example.org", "10.0.0.1", "[::2]", "mail", ""] {
            assert!(!is_loopback(host), "{host}");
        }
    }

    #[test]
    fn an_address_of_a_machine_becomes_a_literal() {
        assert_eq!(mail_domain("id.Example.org"), "id.example.org");
        assert_eq!(mail_domain("10.0.0.7"), "[10.0.0.7]");
        assert_eq!(mail_domain("[::1]"), "[IPv6:::1]");
    }
}

//! The keys that are read when the program starts, and only then.
//!
//! They say where this node finds its database and its people, what it is made of, or what it must know before it can
//! read anything else; so they are in its file or environment and never in a settings document.

use rekey_service::setting::Origin;

use super::Source;

/// A key that is read at the start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartKey {
    /// Its name.
    pub name: &'static str,
    /// What was given; `None` when nothing was, or when it may hold a secret.
    pub value: Option<String>,
    /// Where it was given; `None` for the default.
    pub origin: Option<Origin>,
}

/// Every key that is read at the start, and whether its value may hold a secret.
const START_KEYS: [(&str, bool); 38] = [
    ("listen", false),
    ("public_url", false),
    ("data_dir", false),
    ("keys_file", false),
    ("database.url", true),
    ("trusted_proxies", false),
    ("metrics.listen", false),
    ("metrics.token", true),
    ("log.format", false),
    ("log.level", false),
    ("limits.body_bytes", false),
    ("limits.connections", false),
    ("limits.requests", false),
    ("mail.url", true),
    ("mail.from", false),
    ("mail.ca_file", false),
    ("mail.oauth.token_url", false),
    ("mail.oauth.client_id", false),
    ("mail.oauth.client_secret", true),
    ("mail.oauth.refresh_token", true),
    ("mail.oauth.key_file", false),
    ("mail.oauth.key_id", false),
    ("mail.oauth.scope", false),
    ("mail.oauth.mechanism", false),
    ("sms.url", false),
    ("sms.account", false),
    ("sms.token", true),
    ("sms.from", false),
    ("dev_mailbox", false),
    ("policy.file", false),
    ("hashing.memory_kib", false),
    ("hashing.iterations", false),
    ("hashing.permits", false),
    ("hashing.queue", false),
    ("hashing.insecure_test_cost", false),
    ("password.pepper", false),
    ("breach.file", false),
    ("breach.remote_url", true),
];

/// Whether a key is read at the start, and only then.
pub fn is_start_key(name: &str) -> bool {
    START_KEYS.iter().any(|(key, _)| *key == name)
}

/// All of them, as they were given.
pub(super) fn given(source: &Source) -> Vec<StartKey> {
    let key = |(name, secret): (&'static str, bool)| StartKey {
        name,
        value: source.as_given(name).filter(|_| !secret),
        origin: source.origin(name),
    };
    START_KEYS.into_iter().map(key).collect()
}

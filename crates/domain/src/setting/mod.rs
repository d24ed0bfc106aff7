//! Settings: what can be set, within which ranges, and where each value comes from.
//!
//! A value is the default, unless a settings document in the database holds another, unless the file or the
//! environment of this node pins one ([`resolve()`]). Adding a setting takes a field of [`Settings`], its default in
//! [`Settings::recommended`] and a line in [`KEYS`].

mod draft;
mod edit;
mod format;
mod format_texts;
mod key;
mod resolve;
mod table;
mod value;

#[cfg(test)]
mod tests;

use std::time::Duration;

use jiff::tz::TimeZone;
use rekey_shared::password::Policy;

use crate::job::retention::Retention;
use crate::journey::gate::GatePolicy;
use crate::journey::recovery;
use crate::message::text_limits::TextLimits;
use crate::session::{SessionLimits, assurance};
use crate::throttle::budget::Lockout;
use crate::throttle::rate::Rate;
use crate::throttle::{Limit, Protection};

pub use edit::{Difference, Edit, difference, edited};
pub use format::{parse_span, write_span};
pub use key::{Key, Section};
pub use resolve::{Document, Origin, Pin, Pins, Resolved, Source, resolve};
pub use table::{KEYS, find_key};
pub use value::{Problem, SettingError, Value, Values};

/// Everything the journeys depend on.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The organisation's name in pages and messages.
    pub organisation: String,
    /// Where "Ask the help desk" leads.
    pub help_url: Option<String>,
    /// The region of telephone numbers typed without a country code: ISO 3166-1 alpha-2.
    pub default_region: String,
    /// The zone of times in messages, whose readers may be anywhere.
    pub time_zone: TimeZone,
    /// Where a link in a message carries its token.
    pub link_form: LinkForm,
    /// Registration.
    pub registration: Registration,
    /// Recovery.
    pub recovery: Recovery,
    /// Sign-in.
    pub sign_in: SignIn,
    /// Sessions.
    pub session: SessionLimits,
    /// Messages with codes.
    pub sends: Sends,
    /// Requests that write.
    pub requests: Requests,
    /// Limits on text messages.
    pub texts: TextLimits,
    /// The password policy.
    pub policy: Policy,
    /// Password hashing.
    pub hashing: Hashing,
    /// How long rows are kept after their use.
    pub retention: Retention,
}

/// Where a link in a message carries its token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkForm {
    /// In the path: works in every browser, and stands in the log of a proxy that keeps paths.
    Path,
    /// Behind the `#`, which browsers send to no server: in no log, but the page needs scripts to read it.
    Fragment,
}

/// Registration.
#[derive(Debug, Clone)]
pub struct Registration {
    /// Whether people may register by themselves.
    pub open: bool,
    /// Whether a phone number will do; when not, an email address is needed.
    pub phone: bool,
    /// The terms that must be accepted, if any.
    pub terms_url: Option<String>,
    /// Their version, which is written down with each consent.
    pub terms_version: Option<String>,
}

impl Registration {
    /// What names the terms that must be accepted: their version, or their address where they have none.
    pub fn terms(&self) -> Option<String> {
        let address = self.terms_url.as_ref()?;
        Some(self.terms_version.as_ref().unwrap_or(address).clone())
    }
}

/// What a recovery by mail brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecoveryKind {
    /// A link and a code.
    LinkAndCode,
    /// A temporary password (AM-08), where the account may have one.
    TemporaryPassword,
}

/// Recovery.
#[derive(Debug, Clone)]
pub struct Recovery {
    /// What the mail brings.
    pub kind: RecoveryKind,
    /// How long a mailed link lives: 5 minutes to 24 hours (AC-35; N 4.2.1.2).
    pub link_ttl: Duration,
    /// The throttle on requests.
    pub throttle: RecoveryThrottle,
    /// What must be proven.
    pub gates: GatePolicy,
}

/// The throttle on recovery requests (AC-30…AC-32, AC-50…AC-56).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecoveryThrottle {
    /// All must admit a request.
    pub limits: Vec<Limit>,
    /// Whether a refusal is told (AC-56). When not, a refused request looks like an accepted one.
    pub tell: bool,
    /// Whether nothing else limits a recovery. When not, its messages also count among all messages with codes
    /// ([`Sends`]).
    pub alone: bool,
}

impl RecoveryThrottle {
    /// Five an hour and a minute between two for each account, two of them kept for addresses that have not asked for it;
    /// sixty an hour for each client address, so that an office behind one address is not shut out. Refusals look like
    /// acceptance.
    pub fn recommended() -> Self {
        let account = Limit { protection: Protection::Account, per_hour: 5, interval_seconds: 60, kept: 0 };
        let address = Limit { protection: Protection::Address, per_hour: 60, interval_seconds: 0, kept: 0 };
        Self { limits: vec![account.keeping_a_share(), address], tell: false, alone: false }
    }

    /// AC-50…AC-56 and nothing else: five an hour and ten minutes between two, by address or account, told.
    pub fn commerce() -> Self {
        let limit = Limit { protection: Protection::AddressOrAccount, per_hour: 5, interval_seconds: 600, kept: 0 };
        Self { limits: vec![limit], tell: true, alone: true }
    }

    /// No limit at all.
    pub const fn none() -> Self {
        Self { limits: Vec::new(), tell: false, alone: true }
    }
}

/// Sign-in.
#[derive(Debug, Clone)]
pub struct SignIn {
    /// The lock-out after wrong passwords.
    pub lockout: Lockout,
    /// Tries from one client address; counted by each node for itself, beside the exact lock-out (TH-5).
    pub address_rate: Rate,
    /// What must be proven.
    pub gates: GatePolicy,
    /// Origins of other sites that a sign-in may lead on to (T-24).
    pub return_to: Vec<String>,
}

/// Messages with codes.
#[derive(Debug, Clone, Copy)]
pub struct Sends {
    /// To one address or number within an hour; 0 = unlimited.
    pub per_hour_target: u32,
    /// From one client address within an hour; 0 = unlimited.
    pub per_hour_address: u32,
}

impl Sends {
    /// As limits on [`crate::throttle::Purpose::Code`].
    pub fn limits(self) -> [Limit; 2] {
        let limit = |protection, per_hour| Limit { protection, per_hour, interval_seconds: 0, kept: 0 };
        // Registrations count here too, with the target of someone else's recovery.
        [
            limit(Protection::Account, self.per_hour_target).keeping_a_share(),
            limit(Protection::Address, self.per_hour_address),
        ]
    }
}

/// How often requests that write may come, by class (TH-5). Counted by each node for itself, in memory and before any
/// write, so that a flood leaves nothing behind.
#[derive(Debug, Clone, Copy)]
pub struct Requests {
    /// Beginning a registration or a recovery.
    pub starts: Ceiling,
    /// Typing a code, or asking for it again.
    pub codes: Ceiling,
    /// Everything else that writes without hashing.
    pub writes: Ceiling,
}

/// Requests of one class in a minute; twice as many may come at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ceiling {
    /// From one client address.
    pub address_per_minute: u32,
    /// From all addresses together, so that changing addresses gains nothing.
    pub node_per_minute: u32,
}

impl Ceiling {
    /// What the networks of many addresses get, as a multiple of one address: an IPv4 /24, an IPv6 /48.
    const NETWORK: u32 = 8;

    /// The rate of one client address.
    pub fn address(self) -> Rate {
        with_burst(self.address_per_minute)
    }

    /// The rate of a network of client addresses.
    pub fn network(self) -> Rate {
        with_burst(self.address_per_minute.saturating_mul(Self::NETWORK))
    }

    /// The rate of all of them.
    pub fn node(self) -> Rate {
        with_burst(self.node_per_minute)
    }
}

fn with_burst(per_minute: u32) -> Rate {
    Rate::per_minute(per_minute, per_minute.saturating_mul(2))
}

impl Requests {
    /// Far above what people do, far below what fills a disk: 300 starts a minute are some 1,800 rows.
    pub const RECOMMENDED: Self = Self {
        starts: Ceiling { address_per_minute: 10, node_per_minute: 300 },
        codes: Ceiling { address_per_minute: 20, node_per_minute: 1200 },
        writes: Ceiling { address_per_minute: 120, node_per_minute: 6000 },
    };
}

/// Password hashing: Argon2id (RFC 9106).
#[derive(Debug, Clone, Copy)]
pub struct Hashing {
    /// Memory of one hash in KiB; the floor is 19,456 (PW-10).
    pub memory_kib: u32,
    /// Passes over it; the floor is 2.
    pub iterations: u32,
    /// Hashes at the same time; `None` = one for each core.
    pub permits: Option<usize>,
    /// Hashes that may wait; `None` = as many as take two seconds.
    pub queue: Option<usize>,
    /// Whether a key goes into every hash, so that the database alone is of no use for trying passwords.
    pub pepper: bool,
}

impl Hashing {
    /// OWASP's minimum: 19 MiB, two passes.
    pub const RECOMMENDED: Self =
        Self { memory_kib: 19 * 1024, iterations: 2, permits: None, queue: None, pepper: false };
}

impl Settings {
    /// Tries of one client address in a minute, and at once.
    pub(crate) const ADDRESS_RATE: (u32, u32) = (20, 40);

    /// What holds when nothing is configured.
    pub fn recommended() -> Self {
        Self {
            organisation: "Rekey".to_owned(),
            help_url: None,
            default_region: "US".to_owned(),
            time_zone: TimeZone::UTC,
            link_form: LinkForm::Path,
            registration: Registration { open: true, phone: true, terms_url: None, terms_version: None },
            recovery: Recovery {
                kind: RecoveryKind::LinkAndCode,
                link_ttl: Duration::from_secs(3600),
                throttle: RecoveryThrottle::recommended(),
                gates: recovery::recommended_policy(),
            },
            sign_in: SignIn {
                lockout: Lockout::RECOMMENDED,
                address_rate: Rate::per_minute(Self::ADDRESS_RATE.0, Self::ADDRESS_RATE.1),
                gates: assurance::recommended_policy(),
                return_to: Vec::new(),
            },
            session: SessionLimits { idle: Duration::from_secs(3600), absolute: Duration::from_secs(24 * 3600) },
            sends: Sends { per_hour_target: 5, per_hour_address: 60 },
            requests: Requests::RECOMMENDED,
            texts: TextLimits::RECOMMENDED,
            policy: Policy::recommended(),
            hashing: Hashing::RECOMMENDED,
            retention: Retention::RECOMMENDED,
        }
    }
}

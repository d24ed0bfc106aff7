//! What a text message adds to, and why one is refused.

use rekey_shared::Timestamp;

use super::{ALARM_PERCENT, Window};

/// A count that a text message adds to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Meter {
    /// Of one number.
    Number,
    /// Of one prefix.
    Prefix,
    /// Of one client network.
    Network,
    /// Of requests without a proof of work.
    WithoutWork,
    /// Of one country.
    Country,
    /// Of all text messages.
    Total,
    /// What they cost.
    Budget,
}

impl Meter {
    /// All of them, in the order in which they are added to: the same in every transaction, so that no two wait for each
    /// other.
    pub const ALL: [Self; 7] =
        [Self::Number, Self::Prefix, Self::Network, Self::WithoutWork, Self::Country, Self::Total, Self::Budget];

    /// Its name in keys, logs and metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Prefix => "prefix",
            Self::Network => "network",
            Self::WithoutWork => "without_work",
            Self::Country => "country",
            Self::Total => "total",
            Self::Budget => "budget",
        }
    }
}

/// Why a text message is not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextRefusal {
    /// Its country is not served, or it is of none.
    Country,
    /// Its prefix is paused.
    Paused {
        /// Until when.
        until: Timestamp,
    },
    /// A count has no room.
    Full {
        /// Which.
        meter: Meter,
        /// When it begins again.
        until: Timestamp,
    },
}

impl TextRefusal {
    /// Every name, in the order of metrics.
    pub const NAMES: [&'static str; 9] = [
        "text.not_served",
        "text.paused",
        "text.number",
        "text.prefix",
        "text.network",
        "text.without_work",
        "text.country",
        "text.total",
        "text.budget",
    ];

    /// Its name in logs and metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Country => "text.not_served",
            Self::Paused { .. } => "text.paused",
            Self::Full { meter: Meter::Number, .. } => "text.number",
            Self::Full { meter: Meter::Prefix, .. } => "text.prefix",
            Self::Full { meter: Meter::Network, .. } => "text.network",
            Self::Full { meter: Meter::WithoutWork, .. } => "text.without_work",
            Self::Full { meter: Meter::Country, .. } => "text.country",
            Self::Full { meter: Meter::Total, .. } => "text.total",
            Self::Full { meter: Meter::Budget, .. } => "text.budget",
        }
    }

    /// From when on it may be sent; `None` when it may not.
    pub const fn until(self) -> Option<Timestamp> {
        match self {
            Self::Country => None,
            Self::Paused { until } | Self::Full { until, .. } => Some(until),
        }
    }
}

/// An amount to be added to a count, if there is room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Demand {
    /// What is counted.
    pub meter: Meter,
    /// For how long.
    pub window: Window,
    /// Names the count; the same for everything that shares it.
    pub key: String,
    /// When the count ends, and begins again with nothing.
    pub ends_at: Timestamp,
    /// What is added.
    pub amount: u64,
    /// What the count may come to.
    pub limit: u64,
    /// Whether it is the part of a shared count that registrations may use.
    pub of_registrations: bool,
}

impl Demand {
    /// Whether this amount was the one with which the count came to the share at which an operator is told. `used` is
    /// the count with it.
    pub const fn reaches_alarm(&self, used: u64) -> bool {
        let alarm = self.limit.saturating_mul(ALARM_PERCENT);
        used.saturating_mul(100) >= alarm && used.saturating_sub(self.amount).saturating_mul(100) < alarm
    }

    /// The same, for the count by which an operator is told once, over all nodes, that there is no room any more.
    #[must_use]
    pub fn alarm(&self) -> Self {
        Self { key: format!("alarm/{}", self.key), amount: 1, limit: 1, ..self.clone() }
    }

    /// Why a text message is not sent that this has no room for.
    pub const fn refusal(&self) -> TextRefusal {
        TextRefusal::Full { meter: self.meter, until: self.ends_at }
    }

    /// Whether there is room, when so much is used.
    pub const fn fits(&self, used: u64) -> bool {
        used.saturating_add(self.amount) <= self.limit
    }
}

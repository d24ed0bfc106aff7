//! What text messages may cost: each one is paid for, and anyone can ask for one (T-35).
//!
//! A text message is sent when its country is served, its prefix is not paused, and every count that it adds to has
//! room. Counts are of whole hours, days and months in UTC, so that each is one row and one guarded statement; at the
//! turn of an hour two hours' counts are open, and the count of the day holds. What registrations may use of the
//! counts that all share is less by [`TextLimits::owner_share`]: strangers cannot use up what an account's owner needs.

#[cfg(test)]
mod tests;

use rekey_shared::Timestamp;

use super::Notification;
use super::conversion::Breaker;
pub use super::window::Window;

/// The share of a budget from which on an operator is told, in percent.
pub const ALARM_PERCENT: u64 = 80;

/// Digits of a number, the country code included, that make its prefix: a block of some ten thousand numbers.
const PREFIX_DIGITS: usize = 7;
/// Digits that are never part of the prefix: of short numbers seven would be nearly all.
const HIDDEN_DIGITS: usize = 4;

/// What a text message is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextUse {
    /// The code of a registration: to a number that anyone typed.
    Registration,
    /// A recovery: to the verified number of an account, for anyone who asks.
    Recovery,
    /// Word of what happened to an account, to its verified number. No one can ask for it.
    Notice,
}

impl TextUse {
    /// What a notification is sent for.
    pub const fn of(notification: Notification) -> Self {
        match notification {
            Notification::RegistrationSecret { .. } => Self::Registration,
            Notification::RecoverySecret { .. } => Self::Recovery,
            Notification::Welcome { .. }
            | Notification::PasswordChanged { .. }
            | Notification::SignInPaused { .. }
            | Notification::NewDevice { .. }
            | Notification::PasswordExpires { .. }
            | Notification::AccountFrozen { .. } => Self::Notice,
        }
    }
}

/// Text messages within a whole hour and a whole day; 0 = unlimited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextCap {
    /// Within an hour.
    pub per_hour: u32,
    /// Within a day.
    pub per_day: u32,
}

/// Limits on text messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextLimits {
    /// The countries that are served, ISO 3166-1 alpha-2; empty: the one of `default_region`.
    pub countries: Vec<String>,
    /// To one number, for registrations and for recoveries each; for recoveries by the hour alone.
    pub number: TextCap,
    /// To one prefix, for registrations.
    pub prefix: TextCap,
    /// Asked for by one client network (IPv4 /24, IPv6 /48), for registrations.
    pub network: TextCap,
    /// To one country.
    pub country: TextCap,
    /// In all.
    pub total: TextCap,
    /// What of the counts of a country, of the total and of the budgets registrations cannot use, in percent: 0 to 90.
    pub owner_share: u32,
    /// What a segment of a text message costs, in units that the operator chooses.
    pub price: u32,
    /// What it costs in countries where it is another price.
    pub prices: Vec<(String, u32)>,
    /// Units that may be spent within a day; 0 = unlimited.
    pub budget_day: u32,
    /// Units that may be spent within a month; 0 = unlimited.
    pub budget_month: u32,
    /// Pauses prefixes whose codes are hardly ever entered.
    pub breaker: Breaker,
}

/// What a text message is counted by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextTarget {
    /// Stands for the number.
    pub number: String,
    /// [`prefix_of`] the number.
    pub prefix: String,
    /// Stands for the network of the client that asked, where one did.
    pub network: Option<String>,
    /// The number's country.
    pub country: String,
    /// Segments that it is sent in.
    pub segments: u32,
}

/// A count that a text message adds to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Meter {
    /// Of one number.
    Number,
    /// Of one prefix.
    Prefix,
    /// Of one client network.
    Network,
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
    pub const ALL: [Self; 6] = [Self::Number, Self::Prefix, Self::Network, Self::Country, Self::Total, Self::Budget];

    /// Its name in keys, logs and metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Prefix => "prefix",
            Self::Network => "network",
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
    pub const NAMES: [&'static str; 8] = [
        "text.not_served",
        "text.paused",
        "text.number",
        "text.prefix",
        "text.network",
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

impl TextLimits {
    /// What holds when nothing is configured: enough for a site with some thousand accounts, and a day's worth of
    /// abuse costs less than a month's subscription.
    pub const RECOMMENDED: Self = Self {
        countries: Vec::new(),
        number: TextCap { per_hour: 5, per_day: 10 },
        prefix: TextCap { per_hour: 60, per_day: 200 },
        network: TextCap { per_hour: 20, per_day: 60 },
        country: TextCap { per_hour: 300, per_day: 2000 },
        total: TextCap { per_hour: 300, per_day: 2000 },
        owner_share: 30,
        price: 1,
        prices: Vec::new(),
        budget_day: 3000,
        budget_month: 30_000,
        breaker: Breaker::RECOMMENDED,
    };

    /// Whether text messages are sent to this country.
    pub fn serves(&self, country: Option<&str>, default_region: &str) -> bool {
        let Some(country) = country else { return false };
        if self.countries.is_empty() {
            country == default_region
        } else {
            self.countries.iter().any(|it| it == country)
        }
    }

    /// What a text message of so many segments to this country costs.
    pub fn cost(&self, country: &str, segments: u32) -> u64 {
        let special = self.prices.iter().find(|(known, _)| known == country);
        u64::from(special.map_or(self.price, |(_, price)| *price)) * u64::from(segments.max(1))
    }

    /// What a text message adds to which counts, in the order in which they have to be asked. Counts without a limit
    /// are left out.
    pub fn demands(&self, text_use: TextUse, target: &TextTarget, now: Timestamp) -> Vec<Demand> {
        let mut demands = Demands { limits: self, text_use, now, list: Vec::new() };
        match text_use {
            TextUse::Registration => {
                demands.capped(Meter::Number, self.number, &format!("registration/{}", target.number));
                demands.capped(Meter::Prefix, self.prefix, &target.prefix);
                if let Some(network) = &target.network {
                    demands.capped(Meter::Network, self.network, network);
                }
            }
            // By the hour alone: anyone can ask for these, and an owner must not be kept out for a day.
            TextUse::Recovery => {
                let subject = format!("recovery/{}", target.number);
                demands.push((Meter::Number, Window::Hour), &subject, (1, self.number.per_hour.into()), false);
            }
            // An owner is told of what happened however often that was.
            TextUse::Notice => {}
        }
        demands.shared(Meter::Country, Window::Hour, &target.country, (1, self.country.per_hour));
        demands.shared(Meter::Country, Window::Day, &target.country, (1, self.country.per_day));
        demands.shared(Meter::Total, Window::Hour, "all", (1, self.total.per_hour));
        demands.shared(Meter::Total, Window::Day, "all", (1, self.total.per_day));
        let cost = self.cost(&target.country, target.segments);
        demands.shared(Meter::Budget, Window::Day, "all", (cost, self.budget_day));
        demands.shared(Meter::Budget, Window::Month, "all", (cost, self.budget_month));
        demands.list
    }

    /// The counts that an operator watches: budgets and all text messages, whole and the part of registrations. Nothing
    /// is added.
    pub fn watched(&self, now: Timestamp) -> Vec<Demand> {
        let mut demands = Demands { limits: self, text_use: TextUse::Registration, now, list: Vec::new() };
        demands.shared(Meter::Total, Window::Hour, "all", (0, self.total.per_hour));
        demands.shared(Meter::Total, Window::Day, "all", (0, self.total.per_day));
        demands.shared(Meter::Budget, Window::Day, "all", (0, self.budget_day));
        demands.shared(Meter::Budget, Window::Month, "all", (0, self.budget_month));
        demands.list
    }
}

struct Demands<'a> {
    limits: &'a TextLimits,
    text_use: TextUse,
    now: Timestamp,
    list: Vec<Demand>,
}

impl Demands<'_> {
    fn capped(&mut self, meter: Meter, cap: TextCap, subject: &str) {
        self.push((meter, Window::Hour), subject, (1, cap.per_hour.into()), false);
        self.push((meter, Window::Day), subject, (1, cap.per_day.into()), false);
    }

    /// A count that registrations share with owners: theirs comes first and is smaller.
    fn shared(&mut self, meter: Meter, window: Window, subject: &str, (amount, limit): (u64, u32)) {
        if self.text_use == TextUse::Registration && limit > 0 {
            let open = u64::from(100 - self.limits.owner_share.min(100));
            // At least one: a limit of one must not keep every registration out.
            let part = (u64::from(limit) * open / 100).max(1);
            self.push((meter, window), &format!("registration/{subject}"), (amount, part), true);
        }
        self.push((meter, window), subject, (amount, limit.into()), false);
    }

    fn push(
        &mut self,
        (meter, window): (Meter, Window),
        subject: &str,
        (amount, limit): (u64, u64),
        of_registrations: bool,
    ) {
        if limit == 0 {
            return;
        }
        let (starts_at, ends_at) = window.around(self.now);
        let key = format!("{}/{}/{}/{subject}", meter.name(), window.name(), starts_at.as_millis() / 1000);
        self.list.push(Demand { meter, window, key, ends_at, amount, limit, of_registrations });
    }
}

/// The first digits of a number in E.164: the block that it was given out with.
pub fn prefix_of(number: &str) -> &str {
    let digits = number.strip_prefix('+').unwrap_or(number);
    let length = digits.len().saturating_sub(HIDDEN_DIGITS).min(PREFIX_DIGITS);
    digits.get(..length).unwrap_or_default()
}

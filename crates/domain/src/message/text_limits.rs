//! What text messages may cost: each one is paid for, and anyone can ask for one (T-35).
//!
//! A text message is sent when its country is served, its prefix is not paused, and every count that it adds to has
//! room. Counts are of whole hours, days and months in UTC, so that each is one row and one guarded statement; at the
//! turn of an hour two hours' counts are open, and the count of the day holds. What registrations may use of the
//! counts that all share is less by [`TextLimits::owner_share`]: strangers cannot use up what an account's owner needs.
//! What is asked for without a proof of work has tighter counts of its own, so that a flood of it leaves the rest alone.

mod demand;
#[cfg(test)]
mod tests;

use rekey_shared::Timestamp;

pub use self::demand::{Demand, Meter, TextRefusal};
use super::Notification;
use super::conversion::Breaker;
pub use super::window::Window;
use crate::throttle::kept_of;

/// The share of a budget from which on an operator is told, in percent.
pub const ALARM_PERCENT: u64 = 80;

/// Digits of a number, the country code included, that make its prefix: a block of some ten thousand numbers.
const PREFIX_DIGITS: usize = 7;
/// Digits that are never part of the prefix: of short numbers seven would be nearly all.
const HIDDEN_DIGITS: usize = 4;

/// What of each shared count is open to requests without a proof of work, in percent, whatever their own caps say: caps
/// that are larger than what they share with others must not let them use up all of it.
const WITHOUT_WORK_PERCENT: u64 = 50;

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
    /// Its name in keys.
    const fn name(self) -> &'static str {
        match self {
            Self::Registration => "registration",
            Self::Recovery => "recovery",
            Self::Notice => "notice",
        }
    }

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

/// What a browser has to find out before it asks for a text message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkDemand {
    /// Whether it is asked for. When not, every request counts as one with a proof.
    pub on: bool,
    /// Zero bits that the hash must begin with: each doubles the work.
    pub bits: u8,
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
    /// Asked for without a proof of work, for registrations and for recoveries each.
    pub without_work: TextCap,
    /// The work that is asked of browsers.
    pub work: WorkDemand,
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
    /// Whether the browser that asked has proven its work, or none was asked for.
    pub with_work: bool,
    /// Whether that network has asked for a recovery to the number within the hour.
    pub asked_before: bool,
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
        without_work: TextCap { per_hour: 40, per_day: 200 },
        work: WorkDemand { on: true, bits: 17 },
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
        let without_work = !target.with_work && text_use != TextUse::Notice;
        let mut demands = Demands { limits: self, text_use, without_work, now, list: Vec::new() };
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
                let kept = if target.asked_before { kept_of(self.number.per_hour) } else { 0 };
                let subject = format!("recovery/{}", target.number);
                demands.push((Meter::Number, Window::Hour), &subject, (1, (self.number.per_hour - kept).into()), false);
            }
            // An owner is told of what happened however often that was.
            TextUse::Notice => {}
        }
        if without_work {
            // An owner without scripts must not be kept out for a day either.
            let cap = match text_use {
                TextUse::Recovery => TextCap { per_day: 0, ..self.without_work },
                TextUse::Registration | TextUse::Notice => self.without_work,
            };
            demands.capped(Meter::WithoutWork, cap, text_use.name());
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

    /// The count of recoveries to a number that one network asks for: after its first, what is kept for others is closed to
    /// it. It refuses nothing by itself. `None` where no network asked, and where recoveries are not counted.
    pub fn of_asker(&self, text_use: TextUse, target: &TextTarget, now: Timestamp) -> Option<Demand> {
        let network = target.network.as_ref().filter(|_| text_use == TextUse::Recovery && self.number.per_hour > 0)?;
        let mut demands = Demands { limits: self, text_use, without_work: false, now, list: Vec::new() };
        let subject = format!("recovery/{}/{network}", target.number);
        demands.push((Meter::Number, Window::Hour), &subject, (1, u32::MAX.into()), false);
        demands.list.pop()
    }

    /// The counts that an operator watches: budgets and all text messages, whole and the part of registrations, and
    /// registrations without a proof of work. Nothing is added.
    pub fn watched(&self, now: Timestamp) -> Vec<Demand> {
        let text_use = TextUse::Registration;
        let mut demands = Demands { limits: self, text_use, without_work: false, now, list: Vec::new() };
        let subject = text_use.name();
        demands.push((Meter::WithoutWork, Window::Hour), subject, (0, self.without_work.per_hour.into()), true);
        demands.push((Meter::WithoutWork, Window::Day), subject, (0, self.without_work.per_day.into()), true);
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
    without_work: bool,
    now: Timestamp,
    list: Vec<Demand>,
}

impl Demands<'_> {
    fn capped(&mut self, meter: Meter, cap: TextCap, subject: &str) {
        self.push((meter, Window::Hour), subject, (1, cap.per_hour.into()), false);
        self.push((meter, Window::Day), subject, (1, cap.per_day.into()), false);
    }

    /// A count that registrations share with owners: theirs comes first and is smaller. Before both comes the part of
    /// requests without a proof of work.
    fn shared(&mut self, meter: Meter, window: Window, subject: &str, (amount, limit): (u64, u32)) {
        let of_registrations = self.text_use == TextUse::Registration;
        let percent = if of_registrations { u64::from(100 - self.limits.owner_share.min(100)) } else { 100 };
        let open = part_of(limit.into(), percent);
        let uses = self.text_use.name();
        if self.without_work {
            let part = part_of(open, WITHOUT_WORK_PERCENT);
            self.push((meter, window), &format!("without_work/{uses}/{subject}"), (amount, part), of_registrations);
        }
        if of_registrations {
            self.push((meter, window), &format!("{uses}/{subject}"), (amount, open), true);
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

/// At least one of a limit: a limit of one must not keep everyone out. 0, which is no limit, stays 0.
fn part_of(limit: u64, percent: u64) -> u64 {
    (limit * percent / 100).max(limit.min(1))
}

/// The first digits of a number in E.164: the block that it was given out with.
pub fn prefix_of(number: &str) -> &str {
    let digits = number.strip_prefix('+').unwrap_or(number);
    let length = digits.len().saturating_sub(HIDDEN_DIGITS).min(PREFIX_DIGITS);
    digits.get(..length).unwrap_or_default()
}

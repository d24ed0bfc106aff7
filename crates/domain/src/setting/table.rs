//! Every setting that can be changed while the program runs, one line each.

use rekey_shared::password::Policy;

use super::draft::ThrottlePreset;
use super::format::{Link, Name, OneOf, Origins, Region, Span, Switch, Whole, Zone};
use super::format_texts::{Prices, Regions};
use super::key::{Key, Section, Typed};
use super::{LinkForm, RecoveryKind, Settings};
use crate::throttle::Protection;

const MINUTE: u64 = 60;
const HOUR: u64 = 3600;
const DAY: u64 = 86400;

const SWITCH: Switch = Switch;
const COUNT: Whole = Whole { least: 0, most: 1_000_000 };
const FROM_ONE: Whole = Whole { least: 1, most: 1_000_000 };
const MONEY: Whole = Whole { least: 0, most: 1_000_000_000 };
const PRICE: Whole = Whole { least: 0, most: 100_000 };
const SHARE: Whole = Whole { least: 0, most: 90 };
const WAIT: Span = Span { least: 1, most: DAY };
const WEB: &[&str] = &["https", "http"];
const HELP: &[&str] = &["https", "http", "mailto"];
const LINK_LIFE: Span = Span { least: 5 * MINUTE, most: DAY };
// Rows of sessions go `retention.sessions` after their last use: the idle limit stays below its default.
const IDLE: Span = Span { least: MINUTE, most: 29 * DAY };
const KEPT: Span = Span { least: DAY, most: 3650 * DAY };
const ABSOLUTE: Span = Span { least: MINUTE, most: 365 * DAY };

const LINK_FORMS: OneOf<LinkForm> =
    OneOf { words: &["path", "fragment"], meanings: &[LinkForm::Path, LinkForm::Fragment] };
const KINDS: OneOf<RecoveryKind> = OneOf {
    words: &["link_and_code", "temporary_password"],
    meanings: &[RecoveryKind::LinkAndCode, RecoveryKind::TemporaryPassword],
};
const THROTTLES: OneOf<ThrottlePreset> = OneOf {
    words: &["recommended", "commerce", "none"],
    meanings: &[ThrottlePreset::Recommended, ThrottlePreset::Commerce, ThrottlePreset::None],
};
const PROTECTIONS: OneOf<Protection> = OneOf {
    words: &["none", "address", "account", "address_or_account", "address_and_account"],
    meanings: &[
        Protection::None,
        Protection::Address,
        Protection::Account,
        Protection::AddressOrAccount,
        Protection::AddressAndAccount,
    ],
};
const POLICIES: OneOf<&'static str> = OneOf { words: &Policy::PRESETS, meanings: &Policy::PRESETS };

/// One line of the table: key, document, what may stand there, how it is taken over, what holds.
macro_rules! keys {
    ($($name:literal $section:ident $format:expr, $set:expr, $get:expr;)+) => {
        &[$(&Typed { name: $name, section: Section::$section, format: $format, set: $set, get: $get }),+]
    };
}

/// All of them, in the order in which they are listed.
#[rustfmt::skip]
pub static KEYS: &[&dyn Key] = keys! {
    "organisation" Site Name { most: 80 }, |d, v| d.settings.organisation = v, |s| Some(s.organisation.clone());
    "help_url" Site Link(HELP), |d, v| d.settings.help_url = Some(v), |s| s.help_url.clone();
    "default_region" Site Region, |d, v| d.settings.default_region = v, |s| Some(s.default_region.clone());
    "time_zone" Site Zone, |d, v| d.settings.time_zone = v, |s| Some(s.time_zone.clone());
    "links.form" Site LINK_FORMS, |d, v| d.settings.link_form = v, |s| Some(s.link_form);

    "registration.open" Registration SWITCH, |d, v| d.settings.registration.open = v, |s| Some(s.registration.open);
    "registration.phone" Registration SWITCH, |d, v| d.settings.registration.phone = v, |s| Some(s.registration.phone);
    "registration.terms_url" Registration Link(WEB), |d, v| d.settings.registration.terms_url = Some(v), |s| s.registration.terms_url.clone();
    "registration.terms_version" Registration Name { most: 40 }, |d, v| d.settings.registration.terms_version = Some(v), |s| s.registration.terms_version.clone();

    "recovery.kind" Recovery KINDS, |d, v| d.settings.recovery.kind = v, |s| Some(s.recovery.kind);
    "recovery.link_ttl" Recovery LINK_LIFE, |d, v| { d.link_ttl_given = true; d.settings.recovery.link_ttl = v }, |s| Some(s.recovery.link_ttl);
    "recovery.throttle" Recovery THROTTLES, |d, v| d.throttle.preset = Some(v), |s| ThrottlePreset::of(&s.recovery.throttle);
    "recovery.throttle.protection" Recovery PROTECTIONS, |d, v| d.throttle.protection = Some(v), |_| None;
    "recovery.throttle.per_hour" Recovery COUNT, |d, v| d.throttle.per_hour = Some(v), |_| None;
    "recovery.throttle.interval" Recovery Span { least: 0, most: HOUR }, |d, v| d.throttle.interval = Some(v), |_| None;
    "recovery.throttle.tell" Recovery SWITCH, |d, v| d.throttle.tell = Some(v), |_| None;

    "sign_in.lockout_threshold" SignIn Whole { least: 1, most: 100 }, |d, v| d.settings.sign_in.lockout.threshold = v, |s| Some(s.sign_in.lockout.threshold);
    "sign_in.lockout_wait" SignIn WAIT, |d, v| d.settings.sign_in.lockout.base = v, |s| Some(s.sign_in.lockout.base);
    "sign_in.lockout_longest" SignIn WAIT, |d, v| d.settings.sign_in.lockout.ceiling = v, |s| Some(s.sign_in.lockout.ceiling);
    "sign_in.address_per_minute" SignIn FROM_ONE, |d, v| d.address_per_minute = Some(v), |_| Some(Settings::ADDRESS_RATE.0);
    "sign_in.address_burst" SignIn FROM_ONE, |d, v| d.address_burst = Some(v), |_| Some(Settings::ADDRESS_RATE.1);
    "sign_in.return_to" SignIn Origins, |d, v| d.settings.sign_in.return_to = v, |s| Some(s.sign_in.return_to.clone()).filter(|listed| !listed.is_empty());

    "session.idle" Session IDLE, |d, v| d.settings.session.idle = v, |s| Some(s.session.idle);
    "session.absolute" Session ABSOLUTE, |d, v| { d.absolute_given = true; d.settings.session.absolute = v }, |s| Some(s.session.absolute);

    "sends.per_hour_target" Sends COUNT, |d, v| d.settings.sends.per_hour_target = v, |s| Some(s.sends.per_hour_target);
    "sends.per_hour_address" Sends COUNT, |d, v| d.settings.sends.per_hour_address = v, |s| Some(s.sends.per_hour_address);

    "requests.starts_per_minute" Requests FROM_ONE, |d, v| d.settings.requests.starts.address_per_minute = v, |s| Some(s.requests.starts.address_per_minute);
    "requests.starts_in_all" Requests FROM_ONE, |d, v| d.settings.requests.starts.node_per_minute = v, |s| Some(s.requests.starts.node_per_minute);
    "requests.codes_per_minute" Requests FROM_ONE, |d, v| d.settings.requests.codes.address_per_minute = v, |s| Some(s.requests.codes.address_per_minute);
    "requests.codes_in_all" Requests FROM_ONE, |d, v| d.settings.requests.codes.node_per_minute = v, |s| Some(s.requests.codes.node_per_minute);
    "requests.writes_per_minute" Requests FROM_ONE, |d, v| d.settings.requests.writes.address_per_minute = v, |s| Some(s.requests.writes.address_per_minute);
    "requests.writes_in_all" Requests FROM_ONE, |d, v| d.settings.requests.writes.node_per_minute = v, |s| Some(s.requests.writes.node_per_minute);

    "texts.countries" Texts Regions, |d, v| d.settings.texts.countries = v, |s| Some(s.texts.countries.clone()).filter(|listed| !listed.is_empty());
    "texts.per_hour_number" Texts COUNT, |d, v| d.settings.texts.number.per_hour = v, |s| Some(s.texts.number.per_hour);
    "texts.per_day_number" Texts COUNT, |d, v| d.settings.texts.number.per_day = v, |s| Some(s.texts.number.per_day);
    "texts.per_hour_prefix" Texts COUNT, |d, v| d.settings.texts.prefix.per_hour = v, |s| Some(s.texts.prefix.per_hour);
    "texts.per_day_prefix" Texts COUNT, |d, v| d.settings.texts.prefix.per_day = v, |s| Some(s.texts.prefix.per_day);
    "texts.per_hour_network" Texts COUNT, |d, v| d.settings.texts.network.per_hour = v, |s| Some(s.texts.network.per_hour);
    "texts.per_day_network" Texts COUNT, |d, v| d.settings.texts.network.per_day = v, |s| Some(s.texts.network.per_day);
    "texts.per_hour_country" Texts COUNT, |d, v| d.settings.texts.country.per_hour = v, |s| Some(s.texts.country.per_hour);
    "texts.per_day_country" Texts COUNT, |d, v| d.settings.texts.country.per_day = v, |s| Some(s.texts.country.per_day);
    "texts.per_hour_total" Texts COUNT, |d, v| d.settings.texts.total.per_hour = v, |s| Some(s.texts.total.per_hour);
    "texts.per_day_total" Texts COUNT, |d, v| d.settings.texts.total.per_day = v, |s| Some(s.texts.total.per_day);
    "texts.work" Texts SWITCH, |d, v| d.settings.texts.work.on = v, |s| Some(s.texts.work.on);
    "texts.work_bits" Texts Whole { least: 8, most: 24 }, |d, v| d.settings.texts.work.bits = u8::try_from(v).unwrap_or(u8::MAX), |s| Some(s.texts.work.bits.into());
    "texts.per_hour_without_work" Texts COUNT, |d, v| d.settings.texts.without_work.per_hour = v, |s| Some(s.texts.without_work.per_hour);
    "texts.per_day_without_work" Texts COUNT, |d, v| d.settings.texts.without_work.per_day = v, |s| Some(s.texts.without_work.per_day);
    "texts.owner_share" Texts SHARE, |d, v| d.settings.texts.owner_share = v, |s| Some(s.texts.owner_share);
    "texts.price" Texts PRICE, |d, v| d.settings.texts.price = v, |s| Some(s.texts.price);
    "texts.prices" Texts Prices, |d, v| d.settings.texts.prices = v, |s| Some(s.texts.prices.clone()).filter(|listed| !listed.is_empty());
    "texts.budget_day" Texts MONEY, |d, v| d.settings.texts.budget_day = v, |s| Some(s.texts.budget_day);
    "texts.budget_month" Texts MONEY, |d, v| d.settings.texts.budget_month = v, |s| Some(s.texts.budget_month);
    "texts.breaker_sent" Texts COUNT, |d, v| d.settings.texts.breaker.sent = v, |s| Some(s.texts.breaker.sent);
    "texts.breaker_percent" Texts Whole { least: 1, most: 100 }, |d, v| d.settings.texts.breaker.percent = v, |s| Some(s.texts.breaker.percent);
    "texts.breaker_pause" Texts Span { least: MINUTE, most: 7 * DAY }, |d, v| d.settings.texts.breaker.pause = v, |s| Some(s.texts.breaker.pause);

    "policy.preset" Password POLICIES, |d, v| d.policy = Some(v), |s| Policy::PRESETS.into_iter().find(|name| Policy::preset(name).as_ref() == Some(&s.policy));

    "retention.audit" Retention KEPT, |d, v| d.settings.retention.audit = v, |s| Some(s.retention.audit);
    "retention.journeys" Retention KEPT, |d, v| d.settings.retention.journeys = v, |s| Some(s.retention.journeys);
    "retention.messages" Retention KEPT, |d, v| d.settings.retention.messages = v, |s| Some(s.retention.messages);
    "retention.dead_messages" Retention KEPT, |d, v| d.settings.retention.dead_messages = v, |s| Some(s.retention.dead_messages);
    "retention.sessions" Retention KEPT, |d, v| d.settings.retention.sessions = v, |s| Some(s.retention.sessions);
    "retention.known_devices" Retention KEPT, |d, v| d.settings.retention.known_devices = v, |s| Some(s.retention.known_devices);
    "retention.action_tokens" Retention KEPT, |d, v| d.settings.retention.action_tokens = v, |s| Some(s.retention.action_tokens);
    "retention.budgets" Retention KEPT, |d, v| d.settings.retention.budgets = v, |s| Some(s.retention.budgets);
    "retention.jobs" Retention KEPT, |d, v| d.settings.retention.jobs = v, |s| Some(s.retention.jobs);
};

/// The key of that name.
pub fn find_key(name: &str) -> Option<&'static dyn Key> {
    KEYS.iter().copied().find(|key| key.name() == name)
}

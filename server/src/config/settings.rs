//! The keys that the journeys depend on.

use std::path::Path;
use std::time::Duration;

use rekey_domain::session::SessionLimits;
use rekey_domain::throttle::budget::Lockout;
use rekey_domain::throttle::rate::Rate;
use rekey_domain::throttle::{Limit, Protection};
use rekey_service::setting::{
    Hashing, Recovery, RecoveryKind, RecoveryThrottle, Registration, Sends, Settings, SignIn,
};
use rekey_shared::password::Policy;
use url::Url;

use crate::policy::{file, lint};

use super::{ConfigError, Source};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(86400);

/// A cost that protects nothing, for tests that sign in thousands of times.
const TEST_COST: Hashing = Hashing { memory_kib: 64, iterations: 1, permits: None, queue: None };

pub(super) fn take(source: &mut Source, is_local: bool) -> Result<Settings, ConfigError> {
    let usual = Settings::recommended();
    Ok(Settings {
        organisation: source.parsed("organisation", organisation)?.unwrap_or(usual.organisation),
        help_url: source.parsed("help_url", |text| link(text, &["https", "http", "mailto"]))?,
        default_region: source.parsed("default_region", region)?.unwrap_or(usual.default_region),
        registration: registration(source, &usual.registration)?,
        recovery: recovery(source, usual.recovery)?,
        sign_in: sign_in(source)?,
        session: session(source, usual.session)?,
        sends: sends(source, usual.sends)?,
        policy: policy(source, usual.policy)?,
        hashing: hashing(source, is_local)?,
    })
}

fn organisation(text: &str) -> Result<String, String> {
    let text = text.trim();
    let fits = (1..=80).contains(&text.chars().count()) && !text.contains(char::is_control);
    fits.then(|| text.to_owned()).ok_or_else(|| "must be a name of 1 to 80 characters".to_owned())
}

pub(super) fn link(text: &str, schemes: &[&str]) -> Result<String, String> {
    let url = Url::parse(text.trim()).ok().filter(|url| schemes.contains(&url.scheme()));
    url.map(String::from).ok_or_else(|| format!("must be a URL that begins with {}:", schemes.join(": or ")))
}

fn region(text: &str) -> Result<String, String> {
    let fits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase());
    fits.then(|| text.to_owned())
        .ok_or_else(|| "must be a country code of two uppercase letters, such as \"US\"".to_owned())
}

/// A policy below a floor is no policy: nothing starts with it.
fn policy(source: &mut Source, usual: Policy) -> Result<Policy, ConfigError> {
    let named = source.parsed("policy.preset", preset)?;
    let policy = match source.text("policy.file")? {
        Some(_) if named.is_some() => {
            return Err(ConfigError::new("policy.file", "must not stand beside policy.preset"));
        }
        Some(path) => file::read(Path::new(&path))?,
        None => named.unwrap_or(usual),
    };
    match policy.floors().first() {
        Some(finding) => Err(ConfigError::new("policy.file", lint::line(*finding))),
        None => Ok(policy),
    }
}

fn preset(name: &str) -> Result<Policy, String> {
    Policy::preset(name).ok_or_else(|| format!("must be one of: {}", Policy::PRESETS.join(", ")))
}

fn registration(source: &mut Source, usual: &Registration) -> Result<Registration, ConfigError> {
    Ok(Registration {
        open: source.boolean("registration.open")?.unwrap_or(usual.open),
        terms_url: source.parsed("registration.terms_url", |text| link(text, &["https", "http"]))?,
    })
}

fn recovery(source: &mut Source, usual: Recovery) -> Result<Recovery, ConfigError> {
    let kind = source.parsed("recovery.kind", |name| match name {
        "link_and_code" => Ok(RecoveryKind::LinkAndCode),
        "temporary_password" => Ok(RecoveryKind::TemporaryPassword),
        _ => Err("must be \"link_and_code\" or \"temporary_password\"".to_owned()),
    })?;
    Ok(Recovery {
        kind: kind.unwrap_or(usual.kind),
        link_ttl: source.span("recovery.link_ttl", 5 * MINUTE..=DAY)?.unwrap_or(usual.link_ttl),
        throttle: throttle(source)?.unwrap_or(usual.throttle),
    })
}

/// A preset by name, or a table of one's own.
fn throttle(source: &mut Source) -> Result<Option<RecoveryThrottle>, ConfigError> {
    let preset = source.parsed("recovery.throttle", |name| match name {
        "recommended" => Ok(RecoveryThrottle::recommended()),
        "commerce" => Ok(RecoveryThrottle::commerce()),
        "none" => Ok(RecoveryThrottle { limits: Vec::new(), tell: false }),
        _ => Err("must be \"recommended\", \"commerce\", \"none\" or a table".to_owned()),
    })?;
    let Some(protection) = source.parsed("recovery.throttle.protection", protection)? else { return Ok(preset) };
    let per_hour = source.number("recovery.throttle.per_hour", 0..=1_000_000)?.unwrap_or(5);
    let interval = source.span("recovery.throttle.interval", Duration::ZERO..=HOUR)?.unwrap_or(MINUTE);
    let tell = source.boolean("recovery.throttle.tell")?.unwrap_or(false);
    let interval_seconds = u32::try_from(interval.as_secs()).unwrap_or(u32::MAX);
    Ok(Some(RecoveryThrottle { limits: vec![Limit { protection, per_hour, interval_seconds }], tell }))
}

fn protection(name: &str) -> Result<Protection, String> {
    match name {
        "none" => Ok(Protection::None),
        "address" => Ok(Protection::Address),
        "account" => Ok(Protection::Account),
        "address_or_account" => Ok(Protection::AddressOrAccount),
        "address_and_account" => Ok(Protection::AddressAndAccount),
        _ => Err("must be none, address, account, address_or_account or address_and_account".to_owned()),
    }
}

fn sign_in(source: &mut Source) -> Result<SignIn, ConfigError> {
    let usual = Lockout::RECOMMENDED;
    let lockout = Lockout {
        threshold: source.number("sign_in.lockout_threshold", 0..=100)?.unwrap_or(usual.threshold),
        base: source.span("sign_in.lockout_wait", Duration::from_secs(1)..=DAY)?.unwrap_or(usual.base),
        ceiling: source.span("sign_in.lockout_longest", Duration::from_secs(1)..=DAY)?.unwrap_or(usual.ceiling),
    };
    if lockout.ceiling < lockout.base {
        return Err(source.wrong("sign_in.lockout_longest", "must not be shorter than sign_in.lockout_wait"));
    }
    let per_minute = source.number("sign_in.address_per_minute", 1..=1_000_000)?.unwrap_or(20);
    let burst = source.number("sign_in.address_burst", 1..=1_000_000)?.unwrap_or(40);
    Ok(SignIn { lockout, address_rate: Rate::per_minute(per_minute, burst) })
}

fn session(source: &mut Source, usual: SessionLimits) -> Result<SessionLimits, ConfigError> {
    // Rows of sessions go thirty days after their last use: the idle limit stays below.
    let idle = source.span("session.idle", MINUTE..=29 * DAY)?.unwrap_or(usual.idle);
    let absolute = source.span("session.absolute", MINUTE..=365 * DAY)?.unwrap_or(usual.absolute.max(idle));
    if absolute < idle {
        return Err(source.wrong("session.absolute", "must not be shorter than session.idle"));
    }
    Ok(SessionLimits { idle, absolute })
}

fn sends(source: &mut Source, usual: Sends) -> Result<Sends, ConfigError> {
    Ok(Sends {
        per_hour_target: source.number("sends.per_hour_target", 0..=1_000_000)?.unwrap_or(usual.per_hour_target),
        per_hour_address: source.number("sends.per_hour_address", 0..=1_000_000)?.unwrap_or(usual.per_hour_address),
    })
}

/// Argon2id's cost never goes below OWASP's minimum (PW-10).
fn hashing(source: &mut Source, is_local: bool) -> Result<Hashing, ConfigError> {
    let usual = Hashing::RECOMMENDED;
    let hashing = Hashing {
        memory_kib: source.number("hashing.memory_kib", 19_456..=4_194_304)?.unwrap_or(usual.memory_kib),
        iterations: source.number("hashing.iterations", 2..=64)?.unwrap_or(usual.iterations),
        permits: source.number("hashing.permits", 1..=256)?,
        queue: source.number("hashing.queue", 1..=100_000)?,
    };
    if !source.boolean("hashing.insecure_test_cost")?.unwrap_or(false) {
        return Ok(hashing);
    }
    if !is_local {
        return Err(source.wrong("hashing.insecure_test_cost", "is for tests on this machine only"));
    }
    Ok(Hashing { permits: hashing.permits, queue: hashing.queue, ..TEST_COST })
}

//! Settings while they are put together: some are made of several keys, and some depend on one another.

use std::time::Duration;

use rekey_shared::password::Policy;

use super::{Problem, RecoveryThrottle, SettingError, Settings};
use crate::throttle::rate::Rate;
use crate::throttle::{Limit, Protection};

/// Values that have been taken one by one and do not count yet.
pub struct Draft {
    pub(super) settings: Settings,
    pub(super) throttle: ThrottleDraft,
    pub(super) address_per_minute: Option<u32>,
    pub(super) address_burst: Option<u32>,
    pub(super) absolute_given: bool,
    pub(super) link_ttl_given: bool,
    pub(super) policy: Option<&'static str>,
}

/// The throttle of recoveries by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ThrottlePreset {
    Recommended,
    Commerce,
    None,
}

/// The throttle of recoveries: a preset, or limits of its own.
#[derive(Default)]
pub(super) struct ThrottleDraft {
    pub preset: Option<ThrottlePreset>,
    pub protection: Option<Protection>,
    pub per_hour: Option<u32>,
    pub interval: Option<Duration>,
    pub tell: Option<bool>,
}

/// How long links live where recovery behaves as that shop's (AC-35).
const COMMERCE_LINK_TTL: Duration = Duration::from_secs(24 * 3600);

pub(super) const THROTTLE: &str = "recovery.throttle";
pub(super) const PROTECTION: &str = "recovery.throttle.protection";
const PER_HOUR: &str = "recovery.throttle.per_hour";
const INTERVAL: &str = "recovery.throttle.interval";
const TELL: &str = "recovery.throttle.tell";
/// The keys of which some make no sense beside others.
pub(super) const THROTTLE_KEYS: [&str; 5] = [THROTTLE, PROTECTION, PER_HOUR, INTERVAL, TELL];

impl ThrottlePreset {
    pub fn throttle(self) -> RecoveryThrottle {
        match self {
            Self::Recommended => RecoveryThrottle::recommended(),
            Self::Commerce => RecoveryThrottle::commerce(),
            Self::None => RecoveryThrottle::none(),
        }
    }

    /// The preset that a throttle is, if it is one.
    pub fn of(throttle: &RecoveryThrottle) -> Option<Self> {
        [Self::Recommended, Self::Commerce, Self::None].into_iter().find(|preset| preset.throttle() == *throttle)
    }
}

impl Draft {
    /// Begins with what holds when nothing is set.
    pub(super) fn new(base: &Settings) -> Self {
        Self {
            settings: base.clone(),
            throttle: ThrottleDraft::default(),
            address_per_minute: None,
            address_burst: None,
            absolute_given: false,
            link_ttl_given: false,
            policy: None,
        }
    }

    /// Puts the settings together, or says which of them contradict each other.
    pub(super) fn finish(mut self) -> Result<Settings, SettingError> {
        if let Some(throttle) = self.throttle.finish()? {
            self.settings.recovery.throttle = throttle;
        }
        if self.throttle.preset == Some(ThrottlePreset::Commerce) && !self.link_ttl_given {
            self.settings.recovery.link_ttl = COMMERCE_LINK_TTL;
        }
        if self.address_per_minute.is_some() || self.address_burst.is_some() {
            let usual = Settings::ADDRESS_RATE;
            let per_minute = self.address_per_minute.unwrap_or(usual.0);
            self.settings.sign_in.address_rate = Rate::per_minute(per_minute, self.address_burst.unwrap_or(usual.1));
        }
        if let Some(policy) = self.policy.and_then(Policy::preset) {
            self.settings.policy = policy;
        }
        if !self.absolute_given {
            let session = &mut self.settings.session;
            session.absolute = session.absolute.max(session.idle);
        }
        check(&self.settings)?;
        Ok(self.settings)
    }
}

/// Holds settings against one another.
fn check(settings: &Settings) -> Result<(), SettingError> {
    if settings.sign_in.lockout.ceiling < settings.sign_in.lockout.base {
        return Err(SettingError::wrong("sign_in.lockout_longest", Problem::ShorterThan("sign_in.lockout_wait")));
    }
    if settings.session.absolute < settings.session.idle {
        return Err(SettingError::wrong("session.absolute", Problem::ShorterThan("session.idle")));
    }
    // A session whose row is gone has ended.
    if settings.retention.sessions < settings.session.idle {
        return Err(SettingError::wrong("retention.sessions", Problem::ShorterThan("session.idle")));
    }
    // A policy below a floor is no policy: nothing starts with it, and nothing takes it up.
    match settings.policy.floors().first() {
        Some(finding) => Err(SettingError::wrong("policy.preset", Problem::BelowFloor(*finding))),
        None => Ok(()),
    }
}

impl ThrottleDraft {
    fn finish(&self) -> Result<Option<RecoveryThrottle>, SettingError> {
        let Some(protection) = self.protection else {
            let beside =
                [(PER_HOUR, self.per_hour.is_some()), (INTERVAL, self.interval.is_some()), (TELL, self.tell.is_some())];
            return match beside.into_iter().find(|(_, given)| *given) {
                Some((key, _)) => Err(SettingError::wrong(key, Problem::Needs(PROTECTION))),
                None => Ok(self.preset.map(ThrottlePreset::throttle)),
            };
        };
        if self.preset.is_some() {
            return Err(SettingError::wrong(THROTTLE, Problem::Excludes(PROTECTION)));
        }
        let interval = self.interval.unwrap_or(Duration::from_secs(60));
        let interval_seconds = u32::try_from(interval.as_secs()).unwrap_or(u32::MAX);
        let limit = Limit { protection, per_hour: self.per_hour.unwrap_or(5), interval_seconds, kept: 0 };
        Ok(Some(RecoveryThrottle { limits: vec![limit], tell: self.tell.unwrap_or(false), alone: false }))
    }
}

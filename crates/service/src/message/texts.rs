//! Claiming a text message before it is sent: each one is paid for, and anyone can ask for one (T-35).
//!
//! The worker claims, because it alone knows what is sent, to whom, and in how many segments: a recovery of no account
//! costs nothing, and a text message is one however it came about. A message is claimed once, however often it is tried.

use rekey_domain::Digest;
use rekey_domain::journey::JourneyKind;
use rekey_domain::message::OutboxItem;
use rekey_domain::message::conversion::Passage;
use rekey_domain::message::text_limits::{Demand, Meter, TextLimits, TextRefusal, TextTarget, TextUse, prefix_of};
use rekey_shared::Timestamp;
use rekey_shared::identifier::{IdentifierKind, region_of};
use rekey_store::{PausedPrefix, Store, Write, transaction};

use crate::setting::Settings;
use crate::{RequestMeta, Services, Unexpected, verifier, work};

/// Claims a text message that is about to be sent in so many segments, or says why it must not be sent. A refusal leaves
/// no trace, so it costs nothing but a look.
pub async fn claim(
    cx: &Services,
    item: &OutboxItem,
    number: &str,
    segments: u32,
) -> Result<Result<(), TextRefusal>, Unexpected> {
    let (text_use, settings) = (TextUse::of(item.notification), cx.settings());
    let with_work = item.with_work || !settings.texts.work.on;
    let asked = Asked { network: item.network, segments, with_work };
    let Some(target) = target_of(cx, number, &asked) else { return Ok(Err(TextRefusal::Country)) };
    if !settings.texts.serves(Some(&target.country), &settings.default_region) {
        return Ok(Err(TextRefusal::Country));
    }
    let now = cx.now();
    let claimed = transaction!(cx.store, |tx| {
        if !tx.mark_text_counted(item.id, now).await? {
            return Ok::<_, Unexpected>(Ok(Vec::new()));
        }
        let asked_before = has_asked(tx, &settings, text_use, &target, now).await?;
        let target = TextTarget { asked_before, ..target.clone() };
        let counted = count(tx, &settings.texts, text_use, &target, now).await?;
        if counted.is_err() {
            // What is refused half-way counts for nothing.
            tx.leave_nothing();
        }
        Ok(counted)
    });
    match claimed.await? {
        Ok(alarms) => {
            for alarm in &alarms {
                alarm.tell(&target);
            }
            Ok(Ok(()))
        }
        Err(Refused { why, full }) => {
            if let Some(demand) = full {
                tell_that_it_is_full(cx, &demand).await?;
            }
            Ok(Err(why))
        }
    }
}

/// Whether the network has asked for a recovery to that number within the hour; it has from now on. Where the throttle of
/// recoveries stands alone, no share is kept from anyone.
async fn has_asked(
    tx: &Write,
    settings: &Settings,
    text_use: TextUse,
    target: &TextTarget,
    now: Timestamp,
) -> Result<bool, Unexpected> {
    match settings.texts.of_asker(text_use, target, now).filter(|_| !settings.recovery.throttle.alone) {
        Some(asker) => Ok(tx.take_text(&asker).await?.is_none_or(|used| used > 1)),
        None => Ok(false),
    }
}

/// Why a message is refused, and the count that has no room.
struct Refused {
    why: TextRefusal,
    full: Option<Demand>,
}

/// Adds a message to everything that it counts for, in one transaction: what is refused half-way leaves nothing.
async fn count(
    tx: &Write,
    limits: &TextLimits,
    text_use: TextUse,
    target: &TextTarget,
    now: Timestamp,
) -> Result<Result<Vec<Alarm>, Refused>, Unexpected> {
    let mut alarms = Vec::new();
    if text_use == TextUse::Registration {
        match tx.count_text_to(&target.prefix, limits.breaker, now).await? {
            Passage::Sent(_) => {}
            Passage::Tripped(after) => alarms.extend(after.paused_until.map(|until| Alarm::Paused { until })),
            Passage::Paused => {
                let until = tx.read_text_conversion(&target.prefix).await?.paused_until.unwrap_or(now);
                return Ok(Err(Refused { why: TextRefusal::Paused { until }, full: None }));
            }
        }
    }
    for demand in limits.demands(text_use, target, now) {
        let Some(used) = tx.take_text(&demand).await? else {
            return Ok(Err(Refused { why: demand.refusal(), full: Some(demand) }));
        };
        if demand.meter == Meter::Budget && demand.reaches_alarm(used) {
            alarms.push(Alarm::NearlySpent { demand, used });
        }
    }
    Ok(Ok(alarms))
}

/// How text messages stand: what is used of the limits that an operator watches, and which prefixes are paused.
#[derive(Debug, Clone, Default)]
pub struct TextStanding {
    /// The counts, with what is used of each.
    pub counts: Vec<(Demand, u64)>,
    /// The prefixes to which nothing is sent.
    pub paused: Vec<PausedPrefix>,
}

/// How text messages stand now.
pub async fn standing(store: &Store, limits: &TextLimits, now: Timestamp) -> Result<TextStanding, Unexpected> {
    let watched = limits.watched(now);
    let used = store.read_text_counts(&watched).await?;
    let paused = store.list_paused_prefixes(now).await?;
    Ok(TextStanding { counts: watched.into_iter().zip(used).collect(), paused })
}

/// Whether a text message for a registration would be refused now. Claims nothing: what a page can say at once.
pub(crate) async fn look(
    cx: &Services,
    meta: &RequestMeta,
    number: &str,
) -> Result<Result<(), TextRefusal>, Unexpected> {
    let (settings, now) = (cx.settings(), cx.now());
    let with_work = work::is_shown(cx, meta, JourneyKind::Registration);
    let asked = Asked { network: Some(cx.network_key(meta)), segments: 1, with_work };
    let Some(target) = target_of(cx, number, &asked) else { return Ok(Err(TextRefusal::Country)) };
    let conversion = cx.store.read_text_conversion(&target.prefix).await?;
    if let Some(until) = conversion.paused_until.filter(|until| now < *until) {
        return Ok(Err(TextRefusal::Paused { until }));
    }
    let demands = settings.texts.demands(TextUse::Registration, &target, now);
    let used = cx.store.read_text_counts(&demands).await?;
    let full = demands.iter().zip(used).find(|(demand, used)| !demand.fits(*used));
    Ok(full.map_or(Ok(()), |(demand, _)| Err(demand.refusal())))
}

/// Whether text messages are sent to the country of a number.
pub(crate) fn serves(cx: &Services, number: &str) -> bool {
    let settings = cx.settings();
    settings.texts.serves(region_of(number).as_deref(), &settings.default_region)
}

/// Counts the code of a registration by phone that was entered.
pub(crate) async fn verified(tx: &Write, number: &str) -> Result<(), Unexpected> {
    Ok(tx.count_text_verified(prefix_of(number)).await?)
}

/// How a text message was asked for, and what it takes.
struct Asked {
    network: Option<Digest>,
    segments: u32,
    with_work: bool,
}

fn target_of(cx: &Services, number: &str, asked: &Asked) -> Option<TextTarget> {
    Some(TextTarget {
        number: written(cx.keys.account_key(verifier::kind_name(IdentifierKind::Phone), number)),
        prefix: prefix_of(number).to_owned(),
        network: asked.network.map(written),
        country: region_of(number)?,
        segments: asked.segments,
        with_work: asked.with_work,
        asked_before: false,
    })
}

/// Half of a digest names a count as well as all of it.
fn written(digest: Digest) -> String {
    digest.0.iter().take(16).fold(String::new(), |written, byte| written + &format!("{byte:02x}"))
}

/// Something that an operator is told.
enum Alarm {
    /// A prefix is paused.
    Paused { until: Timestamp },
    /// A budget is nearly spent.
    NearlySpent { demand: Demand, used: u64 },
}

impl Alarm {
    fn tell(&self, target: &TextTarget) {
        match self {
            Self::Paused { until } => tracing::error!(
                text.prefix = target.prefix,
                text.country = target.country,
                text.until = until.as_millis(),
                "text messages to a prefix are paused: hardly any code that was sent to it is entered"
            ),
            Self::NearlySpent { demand, used } => tracing::warn!(
                text.window = demand.window.name(),
                text.used = used,
                text.limit = demand.limit,
                text.of_registrations = demand.of_registrations,
                "four fifths of the budget for text messages is spent"
            ),
        }
    }
}

/// Says once, over all nodes, that text messages are stopped for all, for a country, or for those without a proof of work. What is full for one number,
/// prefix or network is of no concern to anyone else.
async fn tell_that_it_is_full(cx: &Services, demand: &Demand) -> Result<(), Unexpected> {
    match demand.meter {
        Meter::Number | Meter::Prefix | Meter::Network => return Ok(()),
        Meter::WithoutWork | Meter::Country | Meter::Total | Meter::Budget => {}
    }
    let alarm = demand.alarm();
    // A look first: a flood of refusals must not become a flood of writes.
    if cx.store.read_text_counts(std::slice::from_ref(&alarm)).await? != [0] {
        return Ok(());
    }
    if transaction!(cx.store, |tx| Ok::<_, Unexpected>(tx.take_text(&alarm).await?.is_some())).await? {
        tracing::error!(
            text.limit_of = demand.meter.name(),
            text.window = demand.window.name(),
            text.limit = demand.limit,
            text.of_registrations = demand.of_registrations,
            text.until = demand.ends_at.as_millis(),
            "text messages are stopped: a limit is reached"
        );
    }
    Ok(())
}

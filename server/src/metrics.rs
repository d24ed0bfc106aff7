//! What is counted, in the form that Prometheus reads. No address, no account, no path with a token.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, EncodeMetric as _};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::{ConstCounter, Counter};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use rekey_delivery::Stats;
use rekey_delivery::stats::Count;
use rekey_service::Services;
use rekey_service::message::texts::TextStanding;
use rekey_store::OutboxCounts;

use crate::clock_skew::ClockSkew;

/// Upper ends of the buckets in seconds. A sign-in takes some 15 ms, a page less than one.
const BUCKETS: [f64; 9] = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.0, 10.0];

/// The counters of one process.
pub struct Metrics {
    registry: Registry,
    answers: Family<Answer, Counter>,
    seconds: Histogram,
    refusals: Family<Refusal, Counter>,
    reports: Counter,
    waiting: Gauge,
    dead: Gauge,
    oldest: Gauge,
    text_used: Family<TextLimit, Gauge>,
    text_limit: Family<TextLimit, Gauge>,
    text_paused: Gauge,
}

/// A limit on text messages.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct TextLimit {
    of: &'static str,
    window: &'static str,
    /// `registrations` for the part that registrations may use, `all` for the whole.
    share: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answer {
    method: &'static str,
    route: String,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Refusal {
    by: &'static str,
}

impl Metrics {
    /// All at nought.
    pub fn new(delivery: Arc<Stats>, services: Services, clock_skew: Arc<ClockSkew>) -> Self {
        let mut made = Self {
            registry: Registry::with_prefix("rekey"),
            answers: Family::default(),
            seconds: Histogram::new(BUCKETS),
            refusals: Family::default(),
            reports: Counter::default(),
            waiting: Gauge::default(),
            dead: Gauge::default(),
            oldest: Gauge::default(),
            text_used: Family::default(),
            text_limit: Family::default(),
            text_paused: Gauge::default(),
        };
        made.register(ExternalCounts { delivery, services, clock_skew });
        made
    }

    fn register(&mut self, external: ExternalCounts) {
        let to = &mut self.registry;
        to.register("http_requests", "Requests answered", self.answers.clone());
        to.register("http_seconds", "Time to the head of an answer", self.seconds.clone());
        to.register("http_refused", "Requests refused before any handler", self.refusals.clone());
        to.register("csp_reports", "Reports of the content security policy", self.reports.clone());
        to.register("outbox_waiting", "Messages not sent yet", self.waiting.clone());
        to.register("outbox_dead", "Messages given up", self.dead.clone());
        to.register("outbox_oldest_seconds", "Age of the oldest waiting message", self.oldest.clone());
        to.register("text_used", "What is used of a limit on text messages", self.text_used.clone());
        to.register("text_limit", "Limits on text messages", self.text_limit.clone());
        let help = "Prefixes to which no text messages are sent: their codes are not entered";
        to.register("text_prefixes_paused", help, self.text_paused.clone());
        to.register_collector(Box::new(external));
    }

    /// Counts an answer.
    pub fn answered(&self, method: &'static str, route: String, status: u16, took: Duration) {
        self.answers.get_or_create(&Answer { method, route, status }).inc();
        self.seconds.observe(took.as_secs_f64());
    }

    /// Counts a refusal by one of the layers.
    pub fn refused(&self, by: &'static str) {
        self.refusals.get_or_create(&Refusal { by }).inc();
    }

    /// Counts a report of the content security policy.
    pub fn reported(&self) {
        self.reports.inc();
    }

    /// Everything as text.
    pub fn write(&self, counts: &OutboxCounts, oldest: Duration, texts: &TextStanding) -> Result<String, fmt::Error> {
        self.take_texts(texts);
        self.waiting.set(i64::try_from(counts.waiting).unwrap_or(i64::MAX));
        self.dead.set(i64::try_from(counts.dead).unwrap_or(i64::MAX));
        self.oldest.set(i64::try_from(oldest.as_secs()).unwrap_or(i64::MAX));
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

/// Messages by outcome. A message to an address that no account has is dropped, and never gets a channel: told apart from
/// one that was sent, these would say of any address whether it has an account.
fn message_outcomes(counts: &[Count]) -> [(&'static str, u64); 3] {
    let sum = |outcomes: &[&str]| {
        counts.iter().filter(|count| outcomes.contains(&count.outcome)).map(|count| count.value).sum::<u64>()
    };
    [("settled", sum(&["sent", "dropped"])), ("retried", sum(&["retried"])), ("dead", sum(&["dead"]))]
}

impl Metrics {
    fn take_texts(&self, texts: &TextStanding) {
        for (demand, used) in &texts.counts {
            let share = if demand.of_registrations { "registrations" } else { "all" };
            let labels = TextLimit { of: demand.meter.name(), window: demand.window.name(), share };
            let whole = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
            self.text_used.get_or_create(&labels).set(whole(*used));
            self.text_limit.get_or_create(&labels).set(whole(demand.limit));
        }
        self.text_paused.set(i64::try_from(texts.paused.len()).unwrap_or(i64::MAX));
    }
}

/// What other parts count, read when the counters are asked for.
struct ExternalCounts {
    delivery: Arc<Stats>,
    services: Services,
    clock_skew: Arc<ClockSkew>,
}

impl fmt::Debug for ExternalCounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ExternalCounts")
    }
}

impl Collector for ExternalCounts {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let mut messages = encoder.encode_descriptor("messages", "Messages settled", None, MetricType::Counter)?;
        for (outcome, value) in message_outcomes(&self.delivery.read()) {
            ConstCounter::new(value).encode(messages.encode_family(&[("outcome", outcome)])?)?;
        }
        let help = "Text messages refused by a limit";
        let mut refused = encoder.encode_descriptor("text_refused", help, None, MetricType::Counter)?;
        for (by, count) in self.delivery.text_refusals() {
            let by = by.trim_start_matches("text.");
            ConstCounter::new(count).encode(refused.encode_family(&[("by", by)])?)?;
        }
        let hashed = ConstCounter::new(self.services.hasher.verifications());
        let help = "Passwords verified, whether or not there was anything to verify them against";
        hashed.encode(encoder.encode_descriptor("passwords_verified", help, None, MetricType::Counter)?)?;
        let left_out = ConstCounter::new(self.services.refusals.left_out());
        let help = "Refused requests without an entry in the audit log";
        left_out.encode(encoder.encode_descriptor("refusals_not_recorded", help, None, MetricType::Counter)?)?;
        let contention = self.services.store.contention();
        let help = "Transactions that the database could not run beside others, by what came of it";
        let mut met = encoder.encode_descriptor("transactions_in_the_way", help, None, MetricType::Counter)?;
        for (outcome, count) in [("retried", contention.retried), ("exhausted", contention.exhausted)] {
            ConstCounter::new(count).encode(met.encode_family(&[("outcome", outcome)])?)?;
        }
        let alarm = i64::from(self.services.code_alarm.is_raised(self.services.clock.now()));
        let help = "Whether codes are wrong far too often over all accounts";
        ConstGauge::new(alarm).encode(encoder.encode_descriptor("code_alarm", help, None, MetricType::Gauge)?)?;
        let skew = ConstGauge::new(self.clock_skew.seconds());
        let help = "Seconds that this node's clock is ahead of the database's";
        skew.encode(encoder.encode_descriptor("clock_skew_seconds", help, None, MetricType::Gauge)?)?;
        let places = i64::try_from(self.services.hasher.free_permits()).unwrap_or(i64::MAX);
        let help = "Places left in the hashing queue";
        ConstGauge::new(places).encode(encoder.encode_descriptor("hashing_places", help, None, MetricType::Gauge)?)
    }
}

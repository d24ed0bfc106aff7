//! The outcomes of messages, counted for `/metrics`.

use std::sync::atomic::{AtomicU64, Ordering};

use rekey_domain::message::Outcome;
use rekey_domain::message::text_limits::TextRefusal;

use crate::Channel;

/// Counts since the process began. Names and addresses do not occur in it.
#[derive(Debug, Default)]
pub struct Stats {
    email: Counts,
    sms: Counts,
    /// Rows that ended before their channel was known.
    unknown: Counts,
    /// In the order of [`TextRefusal::NAMES`].
    text_refusals: [AtomicU64; TextRefusal::NAMES.len()],
}

#[derive(Debug, Default)]
struct Counts {
    sent: AtomicU64,
    retried: AtomicU64,
    dead: AtomicU64,
    dropped: AtomicU64,
}

/// One figure of [`Stats`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// `email`, `sms`, or `none` when the row ended before its channel was known.
    pub channel: &'static str,
    /// `sent`, `retried`, `dead` or `dropped`.
    pub outcome: &'static str,
    /// How often.
    pub value: u64,
}

impl Stats {
    /// Every figure, in a fixed order, zeros included.
    pub fn read(&self) -> Vec<Count> {
        let channels = [("email", &self.email), ("sms", &self.sms), ("none", &self.unknown)];
        channels.into_iter().flat_map(|(channel, counts)| counts.read(channel)).collect()
    }

    /// Text messages that were refused by a limit, by the name of the reason, zeros included.
    pub fn text_refusals(&self) -> Vec<(&'static str, u64)> {
        let cells = TextRefusal::NAMES.into_iter().zip(&self.text_refusals);
        cells.map(|(name, cell)| (name, cell.load(Ordering::Relaxed))).collect()
    }

    pub(crate) fn count_text_refusal(&self, refusal: TextRefusal) {
        let place = TextRefusal::NAMES.iter().position(|name| *name == refusal.name());
        if let Some(cell) = place.and_then(|place| self.text_refusals.get(place)) {
            cell.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(crate) fn count(&self, channel: Option<Channel>, outcome: Outcome) {
        let counts = match channel {
            Some(Channel::Email) => &self.email,
            Some(Channel::Sms) => &self.sms,
            None => &self.unknown,
        };
        let cell = match outcome {
            Outcome::Sent => &counts.sent,
            Outcome::Retry { .. } => &counts.retried,
            Outcome::Dead { .. } => &counts.dead,
            Outcome::Dropped => &counts.dropped,
        };
        cell.fetch_add(1, Ordering::Relaxed);
    }
}

impl Counts {
    fn read(&self, channel: &'static str) -> [Count; 4] {
        let cells =
            [("sent", &self.sent), ("retried", &self.retried), ("dead", &self.dead), ("dropped", &self.dropped)];
        cells.map(|(outcome, cell)| Count { channel, outcome, value: cell.load(Ordering::Relaxed) })
    }
}

//! How far this node's clock is from the database's. Rows are judged by the clocks of the nodes, so on PostgreSQL these have
//! to agree: a code lives for ten minutes, and a key is used from a moment on that every node has to see alike.

use std::sync::atomic::{AtomicI64, Ordering::Relaxed};
use std::time::Duration;

use rekey_service::Clock;
use rekey_shared::Timestamp;
use rekey_store::{Store, Unexpected};

/// The time between two measurements.
pub const MEASURE_EVERY: Duration = Duration::from_secs(60);

/// Clocks that are further apart are told of, in milliseconds.
const LARGEST_MILLIS: i64 = 2_000;

/// The last measurement.
#[derive(Debug, Default)]
pub struct ClockSkew(AtomicI64);

impl ClockSkew {
    /// Measures again and tells the log of a change for the worse or the better.
    pub async fn refresh(&self, store: &Store, clock: &dyn Clock) -> Result<(), Unexpected> {
        let millis = measure(store, clock).await?;
        let before = self.0.swap(millis, Relaxed);
        match (is_large(before), is_large(millis)) {
            (_, true) => tracing::warn!(clock.skew_millis = millis, "this node's clock is not the database's"),
            (true, false) => tracing::info!(clock.skew_millis = millis, "this node's clock is the database's again"),
            (false, false) => {}
        }
        Ok(())
    }

    /// By how many seconds this node is ahead of the database; negative when it is behind.
    pub fn seconds(&self) -> f64 {
        f64::from(i32::try_from(self.0.load(Relaxed)).unwrap_or(i32::MAX)) / 1000.0
    }

    /// Whether that is more than it may be.
    pub fn is_large(&self) -> bool {
        is_large(self.0.load(Relaxed))
    }
}

/// Whether clocks are too far apart.
pub fn is_large(millis: i64) -> bool {
    millis.saturating_abs() > LARGEST_MILLIS
}

/// By how many milliseconds this node is ahead of the database, at least: what the question itself took is not counted. 0
/// where the database has no clock of its own.
pub async fn measure(store: &Store, clock: &dyn Clock) -> Result<i64, Unexpected> {
    let asked = clock.now();
    let Some(database) = store.database_time().await? else { return Ok(0) };
    Ok(skew(asked, database, clock.now()))
}

fn skew(asked: Timestamp, database: Timestamp, answered: Timestamp) -> i64 {
    let (asked, database, answered) = (asked.as_millis(), database.as_millis(), answered.as_millis());
    if database < asked {
        asked - database
    } else if database > answered {
        answered - database
    } else {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_question_took_is_no_skew() {
        let at = Timestamp::from_millis;
        for (database, millis) in [(10_000, 0), (10_500, 0), (13_000, 0), (13_001, -1), (9_999, 1), (4_000, 6_000)] {
            assert_eq!(skew(at(10_000), at(database), at(13_000)), millis, "{database}");
        }
        for (millis, expected) in [(0, false), (2_000, false), (-2_000, false), (2_001, true), (-2_001, true)] {
            assert_eq!(is_large(millis), expected, "{millis}");
        }
        assert!(is_large(i64::MIN));
    }
}

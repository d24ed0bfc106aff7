//! Whole hours, days and months in UTC.

use jiff::ToSpan as _;
use jiff::tz::TimeZone;
use rekey_shared::Timestamp;

const HOUR_MS: i64 = 3600 * 1000;
const DAY_MS: i64 = 24 * HOUR_MS;

/// How long a count goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Window {
    /// A whole hour.
    Hour,
    /// A whole day in UTC.
    Day,
    /// A month of the calendar in UTC.
    Month,
}

impl Window {
    /// Its name in keys, logs and metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Month => "month",
        }
    }

    /// Its beginning and its end around a moment.
    pub fn around(self, now: Timestamp) -> (Timestamp, Timestamp) {
        let whole = |length: i64| {
            let start = now.as_millis().div_euclid(length) * length;
            (Timestamp::from_millis(start), Timestamp::from_millis(start + length))
        };
        match self {
            Self::Hour => whole(HOUR_MS),
            Self::Day => whole(DAY_MS),
            // A moment outside the calendar is not met; its day is a window, too.
            Self::Month => month(now).unwrap_or_else(|| whole(DAY_MS)),
        }
    }
}

fn month(now: Timestamp) -> Option<(Timestamp, Timestamp)> {
    let moment = jiff::Timestamp::from_millisecond(now.as_millis()).ok()?;
    let first = moment.to_zoned(TimeZone::UTC).first_of_month().ok()?.start_of_day().ok()?;
    let next = first.checked_add(1.month()).ok()?;
    let at = |zoned: &jiff::Zoned| Timestamp::from_millis(zoned.timestamp().as_millisecond());
    Some((at(&first), at(&next)))
}

//! Points in time, as everything in Rekey stores them.

use std::time::Duration;

use chrono::{DateTime, Datelike, NaiveDate, Timelike};
use serde::{Deserialize, Serialize};

use crate::Lang;

/// A moment: milliseconds since 1970-01-01T00:00:00Z. Both databases store it as a 64-bit integer,
/// so no driver's idea of time zones or precision comes between two nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// From milliseconds since the epoch.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the epoch.
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// The moment this long after; saturates instead of wrapping.
    #[must_use]
    pub fn plus(self, span: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(span.as_millis()).unwrap_or(i64::MAX)))
    }

    /// The moment this long before; saturates instead of wrapping.
    #[must_use]
    pub fn minus(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(span.as_millis()).unwrap_or(i64::MAX)))
    }

    /// How long after `earlier` this is; zero when it is not later.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// Date and time in UTC as machines read it (RFC 3339): `2026-11-20T09:05:05.000Z`.
    pub fn rfc3339(self) -> String {
        let Some(at) = DateTime::from_timestamp_millis(self.0) else { return String::new() };
        let (date, time, millis) = (at.date_naive(), at.time(), self.0.rem_euclid(1000));
        let (hour, minute, second) = (time.hour(), time.minute(), time.second());
        format!(
            "{:04}-{:02}-{:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z",
            date.year(),
            date.month(),
            date.day()
        )
    }

    /// Reads a moment of RFC 3339, or a date, whose first moment in UTC it is; `None` unless it is one.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let at = match DateTime::parse_from_rfc3339(text) {
            Ok(at) => at.timestamp_millis(),
            Err(_) => text.parse::<NaiveDate>().ok()?.and_hms_opt(0, 0, 0)?.and_utc().timestamp_millis(),
        };
        Some(Self(at))
    }

    /// Date and time in UTC as the language writes it: `Nov 20, 2026, 9:05 AM UTC`, `2026年11月20日 9:05（UTC）`.
    pub fn written(self, lang: Lang) -> String {
        self.written_in_zone(0, "UTC", lang)
    }

    /// Date and time on a clock that is so many minutes ahead of UTC, with the zone's name, for readers elsewhere:
    /// `Nov 20, 2026, 6:05 PM JST`, `2026年11月20日 18:05（JST）`.
    pub fn written_in_zone(self, minutes_ahead: i32, name: &str, lang: Lang) -> String {
        let at = self.written_at_offset(minutes_ahead, lang);
        match lang {
            Lang::En => format!("{at} {name}"),
            Lang::Ja => format!("{at}（{name}）"),
        }
    }

    /// Date and time on a clock that is so many minutes ahead of UTC (`540` in Japan, `-300` in New York in winter), for
    /// a reader whose own clock it is: `Nov 20, 2026, 6:05 PM`, `2026年11月20日 18:05`.
    pub fn written_at_offset(self, minutes_ahead: i32, lang: Lang) -> String {
        const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        let there = self.0.saturating_add(i64::from(minutes_ahead) * 60_000);
        let Some(at) = DateTime::from_timestamp_millis(there) else { return "–".to_owned() };
        let (year, month, day, hour, minute) = (at.year(), at.month0(), at.day(), at.hour(), at.minute());
        match lang {
            Lang::En => {
                let month = MONTHS.get(month as usize).copied().unwrap_or_default();
                let (afternoon, hour) = at.hour12();
                let half = if afternoon { "PM" } else { "AM" };
                format!("{month} {day}, {year}, {hour}:{minute:02} {half}")
            }
            Lang::Ja => format!("{year}年{}月{day}日 {hour}:{minute:02}", month + 1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_written_in_both_languages() {
        for (millis, en, ja) in [
            (1_795_165_505_000, "Nov 20, 2026, 9:05 AM UTC", "2026年11月20日 9:05（UTC）"),
            (1_795_208_580_000, "Nov 20, 2026, 9:03 PM UTC", "2026年11月20日 21:03（UTC）"),
            (1_767_225_600_000, "Jan 1, 2026, 12:00 AM UTC", "2026年1月1日 0:00（UTC）"),
            (1_767_268_800_000, "Jan 1, 2026, 12:00 PM UTC", "2026年1月1日 12:00（UTC）"),
        ] {
            let at = Timestamp::from_millis(millis);
            assert_eq!((at.written(Lang::En).as_str(), at.written(Lang::Ja).as_str()), (en, ja));
        }
    }

    #[test]
    fn a_reader_sees_the_time_of_their_own_clock() {
        let at = Timestamp::from_millis(1_795_208_580_000);
        for (minutes_ahead, en, ja) in [
            (0, "Nov 20, 2026, 9:03 PM", "2026年11月20日 21:03"),
            (540, "Nov 21, 2026, 6:03 AM", "2026年11月21日 6:03"),
            (345, "Nov 21, 2026, 2:48 AM", "2026年11月21日 2:48"),
            (-300, "Nov 20, 2026, 4:03 PM", "2026年11月20日 16:03"),
        ] {
            let written = [Lang::En, Lang::Ja].map(|lang| at.written_at_offset(minutes_ahead, lang));
            assert_eq!(written, [en, ja], "{minutes_ahead}");
        }
    }

    #[test]
    fn machines_read_what_machines_wrote() {
        let at = Timestamp::from_millis(1_795_165_505_007);
        assert_eq!(at.rfc3339(), "2026-11-20T09:05:05.007Z");
        assert_eq!(Timestamp::parse(&at.rfc3339()), Some(at));
        assert_eq!(Timestamp::parse("2026-11-20T18:05:05.007+09:00"), Some(at));
        assert_eq!(Timestamp::parse("2026-11-20").map(Timestamp::rfc3339).as_deref(), Some("2026-11-20T00:00:00.000Z"));
        for wrong in ["", "2026", "20.11.2026", "2026-13-01", "2026-11-20T09:05", "yesterday"] {
            assert_eq!(Timestamp::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn it_does_not_wrap() {
        assert_eq!(Timestamp::from_millis(i64::MAX).plus(Duration::MAX).as_millis(), i64::MAX);
        assert_eq!(Timestamp::from_millis(5).since(Timestamp::from_millis(9)), Duration::ZERO);
    }
}

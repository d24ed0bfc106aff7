//! How values are written: one type for each kind of setting.

use std::time::Duration;

use jiff::tz::TimeZone;
use url::Url;

use super::{Problem, Value};

/// Turns values as they are written into typed ones and back.
pub trait Format: Sync {
    /// What it is in the program.
    type Typed;

    /// Reads what a file or a document holds.
    fn read(&self, value: &Value) -> Result<Self::Typed, Problem>;

    /// Reads what stands in a variable or on the command line, where everything is text.
    fn read_text(&self, text: &str) -> Result<Self::Typed, Problem> {
        self.read(&Value::Text(text.to_owned()))
    }

    /// Writes a value as [`Self::read`] reads it.
    fn write(&self, typed: &Self::Typed) -> Value;

    /// What may stand there, in a few words.
    fn range(&self) -> String;
}

pub(super) fn text(value: &Value) -> Result<&str, Problem> {
    match value {
        Value::Text(text) => Ok(text),
        Value::Boolean(_) | Value::Number(_) | Value::Other(_) => Err(Problem::NotText),
    }
}

/// `true` or `false`.
pub struct Switch;

impl Format for Switch {
    type Typed = bool;

    fn read(&self, value: &Value) -> Result<bool, Problem> {
        match value {
            Value::Boolean(on) => Ok(*on),
            Value::Number(_) | Value::Text(_) | Value::Other(_) => Err(Problem::NotBoolean),
        }
    }

    fn read_text(&self, text: &str) -> Result<bool, Problem> {
        text.trim().parse().map_err(|_| Problem::NotBoolean)
    }

    fn write(&self, typed: &bool) -> Value {
        Value::Boolean(*typed)
    }

    fn range(&self) -> String {
        "true or false".to_owned()
    }
}

/// A whole number within a range.
pub struct Whole {
    pub least: u32,
    pub most: u32,
}

impl Format for Whole {
    type Typed = u32;

    fn read(&self, value: &Value) -> Result<u32, Problem> {
        let number = match value {
            Value::Number(number) => u32::try_from(*number).ok(),
            Value::Boolean(_) | Value::Text(_) | Value::Other(_) => None,
        };
        let out_of_range = Problem::NotInRange { least: self.least.into(), most: self.most.into() };
        number.filter(|number| (self.least..=self.most).contains(number)).ok_or(out_of_range)
    }

    fn read_text(&self, text: &str) -> Result<u32, Problem> {
        // A text that is no number fails the range, too: the answer is the same.
        self.read(&text.trim().parse().map_or_else(|_| Value::Text(text.to_owned()), Value::Number))
    }

    fn write(&self, typed: &u32) -> Value {
        Value::Number((*typed).into())
    }

    fn range(&self) -> String {
        format!("{} to {}", self.least, self.most)
    }
}

/// A span of time within a range, in seconds.
pub struct Span {
    pub least: u64,
    pub most: u64,
}

impl Span {
    fn bounds(&self) -> (Duration, Duration) {
        (Duration::from_secs(self.least), Duration::from_secs(self.most))
    }
}

impl Format for Span {
    type Typed = Duration;

    fn read(&self, value: &Value) -> Result<Duration, Problem> {
        let (least, most) = self.bounds();
        let span = text(value).ok().and_then(parse_span).ok_or(Problem::NotSpan)?;
        if (least..=most).contains(&span) { Ok(span) } else { Err(Problem::SpanOutOfRange { least, most }) }
    }

    fn write(&self, typed: &Duration) -> Value {
        Value::Text(write_span(*typed))
    }

    fn range(&self) -> String {
        let (least, most) = self.bounds();
        format!("{} to {}", write_span(least), write_span(most))
    }
}

/// Reads a span such as `30s`, `90m`, `24h`, `7d`.
pub fn parse_span(text: &str) -> Option<Duration> {
    let text = text.trim();
    let split = text.find(|letter: char| !letter.is_ascii_digit())?;
    let (count, unit) = text.split_at(split);
    let seconds = match unit.trim() {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86400,
        _ => return None,
    };
    count.parse::<u64>().ok()?.checked_mul(seconds).map(Duration::from_secs)
}

/// Writes a span in the largest unit that leaves no rest. A day is `24h`, as people type it.
pub fn write_span(span: Duration) -> String {
    let seconds = span.as_secs();
    match seconds {
        0 => "0s".to_owned(),
        86400 => "24h".to_owned(),
        _ if seconds.is_multiple_of(86400) => format!("{}d", seconds / 86400),
        _ if seconds.is_multiple_of(3600) => format!("{}h", seconds / 3600),
        _ if seconds.is_multiple_of(60) => format!("{}m", seconds / 60),
        _ => format!("{seconds}s"),
    }
}

/// One of a few words, each with what it means.
pub struct OneOf<T: 'static> {
    pub words: &'static [&'static str],
    pub meanings: &'static [T],
}

impl<T: Copy + PartialEq + Sync> Format for OneOf<T> {
    type Typed = T;

    fn read(&self, value: &Value) -> Result<T, Problem> {
        let found = text(value).ok().and_then(|text| self.words.iter().position(|word| *word == text.trim()));
        found.and_then(|nth| self.meanings.get(nth)).copied().ok_or(Problem::NotOneOf(self.words))
    }

    fn write(&self, typed: &T) -> Value {
        let nth = self.meanings.iter().position(|meaning| meaning == typed);
        Value::Text(nth.and_then(|nth| self.words.get(nth)).copied().unwrap_or_default().to_owned())
    }

    fn range(&self) -> String {
        self.words.join(", ")
    }
}

/// A name that pages and messages show on one line.
pub struct Name {
    pub most: usize,
}

impl Format for Name {
    type Typed = String;

    fn read(&self, value: &Value) -> Result<String, Problem> {
        let name = text(value)?.trim();
        let fits = (1..=self.most).contains(&name.chars().count()) && !name.contains(char::is_control);
        fits.then(|| name.to_owned()).ok_or(Problem::NotName { most: self.most })
    }

    fn write(&self, typed: &String) -> Value {
        Value::Text(typed.clone())
    }

    fn range(&self) -> String {
        format!("1 to {} characters", self.most)
    }
}

/// A URL of one of these schemes.
pub struct Link(pub &'static [&'static str]);

impl Format for Link {
    type Typed = String;

    fn read(&self, value: &Value) -> Result<String, Problem> {
        let url = Url::parse(text(value)?.trim()).ok().filter(|url| self.0.contains(&url.scheme()));
        url.map(String::from).ok_or(Problem::NotLink(self.0))
    }

    fn write(&self, typed: &String) -> Value {
        Value::Text(typed.clone())
    }

    fn range(&self) -> String {
        format!("a URL with {}:", self.0.join(": or "))
    }
}

/// Origins of sites (RFC 6454), with spaces between them.
pub struct Origins;

impl Origins {
    /// More would not fit into the header that names them.
    const MOST: usize = 20;

    fn origin(word: &str) -> Option<String> {
        let url = Url::parse(word).ok().filter(|url| matches!(url.scheme(), "https" | "http"))?;
        let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        let nameless = url.username().is_empty() && url.password().is_none();
        (bare && nameless).then(|| url.origin().ascii_serialization())
    }
}

impl Format for Origins {
    type Typed = Vec<String>;

    fn read(&self, value: &Value) -> Result<Vec<String>, Problem> {
        let origins: Option<Vec<_>> = text(value)?.split_whitespace().map(Self::origin).collect();
        origins.filter(|origins| origins.len() <= Self::MOST).ok_or(Problem::NotOrigins { most: Self::MOST })
    }

    fn write(&self, typed: &Vec<String>) -> Value {
        Value::Text(typed.join(" "))
    }

    fn range(&self) -> String {
        format!("at most {} origins such as https://app.example.org, with spaces between", Self::MOST)
    }
}

/// Whether this could be a code of ISO 3166-1 alpha-2.
pub(super) fn is_region(code: &str) -> bool {
    code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// A country: ISO 3166-1 alpha-2.
pub struct Region;

impl Format for Region {
    type Typed = String;

    fn read(&self, value: &Value) -> Result<String, Problem> {
        let code = text(value)?;
        is_region(code).then(|| code.to_owned()).ok_or(Problem::NotRegion)
    }

    fn write(&self, typed: &String) -> Value {
        Value::Text(typed.clone())
    }

    fn range(&self) -> String {
        "a country code of two uppercase letters".to_owned()
    }
}

/// A time zone of the IANA database that is part of the program: no machine knows other zones than the next.
pub struct Zone;

impl Format for Zone {
    type Typed = TimeZone;

    fn read(&self, value: &Value) -> Result<TimeZone, Problem> {
        TimeZone::get(text(value)?.trim()).map_err(|_| Problem::NotTimeZone)
    }

    fn write(&self, typed: &TimeZone) -> Value {
        Value::Text(typed.iana_name().unwrap_or("UTC").to_owned())
    }

    fn range(&self) -> String {
        "a name of the IANA time zone database, such as Asia/Tokyo".to_owned()
    }
}

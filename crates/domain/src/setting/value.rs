//! Values of settings, and what may be wrong with them.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use rekey_shared::password::Finding;
use serde::{Deserialize, Serialize};

use super::format::write_span;
use super::{Origin, Section};

/// A value as a settings document holds it: what the file would say, without its quotes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// `true` or `false`.
    Boolean(bool),
    /// A whole number.
    Number(i64),
    /// A text.
    Text(String),
    /// Something that only a newer program writes. It is kept, and stands for no setting.
    Other(serde_json::Value),
}

/// What one settings document holds, by key. A key that is not there has its default.
pub type Values = BTreeMap<String, Value>;

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Boolean(value) => write!(f, "{value}"),
            Self::Number(value) => write!(f, "{value}"),
            Self::Text(value) => f.write_str(value),
            Self::Other(value) => write!(f, "{value}"),
        }
    }
}

/// What is wrong with a value. Reads as the end of a sentence that begins with the key, and never repeats the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// A number or a boolean where a text belongs.
    #[error("must be a quoted string")]
    NotText,
    /// Not a whole number, or out of range.
    #[error("must be a whole number from {least} to {most}")]
    NotInRange {
        /// The least.
        least: i64,
        /// The greatest.
        most: i64,
    },
    /// Neither `true` nor `false`.
    #[error("must be true or false")]
    NotBoolean,
    /// Not a span of time.
    #[error("must be a duration such as \"30s\", \"90m\", \"24h\" or \"7d\"")]
    NotSpan,
    /// A span out of range.
    #[error("must be from {} to {}", write_span(*least), write_span(*most))]
    SpanOutOfRange {
        /// The shortest.
        least: Duration,
        /// The longest.
        most: Duration,
    },
    /// None of the words that may stand there.
    #[error("must be one of: {}", .0.join(", "))]
    NotOneOf(&'static [&'static str]),
    /// Not a URL of an allowed scheme.
    #[error("must be a URL that begins with {}:", .0.join(": or "))]
    NotLink(&'static [&'static str]),
    /// Empty, too long, or with control characters.
    #[error("must be a name of 1 to {most} characters")]
    NotName {
        /// The most characters.
        most: usize,
    },
    /// Not origins of sites, or too many of them.
    #[error("must be at most {most} origins such as https://app.example.org, with spaces between them")]
    NotOrigins {
        /// The most of them.
        most: usize,
    },
    /// Not an ISO 3166-1 alpha-2 code.
    #[error("must be a country code of two uppercase letters, such as \"US\"")]
    NotRegion,
    /// No list of ISO 3166-1 alpha-2 codes.
    #[error("must be country codes of two uppercase letters, such as \"US CA\"")]
    NotRegions,
    /// No list of countries with a price each.
    #[error("must be country codes with a price each, 0 to {most}, such as \"US=1 JP=8\"")]
    NotPrices {
        /// The highest price.
        most: u32,
    },
    /// Not in the IANA time zone database.
    #[error("must be a time zone such as \"UTC\" or \"Asia/Tokyo\"")]
    NotTimeZone,
    /// Two settings contradict each other.
    #[error("must not be shorter than {0}")]
    ShorterThan(&'static str),
    /// It has no meaning without another one.
    #[error("needs {0} beside it")]
    Needs(&'static str),
    /// It has no meaning with another one.
    #[error("must not stand beside {0}")]
    Excludes(&'static str),
    /// A password policy that no one could meet, or that anyone could guess.
    #[error("is below a floor: {}", .0.code.number())]
    BelowFloor(Finding),
}

/// Why a setting was not taken. Names the key, never repeats the value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingError {
    /// There is no such key.
    #[error("{0} is not a known setting")]
    Unknown(String),
    /// The key belongs to another document than the one that is being changed.
    #[error("{key} does not belong to {section}")]
    Misplaced {
        /// The key.
        key: &'static str,
        /// The document.
        section: Section,
    },
    /// The file or the environment of this node says otherwise, and wins.
    #[error("{key} is pinned by {origin}")]
    Pinned {
        /// The key.
        key: &'static str,
        /// By what.
        origin: Origin,
    },
    /// The value cannot stand there.
    #[error("{key} {problem}")]
    Wrong {
        /// The key.
        key: &'static str,
        /// Why not.
        problem: Problem,
    },
}

impl SettingError {
    pub(super) const fn wrong(key: &'static str, problem: Problem) -> Self {
        Self::Wrong { key, problem }
    }
}

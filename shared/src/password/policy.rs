//! What a password must be like. Pure data: serialised, it is what a settings page edits.

use serde::{Deserialize, Serialize};

use super::classes::Classes;
use super::personal::PersonalRules;

/// A set of rules. Fields that a stored policy lacks take the value that asks for nothing;
/// fields it has too many are an error, so that a misspelt rule is not silently off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// How long it may be.
    pub length: Length,
    /// What blanks are worth.
    #[serde(default)]
    pub blanks: Blanks,
    /// Kinds of characters it must mix. Standards say: none (PW-5).
    #[serde(default)]
    pub classes: Classes,
    /// Characters it may contain.
    #[serde(default)]
    pub charset: Charset,
    /// What it may begin and end with.
    #[serde(default)]
    pub edges: Edges,
    /// Whom it must not resemble.
    #[serde(default)]
    pub personal: PersonalRules,
    /// The lowest zxcvbn score that is accepted: 1–4; `None` for no such rule.
    #[serde(default)]
    pub guessability: Option<u8>,
}

/// Lengths of a normalised password. At least one code point is needed whatever this says (PW-3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Length {
    /// The fewest code points.
    pub min: u16,
    /// The most code points. Longer ones are refused, never cut (PW-2).
    pub max: u16,
    /// The most bytes of UTF-8.
    pub max_bytes: u16,
}

/// What blanks (U+0020 after normalising) are worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Blanks {
    /// Nowhere.
    Forbid,
    /// Not first and not last.
    Inner,
    /// Anywhere.
    #[default]
    Allow,
    /// Anywhere, but they do not count towards the minimum length.
    Uncounted,
}

/// Which characters are allowed at all. Controls never are (PW-3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Charset {
    /// Every character of every script.
    #[default]
    Any,
    /// Printable ASCII: what directories of old accept.
    Ascii,
}

impl Charset {
    /// Whether this character may occur.
    pub fn allows(self, typed: char) -> bool {
        match self {
            Self::Any => !super::normal::is_control(typed),
            Self::Ascii => matches!(typed, ' '..='~'),
        }
    }
}

/// What the first and the last character must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Edges {
    /// Anything.
    #[default]
    Any,
    /// An ASCII letter or digit.
    Alphanumeric,
}

impl Edges {
    /// Whether this character may stand at an edge.
    pub const fn allows(self, typed: char) -> bool {
        match self {
            Self::Any => true,
            Self::Alphanumeric => typed.is_ascii_alphanumeric(),
        }
    }
}

//! The password policy as pure data: what a settings page edits and a policy file holds.

use serde::{Deserialize, Serialize};

use super::banned::Banned;
use super::charset::Charset;
use super::classes::Classes;
use super::personal::PersonalRules;
use super::runs::Runs;

/// A set of rules. Fields that a stored policy lacks take the value that asks for nothing;
/// fields it has too many are an error, so that a misspelt rule is not silently off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// How long it may be.
    pub length: Length,
    /// Whether spaces are allowed, and whether they count.
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
    /// How long its runs may be.
    #[serde(default)]
    pub runs: Runs,
    /// Which personal data it must not resemble.
    #[serde(default)]
    pub personal: PersonalRules,
    /// Words that make it easy to guess (PP-01…PP-45); `None` for no such rule.
    #[serde(default)]
    pub banned: Option<Banned>,
    /// The lowest zxcvbn score that is accepted: 1–4; `None` for no such rule.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 4)))]
    pub guessability: Option<u8>,
    /// Whether one that is known from a breach is refused (PW-6).
    #[serde(default)]
    pub breached: bool,
    /// How many characters of the current one must change, as insertions, removals and replacements: 0 for no such rule.
    /// Asked on a change alone, where the current one is typed.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 32)))]
    pub differs_by: u8,
    /// How many of the past ones are refused.
    #[serde(default)]
    pub history: History,
    /// How many hours it must have been in use before its owner may change it: 0 for no such rule. Never asked on a reset.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 720)))]
    pub min_age_hours: u16,
    /// When it must be replaced; `None` for never, as standards say (W-EXPIRY).
    #[serde(default)]
    pub expiry: Option<Expiry>,
}

/// Lengths of a normalised password. At least one code point is needed whatever this says (PW-3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Length {
    /// The fewest code points.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 256)))]
    pub min: u16,
    /// The most code points. Longer ones are refused, never cut (PW-2).
    #[serde(default = "Length::usual_max")]
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 1024)))]
    pub max: u16,
    /// The most bytes of UTF-8.
    #[serde(default = "Length::usual_max_bytes")]
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 4096)))]
    pub max_bytes: u16,
}

impl Length {
    const fn usual_max() -> u16 {
        256
    }

    const fn usual_max_bytes() -> u16 {
        1024
    }

    /// From so many code points to 256, as the standards and most products have it.
    pub const fn from(min: u16) -> Self {
        Self { min, max: Self::usual_max(), max_bytes: Self::usual_max_bytes() }
    }
}

/// Whether spaces (U+0020 after normalising) are allowed, and whether they count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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

/// What the first and the last character must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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

/// How many of the past passwords are refused: 0 for no such rule, at most [`History::DEEPEST`].
///
/// Two depths, because a person who forgot a password must not be refused for having typed it (SP-144, SP-145).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct History {
    /// When a signed-in person changes it; 1 is the current one.
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 24)))]
    pub on_change: u8,
    /// When it is replaced at the end of a recovery.
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 24)))]
    pub on_reset: u8,
}

impl History {
    /// Each one costs a whole Argon2 (security.md §4).
    pub const DEEPEST: u8 = 24;

    /// The same on both occasions.
    pub const fn of(depth: u8) -> Self {
        Self { on_change: depth, on_reset: depth }
    }
}

/// When a password must be replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Expiry {
    /// Days after it was set: 1–730 (XP-01).
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 730)))]
    pub days: u16,
    /// How many days before that pages begin to say so: 0–30 (XP-01).
    #[serde(default = "Expiry::usual_warning")]
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 30)))]
    pub warn_days: u8,
}

impl Expiry {
    const fn usual_warning() -> u8 {
        14
    }

    /// After this many days, announced two weeks before.
    pub const fn after(days: u16) -> Self {
        Self { days, warn_days: Self::usual_warning() }
    }
}

/// When a password is being chosen: some rules look at past passwords, and a new account has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Occasion {
    /// For a new account: there is no past.
    Register,
    /// By a person who knows the current one.
    Change,
    /// By a person who proved who they are in another way. Never too early.
    Reset,
}

impl Policy {
    /// The rules that apply on an occasion: those on the past are dropped where there is none,
    /// and [`History::on_change`] is the depth that counts.
    #[must_use]
    pub fn on(&self, occasion: Occasion) -> Self {
        let mut policy = self.clone();
        let depth = match occasion {
            Occasion::Register => 0,
            Occasion::Change => self.history.on_change,
            Occasion::Reset => self.history.on_reset,
        };
        policy.history = History::of(depth);
        if occasion != Occasion::Change {
            policy.min_age_hours = 0;
            policy.differs_by = 0;
        }
        policy
    }
}

//! Where a policy departs from the standards, contradicts itself, or protects no one.
//!
//! The numbers are those of `security.md` §4; the requirements behind them are of NIST SP 800-63B-4 §3.1.1.2 and OWASP ASVS 5.0,
//! chapter 6.

use serde::{Deserialize, Serialize};

use super::classes::Class;
use super::policy::Policy;
use super::{Blanks, Charset, Personal, Verdict};

/// Something about a policy that an administrator must know before setting it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What it is.
    pub code: Code,
    /// The setting that it is about, as it is called in a policy file.
    pub key: &'static str,
}

/// How bad it is, from the least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Against a standard, but allowed: older systems require it.
    Warning,
    /// No password meets it, or anyone could guess one: refused.
    BelowFloor,
}

/// What a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Code {
    /// Shorter than eight.
    #[serde(rename = "W-LEN-8")]
    Len8,
    /// Shorter than fifteen, the minimum for a password that is the only factor.
    #[serde(rename = "W-LEN-15")]
    Len15,
    /// Sixty-four characters are not accepted.
    #[serde(rename = "W-MAX-64")]
    Max64,
    /// Composition rules.
    #[serde(rename = "W-COMP")]
    Composition,
    /// Not every character is accepted.
    #[serde(rename = "W-UNICODE")]
    Unicode,
    /// Spaces are refused.
    #[serde(rename = "W-BLANKS")]
    Blanks,
    /// Neither breached passwords nor those that are guessed early are refused.
    #[serde(rename = "W-BLOCKLIST")]
    Blocklist,
    /// Each past password costs a whole hash.
    #[serde(rename = "W-HISTORY-COST")]
    HistoryCost,
    /// Passwords expire.
    #[serde(rename = "W-EXPIRY")]
    Expiry,
    /// A person whose password became known must wait before changing it.
    #[serde(rename = "W-MIN-AGE")]
    MinAge,
    /// Fewer than six characters.
    #[serde(rename = "F-LEN-6")]
    Len6,
    /// Fewer possible passwords than 6-digit codes.
    #[serde(rename = "F-SPACE-20")]
    Space20,
    /// The minimum length is above the maximum.
    #[serde(rename = "F-LENGTHS")]
    Lengths,
    /// A class is required of which no character is allowed.
    #[serde(rename = "F-CLASS")]
    NoSuchClass,
    /// More kinds are required than there are, or than the length has room for.
    #[serde(rename = "F-KINDS")]
    TooManyKinds,
    /// No character may stand at an edge.
    #[serde(rename = "F-EDGES")]
    NoEdge,
    /// More points are needed than the maximum length has characters.
    #[serde(rename = "F-POINTS")]
    TooManyPoints,
    /// Rules that can each be met cannot be met together.
    #[serde(rename = "F-NOTHING")]
    Nothing,
}

impl Code {
    /// The number, as it is printed.
    pub const fn number(self) -> &'static str {
        match self {
            Self::Len8 => "W-LEN-8",
            Self::Len15 => "W-LEN-15",
            Self::Max64 => "W-MAX-64",
            Self::Composition => "W-COMP",
            Self::Unicode => "W-UNICODE",
            Self::Blanks => "W-BLANKS",
            Self::Blocklist => "W-BLOCKLIST",
            Self::HistoryCost => "W-HISTORY-COST",
            Self::Expiry => "W-EXPIRY",
            Self::MinAge => "W-MIN-AGE",
            Self::Len6 => "F-LEN-6",
            Self::Space20 => "F-SPACE-20",
            Self::Lengths => "F-LENGTHS",
            Self::NoSuchClass => "F-CLASS",
            Self::TooManyKinds => "F-KINDS",
            Self::NoEdge => "F-EDGES",
            Self::TooManyPoints => "F-POINTS",
            Self::Nothing => "F-NOTHING",
        }
    }

    /// The requirement that is departed from; empty where no standard names one.
    pub const fn requirement(self) -> &'static str {
        match self {
            Self::Len8 | Self::Len15 => "ASVS 6.2.1, NIST SP 800-63B-4 §3.1.1.2",
            Self::Max64 => "ASVS 6.2.9, NIST SP 800-63B-4 §3.1.1.2",
            Self::Composition => "ASVS 6.2.5, NIST SP 800-63B-4 §3.1.1.2",
            Self::Unicode | Self::Blanks => "NIST SP 800-63B-4 §3.1.1.2",
            Self::Blocklist => "ASVS 6.2.4 and 6.2.12, NIST SP 800-63B-4 §3.1.1.2",
            Self::Expiry => "ASVS 6.2.10, NIST SP 800-63B-4 §3.1.1.2",
            Self::MinAge => "ASVS 6.2.2",
            Self::HistoryCost
            | Self::Len6
            | Self::Space20
            | Self::Lengths
            | Self::NoSuchClass
            | Self::TooManyKinds
            | Self::NoEdge
            | Self::TooManyPoints
            | Self::Nothing => "",
        }
    }

    /// How bad it is.
    pub const fn level(self) -> Level {
        match self {
            Self::Len6
            | Self::Space20
            | Self::Lengths
            | Self::NoSuchClass
            | Self::TooManyKinds
            | Self::NoEdge
            | Self::TooManyPoints
            | Self::Nothing => Level::BelowFloor,
            Self::Len8
            | Self::Len15
            | Self::Max64
            | Self::Composition
            | Self::Unicode
            | Self::Blanks
            | Self::Blocklist
            | Self::HistoryCost
            | Self::Expiry
            | Self::MinAge => Level::Warning,
        }
    }
}

/// A history as deep as this is a fifth of a second of hashing.
const CHEAP_HISTORY: u8 = 5;

impl Policy {
    /// Every departure, warnings before what is below a floor. Empty for `recommended`, `nist-800-63b-4` and `asvs-5-l2`.
    pub fn lint(&self) -> Vec<Finding> {
        let mut found = Vec::new();
        let mut when =
            |wrong: bool, code: Code, key: &'static str| found.extend(wrong.then_some(Finding { code, key }));
        let Self { length, classes, .. } = self;
        when(length.min < 8, Code::Len8, "length.min");
        when(length.min < 15, Code::Len15, "length.min");
        when(length.max < 64, Code::Max64, "length.max");
        when(classes.required_kinds > 1 || !classes.required.is_empty(), Code::Composition, "classes");
        when(self.is_picky_at_edges(), Code::Composition, "edges");
        let narrow = self.charset != Charset::Any || !classes.specials.forbidden.is_empty();
        when(narrow, Code::Unicode, "charset");
        when(matches!(self.blanks, Blanks::Forbid | Blanks::Uncounted), Code::Blanks, "blanks");
        when(!self.breached && self.guessability.is_none(), Code::Blocklist, "breached");
        let depth = self.history.on_change.max(self.history.on_reset);
        when(depth > CHEAP_HISTORY, Code::HistoryCost, "history");
        when(self.expiry.is_some(), Code::Expiry, "expiry");
        when(self.min_age_hours > 0, Code::MinAge, "min_age_hours");
        found.extend(self.floors());
        found
    }

    /// What no policy may lower, and what no password could meet.
    pub fn floors(&self) -> Vec<Finding> {
        let mut found = self.contradictions();
        if found.is_empty() && self.is_empty() {
            found.push(Finding { code: Code::Nothing, key: "" });
        }
        if self.length.min < 6 {
            found.push(Finding { code: Code::Len6, key: "length.min" });
        }
        if found.is_empty() && self.search_space_bits() < 20.0 {
            found.push(Finding { code: Code::Space20, key: "" });
        }
        found
    }

    fn contradictions(&self) -> Vec<Finding> {
        let mut found = Vec::new();
        let mut when =
            |wrong: bool, code: Code, key: &'static str| found.extend(wrong.then_some(Finding { code, key }));
        let Self { length, classes, .. } = self;
        when(length.min > length.max || length.max_bytes < length.min, Code::Lengths, "length");
        let lacks = |class: &Class| !self.some_character(|typed| self.allows(typed) && classes.is(*class, typed));
        when(classes.required.iter().any(lacks), Code::NoSuchClass, "classes.required");
        let kinds = Class::KINDS.into_iter().filter(|class| !lacks(class)).count();
        let there = kinds + usize::from(classes.kinds_there_are() > 4 && self.charset == Charset::Any);
        let asked = usize::from(classes.required_kinds);
        when(asked > there || asked > usize::from(length.max), Code::TooManyKinds, "classes.required_kinds");
        when(!self.some_character(|typed| self.allows(typed) && self.allows_at_edges(typed)), Code::NoEdge, "edges");
        let points = self.banned.as_ref().map_or(0, |banned| u16::from(banned.points));
        when(points > length.max, Code::TooManyPoints, "banned.points");
        found
    }

    /// Whether there is such a character: of ASCII, of the policy's own list, or one of every script.
    fn some_character(&self, is: impl Fn(char) -> bool) -> bool {
        (' '..='~').chain(self.charset.listed().chars()).chain(['É', 'é', 'あ']).any(is)
    }

    /// Whether not even the generator finds a password.
    fn is_empty(&self) -> bool {
        let mut state = 1_u64;
        let made = super::generate(self, &Personal::default(), &mut |bytes: &mut [u8]| {
            for byte in bytes {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                *byte = state.to_be_bytes()[0];
            }
        });
        self.rules(&made, &Personal::default()).rules.iter().any(|rule| rule.verdict == Verdict::Fail)
    }
}

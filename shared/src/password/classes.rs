//! Kinds of characters: the composition rules that older policies have.

use serde::{Deserialize, Serialize};

/// Which kinds of characters a password must mix.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Classes {
    /// How many of the four kinds (upper case, lower case, digit, special) must occur; 0 for no such rule.
    pub required_kinds: u8,
    /// Kinds that must occur, each a rule of its own.
    pub required: Vec<Class>,
    /// What counts as special.
    pub specials: Specials,
}

/// A kind of character. Letters and digits are those of ASCII; see [`Specials`] for the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// A–Z or a–z.
    Letter,
    /// A–Z.
    Upper,
    /// a–z.
    Lower,
    /// 0–9.
    Digit,
    /// Everything else, as far as [`Specials`] counts it.
    Special,
}

impl Class {
    /// Every class, in rule order.
    pub const ALL: [Self; 5] = [Self::Letter, Self::Upper, Self::Lower, Self::Digit, Self::Special];
    /// The four kinds of "k of 4".
    pub const KINDS: [Self; 4] = [Self::Upper, Self::Lower, Self::Digit, Self::Special];
}

/// Which characters that are neither letters nor digits of ASCII count as special.
/// One that does not count is not forbidden: that is the charset's business (GX-05).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Specials {
    /// ASCII punctuation that does not count.
    pub uncounted: String,
    /// Whether a blank counts (AC-64).
    pub blanks: bool,
    /// Whether what is not ASCII counts, letters included (AC-66, GX-07).
    pub non_ascii: bool,
}

impl Default for Specials {
    fn default() -> Self {
        Self { uncounted: String::new(), blanks: true, non_ascii: true }
    }
}

impl Specials {
    /// Whether this character counts as special.
    pub fn count(&self, typed: char) -> bool {
        match typed {
            ' ' => self.blanks,
            _ if typed.is_ascii_alphanumeric() => false,
            _ if typed.is_ascii() => typed.is_ascii_punctuation() && !self.uncounted.contains(typed),
            _ => self.non_ascii,
        }
    }

    /// Whether every character that is no letter or digit counts.
    fn count_all(&self) -> bool {
        self.blanks && self.non_ascii && self.uncounted.is_empty()
    }
}

impl Classes {
    /// Whether a character belongs to a class.
    pub fn is(&self, class: Class, typed: char) -> bool {
        match class {
            Class::Letter => typed.is_ascii_alphabetic(),
            Class::Upper => typed.is_ascii_uppercase(),
            Class::Lower => typed.is_ascii_lowercase(),
            Class::Digit => typed.is_ascii_digit(),
            Class::Special => self.specials.count(typed),
        }
    }

    /// Whether a text has a character of that class.
    pub(super) fn occurs(&self, class: Class, text: &str) -> bool {
        text.chars().any(|typed| self.is(class, typed))
    }

    /// How many of the four kinds a text has.
    pub(super) fn kinds(&self, text: &str) -> u8 {
        Class::KINDS.into_iter().map(|class| u8::from(self.occurs(class, text))).sum()
    }

    /// Whether the "k of 4" rule says anything: one kind is had by every password as long as everything counts.
    pub(super) fn kinds_matter(&self) -> bool {
        self.required_kinds > 1 || (self.required_kinds == 1 && !self.specials.count_all())
    }
}

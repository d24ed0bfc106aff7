//! Kinds of characters: the composition rules that older policies have.

use serde::{Deserialize, Serialize};

/// Which kinds of characters a password must mix.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Classes {
    /// How many of the four kinds (upper case, lower case, digit, special) must occur; 0 for no such rule.
    /// With [`NonAscii::Unicode`] there is a fifth: letters without case, as Active Directory has it.
    #[cfg_attr(feature = "schema", schemars(range(min = 0, max = 5)))]
    pub required_kinds: u8,
    /// Kinds that must occur, each a rule of its own.
    pub required: Vec<Class>,
    /// What counts as special.
    pub specials: Specials,
}

/// A kind of character. Letters and digits are those of ASCII; see [`NonAscii`] for the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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

/// Which characters that are neither letters nor digits of ASCII count as special, and which are not wanted.
/// A character that does not count is not thereby forbidden, and the reverse (GX-05).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Specials {
    /// If given, the only ASCII punctuation that counts.
    pub counted: Option<String>,
    /// ASCII punctuation that does not count.
    pub uncounted: String,
    /// Characters that must not occur at all; part of the rule on characters.
    pub forbidden: String,
    /// Whether a space counts (AC-64).
    pub blanks: bool,
    /// What a character outside ASCII counts as (AC-66, GX-07).
    pub non_ascii: NonAscii,
}

/// What a character outside ASCII counts as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum NonAscii {
    /// Special, letters included (AC-66).
    #[default]
    Special,
    /// Nothing.
    Nothing,
    /// What Unicode says: upper case, lower case, or a fifth kind.
    Unicode,
}

impl Default for Specials {
    fn default() -> Self {
        Self {
            counted: None,
            uncounted: String::new(),
            forbidden: String::new(),
            blanks: true,
            non_ascii: NonAscii::Special,
        }
    }
}

impl Specials {
    /// Whether this character counts as special.
    pub fn count(&self, typed: char) -> bool {
        match typed {
            ' ' => self.blanks,
            _ if typed.is_ascii_punctuation() => {
                self.counted.as_ref().is_none_or(|counted| counted.contains(typed)) && !self.uncounted.contains(typed)
            }
            _ => !typed.is_ascii() && self.non_ascii == NonAscii::Special,
        }
    }

    /// Whether every character that is no letter or digit counts.
    fn count_all(&self) -> bool {
        let all_marks = self.uncounted.is_empty() && self.counted.is_none();
        all_marks && self.blanks && self.non_ascii != NonAscii::Nothing
    }
}

impl Classes {
    /// Whether a character belongs to a class.
    pub fn is(&self, class: Class, typed: char) -> bool {
        let unicode = self.specials.non_ascii == NonAscii::Unicode;
        match class {
            Class::Letter => typed.is_ascii_alphabetic() || unicode && !typed.is_ascii() && typed.is_alphabetic(),
            Class::Upper => typed.is_ascii_uppercase() || unicode && typed.is_uppercase(),
            Class::Lower => typed.is_ascii_lowercase() || unicode && typed.is_lowercase(),
            Class::Digit => typed.is_ascii_digit(),
            Class::Special => self.specials.count(typed),
        }
    }

    /// Whether there is a fifth kind, and this is of it: neither ASCII nor with case.
    fn is_other(&self, typed: char) -> bool {
        let caseless = !typed.is_uppercase() && !typed.is_lowercase();
        self.specials.non_ascii == NonAscii::Unicode && !typed.is_ascii() && caseless
    }

    /// Whether a text has a character of that class.
    pub(super) fn occurs(&self, class: Class, text: &str) -> bool {
        text.chars().any(|typed| self.is(class, typed))
    }

    /// How many of the kinds a text has.
    pub(super) fn kinds(&self, text: &str) -> u8 {
        let kinds: u8 = Class::KINDS.into_iter().map(|class| u8::from(self.occurs(class, text))).sum();
        kinds + u8::from(text.chars().any(|typed| self.is_other(typed)))
    }

    /// Whether the "k of 4" rule has any effect: every password has one kind as long as every character counts.
    pub(super) fn kinds_matter(&self) -> bool {
        self.required_kinds > 1 || (self.required_kinds == 1 && !self.specials.count_all())
    }

    /// How many kinds there are.
    pub fn kinds_there_are(&self) -> u8 {
        if self.specials.non_ascii == NonAscii::Unicode { 5 } else { 4 }
    }
}

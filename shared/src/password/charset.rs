//! Which characters a password may contain.

use serde::{Deserialize, Serialize};

use super::normal::is_control;

/// Which characters are allowed at all. Controls never are (PW-3).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Charset {
    /// Every character of every script.
    #[default]
    Any,
    /// Printable ASCII: what older directories accept, and what SP-141 lists.
    Ascii,
    /// Letters of the Latin script alone, with all their accents; other characters as they come (GX-06).
    Latin,
    /// These and no others.
    Custom(String),
}

impl Charset {
    /// Whether this character may occur.
    pub fn allows(&self, typed: char) -> bool {
        match self {
            Self::Any => !is_control(typed),
            Self::Ascii => matches!(typed, ' '..='~'),
            Self::Latin => !is_control(typed) && (!typed.is_alphabetic() || is_latin(typed)),
            Self::Custom(listed) => !is_control(typed) && listed.contains(typed),
        }
    }

    /// The characters of a list of its own; nothing where there is no list.
    pub fn listed(&self) -> &str {
        match self {
            Self::Custom(listed) => listed,
            Self::Any | Self::Ascii | Self::Latin => "",
        }
    }

    /// What both allow.
    #[must_use]
    pub fn both(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Any, narrower) | (narrower, Self::Any) => narrower.clone(),
            (Self::Custom(listed), other) | (other, Self::Custom(listed)) => {
                Self::Custom(listed.chars().filter(|listed| other.allows(*listed)).collect())
            }
            (Self::Ascii, _) | (_, Self::Ascii) => Self::Ascii,
            (Self::Latin, Self::Latin) => Self::Latin,
        }
    }
}

/// Letters whose script is Latin in Unicode's `Scripts.txt`, by the blocks that hold them.
const fn is_latin(letter: char) -> bool {
    matches!(
        letter,
        'A'..='Z' | 'a'..='z' | 'ª' | 'º'
        | '\u{c0}'..='\u{2b8}'      // Latin-1 Supplement to Spacing Modifiers
        | '\u{2e0}'..='\u{2e4}'
        | '\u{1d00}'..='\u{1d25}' | '\u{1d2c}'..='\u{1d5c}' | '\u{1d62}'..='\u{1d65}' | '\u{1d6b}'..='\u{1d77}' | '\u{1d79}'..='\u{1dbe}'
        | '\u{1e00}'..='\u{1eff}'   // Latin Extended Additional: Vietnamese among them
        | 'ⁱ' | 'ⁿ' | '\u{2090}'..='\u{209c}'
        | 'Ⅎ' | 'ⅎ' | '\u{2160}'..='\u{2188}'
        | '\u{2c60}'..='\u{2c7f}' | '\u{a722}'..='\u{a787}' | '\u{a78b}'..='\u{a7ff}'
        | '\u{ab30}'..='\u{ab5a}' | '\u{ab5c}'..='\u{ab64}'
        | '\u{fb00}'..='\u{fb06}'
        | '\u{ff21}'..='\u{ff3a}' | '\u{ff41}'..='\u{ff5a}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latin_letters_are_latin_whatever_they_wear() {
        for fine in "azAZéßøŁőşẞữﬁＡ0-_~ €😀。".chars() {
            assert!(Charset::Latin.allows(fine), "{fine}");
        }
        for other in "αЖشאあ佐한कไ".chars() {
            assert!(!Charset::Latin.allows(other), "{other}");
        }
    }

    #[test]
    fn both_is_the_narrower() {
        let vowels = Charset::Custom("aeiouあ".to_owned());
        assert_eq!(Charset::Any.both(&Charset::Latin), Charset::Latin);
        assert_eq!(Charset::Latin.both(&Charset::Ascii), Charset::Ascii);
        assert_eq!(vowels.both(&Charset::Ascii), Charset::Custom("aeiou".to_owned()));
        assert_eq!(Charset::Custom("xa".to_owned()).both(&vowels), Charset::Custom("a".to_owned()));
    }
}

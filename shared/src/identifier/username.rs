//! Usernames.

#[cfg(feature = "parse")]
use crate::field::FieldFault;

/// A name to sign in with. Never prints itself.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Username {
    canonical: String,
    shown: String,
}

impl Username {
    /// The fewest characters.
    pub const MIN_LENGTH: usize = 3;
    /// The most characters.
    pub const MAX_LENGTH: usize = 32;

    /// The form that is stored in a unique index and compared: lower case.
    pub fn canonical(&self) -> &str {
        &self.canonical
    }

    /// The form that is shown: as it was typed.
    pub fn shown(&self) -> &str {
        &self.shown
    }
}

impl std::fmt::Debug for Username {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Username(…)")
    }
}

#[cfg(feature = "parse")]
impl Username {
    /// Reads a username: 3–32 ASCII letters, digits, dots, hyphens and underscores, a letter or digit first and last.
    ///
    /// Only ASCII, so that no name looks like another (ID-2); not digits alone, for that is a phone number.
    pub fn parse(typed: &str) -> Result<Self, FieldFault> {
        let typed = super::trimmed(typed)?;
        if typed.chars().any(super::is_treacherous) {
            return Err(FieldFault::BadCharacters);
        }
        if typed.chars().count() > Self::MAX_LENGTH {
            return Err(FieldFault::TooLong);
        }
        let bytes = typed.as_bytes();
        let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
        let edge = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
        let fine = bytes.len() >= Self::MIN_LENGTH
            && bytes.iter().all(allowed)
            && edge(bytes.first())
            && edge(bytes.last())
            && !bytes.iter().all(u8::is_ascii_digit);
        if fine {
            Ok(Self { canonical: typed.to_ascii_lowercase(), shown: typed.to_owned() })
        } else {
            Err(FieldFault::NotAUsername)
        }
    }
}

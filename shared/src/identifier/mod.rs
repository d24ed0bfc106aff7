//! What an account is known by: an email address, a phone number or a username.
//!
//! The types are always there; reading them from what a person typed needs the feature `parse`,
//! whose tables of phone numbers and domain names the browser does without.

mod email;
mod phone;
mod username;

use serde::Serialize;

pub use email::Email;
pub use phone::Phone;
#[cfg(feature = "parse")]
pub use phone::region_of;
pub use username::Username;

#[cfg(feature = "parse")]
use crate::field::FieldFault;

/// The longest identifier, in bytes as typed, that is looked at at all.
pub const MAX_IDENTIFIER_BYTES: usize = 1024;

/// Which kind of identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentifierKind {
    /// An email address.
    Email,
    /// A phone number.
    Phone,
    /// A username.
    Username,
}

/// What a person typed to say who they are.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Identifier {
    /// An email address.
    Email(Email),
    /// A phone number.
    Phone(Phone),
    /// A username.
    Username(Username),
}

impl Identifier {
    /// Which kind it is.
    pub const fn kind(&self) -> IdentifierKind {
        match self {
            Self::Email(_) => IdentifierKind::Email,
            Self::Phone(_) => IdentifierKind::Phone,
            Self::Username(_) => IdentifierKind::Username,
        }
    }

    /// The form that is stored in a unique index and compared.
    pub fn canonical(&self) -> &str {
        match self {
            Self::Email(email) => email.canonical(),
            Self::Phone(phone) => phone.canonical(),
            Self::Username(username) => username.canonical(),
        }
    }

    /// The form that is shown and, for addresses and numbers, sent to.
    pub fn shown(&self) -> &str {
        match self {
            Self::Email(email) => email.shown(),
            Self::Phone(phone) => phone.shown(),
            Self::Username(username) => username.shown(),
        }
    }
}

#[cfg(feature = "parse")]
impl Identifier {
    /// Reads what a person signs in with: anything with an @ is an address, anything that could be dialled is a number,
    /// the rest is a username. `default_region` (such as `JP`) reads numbers without a country code.
    pub fn parse(typed: &str, default_region: &str) -> Result<Self, FieldFault> {
        let typed = trimmed(typed)?;
        if has_at(typed) {
            Email::parse(typed).map(Self::Email)
        } else if Phone::looks_like(typed) {
            Phone::parse(typed, default_region).map(Self::Phone)
        } else {
            Username::parse(typed).map(Self::Username)
        }
    }

    /// Reads something that a code can be sent to: an address or a number, never a username.
    pub fn parse_contact(typed: &str, default_region: &str) -> Result<Self, FieldFault> {
        let typed = trimmed(typed)?;
        if has_at(typed) {
            Email::parse(typed).map(Self::Email)
        } else if Phone::looks_like(typed) {
            Phone::parse(typed, default_region).map(Self::Phone)
        } else if typed.chars().any(is_treacherous) {
            Err(FieldFault::BadCharacters)
        } else {
            Err(FieldFault::NotAnAddress)
        }
    }
}

/// An at sign, the full-width one of Japanese keyboards included.
#[cfg(feature = "parse")]
fn has_at(typed: &str) -> bool {
    typed.contains(['@', '＠'])
}

/// What was typed, without the spaces around it; refused when it is empty or far too long.
#[cfg(feature = "parse")]
fn trimmed(typed: &str) -> Result<&str, FieldFault> {
    if typed.len() > MAX_IDENTIFIER_BYTES {
        return Err(FieldFault::TooLong);
    }
    let typed = typed.trim();
    if typed.is_empty() { Err(FieldFault::Missing) } else { Ok(typed) }
}

/// Characters that are not seen, or that make others be seen elsewhere: controls (CR, LF and NUL among them, T-34),
/// bidi marks and overrides, zero-width characters, line separators, tags and the replacement character.
#[cfg(feature = "parse")]
fn is_treacherous(typed: char) -> bool {
    typed.is_control()
        || matches!(
            typed,
            '\u{ad}'
                | '\u{34f}'
                | '\u{61c}'
                | '\u{115f}'..='\u{1160}'
                | '\u{17b4}'..='\u{17b5}'
                | '\u{180b}'..='\u{180f}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{3164}'
                | '\u{fe00}'..='\u{fe0f}'
                | '\u{feff}'
                | '\u{ffa0}'
                | '\u{fff0}'..='\u{ffff}'
                | '\u{e0000}'..='\u{e0fff}'
        )
}

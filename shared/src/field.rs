//! The fields of our forms and what can be wrong with one.

use serde::{Deserialize, Serialize};

/// A form field, by the name it has in HTML and on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// An email address, phone number or username.
    Identifier,
    /// The password of an account that exists.
    Password,
    /// A password being chosen.
    NewPassword,
    /// The chosen password, typed again.
    ConfirmPassword,
    /// The password being replaced.
    CurrentPassword,
    /// A 6-digit code.
    Code,
    /// Given name.
    GivenName,
    /// Family name.
    FamilyName,
    /// A username being chosen.
    Username,
    /// Consent to the terms.
    Consent,
    /// A link from a message.
    Link,
}

impl Field {
    /// The `name` and `id` of the input.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Identifier => "identifier",
            Self::Password => "password",
            Self::NewPassword => "new_password",
            Self::ConfirmPassword => "confirm_password",
            Self::CurrentPassword => "current_password",
            Self::Code => "code",
            Self::GivenName => "given_name",
            Self::FamilyName => "family_name",
            Self::Username => "username",
            Self::Consent => "consent",
            Self::Link => "link",
        }
    }
}

/// Why a field was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldFault {
    /// Nothing was typed.
    Missing,
    /// Longer than the field allows.
    TooLong,
    /// Characters that have no place there (controls, bidi overrides, zero-width).
    BadCharacters,
    /// Nothing was typed where an account begins; a username is not enough there.
    MissingContact,
    /// Neither an email address nor a phone number.
    NotAnAddress,
    /// A phone number, but not one that exists in any numbering plan.
    NotAPhone,
    /// No text messages are sent to the country of this phone number.
    CountryNotServed,
    /// Not an email address, where a phone number won't do.
    EmailOnly,
    /// Not 6 digits.
    NotACode,
    /// The second typing differs from the first.
    Differs,
    /// The current password is not right.
    NotRight,
    /// Another account has that username.
    Taken,
    /// Not a username: 3–32 letters, digits, dots, hyphens or underscores, a letter or digit first and last.
    NotAUsername,
    /// The terms must be accepted.
    MustAccept,
    /// Not a whole link from a message.
    NotALink,
}

/// One field and what is wrong with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldProblem {
    /// Which field.
    pub field: Field,
    /// What is wrong.
    pub fault: FieldFault,
}

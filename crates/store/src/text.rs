//! How closed enums are written in columns. Unknown text is an error, never a default.

use rekey_domain::account::action_token::ActionTokenKind;
use rekey_domain::job::{JobKind, JobState, RowOutcome};
use rekey_domain::journey::JourneyKind;
use rekey_domain::journey::method::Method;
use rekey_domain::key::DataKeyPurpose;
use rekey_domain::message::DeadCause;
use rekey_domain::throttle::Purpose;
use rekey_domain::{Authority, ChangeCause, Digest, Role};
use rekey_shared::Lang;
use rekey_shared::identifier::IdentifierKind;

use crate::Unexpected;

/// An enum that has one text for each variant.
pub(crate) trait Text: Copy + Sized {
    /// What is stored.
    fn text(self) -> &'static str;

    /// Reads what was stored; `table` and `column` name the place in the error.
    fn read(text: &str, table: &'static str, column: &'static str) -> Result<Self, Unexpected>;
}

macro_rules! texts {
    ($($name:ident { $($variant:ident = $text:literal,)+ })+) => {$(
        impl Text for $name {
            fn text(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            fn read(text: &str, table: &'static str, column: &'static str) -> Result<Self, Unexpected> {
                match text {
                    $($text => Ok(Self::$variant),)+
                    _ => Err(Unexpected::row(table, column)),
                }
            }
        }
    )+};
}

texts! {
    IdentifierKind { Email = "email", Phone = "phone", Username = "username", }
    ChangeCause { Breached = "breached", Operator = "operator", }
    Authority { Local = "local", Directory = "directory", }
    JourneyKind { Registration = "registration", Recovery = "recovery", }
    ActionTokenKind { Owner = "owner", NotMe = "not_me", TemporaryPassword = "temporary_password", }
    Purpose { Recovery = "recovery", Code = "code", }
    DataKeyPurpose { Names = "names", Audit = "audit", }
    DeadCause { Refused = "refused", Unreachable = "unreachable", }
    Lang { En = "en", Ja = "ja", }
}

/// Enums that bring their names with them.
macro_rules! named {
    ($($name:ident,)+) => {$(
        impl Text for $name {
            fn text(self) -> &'static str {
                self.name()
            }

            fn read(text: &str, table: &'static str, column: &'static str) -> Result<Self, Unexpected> {
                Self::ALL.iter().copied().find(|known| known.name() == text).ok_or(Unexpected::row(table, column))
            }
        }
    )+};
}

named! { JobKind, JobState, Role, RowOutcome, Method, }

/// Reads 32 stored bytes.
pub(crate) fn digest(bytes: &[u8], table: &'static str, column: &'static str) -> Result<Digest, Unexpected> {
    bytes.try_into().map(Digest).map_err(|_| Unexpected::row(table, column))
}

/// Reads a count that is never negative.
pub(crate) fn count<N: TryFrom<i64>>(n: i64, table: &'static str, column: &'static str) -> Result<N, Unexpected> {
    N::try_from(n).map_err(|_| Unexpected::row(table, column))
}

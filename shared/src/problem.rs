//! What a browser may learn when something did not work.

use serde::{Deserialize, Serialize};

use crate::field::{Field, FieldFault, FieldProblem};
use crate::password::Report;

/// Everything that can go wrong, as a person is told. Closed: no free text, no ids, nothing about other accounts.
///
/// Unknown, expired, spent and revoked secrets are one variant each; which it was is in the audit log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "problem", content = "detail")]
pub enum Problem {
    /// One or more fields need another look; in the order of the form.
    Fields(Vec<FieldProblem>),
    /// The chosen password does not meet the policy.
    WeakPassword(Box<Report>),
    /// The password does not match the identifier, or the account may not sign in now. Deliberately one answer.
    SignInRefused,
    /// The code is not right.
    CodeWrong {
        /// Tries left with this code: 1–4.
        tries_left: u8,
    },
    /// The code has expired or was entered wrong too often; the journey must start over.
    CodeDead,
    /// Codes are wrong too often over all accounts: for now this recovery goes on by the link in its message.
    LinkFirst,
    /// A code was requested again within a minute, or too often.
    ResendTooSoon,
    /// The mailed link is unknown, expired, used or replaced by a newer one.
    LinkNotValid,
    /// The form was filled in for one recovery, and the browser has got hold of another one since: of another account,
    /// perhaps. Nothing was changed.
    OtherJourney,
    /// The steps were not followed in this browser, or took too long.
    JourneyOver,
    /// Too many requests within the hour (AC-56). A recovery says so only under a preset that asks for it; a comparison
    /// with past passwords always does, since only a person who has proven who they are gets that far.
    TooManyRequests,
    /// Requests too close together (AC-56). Said only under a preset that asks for it.
    TooFrequent,
    /// This client address sends too many requests.
    SlowDown,
    /// No text message can be sent to this number now; mail can.
    TextsStopped,
    /// Registration is switched off.
    RegistrationClosed,
    /// The password must be changed before anything else can be done with the account.
    ChangePasswordFirst,
    /// The page needs a signed-in person.
    NotSignedIn,
    /// Every worker is hashing and the queue is full: try again in a moment.
    Busy,
    /// The request did not come from our own page.
    Forbidden,
    /// The request could not be read.
    BadRequest,
    /// The network or the server did not answer.
    Offline,
    /// An error of ours; the reference finds it in the log.
    Unexpected(Reference),
}

/// A support code: eight letters and digits that are shown to the person and logged with the cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Reference([u8; 8]);

impl Reference {
    const ALPHABET: &'static [u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

    /// Makes one from five random bytes: 40 bits.
    pub fn from_random(random: [u8; 5]) -> Self {
        let bits = random.iter().fold(0_u64, |bits, byte| (bits << 8) | u64::from(*byte));
        let mut letters = [0; 8];
        for (place, letter) in letters.iter_mut().enumerate() {
            let index = (bits >> (5 * place)) & 31;
            *letter = Self::ALPHABET[usize::try_from(index).unwrap_or(0)];
        }
        Self(letters)
    }

    /// The eight letters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl From<Reference> for String {
    fn from(reference: Reference) -> Self {
        reference.as_str().to_owned()
    }
}

impl TryFrom<String> for Reference {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let letters: [u8; 8] = text.as_bytes().try_into().map_err(|_| "eight letters")?;
        if letters.iter().all(|letter| Self::ALPHABET.contains(letter)) { Ok(Self(letters)) } else { Err("letters") }
    }
}

impl Problem {
    /// One field, one fault.
    pub fn field(field: Field, fault: FieldFault) -> Self {
        Self::Fields(vec![FieldProblem { field, fault }])
    }

    /// What is wrong with one field, if anything: for the sentence beside it.
    pub fn fault_of(&self, field: Field) -> Option<FieldFault> {
        let Self::Fields(fields) = self else { return None };
        fields.iter().find(|problem| problem.field == field).map(|problem| problem.fault)
    }

    /// The HTTP status of an answer that carries this problem (RFC 9110).
    pub const fn status(&self) -> u16 {
        match self {
            Self::Fields(_) | Self::WeakPassword(_) | Self::CodeWrong { .. } => 422,
            Self::SignInRefused | Self::NotSignedIn => 401,
            Self::CodeDead | Self::LinkNotValid | Self::JourneyOver => 410,
            Self::ResendTooSoon | Self::TooManyRequests | Self::TooFrequent | Self::SlowDown => 429,
            Self::LinkFirst | Self::RegistrationClosed | Self::ChangePasswordFirst | Self::Forbidden => 403,
            Self::Busy | Self::Offline | Self::TextsStopped => 503,
            Self::OtherJourney => 409,
            Self::BadRequest => 400,
            Self::Unexpected(_) => 500,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_survives_the_wire_and_nothing_else_does() {
        let reference = Reference::from_random([1, 2, 3, 254, 255]);
        let wire = serde_json::to_string(&reference).expect("serialises");
        assert_eq!(serde_json::from_str::<Reference>(&wire).expect("reads back"), reference);
        for other in ["\"\"", "\"<script>\"", "\"abcdefgh\"", "\"ABCDEFG\"", "7"] {
            assert!(serde_json::from_str::<Reference>(other).is_err(), "{other}");
        }
    }
}

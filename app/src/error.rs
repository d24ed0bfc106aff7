//! The error of every server function.

use std::borrow::Cow;

use rekey_shared::{Problem, Reference};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use server_fn::error::{FromServerFnError, ServerFnErrorErr};
use server_fn::{Bytes, ContentType, Decodes, Encodes, Format, FormatType};

use crate::json::{self, Raw, Unreadable};

/// A [`Problem`] on its way to a browser. Holds no text of ours or of anyone else's.
///
/// It is read back without the report on a password: the browser judges what is in its own box, and the code that
/// reads reports stays out of the first load.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{0:?}")]
pub struct AppError(pub Problem);

impl From<Problem> for AppError {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl FromServerFnError for AppError {
    type Encoder = ProblemEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        Self(match error {
            ServerFnErrorErr::Request(_) | ServerFnErrorErr::Response(_) | ServerFnErrorErr::Deserialization(_) => {
                Problem::Offline
            }
            _ => Problem::BadRequest,
        })
    }
}

/// JSON, read in the one way in which everything is read, so that the reader is compiled once.
#[derive(Debug)]
pub struct ProblemEncoding;

impl ContentType for ProblemEncoding {
    const CONTENT_TYPE: &'static str = "application/json";
}

impl FormatType for ProblemEncoding {
    const FORMAT_TYPE: Format = Format::Text;
}

impl Encodes<AppError> for ProblemEncoding {
    type Error = serde_json::Error;

    fn encode(error: &AppError) -> Result<Bytes, Self::Error> {
        serde_json::to_vec(error).map(Bytes::from)
    }
}

impl Decodes<AppError> for ProblemEncoding {
    type Error = Unreadable;

    fn decode(bytes: Bytes) -> Result<AppError, Self::Error> {
        json::from_str(std::str::from_utf8(&bytes).unwrap_or_default())
    }
}

impl<'de> Deserialize<'de> for AppError {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        Wire::deserialize(reader)?.problem().map(Self).ok_or_else(|| D::Error::custom("an unknown problem"))
    }
}

#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(borrow)]
    problem: Cow<'a, str>,
    #[serde(borrow)]
    detail: Option<Raw<'a>>,
}

#[derive(Deserialize)]
struct Tries {
    tries_left: u8,
}

impl Wire<'_> {
    fn problem(&self) -> Option<Problem> {
        let detail = self.detail.map(|detail| detail.0).unwrap_or_default();
        Some(match self.problem.as_ref() {
            "fields" => Problem::Fields(json::from_str(detail).ok()?),
            "weak_password" => Problem::WeakPassword(Box::default()),
            "code_wrong" => Problem::CodeWrong { tries_left: json::from_str::<Tries>(detail).ok()?.tries_left },
            "unexpected" => Problem::Unexpected(json::from_str::<Reference>(detail).ok()?),
            "sign_in_refused" => Problem::SignInRefused,
            "code_dead" => Problem::CodeDead,
            "resend_too_soon" => Problem::ResendTooSoon,
            "link_not_valid" => Problem::LinkNotValid,
            "other_journey" => Problem::OtherJourney,
            "journey_over" => Problem::JourneyOver,
            "link_first" => Problem::LinkFirst,
            "too_many_requests" => Problem::TooManyRequests,
            "too_frequent" => Problem::TooFrequent,
            "slow_down" => Problem::SlowDown,
            "change_password_first" => Problem::ChangePasswordFirst,
            "texts_stopped" => Problem::TextsStopped,
            "registration_closed" => Problem::RegistrationClosed,
            "not_signed_in" => Problem::NotSignedIn,
            "busy" => Problem::Busy,
            "forbidden" => Problem::Forbidden,
            "bad_request" => Problem::BadRequest,
            "offline" => Problem::Offline,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use rekey_shared::{Field, FieldFault};

    use super::*;

    #[test]
    fn every_problem_survives_the_way() {
        let problems = [
            Problem::field(Field::Username, FieldFault::Taken),
            Problem::WeakPassword(Box::default()),
            Problem::SignInRefused,
            Problem::CodeWrong { tries_left: 3 },
            Problem::CodeDead,
            Problem::ResendTooSoon,
            Problem::LinkNotValid,
            Problem::OtherJourney,
            Problem::JourneyOver,
            Problem::LinkFirst,
            Problem::TooManyRequests,
            Problem::TooFrequent,
            Problem::SlowDown,
            Problem::TextsStopped,
            Problem::RegistrationClosed,
            Problem::ChangePasswordFirst,
            Problem::NotSignedIn,
            Problem::Busy,
            Problem::Forbidden,
            Problem::BadRequest,
            Problem::Offline,
            Problem::Unexpected(Reference::from_random([1, 2, 3, 4, 5])),
        ];
        for problem in problems {
            let error = AppError(problem);
            assert_eq!(AppError::de(error.ser()), error);
        }
    }

    #[test]
    fn what_is_not_ours_is_no_answer() {
        for body in ["", "<html>", "{\"problem\":\"<script>\"}", "{\"problem\":\"fields\"}"] {
            assert_eq!(AppError::de(Bytes::copy_from_slice(body.as_bytes())), AppError(Problem::Offline), "{body}");
        }
    }
}

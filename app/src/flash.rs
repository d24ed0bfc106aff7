//! The cookie that carries a problem and the typed values back to the page of a script-less form post.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::start::Flash;

/// The longest value, in bytes: a browser keeps 4 kB for a cookie with its name and attributes.
const LONGEST: usize = 3 * 1024;

/// Writes it down. What does not fit goes: first the values, then everything.
pub(crate) fn encode(mut flash: Flash) -> Option<String> {
    loop {
        let text = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&flash).ok()?);
        if text.len() <= LONGEST {
            return Some(text);
        }
        flash.values.pop()?;
    }
}

/// Reads it back. It comes from a browser, so anything may be in it; a closed type is all that comes out.
pub(crate) fn decode(text: &str) -> Option<Flash> {
    if text.len() > LONGEST {
        return None;
    }
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use rekey_shared::{Field, FieldFault, Problem};

    use super::*;

    fn flash(value: &str) -> Flash {
        Flash {
            page: "/forgot".to_owned(),
            problem: Problem::field(Field::Identifier, FieldFault::NotAnAddress),
            values: vec![(Field::Identifier, value.to_owned())],
        }
    }

    #[test]
    fn nothing_typed_is_lost() {
        let text = encode(flash("ほげ@例え")).expect("fits");
        assert_eq!(decode(&text), Some(flash("ほげ@例え")));
    }

    #[test]
    fn what_is_far_too_long_is_dropped_and_the_problem_stays() {
        let text = encode(flash(&"x".repeat(100_000))).expect("fits without values");
        assert_eq!(decode(&text), Some(Flash { values: Vec::new(), ..flash("") }));
    }

    #[test]
    fn nonsense_is_nothing() {
        for text in ["", "%", "e30", "bnVsbA"] {
            assert_eq!(decode(text), None, "{text}");
        }
    }
}

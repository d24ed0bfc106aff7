//! The one form in which a password is judged and hashed.

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// The longest password, in bytes as typed, that is looked at at all.
///
/// Four times the largest that any preset accepts, because a decomposed spelling is longer than its NFC.
/// Compare with this *before* normalising: normalising a megabyte is an attack (T-39).
pub const MAX_INPUT_BYTES: usize = 4096;

/// The form that is hashed: the `OpaqueString` profile of RFC 8265 §4.2 (PW-4).
///
/// Non-ASCII spaces become U+0020, then NFC. No case mapping and no width mapping: `Ａ` is not `A`.
/// What is longer than [`MAX_INPUT_BYTES`] comes back as it is, untouched, since nothing accepts it.
pub fn normalise(typed: &str) -> String {
    if typed.is_ascii() || typed.len() > MAX_INPUT_BYTES || is_normal(typed) {
        return typed.to_owned();
    }
    typed.chars().map(|typed| if is_foreign_space(typed) { ' ' } else { typed }).nfc().collect()
}

/// The fast path: most passwords are in this form already.
fn is_normal(typed: &str) -> bool {
    is_nfc_quick(typed.chars()) == IsNormalized::Yes && !typed.chars().any(is_foreign_space)
}

/// Category Zs without U+0020.
const fn is_foreign_space(typed: char) -> bool {
    matches!(typed, '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}')
}

/// What PRECIS and PW-3 refuse in every password: controls, and the two separators that break lines.
pub(super) fn is_control(typed: char) -> bool {
    typed.is_control() || matches!(typed, '\u{2028}' | '\u{2029}')
}

/// The form in which a password is compared with names: case does not matter there.
/// Character by character, so that the letters around it do not change its folding.
pub(super) fn fold(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_password_become_one() {
        for (typed, normal) in [
            ("e\u{301}tude", "étude"),
            ("a\u{3000}b\u{a0}c", "a b c"),
            ("か\u{3099}", "が"),
            ("Ａ", "Ａ"),
            ("ﬁ", "ﬁ"),
            ("ΑΣ", "ΑΣ"),
            ("", ""),
        ] {
            assert_eq!(normalise(typed), normal, "{typed:?}");
            assert_eq!(normalise(normal), normal, "{normal:?}");
        }
    }

    #[test]
    fn what_is_far_too_long_is_not_normalised() {
        let typed = "e\u{301}".repeat(MAX_INPUT_BYTES);
        assert_eq!(normalise(&typed), typed);
    }
}

//! How long a text message may be. It is sent and paid in segments: one of 160 characters while all of them are in the
//! GSM alphabet; otherwise one of 70, or several of 67 each (3GPP TS 23.038, TS 23.040).

use rekey_service::message::compose::MessageBody;
use rekey_shared::Lang;

/// One segment in the GSM alphabet.
const ONE_GSM: usize = 160;
/// One segment with other characters.
const ONE: usize = 70;
/// Two segments with other characters: the token of a link fills one by itself.
const TWO: usize = 134;

/// However tight it gets, this much of the organization's name stays.
const SHORTEST_NAME: usize = 4;

/// The GSM 7 bit default alphabet, without its letters and digits of ASCII.
const GSM: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà";
/// Its extension: each of these takes two places.
const GSM_EXTENSION: &str = "^{}\\[~]|€";

/// The most characters for these words where they don't all come from the GSM alphabet.
pub(super) const fn limit(content: &MessageBody, lang: Lang) -> usize {
    match (content, lang) {
        (
            MessageBody::RegistrationCode { .. } | MessageBody::Recovery { .. } | MessageBody::AlreadyRegistered { .. },
            Lang::Ja,
        ) => ONE,
        (
            MessageBody::RegistrationCode { .. }
            | MessageBody::Recovery { .. }
            | MessageBody::AlreadyRegistered { .. }
            | MessageBody::TemporaryPassword { .. }
            | MessageBody::Welcome { .. }
            | MessageBody::PasswordChanged { .. }
            | MessageBody::SignInPaused { .. }
            | MessageBody::NewDevice { .. }
            | MessageBody::PasswordExpires { .. }
            | MessageBody::AccountFrozen { .. },
            Lang::En | Lang::Ja,
        ) => TWO,
    }
}

/// Writes the message with as much of the organization's name as there is room for.
/// What cannot fit even so (a host of sixty letters) is sent in more segments: a cut link would be of no use.
pub(super) fn fitted(name: &str, limit: usize, write: impl Fn(&str) -> String) -> String {
    let whole = write(name);
    let over = excess(&whole, limit);
    if over == 0 {
        return whole;
    }
    let kept = name.chars().count().saturating_sub(over).max(SHORTEST_NAME);
    write(&super::tidy::cut(name, kept))
}

/// Segments that a text message is sent and paid in (3GPP TS 23.040 §9.2.3.24.1: several hold a header each).
pub fn count_segments(text: &str) -> u32 {
    let (length, one, several) = match septets(text) {
        Some(septets) => (septets, ONE_GSM, 153),
        None => (text.encode_utf16().count(), ONE, TWO / 2),
    };
    if length <= one { 1 } else { u32::try_from(length.div_ceil(several)).unwrap_or(u32::MAX) }
}

/// By how many characters a message is too long.
fn excess(text: &str, limit: usize) -> usize {
    match septets(text) {
        Some(septets) => septets.saturating_sub(ONE_GSM),
        None => text.encode_utf16().count().saturating_sub(limit),
    }
}

/// Places in the GSM alphabet; `None` with a character that it does not have.
fn septets(text: &str) -> Option<usize> {
    text.chars()
        .map(|c| match c {
            _ if c.is_ascii_alphanumeric() || GSM.contains(c) => Some(1),
            _ if GSM_EXTENSION.contains(c) => Some(2),
            _ => None,
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_counted_as_providers_count_them() {
        for (text, expected) in [
            ("Rekey: it's #1 @home", Some(20)),
            ("[Rekey]", Some(9)),
            ("5 €", Some(4)),
            ("“Rekey”", None),
            ("日の出", None),
        ] {
            assert_eq!(septets(text), expected, "{text}");
        }
    }

    #[test]
    fn a_message_is_paid_by_the_segment() {
        for (text, segments) in [
            ("", 1),
            (&*"x".repeat(160), 1),
            (&*"x".repeat(161), 2),
            (&*"x".repeat(306), 2),
            (&*"x".repeat(307), 3),
            (&*"あ".repeat(70), 1),
            (&*"あ".repeat(71), 2),
            (&*"あ".repeat(134), 2),
            (&*"あ".repeat(135), 3),
        ] {
            assert_eq!(count_segments(text), segments, "{}", text.chars().count());
        }
    }

    #[test]
    fn a_name_gives_way_before_a_link_does() {
        let write = |org: &str| format!("{org}：{}", "あ".repeat(60));
        assert_eq!(fitted("Rekey", ONE, write), write("Rekey"));
        assert_eq!(fitted("Example Universi", ONE, write), write("Example U"));
        let long = |org: &str| format!("{org}: {}", "x".repeat(160));
        assert_eq!(fitted("Example Universi", TWO, long), long("Exam"));
    }
}

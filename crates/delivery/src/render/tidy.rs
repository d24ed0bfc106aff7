//! Names that other people chose, made harmless. A name is the only text that a stranger can put into our mail:
//! it must not end a header, turn into a link, or pass for a code (T-34).

/// Characters of a name that a greeting holds at most.
const NAME_LENGTH: usize = 40;

/// Characters of an organization's name that a message holds at most.
const ORGANISATION_LENGTH: usize = 64;

/// A name fit for a greeting: one line of letters. `None` when nothing is left, or when it holds a number
/// that could be taken for a code or a phone number.
pub(super) fn name(typed: &str) -> Option<String> {
    let softened: String = typed.chars().map(|c| if is_letter_like(c) { c } else { ' ' }).collect();
    let name = cut(&part_at_dots(&softened), NAME_LENGTH);
    (name.chars().any(char::is_alphabetic) && !has_number(&name)).then_some(name)
}

/// The organization's name in one line. The operator chose it, so its punctuation stays.
pub(super) fn organisation(configured: &str) -> String {
    let clean: String = configured.chars().map(|c| if is_hidden(c) { ' ' } else { c }).collect();
    let name = cut(&clean, ORGANISATION_LENGTH);
    if name.is_empty() { "Rekey".to_owned() } else { name }
}

/// Collapses white space and keeps this many characters.
pub(super) fn cut(text: &str, length: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let kept: String = line.chars().take(length).collect();
    kept.trim_end().to_owned()
}

/// Letters, digits, the marks that sit on letters, and what real names have between them.
fn is_letter_like(c: char) -> bool {
    if is_hidden(c) || is_full_dot(c) {
        return false;
    }
    match c {
        ' ' | '.' | '-' | '\'' | '’' | '‐' | '·' | '・' | '゠' => true,
        _ if c.is_ascii() => c.is_ascii_alphanumeric(),
        _ => c.is_alphanumeric() || is_mark(c),
    }
}

/// Combining marks that are not alphabetic by themselves: accents, and the signs that Indic scripts need.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{93c}' | '\u{94d}' | '\u{9cd}' | '\u{a4d}' | '\u{acd}' | '\u{b4d}'
        | '\u{bcd}' | '\u{c4d}' | '\u{ccd}' | '\u{d4d}' | '\u{e47}'..='\u{e4e}' | '\u{3099}' | '\u{309a}')
}

/// Controls, line and paragraph ends, and characters that steer direction or cannot be seen.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fffd}' | '\u{e0000}'..='\u{e0fff}')
}

/// Dots that programs read as the dot in a host name (UTS 46).
fn is_full_dot(c: char) -> bool {
    matches!(c, '。' | '．' | '｡')
}

/// Puts a space behind every dot, so that `J.R.` stays a name and `evil.example` is no address.
fn part_at_dots(text: &str) -> String {
    text.replace('.', ". ")
}

fn has_number(text: &str) -> bool {
    let mut run = 0;
    text.chars().filter(|c| !matches!(c, ' ' | '-' | '.')).any(|c| {
        run = if c.is_numeric() { run + 1 } else { 0 };
        run >= 4
    })
}

/// Text between tags or in a quoted attribute.
pub(super) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            _ => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn real_names_stay_as_they_are() {
        for real in [
            "Ada",
            "O'Brien",
            "Jean-Luc",
            "Zoë",
            "Nguyễn Thị",
            "山田 太郎",
            "レオナルド・ダ・ヴィンチ",
            "佐々木",
            "Łukasz",
        ] {
            assert_eq!(name(real).as_deref(), Some(real));
        }
        assert_eq!(name("J.R.R. Tolkien").as_deref(), Some("J. R. R. Tolkien"));
        assert_eq!(name("  Ada \u{3000} Lovelace ").as_deref(), Some("Ada Lovelace"));
    }

    #[test]
    fn a_name_is_no_link() {
        for hostile in [
            "evil.example",
            "https://evil.example/x",
            "www.evil.example",
            "evil。example",
            "evil．example",
            "evil｡example",
            "a@evil.example",
            "mailto:a@evil",
            "[x](http://e.example)",
            "<a href=//e.example>x</a>",
            "evil\u{200b}.example",
        ] {
            let kept = name(hostile).unwrap_or_default();
            let linkable = kept
                .split(' ')
                .any(|word| word.trim_end_matches('.').contains(['.', '/', ':', '@', '<', '。', '．', '｡']));
            assert!(!linkable, "{hostile:?} became {kept:?}");
        }
    }

    #[test]
    fn a_name_is_no_code_and_no_phone_number() {
        for hostile in ["Code 482913", "48-29-13", "4 8 2 9 1 3", "４８２９１３", "+81 90 1234 5678", "٤٨٢٩١٣"]
        {
            assert_eq!(name(hostile), None, "{hostile:?}");
        }
        assert_eq!(name("Louis 14").as_deref(), Some("Louis 14"));
    }

    #[test]
    fn nothing_hidden_remains() {
        for hostile in
            ["Ada\r\nBcc: x", "Ada\0", "Ada\u{202e}adA", "Ada\u{2028}x", "Ada\u{85}x", "\u{feff}Ada", "Ada\u{e0041}"]
        {
            let kept = name(hostile).unwrap_or_default();
            assert!(!kept.chars().any(is_hidden) && !kept.contains(':'), "{hostile:?} became {kept:?}");
        }
        assert_eq!(name("\r\n\t"), None);
        assert_eq!(name(&"a".repeat(5000)).map(|kept| kept.len()), Some(NAME_LENGTH));
    }

    #[test]
    fn an_organisation_is_one_line() {
        assert_eq!(organisation("Smith & Sons, Ltd.\r\nBcc: x"), "Smith & Sons, Ltd. Bcc: x");
        assert_eq!(organisation(" \n"), "Rekey");
    }
}

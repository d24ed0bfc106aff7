//! Takes a text of JSON apart.

use std::borrow::Cow;

use super::Unreadable;

/// What is still to be read.
pub(super) struct Reader<'de> {
    rest: &'de str,
}

impl<'de> Reader<'de> {
    pub(super) fn new(text: &'de str) -> Self {
        Self { rest: text }
    }

    /// Whether only space is left.
    pub(super) fn is_done(&mut self) -> bool {
        self.peek().is_none()
    }

    /// The byte that comes next, space left out.
    pub(super) fn peek(&mut self) -> Option<u8> {
        self.rest = self.rest.trim_start_matches([' ', '\n', '\r', '\t']);
        self.rest.as_bytes().first().copied()
    }

    pub(super) fn take(&mut self, byte: u8) -> Result<(), Unreadable> {
        if self.peek() == Some(byte) {
            self.rest = &self.rest[1..];
            return Ok(());
        }
        Err(Unreadable)
    }

    /// As many bytes as this, which end where a letter ends.
    fn cut(&mut self, length: usize) -> Result<&'de str, Unreadable> {
        let (cut, rest) = self.rest.split_at_checked(length).ok_or(Unreadable)?;
        self.rest = rest;
        Ok(cut)
    }

    pub(super) fn word(&mut self, word: &str) -> Result<(), Unreadable> {
        self.peek();
        self.rest = self.rest.strip_prefix(word).ok_or(Unreadable)?;
        Ok(())
    }

    /// What stands up to the quotation mark that ends a text, which began before; and whether anything in it is escaped.
    pub(super) fn quoted(&mut self) -> Result<(&'de str, bool), Unreadable> {
        let (mut at, mut escaped) = (0, false);
        loop {
            match self.rest.as_bytes().get(at) {
                Some(b'"') => break,
                Some(b'\\') => (at, escaped) = (at + 2, true),
                Some(0..b' ') | None => return Err(Unreadable),
                Some(_) => at += 1,
            }
        }
        let text = self.cut(at)?;
        self.take(b'"')?;
        Ok((text, escaped))
    }

    pub(super) fn text(&mut self) -> Result<Cow<'de, str>, Unreadable> {
        self.take(b'"')?;
        let (text, escaped) = self.quoted()?;
        if escaped { unescape(text).map(Cow::Owned) } else { Ok(Cow::Borrowed(text)) }
    }

    pub(super) fn number(&mut self) -> Result<&'de str, Unreadable> {
        self.peek();
        let ends = |byte: u8| !matches!(byte, b'-' | b'+' | b'.' | b'0'..=b'9' | b'e' | b'E');
        let number = self.cut(self.rest.bytes().position(ends).unwrap_or(self.rest.len()))?;
        // Neither `01` nor `-0` is a whole number of JSON's.
        let has_idle_zero = number != "0" && number.trim_start_matches('-').starts_with('0');
        if has_idle_zero { Err(Unreadable) } else { Ok(number) }
    }

    /// The JSON of the value that comes next. What is nested in it is only counted, not checked: to be read later, or never.
    pub(super) fn raw(&mut self) -> Result<&'de str, Unreadable> {
        self.peek();
        let (start, mut depth) = (self.rest, 0_usize);
        loop {
            match self.peek().ok_or(Unreadable)? {
                b'"' => drop(self.take(b'"').and_then(|()| self.quoted())?),
                b'{' | b'[' => {
                    depth += 1;
                    self.cut(1)?;
                }
                b'}' | b']' => {
                    depth = depth.checked_sub(1).ok_or(Unreadable)?;
                    self.cut(1)?;
                }
                b',' | b':' if depth > 0 => drop(self.cut(1)?),
                b't' => self.word("true")?,
                b'f' => self.word("false")?,
                b'n' => self.word("null")?,
                b'-' | b'0'..=b'9' => drop(self.number()?),
                _ => return Err(Unreadable),
            }
            if depth == 0 {
                return Ok(&start[..start.len() - self.rest.len()]);
            }
        }
    }
}

fn unescape(text: &str) -> Result<String, Unreadable> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        out.push_str(before);
        let mut letters = after.chars();
        let letter = match letters.next().ok_or(Unreadable)? {
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => escaped_letter(&mut letters)?,
            letter @ ('"' | '\\' | '/') => letter,
            _ => return Err(Unreadable),
        };
        out.push(letter);
        rest = letters.as_str();
    }
    out.push_str(rest);
    Ok(out)
}

/// The letter that four hexadecimal digits stand for; or twice four, beyond the first plane of Unicode.
fn escaped_letter(letters: &mut std::str::Chars<'_>) -> Result<char, Unreadable> {
    let first = unit(letters)?;
    let code = match first {
        0xd800..0xdc00 => {
            *letters = letters.as_str().strip_prefix("\\u").ok_or(Unreadable)?.chars();
            let second = unit(letters)?.checked_sub(0xdc00).filter(|low| *low < 0x400).ok_or(Unreadable)?;
            0x1_0000 + ((first - 0xd800) << 10) + second
        }
        code => code,
    };
    char::from_u32(code).ok_or(Unreadable)
}

fn unit(letters: &mut std::str::Chars<'_>) -> Result<u32, Unreadable> {
    (0..4).try_fold(0, |code, _| {
        let digit = letters.next().and_then(|letter| letter.to_digit(16)).ok_or(Unreadable)?;
        Ok(code * 16 + digit)
    })
}

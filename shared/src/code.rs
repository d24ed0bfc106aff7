//! One-time codes of 6 digits.

/// Six digits as a person types them, made canonical. Never prints itself.
#[derive(Clone, PartialEq, Eq)]
pub struct OneTimeCode([u8; 6]);

impl OneTimeCode {
    /// How many digits a code has (OB-1).
    pub const DIGITS: usize = 6;

    /// The code with this value; values past 999,999 wrap.
    pub fn from_value(value: u32) -> Self {
        let mut digits = [b'0'; Self::DIGITS];
        let mut rest = value % 1_000_000;
        for digit in digits.iter_mut().rev() {
            *digit = b'0' + u8::try_from(rest % 10).unwrap_or(0);
            rest /= 10;
        }
        Self(digits)
    }

    /// Reads what was typed: spaces and hyphens are ignored, full-width digits are accepted (TO-3).
    /// `None` unless exactly six digits remain. Reads at most 64 characters.
    pub fn parse(typed: &str) -> Option<Self> {
        let mut digits = [0; Self::DIGITS];
        let mut count = 0;
        for (place, typed) in typed.chars().enumerate() {
            if place >= 64 {
                return None;
            }
            if typed.is_whitespace() || matches!(typed, '-' | '‐' | '–' | '－' | 'ー' | '\u{200b}' | '\u{feff}') {
                continue;
            }
            let digit = match typed {
                '0'..='9' => typed as u32 - '0' as u32,
                '０'..='９' => typed as u32 - '０' as u32,
                _ => return None,
            };
            *digits.get_mut(count)? = b'0' + u8::try_from(digit).ok()?;
            count += 1;
        }
        (count == Self::DIGITS).then_some(Self(digits))
    }

    /// The six ASCII digits: for the message and the comparison.
    pub fn expose(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl std::fmt::Debug for OneTimeCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OneTimeCode(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_read_however_it_is_typed() {
        for typed in ["012345", " 012 345 ", "012-345", "０１２３４５", "０１２　３４５", "\u{feff}012345"]
        {
            assert_eq!(OneTimeCode::parse(typed).as_ref().map(OneTimeCode::expose), Some("012345"), "{typed:?}");
        }
    }

    #[test]
    fn anything_else_is_not_a_code() {
        for typed in ["", "12345", "1234567", "12345a", "٠١٢٣٤٥", "1e5000", "-", "12345\0"] {
            assert_eq!(OneTimeCode::parse(typed), None, "{typed:?}");
        }
        assert_eq!(OneTimeCode::parse(&" ".repeat(1 << 20)), None);
    }

    #[test]
    fn leading_zeros_stay() {
        assert_eq!(OneTimeCode::from_value(7).expose(), "000007");
        assert_eq!(OneTimeCode::from_value(1_000_007).expose(), "000007");
    }
}

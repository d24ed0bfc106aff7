//! Phone numbers.

#[cfg(feature = "parse")]
use crate::field::FieldFault;

/// A number that exists in some country's plan. Never prints itself.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Phone {
    canonical: String,
    shown: String,
}

impl Phone {
    /// The form that is stored, compared and dialled: E.164, a plus and at most fifteen digits (ID-3).
    pub fn canonical(&self) -> &str {
        &self.canonical
    }

    /// The form that is shown: international, in the groups its country writes.
    pub fn shown(&self) -> &str {
        &self.shown
    }
}

impl std::fmt::Debug for Phone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Phone(…)")
    }
}

#[cfg(feature = "parse")]
impl Phone {
    /// The most characters that are read; `phonenumber` has panicked on long ones (`RustSec` 2023-0082, 2024-0369).
    const MAX_TYPED: usize = 64;

    /// Reads a number in any spelling of any country; without a country code, in that of `default_region` (such as `JP`).
    /// Extensions are refused: a code cannot be sent to one.
    pub fn parse(typed: &str, default_region: &str) -> Result<Self, FieldFault> {
        let typed = super::trimmed(typed)?;
        if typed.chars().any(super::is_treacherous) {
            return Err(FieldFault::BadCharacters);
        }
        if typed.chars().count() > Self::MAX_TYPED {
            return Err(FieldFault::TooLong);
        }
        // The crate sees ASCII digits, one plus and nothing else: no extensions, no letters, no `tel:` parameters.
        let dialled = dialled(typed).ok_or(FieldFault::NotAPhone)?;
        let number = read(&dialled, default_region).ok_or(FieldFault::NotAPhone)?;
        let canonical = number.format().mode(phonenumber::Mode::E164).to_string();
        if !number.is_valid() || number.extension().is_some() || !is_e164(&canonical) {
            return Err(FieldFault::NotAPhone);
        }
        let shown = number.format().mode(phonenumber::Mode::International).to_string();
        Ok(Self { canonical, shown })
    }

    /// Whether this could be dialled: at least five digits, and nothing but digits and what stands between them.
    pub(super) fn looks_like(typed: &str) -> bool {
        dialled(typed).is_some_and(|dialled| dialled.len() >= 5)
    }
}

/// Reads a number in its own country's plan.
///
/// Told a region, the crate strips that region's trunk prefix from numbers of other countries too:
/// `+49 151…` read in the United States would become the number of another person, `+49 51…`.
/// So the region is told for national spellings alone.
#[cfg(feature = "parse")]
fn read(dialled: &str, default_region: &str) -> Option<phonenumber::PhoneNumber> {
    use phonenumber::country::Source;

    if dialled.starts_with('+') {
        return phonenumber::parse(None, dialled).ok();
    }
    let number = phonenumber::parse(Some(default_region.parse().ok()?), dialled).ok()?;
    if number.code().source() == Source::Idd { read_abroad(dialled, number.code().value()) } else { Some(number) }
}

/// Reads a number that begins with a region's international prefix (`010`, `00`, `0011`, …) and then this country code.
#[cfg(feature = "parse")]
fn read_abroad(dialled: &str, code: u16) -> Option<phonenumber::PhoneNumber> {
    let code = code.to_string();
    let starts = dialled.match_indices(&code).map(|(start, _)| start).filter(|start| (2..=5).contains(start));
    let read = |start| phonenumber::parse(None, format!("+{}", dialled.get(start..)?)).ok();
    starts.filter_map(read).find(phonenumber::PhoneNumber::is_valid)
}

/// The country of a number in E.164, ISO 3166-1 alpha-2: of those that share a country code the one whose plan the number
/// is in. `None` for numbers of no country (satellites, free numbers of the world) and of no plan.
#[cfg(feature = "parse")]
pub fn region_of(number: &str) -> Option<String> {
    if !is_e164(number) {
        return None;
    }
    let number = phonenumber::parse(None, number).ok().filter(phonenumber::PhoneNumber::is_valid)?;
    number.country().id().map(|country| country.as_ref().to_owned())
}

/// The digits, with a plus before them if there was one. `None` when there is anything that no number has.
#[cfg(feature = "parse")]
fn dialled(typed: &str) -> Option<String> {
    // Letter-heads write `+44 (0)20 …`: the zero is dialled at home only (ITU-T E.123 §2.4 advises against it).
    let typed = if typed.starts_with(['+', '＋']) { typed.replacen("(0)", "", 1) } else { typed.to_owned() };
    let mut dialled = String::new();
    for typed in typed.chars() {
        match typed {
            '0'..='9' => dialled.push(typed),
            '０'..='９' => dialled.push(char::from_digit(typed as u32 - '０' as u32, 10)?),
            '+' | '＋' if dialled.is_empty() => dialled.push('+'),
            _ if is_between(typed) => {}
            _ => return None,
        }
    }
    dialled.contains(|typed: char| typed.is_ascii_digit()).then_some(dialled)
}

/// What people write between digits: spaces, brackets, dots, slashes, and the many hyphens of Japanese keyboards.
#[cfg(feature = "parse")]
fn is_between(typed: char) -> bool {
    typed.is_whitespace()
        || matches!(
            typed,
            '-' | '.'
                | '/'
                | '('
                | ')'
                | '['
                | ']'
                | '（'
                | '）'
                | '［'
                | '］'
                | '．'
                | '／'
                | '・'
                | 'ー'
                | '－'
                | '\u{2010}'
                ..='\u{2015}' | '\u{2212}' | '\u{ff70}' | '~' | '〜' | '～' | '\u{2e3a}' | '\u{2500}'
        )
}

#[cfg(feature = "parse")]
fn is_e164(number: &str) -> bool {
    let digits = number.strip_prefix('+').unwrap_or_default();
    (4..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
}

//! Runs of characters that are easy to foresee: aaaa, 4321, qwer.

use serde::{Deserialize, Serialize};

/// The longest runs that are accepted, in characters: 1–255; `None` for no such rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Runs {
    /// Of one and the same character: "aaa" is a run of three.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 255)))]
    pub repeated: Option<u8>,
    /// Of letters or digits in order, up or down: "abc", "321". Case does not matter.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 255)))]
    pub sequence: Option<u8>,
    /// Of neighbors in a row of the keyboard, either way: "qwe", "lkj". Case does not matter.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 255)))]
    pub keyboard: Option<u8>,
}

/// A kind of run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Run {
    /// One character again and again.
    Repeated,
    /// In the order of the alphabet or of counting.
    Sequence,
    /// In the order of the keys.
    Keyboard,
}

impl Run {
    /// Every kind, in rule order.
    pub const ALL: [Self; 3] = [Self::Repeated, Self::Sequence, Self::Keyboard];
}

/// The rows of the keyboards that most people type on: US, German, French; JIS shares the letters of the first.
const ROWS: [&str; 8] =
    ["1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop", "yxcvbnm", "azertyuiop", "qsdfghjklm"];

impl Runs {
    /// The longest run of a kind that is accepted.
    pub const fn longest(&self, run: Run) -> Option<u8> {
        match run {
            Run::Repeated => self.repeated,
            Run::Sequence => self.sequence,
            Run::Keyboard => self.keyboard,
        }
    }
}

impl Run {
    /// How long the longest run of this kind in a folded text is. Linear in the text.
    pub(super) fn length_in(self, folded: &str) -> usize {
        match self {
            Self::Repeated => longest(folded, |one, next| (one == next).then_some(0)),
            Self::Sequence => longest(folded, step),
            Self::Keyboard => {
                PLACES.iter().map(|row| longest(folded, |one, next| key_step(row, one, next))).max().unwrap_or(0)
            }
        }
    }
}

/// The longest stretch whose steps all go the same way.
fn longest(folded: &str, step: impl Fn(char, char) -> Option<i8>) -> usize {
    let mut characters = folded.chars();
    let Some(mut last) = characters.next() else { return 0 };
    let (mut best, mut length, mut way) = (1, 1, None);
    for next in characters {
        let stepped = step(last, next);
        length = match stepped {
            None => 1,
            Some(_) if stepped == way => length + 1,
            Some(_) => 2,
        };
        way = stepped;
        best = best.max(length);
        last = next;
    }
    best
}

fn step(one: char, next: char) -> Option<i8> {
    let alike = one.is_ascii_lowercase() && next.is_ascii_lowercase() || one.is_ascii_digit() && next.is_ascii_digit();
    match u32::from(next).wrapping_sub(u32::from(one)) {
        1 if alike => Some(1),
        u32::MAX if alike => Some(-1),
        _ => None,
    }
}

fn key_step(row: &[u8; 128], one: char, next: char) -> Option<i8> {
    match place(row, next)?.wrapping_sub(place(row, one)?) {
        1 => Some(1),
        u8::MAX => Some(-1),
        _ => None,
    }
}

fn place(row: &[u8; 128], key: char) -> Option<u8> {
    let place = row.get(usize::try_from(u32::from(key)).ok()?)?;
    (*place > 0).then_some(*place)
}

/// For each row, where a key is in it, counted from one; 0 for keys that are not.
static PLACES: [[u8; 128]; ROWS.len()] = {
    let mut places = [[0; 128]; ROWS.len()];
    let mut row = 0;
    while row < ROWS.len() {
        let keys = ROWS[row].as_bytes();
        let mut key = 0;
        while key < keys.len() {
            #[expect(clippy::cast_possible_truncation, reason = "a row has ten keys")]
            let place = key as u8 + 1;
            places[row][keys[key] as usize] = place;
            key += 1;
        }
        row += 1;
    }
    places
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_measured() {
        for (text, repeated, sequence, keyboard) in [
            ("", 0, 0, 0),
            ("a", 1, 1, 1),
            ("aab", 2, 2, 1),
            ("aaaa", 4, 1, 1),
            ("abcba", 1, 3, 1),
            ("xabc987z", 1, 3, 3),
            ("890", 1, 2, 3),
            ("qwertz", 1, 1, 6),
            ("poiuytrewq", 1, 2, 10),
            ("azerty", 1, 1, 6),
            ("ああ", 2, 1, 1),
            ("9:;", 1, 1, 1),
        ] {
            let found = Run::ALL.map(|run| run.length_in(text));
            assert_eq!(found, [repeated, sequence, keyboard], "{text}");
        }
    }
}

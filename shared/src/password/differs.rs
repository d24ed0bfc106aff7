//! How far a new password is from the one that it replaces.

use super::normal::{MAX_INPUT_BYTES, normalise};

/// How many characters must be inserted, removed or replaced to make one password from the other: at most `enough`,
/// which stands for "so many or more". Both are compared in the form that is hashed, by code points.
///
/// Only a band of the usual table is filled, so the work is the length times twice `enough`, whatever is typed.
/// A password that is too long to be accepted anyway counts as different.
pub fn edits(current: &str, new: &str, enough: u8) -> u8 {
    if current.len() > MAX_INPUT_BYTES || new.len() > MAX_INPUT_BYTES {
        return enough;
    }
    let current: Vec<char> = normalise(current).chars().collect();
    let new: Vec<char> = normalise(new).chars().collect();
    let limit = usize::from(enough);
    if current.len().abs_diff(new.len()) >= limit {
        return enough;
    }
    let found = banded(&current, &new, limit);
    u8::try_from(found).unwrap_or(enough).min(enough)
}

/// Levenshtein's distance by rows, or `limit` if it is not below. What is further from the diagonal than `limit` is
/// at least as far in edits, so it is never looked at.
fn banded(from: &[char], to: &[char], limit: usize) -> usize {
    let mut row: Vec<usize> = (0..=to.len()).map(|column| column.min(limit)).collect();
    for (number, letter) in from.iter().enumerate() {
        let (first, last) = (number.saturating_sub(limit), to.len().min(number + limit + 1));
        let mut diagonal = row[first];
        // Beyond the band, and in the column before it, nothing is nearer than the limit.
        row[first] = if first == 0 { (number + 1).min(limit) } else { limit };
        for column in first..last {
            let above = row[column + 1];
            let replaced = diagonal + usize::from(*letter != to[column]);
            row[column + 1] = replaced.min(above + 1).min(row[column] + 1).min(limit);
            diagonal = above;
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Levenshtein's table, whole.
    fn plainly(from: &str, to: &str) -> usize {
        let (from, to): (Vec<char>, Vec<char>) = (from.chars().collect(), to.chars().collect());
        let mut table = vec![vec![0; to.len() + 1]; from.len() + 1];
        for row in 0..=from.len() {
            for column in 0..=to.len() {
                table[row][column] = match (row, column) {
                    (0, n) | (n, 0) => n,
                    _ => {
                        let replaced = table[row - 1][column - 1] + usize::from(from[row - 1] != to[column - 1]);
                        replaced.min(table[row - 1][column] + 1).min(table[row][column - 1] + 1)
                    }
                };
            }
        }
        table[from.len()][to.len()]
    }

    #[test]
    fn what_people_do_to_an_old_password_is_counted() {
        for (current, new, found) in [
            ("Summer 2025", "Summer 2025", 0),
            ("Summer 2025", "Summer 2026", 1),
            ("Summer 2025", "summer 2026", 2),
            ("Summer 2025", "1Summer 2025", 1),
            ("Summer 2025", "Summer 2025!!", 2),
            ("abcdef", "bcdefa", 2),
            ("\u{e9}tude", "e\u{301}tude", 0),
            ("夏の海と空", "冬の海と空", 1),
            ("", "abc", 3),
            ("kitten", "sitting", 3),
            ("four quiet words", "nine loud things", 8),
        ] {
            assert_eq!(edits(current, new, 8), found, "{current:?} {new:?}");
        }
    }

    #[test]
    fn the_band_finds_what_the_whole_table_finds() {
        let mut seed = 7_u32;
        let mut letter = move || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            char::from(b'a' + u8::try_from(seed >> 30).unwrap_or(0))
        };
        for length in 0..24 {
            for _ in 0..20 {
                let from: String = (0..length).map(|_| letter()).collect();
                let to: String = (0..(length + 5) % 17).map(|_| letter()).collect();
                for enough in [0, 1, 2, 3, 8, 40] {
                    let whole = plainly(&from, &to).min(usize::from(enough));
                    assert_eq!(usize::from(edits(&from, &to, enough)), whole, "{from:?} {to:?} {enough}");
                }
            }
        }
    }

    #[test]
    fn what_is_far_too_long_is_not_compared() {
        assert_eq!(edits("short", &"x".repeat(MAX_INPUT_BYTES + 1), 5), 5);
    }
}

//! Banned words and the points that the rest of a password makes (seed-systems.md §4).
//!
//! A password is folded ([`fold_look_alikes`], PP-03), and so are the words (PP-43). If the whole is at most one edit away
//! from a word, it is that word (PP-04, PP-41). Otherwise it is cut into banned words and single characters so that the pieces
//! are as few as can be (PP-44); each piece is a point, and five are needed (PP-06).

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::normal::normalise;

/// The rule on banned words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Banned {
    /// Whether the words that the product bans everywhere count, too (PP-01).
    pub common: bool,
    /// The organization's own words.
    #[cfg_attr(feature = "schema", schemars(length(max = 1000), inner(length(min = 4, max = 16))))]
    pub terms: Terms,
    /// The points that are needed: 1–20 (PP-06).
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 20)))]
    pub points: u8,
}

impl Default for Banned {
    fn default() -> Self {
        Self { common: true, terms: Terms::default(), points: 5 }
    }
}

/// Banned words: as they were written, and folded once so that judging need not do it again.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(with = "Vec<String>"))]
#[serde(from = "Vec<String>", into = "Vec<String>")]
pub struct Terms {
    written: Vec<String>,
    folded: Arc<[String]>,
}

impl Terms {
    /// The most terms of an organization (PP-02).
    pub const MOST: usize = 1000;
    /// The shortest and the longest term, in code points (PP-02).
    pub const LENGTHS: std::ops::RangeInclusive<usize> = 4..=16;

    /// As they were written.
    pub fn written(&self) -> &[String] {
        &self.written
    }

    /// The terms of both.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        self.written.iter().chain(&other.written).cloned().collect()
    }
}

impl FromIterator<String> for Terms {
    fn from_iter<I: IntoIterator<Item = String>>(terms: I) -> Self {
        let mut written: Vec<String> = terms.into_iter().collect();
        written.sort();
        written.dedup();
        let mut folded: Vec<String> = written.iter().map(|term| fold_look_alikes(term.trim())).collect();
        // An empty word would be found everywhere.
        folded.retain(|term| !term.is_empty());
        folded.sort();
        folded.dedup();
        Self { written, folded: folded.into() }
    }
}

impl From<Vec<String>> for Terms {
    fn from(terms: Vec<String>) -> Self {
        terms.into_iter().collect()
    }
}

impl From<Terms> for Vec<String> {
    fn from(terms: Terms) -> Self {
        terms.written
    }
}

/// What the product bans everywhere (PP-01): folded, in order, each four characters or more. Words that people begin with when
/// they must choose a password, in the two languages of the product, and what they put behind them; from no breach.
const COMMON: [&str; 94] = [
    "abcd",
    "abcdef",
    "access",
    "admin",
    "administrator",
    "aishiteru",
    "angel",
    "apple",
    "arigato",
    "asdf",
    "autumn",
    "azerty",
    "banana",
    "baseball",
    "batman",
    "butterfly",
    "changeit",
    "changeme",
    "charlie",
    "cheese",
    "computer",
    "december",
    "default",
    "doraemon",
    "dragon",
    "football",
    "freedom",
    "friday",
    "fuyu",
    "ganbaru",
    "google",
    "guest",
    "haru",
    "hello",
    "himitsu",
    "iloveyou",
    "internet",
    "january",
    "jordan",
    "killer",
    "kyoto",
    "letmein",
    "liverpool",
    "login",
    "london",
    "master",
    "michael",
    "monday",
    "monkey",
    "mustang",
    "naruto",
    "natsu",
    "nihon",
    "ninja",
    "nintendo",
    "nippon",
    "office",
    "ohayo",
    "osaka",
    "pass",
    "password",
    "passwort",
    "pikachu",
    "pokemon",
    "princess",
    "qwer",
    "qwerty",
    "qwertz",
    "sakura",
    "samurai",
    "saturday",
    "secret",
    "security",
    "server",
    "shadow",
    "spring",
    "starwars",
    "summer",
    "sunday",
    "sunshine",
    "superman",
    "system",
    "temp",
    "test",
    "tiger",
    "tokyo",
    "user",
    "watashi",
    "welcome",
    "whatever",
    "winter",
    "yamato",
    "zxcv",
    "zxcvbn",
];

impl Banned {
    /// How many points a normalised password makes. Counts only as far as it is needed.
    pub(super) fn points_of(&self, folded: &str) -> usize {
        let listed: &[&str] = if self.common { &COMMON } else { &[] };
        let whole = |term: &str| within_one_edit(folded, term);
        if listed.iter().copied().any(whole) || self.terms.folded.iter().map(String::as_str).any(whole) {
            return 1;
        }
        self.fewest_pieces(folded, listed)
    }

    /// The fewest banned words and single characters that make up the text, back to front.
    fn fewest_pieces(&self, folded: &str, listed: &[&str]) -> usize {
        // fewest[at]: the pieces of what begins at that byte; only the beginnings of characters are used.
        let mut fewest = vec![0_usize; folded.len() + 1];
        for (at, letter) in folded.char_indices().rev() {
            let rest = folded.get(at..).unwrap_or_default();
            let mut best = after(&fewest, at + letter.len_utf8());
            for_each_beginning(listed, rest, |term| best = best.min(after(&fewest, at + term.len())));
            for_each_beginning(&self.terms.folded, rest, |term| best = best.min(after(&fewest, at + term.len())));
            if let Some(slot) = fewest.get_mut(at) {
                *slot = best.saturating_add(1);
            }
        }
        after(&fewest, 0)
    }
}

fn after(fewest: &[usize], at: usize) -> usize {
    fewest.get(at).copied().unwrap_or(usize::MAX)
}

/// Calls back for every word of a sorted list that the text begins with.
///
/// The words that share a beginning lie together: the range is narrowed letter by letter, and empty after one or two.
fn for_each_beginning<W: AsRef<str>>(sorted: &[W], text: &str, mut found: impl FnMut(&str)) {
    let mut range = sorted;
    for (at, letter) in text.char_indices() {
        let head = text.get(..at + letter.len_utf8()).unwrap_or_default();
        let start = range.partition_point(|word| word.as_ref() < head);
        range = range.get(start..).unwrap_or_default();
        let count = range.partition_point(|word| word.as_ref().starts_with(head));
        range = range.get(..count).unwrap_or_default();
        match range {
            [] => return,
            [word, longer @ ..] if word.as_ref() == head => {
                found(head);
                range = longer;
            }
            _ => {}
        }
    }
}

/// Whether one insertion, removal or replacement at most makes one text of the other.
fn within_one_edit(one: &str, other: &str) -> bool {
    if one.len().abs_diff(other.len()) > 4 {
        return false;
    }
    let mut ones = one.chars();
    let mut others = other.chars();
    loop {
        let (rest_one, rest_other) = (ones.as_str(), others.as_str());
        match (ones.next(), others.next()) {
            (None, None) => return true,
            (Some(same), Some(as_this)) if same == as_this => {}
            (Some(_), None) => return ones.as_str().is_empty(),
            (None, Some(_)) => return others.as_str().is_empty(),
            (Some(_), Some(_)) => {
                let (tail_one, tail_other) = (ones.as_str(), others.as_str());
                return tail_one == tail_other || tail_one == rest_other || rest_one == tail_other;
            }
        }
    }
}

/// The form in which words are looked for: lower case, and 0, 1, $ and @ as the letters that they stand for (PP-03).
pub(super) fn fold_look_alikes(text: &str) -> String {
    let normal = Zeroizing::new(normalise(text));
    normal.chars().flat_map(char::to_lowercase).map(as_letter).collect()
}

const fn as_letter(typed: char) -> char {
    match typed {
        '0' => 'o',
        '1' => 'l',
        '$' => 's',
        '@' => 'a',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(terms: &[&str], password: &str) -> usize {
        let terms = terms.iter().map(|term| (*term).to_owned()).collect();
        Banned { common: false, terms, points: 5 }.points_of(&fold_look_alikes(password))
    }

    #[test]
    fn the_common_words_are_folded_and_in_order() {
        assert!(COMMON.is_sorted_by(|one, next| one < next));
        for word in COMMON {
            assert_eq!(fold_look_alikes(word), word);
            assert!(word.len() >= 4, "{word}");
        }
    }

    #[test]
    fn points_are_those_of_the_seed() {
        // PP-20…31 and the vectors derived from the rules.
        for (terms, password, expected) in [
            (&["blank"][..], "Bl@nK", 1),
            (&["abcdef"], "abcdeg", 1),
            (&["abcdef"], "abcdefg", 1),
            (&["abcdef"], "abcde", 1),
            (&["contoso", "blank"], "C0ntos0Blank12", 4),
            (&["contoso", "blank"], "ContoS0Bl@nkf9!", 5),
            (&["contoso"], "Contoso!1", 3),
            (&["contoso", "london"], "Contoso@London", 3),
            (&["contoso", "widget"], "ContosoWidget", 2),
            (&["contoso"], "!Contoso", 1),
            (&["london"], "LondonHQ", 3),
            (&["contoso"], "Contoso-9xQ!", 6),
            (&["contoso"], "Contoso-9x", 4),
            (&["widget"], "Widg3t", 1),
            (&["widget", "london"], "Wid9etLond0n77", 9),
        ] {
            assert_eq!(points(terms, password), expected, "{password}");
        }
    }

    #[test]
    fn the_cut_with_the_fewest_pieces_counts() {
        assert_eq!(points(&["abcd", "cdefgh", "efgh"], "xabcdefgh"), 3);
        assert_eq!(points(&["さくら", "Ｓ1", "S1"], "さくらs1さくら"), 3);
        assert_eq!(points(&["aaaa"], &"a".repeat(41)), 11);
        assert_eq!(points(&[], ""), 0);
    }
}

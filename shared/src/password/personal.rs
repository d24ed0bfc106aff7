//! What is known of the person, and when a password resembles it too much.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::banned::fold_look_alikes;
use super::normal::{fold, normalise};
use super::typed::Typed;

/// What is known of the person whose password is judged. Everything may be empty. Never prints itself.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Personal {
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
    /// Username.
    pub username: String,
    /// The organization's name.
    pub organisation: String,
    /// Email addresses.
    pub emails: Vec<String>,
    /// Phone numbers, however they are written.
    pub phones: Vec<String>,
}

impl std::fmt::Debug for Personal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Personal(…)")
    }
}

/// A kind of personal data that has a rule of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonalPart {
    /// The given name and each word of it.
    GivenName,
    /// The family name and each word of it.
    FamilyName,
    /// Both names together, in either order; with [`Matching::Folded`] each of the two by itself (PP-05).
    Name,
    /// The username.
    Username,
    /// An address, or what stands before its @.
    Email,
    /// The organization's name.
    Organisation,
    /// A phone number, with or without its country and area code.
    Phone,
}

impl PersonalPart {
    /// Every part, in rule order.
    pub const ALL: [Self; 7] =
        [Self::GivenName, Self::FamilyName, Self::Name, Self::Username, Self::Email, Self::Organisation, Self::Phone];
}

/// How much of a person's data a password may hold, from the least strict. Case never matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Matching {
    /// It must not be that word.
    Equals,
    /// The word and its repetitions must cover less than half of it (security.md §4).
    Dominated,
    /// The word must not occur in it.
    Contains,
    /// Nor with 0 for o, 1 for l, $ for s or @ for a (PP-03, PP-05).
    Folded,
}

/// Which personal data matters, and how much. `None` leaves a part out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields)]
pub struct PersonalRules {
    /// For [`PersonalPart::GivenName`].
    pub given_name: Option<Matching>,
    /// For [`PersonalPart::FamilyName`].
    pub family_name: Option<Matching>,
    /// For [`PersonalPart::Name`].
    pub name: Option<Matching>,
    /// For [`PersonalPart::Username`].
    pub username: Option<Matching>,
    /// For [`PersonalPart::Email`].
    pub email: Option<Matching>,
    /// For [`PersonalPart::Organisation`].
    pub organisation: Option<Matching>,
    /// For [`PersonalPart::Phone`].
    pub phone: Option<Matching>,
    /// Words shorter than this are not looked for: "Al" is in too many words.
    /// A character of an East Asian script counts as two, so that 佐藤 is long enough.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = 32)))]
    pub min_word: u8,
    /// Whether each word of a name counts, too, as Active Directory splits them: at spaces, commas, periods, hyphens,
    /// underscores, number signs and tabs.
    pub split: bool,
}

impl Default for PersonalRules {
    fn default() -> Self {
        Self {
            given_name: None,
            family_name: None,
            name: None,
            username: None,
            email: None,
            organisation: None,
            phone: None,
            min_word: 3,
            split: true,
        }
    }
}

impl PersonalRules {
    /// Every part, matched in the same way.
    pub fn all(matching: Matching) -> Self {
        let matching = Some(matching);
        Self {
            given_name: matching,
            family_name: matching,
            name: matching,
            username: matching,
            email: matching,
            organisation: matching,
            phone: matching,
            ..Self::default()
        }
    }

    /// How a part is matched, if at all.
    pub const fn matching(&self, part: PersonalPart) -> Option<Matching> {
        match part {
            PersonalPart::GivenName => self.given_name,
            PersonalPart::FamilyName => self.family_name,
            PersonalPart::Name => self.name,
            PersonalPart::Username => self.username,
            PersonalPart::Email => self.email,
            PersonalPart::Organisation => self.organisation,
            PersonalPart::Phone => self.phone,
        }
    }

    /// Whether a password resembles a part of the person too much.
    pub(super) fn resembles(&self, typed: &Typed, part: PersonalPart, matching: Matching, person: &Personal) -> bool {
        let mut words = person.words(part, self.split, matching);
        words.retain(|word| weight(word) >= u32::from(self.min_word));
        if words.is_empty() {
            return false;
        }
        if matching == Matching::Folded {
            return words.iter().any(|word| typed.letters().contains(&fold_look_alikes(word)));
        }
        if part == PersonalPart::Phone {
            // 090-1234-5678 is the number, however it is written.
            let digits = Zeroizing::new(typed.folded.chars().filter(|typed| !is_separator(*typed)).collect::<String>());
            return matches(&digits, &words, matching);
        }
        matches(&typed.folded, &words, matching)
    }
}

/// No address, name or number is longer than this; what is, is not compared.
const MAX_WORD_BYTES: usize = 512;
/// How many addresses and how many numbers are looked at.
const MAX_VALUES: usize = 16;

impl Personal {
    /// The folded words of one part, without those that are empty.
    fn words(&self, part: PersonalPart, split: bool, matching: Matching) -> Vec<String> {
        let mut words = match part {
            PersonalPart::GivenName => with_parts(&self.given_name, split),
            PersonalPart::FamilyName => with_parts(&self.family_name, split),
            PersonalPart::Name if matching == Matching::Folded => vec![word(&self.given_name), word(&self.family_name)],
            PersonalPart::Name => whole_names(&self.given_name, &self.family_name),
            PersonalPart::Username => vec![word(&self.username)],
            PersonalPart::Email => self.emails.iter().take(MAX_VALUES).flat_map(|email| address_words(email)).collect(),
            PersonalPart::Organisation => {
                let name = word(&self.organisation);
                vec![name.split_whitespace().collect(), name]
            }
            PersonalPart::Phone => self.phones.iter().take(MAX_VALUES).flat_map(|phone| number_words(phone)).collect(),
        };
        words.retain(|word| !word.is_empty());
        words
    }

    /// Every value worth telling the estimator, as folded words.
    #[cfg(feature = "strength")]
    pub(super) fn all_words(&self) -> Vec<String> {
        PersonalPart::ALL.into_iter().flat_map(|part| self.words(part, true, Matching::Equals)).collect()
    }
}

fn word(value: &str) -> String {
    if value.len() > MAX_WORD_BYTES { String::new() } else { fold(normalise(value).trim()) }
}

fn is_separator(typed: char) -> bool {
    typed.is_whitespace() || matches!(typed, '-' | '.' | '_' | ',' | '#' | '(' | ')' | '+' | '/' | '・' | '·')
}

/// A name, and each of its words if they are wanted.
fn with_parts(name: &str, split: bool) -> Vec<String> {
    let whole = word(name);
    if !split {
        return vec![whole];
    }
    let mut words: Vec<String> = whole.split(is_separator).map(str::to_owned).collect();
    words.push(whole);
    words
}

fn whole_names(given: &str, family: &str) -> Vec<String> {
    let (given, family) = (word(given), word(family));
    if given.is_empty() || family.is_empty() {
        return Vec::new();
    }
    ["", " ", ".", "-", "_"]
        .into_iter()
        .flat_map(|between| [format!("{given}{between}{family}"), format!("{family}{between}{given}")])
        .collect()
}

fn address_words(email: &str) -> Vec<String> {
    let whole = word(email);
    match whole.rsplit_once('@') {
        Some((local, _)) => vec![local.to_owned(), whole],
        None => vec![whole],
    }
}

/// The digits, and their last ten and eight: the number without country code, and without area code.
fn number_words(phone: &str) -> Vec<String> {
    let digits: String = word(phone).chars().filter(char::is_ascii_digit).collect();
    let last = |count: usize| digits.len().checked_sub(count).and_then(|start| digits.get(start..)).map(str::to_owned);
    let mut words: Vec<String> = [last(10), last(8)].into_iter().flatten().collect();
    words.push(digits);
    words
}

fn weight(word: &str) -> u32 {
    word.chars().map(|letter| if letter >= '\u{2e80}' { 2 } else { 1 }).sum()
}

fn matches(folded: &str, words: &[String], matching: Matching) -> bool {
    match matching {
        Matching::Equals => words.iter().any(|word| word == folded),
        Matching::Contains | Matching::Folded => words.iter().any(|word| folded.contains(word.as_str())),
        Matching::Dominated => dominated(folded, words),
    }
}

/// Whether the words cover at least half of the characters.
fn dominated(folded: &str, words: &[String]) -> bool {
    let mut found = words.iter().filter(|word| folded.contains(word.as_str())).peekable();
    if found.peek().is_none() {
        return false;
    }
    let mut covered = vec![false; folded.len()];
    for word in found {
        for (start, found) in folded.match_indices(word.as_str()) {
            if let Some(bytes) = covered.get_mut(start..start + found.len()) {
                bytes.fill(true);
            }
        }
    }
    let all = folded.chars().count();
    let hit = folded.char_indices().filter(|(at, _)| covered.get(*at).copied().unwrap_or(false)).count();
    hit > 0 && hit * 2 >= all
}

//! Policies by name.

use super::classes::Classes;
use super::personal::{Matching, PersonalRules};
use super::policy::{Blanks, Charset, Edges, Length, Policy};

impl Policy {
    /// What the standards ask of a password that signs in by itself: length instead of composition (PW-1, PW-2, PW-5),
    /// nothing that is mostly the person's own data (security.md §4), nothing that an attacker tries early (PW-7).
    ///
    /// Names only matter when they make up half of the password or more: "correct horse hana" is not weak for its last word.
    /// Score 3 of 4 means more than 10⁸ guesses, which an online attacker who is throttled never makes.
    pub fn recommended() -> Self {
        Self {
            length: Length { min: 15, max: 256, max_bytes: 1024 },
            blanks: Blanks::Allow,
            classes: Classes::default(),
            charset: Charset::Any,
            edges: Edges::Any,
            personal: PersonalRules::all(Matching::Dominated),
            guessability: Some(3),
        }
    }

    /// What shops ask for: six characters of any kind, no blanks, not the e-mail address (seed-systems.md §13.2).
    /// Far below the standards; for accounts that have been like this for years.
    pub fn commerce() -> Self {
        Self {
            length: Length { min: 6, max: 256, max_bytes: 1024 },
            blanks: Blanks::Forbid,
            classes: Classes { required_kinds: 1, ..Classes::default() },
            charset: Charset::Any,
            edges: Edges::Any,
            personal: PersonalRules { email: Some(Matching::Equals), ..PersonalRules::default() },
            guessability: None,
        }
    }

    /// The names that [`Policy::preset`] knows.
    pub const PRESETS: [&'static str; 2] = ["recommended", "commerce"];

    /// The policy of that name.
    pub fn preset(name: &str) -> Option<Self> {
        match name {
            "recommended" => Some(Self::recommended()),
            "commerce" => Some(Self::commerce()),
            _ => None,
        }
    }
}

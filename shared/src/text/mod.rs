//! Every text that a person can read, in English and Japanese side by side. `docs/words.md` says how they are written.
//!
//! Fixed texts are constants of [`MessageId`], grouped by where they appear. Texts with
//! values in them are functions. Both languages are written, not translated from each other.

mod account;
mod fault;
mod help;
mod lint;
mod password;
mod personal;
mod problem;
mod public;
mod sentence;
#[cfg(any(test, feature = "style"))]
pub mod style;
mod suggestion;

use crate::Lang;

pub use fault::fault;
pub use lint::finding;
pub use password::{failure, requirement, strength, tally};
pub use personal::personal;
pub use problem::{problem, problem_title};
pub use sentence::*;
pub use suggestion::{rule_aloud, suggestion};

/// One fixed text in both languages.
///
/// The value carries its texts, so that a page ships only those it names and nothing has to be looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MessageId {
    key: &'static str,
    en: &'static str,
    ja: &'static str,
}

impl MessageId {
    /// The text in this language.
    pub const fn text(self, lang: Lang) -> &'static str {
        match lang {
            Lang::En => self.en,
            Lang::Ja => self.ja,
        }
    }

    /// The constant's name: for tests and logs, never for people.
    pub const fn key(self) -> &'static str {
        self.key
    }
}

/// Declares messages: `NAME: "English", "日本語";`.
macro_rules! messages {
    ($($key:ident: $en:literal, $ja:literal;)+) => {
        impl crate::text::MessageId {
            $(
                #[doc = $en]
                pub const $key: Self = Self { key: stringify!($key), en: $en, ja: $ja };
            )+
        }

        /// All messages of this file.
        #[cfg(test)]
        pub(super) const ALL: &[crate::text::MessageId] = &[$(crate::text::MessageId::$key),+];
    };
}
use messages;

/// Picks one of two texts.
const fn pick(lang: Lang, en: &'static str, ja: &'static str) -> &'static str {
    match lang {
        Lang::En => en,
        Lang::Ja => ja,
    }
}

#[cfg(test)]
mod tests;

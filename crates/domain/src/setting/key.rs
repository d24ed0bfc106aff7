//! Keys: the name of a setting, the document it belongs to, and how its value is written.

use std::fmt;

use super::draft::Draft;
use super::format::Format;
use super::{Problem, Settings, Value};

/// The settings documents. Each is versioned and changed as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Section {
    /// Who runs the installation.
    Site,
    /// Registration.
    Registration,
    /// Recovery.
    Recovery,
    /// Sign-in and lock-out.
    SignIn,
    /// Sessions.
    Session,
    /// Messages with codes.
    Sends,
    /// Requests that write.
    Requests,
    /// Text messages, and what they may cost.
    Texts,
    /// Passwords.
    Password,
    /// How long rows are kept.
    Retention,
}

impl Section {
    /// All of them, in the order in which they are listed.
    pub const ALL: [Self; 10] = [
        Self::Site,
        Self::Registration,
        Self::Recovery,
        Self::SignIn,
        Self::Session,
        Self::Sends,
        Self::Requests,
        Self::Texts,
        Self::Password,
        Self::Retention,
    ];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Site => "site",
            Self::Registration => "registration",
            Self::Recovery => "recovery",
            Self::SignIn => "sign_in",
            Self::Session => "session",
            Self::Sends => "sends",
            Self::Requests => "requests",
            Self::Texts => "texts",
            Self::Password => "password",
            Self::Retention => "retention",
        }
    }

    /// The one of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|section| section.name() == name)
    }
}

impl fmt::Display for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A setting that can be changed while the program runs.
pub trait Key: Sync {
    /// Its name, as it is written in the file.
    fn name(&self) -> &'static str;

    /// The document that it belongs to.
    fn section(&self) -> Section;

    /// What may stand there, in a few words.
    fn range(&self) -> String;

    /// Checks what a file or a document holds, and gives it in the form in which it is kept.
    fn check(&self, value: &Value) -> Result<Value, Problem>;

    /// The same for what stands in a variable or on the command line.
    fn check_text(&self, text: &str) -> Result<Value, Problem>;

    /// Takes a value over. It counts together with all others, once they are put together.
    fn apply(&self, draft: &mut Draft, value: &Value) -> Result<(), Problem>;

    /// What holds now; `None` when it is not set and has no default.
    fn of(&self, settings: &Settings) -> Option<Value>;
}

/// A key whose values have a type.
pub(super) struct Typed<F: Format> {
    pub name: &'static str,
    pub section: Section,
    pub format: F,
    pub set: fn(&mut Draft, F::Typed),
    pub get: fn(&Settings) -> Option<F::Typed>,
}

impl<F: Format> Key for Typed<F> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn section(&self) -> Section {
        self.section
    }

    fn range(&self) -> String {
        self.format.range()
    }

    fn check(&self, value: &Value) -> Result<Value, Problem> {
        self.format.read(value).map(|typed| self.format.write(&typed))
    }

    fn check_text(&self, text: &str) -> Result<Value, Problem> {
        self.format.read_text(text).map(|typed| self.format.write(&typed))
    }

    fn apply(&self, draft: &mut Draft, value: &Value) -> Result<(), Problem> {
        (self.set)(draft, self.format.read(value)?);
        Ok(())
    }

    fn of(&self, settings: &Settings) -> Option<Value> {
        (self.get)(settings).map(|typed| self.format.write(&typed))
    }
}

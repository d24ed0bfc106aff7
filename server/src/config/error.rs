//! What is said when a setting is wrong.

use std::fmt;

/// A setting that Rekey does not start with: one line that names the key, and never the value, which may be a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    key: String,
    variable: Option<String>,
    problem: String,
}

impl ConfigError {
    /// A key, and what is wrong with its value as the end of a sentence: `must be …`.
    pub fn new(key: &str, problem: impl Into<String>) -> Self {
        Self::from_variable(key, None, problem)
    }

    /// The same, with the environment variable that gave the value, if one did.
    pub fn from_variable(key: &str, variable: Option<&str>, problem: impl Into<String>) -> Self {
        Self { key: key.to_owned(), variable: variable.map(str::to_owned), problem: problem.into() }
    }

    /// The key, such as `mail.url`.
    pub fn key(&self) -> &str {
        &self.key
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.variable {
            Some(variable) => write!(f, "{} (from {variable}) {}", self.key, self.problem),
            None => write!(f, "{} {}", self.key, self.problem),
        }
    }
}

impl std::error::Error for ConfigError {}

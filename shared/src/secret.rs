//! Something a person typed that must not be seen again.

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// A password on its way from a form to the verifier. Never prints itself; wiped when dropped.
///
/// It serialises as the bare string, because a form in the browser must be able to send it.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Wraps what was typed, unchanged.
    pub fn new(typed: impl Into<String>) -> Self {
        Self(typed.into())
    }

    /// The text itself. Every caller is a place to look at in a review.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether nothing was typed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl From<&str> for Secret {
    fn from(typed: &str) -> Self {
        Self::new(typed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_never_prints_itself() {
        assert_eq!(format!("{:?}", Secret::new("hunter2 hunter2")), "Secret(…)");
    }
}

//! A password in the forms that rules look at.

use std::cell::OnceCell;

use zeroize::Zeroizing;

use super::banned::fold_look_alikes;
use super::normal::{fold, normalise};

/// A password that is being judged. Wiped when dropped.
pub(super) struct Typed {
    /// Normalised.
    pub text: Zeroizing<String>,
    /// In lower case, too.
    pub folded: Zeroizing<String>,
    letters: OnceCell<Zeroizing<String>>,
}

impl Typed {
    pub fn new(password: &str) -> Self {
        let text = Zeroizing::new(normalise(password));
        let folded = Zeroizing::new(fold(&text));
        Self { text, folded, letters: OnceCell::new() }
    }

    /// With look-alikes as the letters that they stand for: made only for policies that ask.
    pub fn letters(&self) -> &str {
        self.letters.get_or_init(|| Zeroizing::new(fold_look_alikes(&self.text)))
    }
}

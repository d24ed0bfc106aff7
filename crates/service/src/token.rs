//! Secrets in links and cookies: 256 bits, shown once, stored as SHA-256.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use zeroize::ZeroizeOnDrop;

use rekey_domain::Digest;

use crate::ports::{Entropy, random};

/// A secret on its way to the one who may hold it: 43 characters of unpadded base64url. Never prints itself.
#[derive(Clone, PartialEq, Eq, ZeroizeOnDrop)]
pub struct PlainToken([u8; 32]);

impl PlainToken {
    /// A new random one.
    pub fn generate(entropy: &dyn Entropy) -> Self {
        Self(random(entropy))
    }

    pub(crate) fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Reads one from a cookie or URL; `None` unless it has exactly the right form.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() != 43 {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        Some(Self(bytes.try_into().ok()?))
    }

    /// The text for the cookie or URL. Every caller is a place to look at in a review.
    pub fn expose(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// What is stored and looked up. A plain hash is enough: no one guesses 256 bits.
    pub fn digest(&self) -> Digest {
        Digest(Sha256::digest(self.0).into())
    }
}

impl std::fmt::Debug for PlainToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PlainToken(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_its_own_form_is_read() {
        let token = PlainToken::from_bytes([7; 32]);
        assert_eq!(PlainToken::parse(&token.expose()), Some(token.clone()));
        let text = token.expose();
        for other in ["", "undefined", "%", &text[1..], &format!("{text}="), &format!("{}+", &text[1..])] {
            assert_eq!(PlainToken::parse(other), None, "{other}");
        }
        assert_eq!(format!("{token:?}"), "PlainToken(…)");
    }
}

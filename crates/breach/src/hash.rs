//! The hashes that lists of breached passwords are made of.

use md4::Md4;
use md4::digest::Digest as _;
use serde::{Deserialize, Serialize};
use sha1::Sha1;

/// What a list is hashed with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Algorithm {
    /// SHA-1 of the UTF-8 bytes: 20 bytes, 40 hexadecimal digits.
    Sha1,
    /// MD4 of the UTF-16 bytes, little end first, as Windows stores passwords: 16 bytes, 32 digits.
    Ntlm,
}

impl Algorithm {
    /// The hexadecimal digits of a hash.
    pub const fn digits(self) -> usize {
        match self {
            Self::Sha1 => 40,
            Self::Ntlm => 32,
        }
    }

    /// Hashes a password. The caller has normalised it as it is judged.
    pub fn digest(self, password: &str) -> Digest {
        let mut first = [0; 8];
        let fill = |first: &mut [u8; 8], whole: &[u8]| first.iter_mut().zip(whole).for_each(|(to, from)| *to = *from);
        match self {
            Self::Sha1 => fill(&mut first, &Sha1::digest(password.as_bytes())),
            Self::Ntlm => {
                let mut hasher = Md4::new();
                password.encode_utf16().for_each(|unit| hasher.update(unit.to_le_bytes()));
                fill(&mut first, &hasher.finalize());
            }
        }
        Digest(u64::from_be_bytes(first))
    }
}

/// The first 64 bits of a hash: all that a filter looks at. Never prints itself, for it tells the password to anyone who has a list.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Digest(u64);

impl std::fmt::Debug for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Digest(…)")
    }
}

impl Digest {
    /// From the leading 64 bits.
    pub const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    /// The leading 64 bits.
    pub const fn bits(self) -> u64 {
        self.0
    }

    /// The leading bits, as many as are asked for: 0–32.
    pub const fn prefix(self, bits: u8) -> u32 {
        #[expect(clippy::cast_possible_truncation, reason = "at most 32 bits are left")]
        let prefix = match bits {
            0 => 0,
            1..=32 => (self.0 >> (64 - bits as u32)) as u32,
            _ => (self.0 >> 32) as u32,
        };
        prefix
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_those_of_the_public_lists() {
        // SHA-1 of "password" is 5BAA61E4C9B93F3F…, its NTLM hash 8846F7EAEE8FB117….
        assert_eq!(Algorithm::Sha1.digest("password").bits(), 0x5baa_61e4_c9b9_3f3f);
        assert_eq!(Algorithm::Ntlm.digest("password").bits(), 0x8846_f7ea_ee8f_b117);
        assert_eq!(Algorithm::Sha1.digest("password").prefix(20), 0x5_baa6);
        assert_eq!(Algorithm::Sha1.digest("password").prefix(0), 0);
        assert_eq!(Algorithm::Sha1.digest("password").prefix(1), 0);
        assert_eq!(Algorithm::Ntlm.digest("password").prefix(1), 1);
    }
}

//! One filter: the passwords whose hashes begin alike.

use serde::{Deserialize, Serialize};
use xorf::{Filter as _, Xor8, Xor16};

use crate::hash::{Algorithm, Digest};

/// How wide a fingerprint is: how often a password is refused that is on no list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Width {
    /// 8 bits: 1 in 256.
    Narrow,
    /// 16 bits: 1 in 65,536.
    Wide,
}

impl Width {
    /// In bits.
    pub const fn bits(self) -> u8 {
        match self {
            Self::Narrow => 8,
            Self::Wide => 16,
        }
    }

    /// In bytes.
    const fn bytes(self) -> usize {
        match self {
            Self::Narrow => 1,
            Self::Wide => 2,
        }
    }

    /// From a number of bits.
    pub const fn of_bits(bits: u8) -> Option<Self> {
        match bits {
            8 => Some(Self::Narrow),
            16 => Some(Self::Wide),
            _ => None,
        }
    }
}

/// What a browser must know to ask for a shard and to read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    /// What to hash with.
    pub algorithm: Algorithm,
    /// The width of the fingerprints.
    pub width: Width,
    /// How many leading bits of a hash choose the shard: 0–24.
    pub prefix_bits: u8,
}

impl Shape {
    /// The most bits that choose a shard.
    pub const MOST_PREFIX_BITS: u8 = 24;

    /// The name of a digest's shard in an address: its leading bits as hexadecimal digits, no more of them than are needed, with
    /// zeros in place of the bits that are left over. `-` if there is one shard.
    pub fn name_of(self, digest: Digest) -> String {
        self.name(digest.prefix(self.prefix_bits))
    }

    /// The name of a list of this shape that was made at a moment, in seconds since 1970: what a browser says it is asking of,
    /// so that it never reads a shard of another list.
    pub fn list_name(self, made_at: i64) -> String {
        let algorithm = match self.algorithm {
            Algorithm::Sha1 => "sha1",
            Algorithm::Ntlm => "ntlm",
        };
        format!("{algorithm}-{}-{}-{made_at}", self.width.bits(), self.prefix_bits)
    }

    /// The shape of a list by its name.
    pub fn of_list(name: &str) -> Option<Self> {
        let mut parts = name.split('-');
        let algorithm = match parts.next()? {
            "sha1" => Algorithm::Sha1,
            "ntlm" => Algorithm::Ntlm,
            _ => return None,
        };
        let width = Width::of_bits(parts.next()?.parse().ok()?)?;
        let prefix_bits = parts.next()?.parse().ok().filter(|bits| *bits <= Self::MOST_PREFIX_BITS)?;
        Some(Self { algorithm, width, prefix_bits })
    }

    fn name(self, shard: u32) -> String {
        let digits = usize::from(self.prefix_bits.div_ceil(4));
        if digits == 0 {
            return "-".to_owned();
        }
        let left_over = u8::try_from(digits * 4).unwrap_or(0).saturating_sub(self.prefix_bits);
        format!("{:0digits$X}", shard << left_over)
    }

    /// The shard of that name; `None` for a name that [`Shape::name_of`] does not make.
    pub fn shard_of(self, name: &str) -> Option<u32> {
        let digits = usize::from(self.prefix_bits.div_ceil(4));
        let shard = if digits == 0 {
            0
        } else {
            let left_over = (digits * 4).checked_sub(usize::from(self.prefix_bits))?;
            u32::from_str_radix(name, 16).ok()? >> left_over
        };
        (shard >> self.prefix_bits == 0 && self.name(shard) == name).then_some(shard)
    }
}

/// A filter as bytes: a seed of eight bytes, then the fingerprints, each with its low byte first. No bytes for no entries.
#[derive(Debug, Clone, Copy)]
pub struct Shard<'a> {
    bytes: &'a [u8],
    width: Width,
}

const SEED_BYTES: usize = 8;

impl<'a> Shard<'a> {
    /// Takes bytes for a shard. `None` if they cannot be one; no bytes at all make it panic.
    pub const fn read(bytes: &'a [u8], width: Width) -> Option<Self> {
        let fingerprints = bytes.len().saturating_sub(SEED_BYTES);
        let whole = bytes.len() > SEED_BYTES && fingerprints.is_multiple_of(3 * width.bytes());
        if bytes.is_empty() || whole { Some(Self { bytes, width }) } else { None }
    }

    /// Builds the filter of some digests. Those that are there twice count once.
    pub fn build(digests: &mut Vec<u64>, width: Width) -> Vec<u8> {
        digests.sort_unstable();
        digests.dedup();
        if digests.is_empty() {
            return Vec::new();
        }
        match width {
            Width::Narrow => {
                let filter = Xor8::from(&*digests);
                written(filter.seed, filter.fingerprints.iter().map(|print| [*print]))
            }
            Width::Wide => {
                let filter = Xor16::from(&*digests);
                written(filter.seed, filter.fingerprints.iter().map(|print| print.to_le_bytes()))
            }
        }
    }

    /// Whether a digest is in it: always yes for those that it was built of.
    pub fn contains(&self, digest: Digest) -> bool {
        let Some((seed, prints)) = self.bytes.split_first_chunk::<SEED_BYTES>() else { return false };
        let (seed, key) = (u64::from_le_bytes(*seed), digest.bits());
        let block_length = prints.len() / self.width.bytes() / 3;
        match self.width {
            Width::Narrow => Xor8 { seed, block_length, fingerprints: prints.into() }.contains(&key),
            Width::Wide => {
                let fingerprints = prints.as_chunks::<2>().0.iter().map(|pair| u16::from_le_bytes(*pair)).collect();
                Xor16 { seed, block_length, fingerprints }.contains(&key)
            }
        }
    }
}

fn written<const N: usize>(seed: u64, prints: impl Iterator<Item = [u8; N]>) -> Vec<u8> {
    seed.to_le_bytes().into_iter().chain(prints.flatten()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(prefix_bits: u8) -> Shape {
        Shape { algorithm: Algorithm::Sha1, width: Width::Wide, prefix_bits }
    }

    #[test]
    fn a_name_shows_no_more_of_a_hash_than_chooses_the_shard() {
        let digest = Digest::from_bits(0xabcd_ef01_2345_6789);
        for (bits, name) in
            [(0, "-"), (1, "8"), (4, "A"), (5, "A8"), (8, "AB"), (10, "ABC"), (18, "ABCDC"), (24, "ABCDEF")]
        {
            let shape = shape(bits);
            assert_eq!(shape.name_of(digest), name, "{bits}");
            assert_eq!(shape.shard_of(name), Some(digest.prefix(bits)), "{bits}");
        }
        for (bits, name) in [(0, "0"), (4, ""), (4, "a"), (4, "AB"), (5, "A1"), (8, "+1"), (8, "G0"), (8, "é")] {
            assert_eq!(shape(bits).shard_of(name), None, "{bits} {name}");
        }
    }

    #[test]
    fn a_list_is_known_by_its_name() {
        assert_eq!(shape(18).list_name(1_767_225_600), "sha1-16-18-1767225600");
        assert_eq!(Shape::of_list("sha1-16-18-1767225600"), Some(shape(18)));
        for wrong in ["", "sha1", "md5-16-1-0", "sha1-9-1-0", "sha1-16-25-0"] {
            assert_eq!(Shape::of_list(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_cannot_be_a_shard_is_none() {
        for length in [1, 8, 9, 10, 11, 13, 15] {
            assert!(Shard::read(&vec![0; length], Width::Wide).is_none(), "{length}");
        }
        assert!(Shard::read(&[0; 8 + 6], Width::Wide).is_some());
        assert!(!Shard::read(&[], Width::Narrow).expect("no entries").contains(Digest::from_bits(1)));
    }
}

//! Proof of work: a browser looks for a number whose hash with a challenge begins with enough zero bits.
//!
//! It costs one who asks once a moment, and one who runs no scripts their place among those who do. The browser looks for
//! the number and the server checks it by the same function.

use std::ops::Range;

use sha2::{Digest as _, Sha256};

/// A challenge that was made by the server.
#[derive(Debug, Clone, Copy)]
pub struct Puzzle {
    seed: [u8; 32],
    bits: u8,
}

impl Puzzle {
    /// The puzzle of a challenge: 2^`bits` tries on average.
    pub fn new(challenge: &str, bits: u8) -> Self {
        // Hashed first, so that each try is one block of the hash however long the challenge is.
        Self { seed: Sha256::digest(challenge.as_bytes()).into(), bits }
    }

    /// Whether this number is a solution.
    pub fn is_solved_by(&self, number: u64) -> bool {
        let hash: [u8; 32] = Sha256::new().chain_update(self.seed).chain_update(number.to_be_bytes()).finalize().into();
        leading_zeros(&hash) >= u32::from(self.bits)
    }

    /// The first solution among so many numbers.
    pub fn search(&self, mut numbers: Range<u64>) -> Option<u64> {
        numbers.find(|number| self.is_solved_by(*number))
    }
}

fn leading_zeros(hash: &[u8; 32]) -> u32 {
    let whole = hash.iter().take_while(|byte| **byte == 0).count();
    let rest = hash.get(whole).map_or(0, |byte| byte.leading_zeros());
    u32::try_from(whole * 8).unwrap_or(0) + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_solution_has_the_bits_that_were_asked_for() {
        let puzzle = Puzzle::new("a challenge", 12);
        let number = puzzle.search(0..1_000_000).expect("one in four thousand");
        assert!(puzzle.is_solved_by(number) && puzzle.search(0..number).is_none());
        assert!(!Puzzle::new("another challenge", 12).is_solved_by(number));
        assert!(!Puzzle::new("a challenge", 24).is_solved_by(number));
    }

    #[test]
    fn each_bit_doubles_the_work() {
        let tries =
            |bits| (0..64).map(|n| Puzzle::new(&n.to_string(), bits).search(0..u64::MAX).unwrap_or(0)).sum::<u64>();
        let (eight, ten) = (tries(8) / 64, tries(10) / 64);
        assert!((128..512).contains(&eight) && (512..2048).contains(&ten), "{eight} {ten}");
    }

    #[test]
    fn zero_bits_are_counted_across_bytes() {
        let mut hash = [0xff; 32];
        assert_eq!(leading_zeros(&hash), 0);
        (hash[0], hash[1]) = (0, 0x1f);
        assert_eq!(leading_zeros(&hash), 11);
        assert_eq!(leading_zeros(&[0; 32]), 256);
    }
}

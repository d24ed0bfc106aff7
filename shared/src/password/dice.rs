//! Uniform numbers from uniform bytes.

use zeroize::Zeroizing;

/// Draws from a source that fills a slice with uniform bytes.
pub(super) struct Dice<'a> {
    random: &'a mut dyn FnMut(&mut [u8]),
    bytes: Zeroizing<[u8; 64]>,
    used: usize,
}

impl<'a> Dice<'a> {
    pub fn new(random: &'a mut dyn FnMut(&mut [u8])) -> Self {
        Self { random, bytes: Zeroizing::new([0; 64]), used: 64 }
    }

    fn byte(&mut self) -> usize {
        if self.used >= self.bytes.len() {
            (self.random)(self.bytes.as_mut_slice());
            self.used = 0;
        }
        let byte = self.bytes.get(self.used).copied().unwrap_or(0);
        self.used += 1;
        usize::from(byte)
    }

    /// A number below `faces` (1–65,536): values beyond the last full round of faces are discarded, because they would
    /// favor some faces.
    pub fn below(&mut self, faces: usize) -> usize {
        let range = if faces <= 256 { 256 } else { 65_536 };
        let fair = range - range % faces;
        let mut drawn = self.number(range);
        // Only a broken source gives four thousand unfair draws in a row, and it must not hang the caller.
        for _ in 0..4096 {
            if drawn < fair {
                break;
            }
            drawn = self.number(range);
        }
        drawn % faces
    }

    fn number(&mut self, range: usize) -> usize {
        if range == 256 { self.byte() } else { self.byte() * 256 + self.byte() }
    }
}

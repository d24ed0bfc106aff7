//! The file: a header, where each shard begins, the shards.
//!
//! | Bytes | What |
//! |---|---|
//! | 8 | `RKBREACH` |
//! | 1 | version, 1 |
//! | 1 | algorithm: 1 SHA-1, 2 NTLM |
//! | 1 | bits of a fingerprint: 8 or 16 |
//! | 1 | bits of the prefix, 0–24 |
//! | 4 | the least count of an entry that was taken |
//! | 8 | entries |
//! | 8 | when it was made, in seconds since 1970 |
//! | 32 | SHA-256 of everything else |
//! | 8 × (2ⁿ + 1) | where each shard begins, and where the last ends, counted from the first |
//! | | the shards |
//!
//! Numbers have their low byte first.

use std::fs;
use std::io;
use std::path::Path;

use memmap2::Mmap;
use sha2::{Digest as _, Sha256};

use crate::hash::{Algorithm, Digest};
use crate::shard::{Shape, Shard, Width};

const MAGIC: [u8; 8] = *b"RKBREACH";
const VERSION: u8 = 1;
/// Bytes before the places of the shards.
pub(crate) const HEADER_BYTES: usize = 64;
const CHECKSUM: std::ops::Range<usize> = 32..64;

/// What a file says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// How to ask it.
    pub shape: Shape,
    /// How many passwords it holds.
    pub entries: u64,
    /// The least count in the list of a password that was taken.
    pub min_count: u32,
    /// When it was made, in seconds since 1970.
    pub made_at: i64,
}

impl Header {
    /// The list's name; see [`Shape::list_name`].
    pub fn list_name(&self) -> String {
        self.shape.list_name(self.made_at)
    }

    pub(crate) fn write(&self, checksum: [u8; 32]) -> [u8; HEADER_BYTES] {
        let mut bytes = [0; HEADER_BYTES];
        let algorithm = match self.shape.algorithm {
            Algorithm::Sha1 => 1,
            Algorithm::Ntlm => 2,
        };
        let small = [VERSION, algorithm, self.shape.width.bits(), self.shape.prefix_bits];
        let parts: [&[u8]; 6] = [
            &MAGIC,
            &small,
            &self.min_count.to_le_bytes(),
            &self.entries.to_le_bytes(),
            &self.made_at.to_le_bytes(),
            &checksum,
        ];
        bytes.iter_mut().zip(parts.concat()).for_each(|(to, from)| *to = from);
        bytes
    }

    fn read(bytes: &[u8]) -> Result<Self, Damage> {
        let header = bytes.first_chunk::<HEADER_BYTES>().ok_or(Damage::Short)?;
        if header[..8] != MAGIC {
            return Err(Damage::NotOurs);
        }
        let [version, algorithm, bits, prefix_bits] = [header[8], header[9], header[10], header[11]];
        let algorithm = match algorithm {
            1 => Algorithm::Sha1,
            2 => Algorithm::Ntlm,
            _ => return Err(Damage::Version),
        };
        let width = Width::of_bits(bits).filter(|_| version == VERSION).ok_or(Damage::Version)?;
        if prefix_bits > Shape::MOST_PREFIX_BITS {
            return Err(Damage::Version);
        }
        let number =
            |at: usize| header.get(at..at + 8).and_then(|bytes| bytes.try_into().ok()).map_or(0, u64::from_le_bytes);
        let min_count = header.get(12..16).and_then(|bytes| bytes.try_into().ok()).map_or(0, u32::from_le_bytes);
        let made_at = i64::try_from(number(24)).unwrap_or(0);
        Ok(Self { shape: Shape { algorithm, width, prefix_bits }, entries: number(16), min_count, made_at })
    }
}

/// Why a file is not used.
#[derive(Debug, thiserror::Error)]
pub enum Damage {
    /// It cannot be read.
    #[error("cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    /// It ends too early, or goes on.
    #[error("is cut off or too long: import it again")]
    Short,
    /// Something else.
    #[error("is no file that `rekey breach import` made")]
    NotOurs,
    /// Made by another version.
    #[error("was made by another version: import it again")]
    Version,
    /// A bit is not what it was.
    #[error("is damaged: its checksum does not fit; import it again")]
    Checksum,
}

/// An open file. Looking something up takes a microsecond or less and no memory but its shard's.
#[derive(Debug)]
pub struct File {
    bytes: Bytes,
    header: Header,
}

/// Where the bytes are.
#[derive(Debug)]
enum Bytes {
    Mapped(Mmap),
    Built(&'static [u8]),
}

impl File {
    /// Opens a file and checks that it is whole but for its checksum; see [`File::verify`].
    ///
    /// # Errors
    /// Says why it is not used.
    pub fn open(path: &Path) -> Result<Self, Damage> {
        let file = fs::File::open(path)?;
        if file.metadata()?.len() < HEADER_BYTES as u64 {
            return Err(Damage::Short);
        }
        // SAFETY: a mapping must not change while it is looked at. The importer never writes to a file that is there: it writes
        // another and renames it over the first, whose bytes stay what they are for as long as they are mapped. Anyone who cuts
        // the file off in place ends this process (SIGBUS), as with every program that maps files; nothing is misread.
        #[expect(unsafe_code, reason = "mapping a file is the one thing here that the compiler cannot check")]
        let mapped = unsafe { Mmap::map(&file) }?;
        Self::of(Bytes::Mapped(mapped))
    }

    /// A file that is part of the program.
    pub(crate) fn built(bytes: &'static [u8]) -> Result<Self, Damage> {
        Self::of(Bytes::Built(bytes))
    }

    fn of(bytes: Bytes) -> Result<Self, Damage> {
        let header = Header::read(bytes.all())?;
        let file = Self { bytes, header };
        file.check_places()?;
        Ok(file)
    }

    fn check_places(&self) -> Result<(), Damage> {
        let shards = 1_u32 << self.header.shape.prefix_bits;
        let mut last = 0;
        for shard in 0..=shards {
            let place = self.place(shard).ok_or(Damage::Short)?;
            if place < last {
                return Err(Damage::Short);
            }
            last = place;
        }
        let whole = self.data_start().checked_add(last) == Some(self.bytes.all().len());
        if whole && self.place(0) == Some(0) { Ok(()) } else { Err(Damage::Short) }
    }

    /// Reads all of it and compares the checksum: seconds for gigabytes.
    ///
    /// # Errors
    /// [`Damage::Checksum`] if a bit is not what it was.
    pub fn verify(&self) -> Result<(), Damage> {
        let bytes = self.bytes.all();
        let (before, rest) = bytes.split_at_checked(CHECKSUM.start).ok_or(Damage::Short)?;
        let (checksum, after) = rest.split_at_checked(CHECKSUM.len()).ok_or(Damage::Short)?;
        let mut hasher = Checksum::new(before);
        let (places, shards) = after.split_at_checked(self.data_start() - HEADER_BYTES).ok_or(Damage::Short)?;
        shards.chunks(1 << 20).for_each(|chunk| hasher.add_shards(chunk));
        if hasher.finish(places)[..] == *checksum { Ok(()) } else { Err(Damage::Checksum) }
    }

    /// What it says of itself.
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// How many bytes it has.
    pub fn size(&self) -> usize {
        self.bytes.all().len()
    }

    /// Whether a password is in it, or is taken for one that is. The password must be normalised as it is judged.
    pub fn contains(&self, password: &str) -> bool {
        self.holds(self.header.shape.algorithm.digest(password))
    }

    /// Whether a digest is in it.
    pub fn holds(&self, digest: Digest) -> bool {
        let shard = digest.prefix(self.header.shape.prefix_bits);
        let filter = self.shard(shard).and_then(|bytes| Shard::read(bytes, self.header.shape.width));
        filter.is_some_and(|filter| filter.contains(digest))
    }

    /// A shard's bytes, for a browser; `None` if there is no such shard.
    pub fn shard(&self, shard: u32) -> Option<&[u8]> {
        if shard >> self.header.shape.prefix_bits != 0 {
            return None;
        }
        let (start, end) = (self.place(shard)?, self.place(shard + 1)?);
        self.bytes.all().get(self.data_start() + start..self.data_start() + end)
    }

    fn place(&self, shard: u32) -> Option<usize> {
        let at = HEADER_BYTES + usize::try_from(shard).ok()? * 8;
        let place = self.bytes.all().get(at..at + 8)?.try_into().ok()?;
        usize::try_from(u64::from_le_bytes(place)).ok()
    }

    fn data_start(&self) -> usize {
        HEADER_BYTES + ((1 << self.header.shape.prefix_bits) + 1) * 8
    }
}

impl Bytes {
    fn all(&self) -> &[u8] {
        match self {
            Self::Mapped(mapped) => mapped,
            Self::Built(bytes) => bytes,
        }
    }
}

/// The checksum, which can be taken while the shards are written and their places are not yet known.
pub(crate) struct Checksum {
    header: Vec<u8>,
    shards: Sha256,
}

impl Checksum {
    pub fn new(header: &[u8]) -> Self {
        Self { header: header.to_vec(), shards: Sha256::new() }
    }

    pub fn add_shards(&mut self, bytes: &[u8]) {
        self.shards.update(bytes);
    }

    /// With a header that was not known in the beginning.
    pub fn finish_with(mut self, header: &Header, places: &[u8]) -> [u8; 32] {
        self.header = header.write([0; 32])[..CHECKSUM.start].to_vec();
        self.finish(places)
    }

    pub fn finish(self, places: &[u8]) -> [u8; 32] {
        let whole = Sha256::new().chain_update(&self.header).chain_update(places).chain_update(self.shards.finalize());
        whole.finalize().into()
    }
}

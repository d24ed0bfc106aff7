//! From a list to a file, in the memory of one shard.

use std::fs::{self, OpenOptions};
use std::io::{BufWriter, Seek as _, SeekFrom, Write};
use std::path::Path;

use crate::error::ImportError;
use crate::file::{Checksum, HEADER_BYTES, Header};
use crate::hash::{Algorithm, Digest};
use crate::shard::{Shape, Shard, Width};
use crate::source::Source;

/// How a list is imported.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Passwords that were seen less often are left out.
    pub min_count: u32,
    /// How wide fingerprints are.
    pub width: Width,
    /// The present moment, in seconds since 1970, for the file's date.
    pub now: i64,
}

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Passwords that were taken.
    pub entries: u64,
    /// Bytes of the list that were read.
    pub read: u64,
    /// Bytes of the list.
    pub size: u64,
}

/// What an import made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Imported {
    /// What the file says of itself.
    pub header: Header,
    /// The file's size in bytes.
    pub bytes: u64,
}

/// A shard of at least so many entries, on average, keeps an entry below 2.5 bytes; one of twice as many is next.
const ENTRIES_OF_A_SHARD: u64 = 2048;
/// How many passwords are taken to learn how many there may be, and how many lines are read for it at most.
const SAMPLE: u64 = 4096;
const SAMPLE_LINES: u64 = 4_000_000;

/// Reads a list and writes a file of filters in place of `out`, at once when all of it is done.
///
/// # Errors
/// One line that names the list, the place in it and what is wrong. A half-written file is removed.
pub fn import(
    list: &Path,
    out: &Path,
    options: Options,
    tell: &mut dyn FnMut(Progress),
) -> Result<Imported, ImportError> {
    let prefix_bits = prefix_bits(estimate(list, options.min_count)?);
    // One name for all: what a killed import left is written over by the next.
    let mut name = out.file_name().unwrap_or_default().to_owned();
    name.push(".partial");
    let partial = out.with_file_name(name);
    let made = build(list, &partial, prefix_bits, options, tell).and_then(|made| {
        fs::rename(&partial, out).map_err(|error| ImportError::at(out, 0, format!("cannot be written: {error}")))?;
        Ok(made)
    });
    if made.is_err() {
        let _ = fs::remove_file(&partial);
    }
    sync_folder(out);
    made
}

/// So that the new name is on the disk, too. Where folders cannot be synced, the system does it in its own time.
fn sync_folder(out: &Path) {
    let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let _ = fs::File::open(folder).and_then(|folder| folder.sync_all());
}

/// About how many passwords will be taken, by the lines in the beginning.
fn estimate(list: &Path, min_count: u32) -> Result<u64, ImportError> {
    let mut source = Source::open(list)?;
    let (mut lines, mut taken) = (0_u64, 0_u64);
    while taken < SAMPLE && lines < SAMPLE_LINES {
        let Some(entry) = source.next()? else { return Ok(taken) };
        lines += 1;
        taken += u64::from(entry.count >= min_count);
    }
    // One too many if none was taken: a shard too small costs less than one that holds them all.
    let taken = taken.max(1);
    Ok(u64::try_from(u128::from(source.size) * u128::from(taken) / u128::from(source.read.max(1))).unwrap_or(u64::MAX))
}

fn prefix_bits(entries: u64) -> u8 {
    let shards = (entries / ENTRIES_OF_A_SHARD).max(1);
    u8::try_from(shards.ilog2()).unwrap_or(0).min(Shape::MOST_PREFIX_BITS)
}

fn build(
    list: &Path,
    partial: &Path,
    prefix_bits: u8,
    options: Options,
    tell: &mut dyn FnMut(Progress),
) -> Result<Imported, ImportError> {
    let mut source = Source::open(list)?;
    let mut writer = Writer::create(partial, prefix_bits, options)?;
    let mut entries = 0;
    while let Some(entry) = source.next()? {
        // The public service pads its answers with entries that were never seen.
        if entry.count >= options.min_count.max(1) {
            writer.add(Digest::from_bits(entry.leading))?;
            entries += 1;
        }
        if entries % 65_536 == 0 {
            tell(Progress { entries, read: source.read, size: source.size });
        }
    }
    let Some(algorithm) = source.algorithm().filter(|_| entries > 0) else {
        return Err(ImportError::at(list, 0, "holds no password that was seen so often".to_owned()));
    };
    tell(Progress { entries, read: source.read, size: source.size });
    writer.finish(algorithm, entries)
}

/// Writes shards in order, and at the end where they are.
struct Writer<'a> {
    path: &'a Path,
    out: BufWriter<fs::File>,
    options: Options,
    prefix_bits: u8,
    /// Of the shard that is being gathered.
    digests: Vec<u64>,
    shard: u32,
    places: Vec<u8>,
    written: u64,
    checksum: Checksum,
}

impl<'a> Writer<'a> {
    fn create(path: &'a Path, prefix_bits: u8, options: Options) -> Result<Self, ImportError> {
        let file = OpenOptions::new().write(true).create(true).truncate(true).open(path);
        let file = file.map_err(|error| ImportError::at(path, 0, format!("cannot be written: {error}")))?;
        let mut writer = Self {
            path,
            out: BufWriter::with_capacity(1 << 18, file),
            options,
            prefix_bits,
            digests: Vec::new(),
            shard: 0,
            places: 0_u64.to_le_bytes().to_vec(),
            written: 0,
            checksum: Checksum::new(&[]),
        };
        let start = HEADER_BYTES + ((1 << prefix_bits) + 1) * 8;
        let moved = writer.out.seek(SeekFrom::Start(start as u64));
        writer.done(moved)?;
        Ok(writer)
    }

    fn done<T>(&self, outcome: std::io::Result<T>) -> Result<T, ImportError> {
        outcome.map_err(|error| ImportError::at(self.path, 0, format!("cannot be written: {error}")))
    }

    fn add(&mut self, digest: Digest) -> Result<(), ImportError> {
        while self.shard < digest.prefix(self.prefix_bits) {
            self.end_shard()?;
        }
        self.digests.push(digest.bits());
        Ok(())
    }

    fn end_shard(&mut self) -> Result<(), ImportError> {
        let bytes = Shard::build(&mut self.digests, self.options.width);
        self.digests.clear();
        let written = self.out.write_all(&bytes);
        self.done(written)?;
        self.checksum.add_shards(&bytes);
        self.written += bytes.len() as u64;
        self.places.extend(self.written.to_le_bytes());
        self.shard += 1;
        Ok(())
    }

    fn finish(mut self, algorithm: Algorithm, entries: u64) -> Result<Imported, ImportError> {
        while self.shard >> self.prefix_bits == 0 {
            self.end_shard()?;
        }
        let shape = Shape { algorithm, width: self.options.width, prefix_bits: self.prefix_bits };
        let header = Header { shape, entries, min_count: self.options.min_count, made_at: self.options.now };
        let checksum = std::mem::replace(&mut self.checksum, Checksum::new(&[])).finish_with(&header, &self.places);
        let written = self.write_front(&header.write(checksum));
        self.done(written)?;
        Ok(Imported { header, bytes: (HEADER_BYTES + self.places.len()) as u64 + self.written })
    }

    /// The front last: a file without it is none. On the disk before it gets its name.
    fn write_front(&mut self, header: &[u8]) -> std::io::Result<()> {
        self.out.seek(SeekFrom::Start(0))?;
        self.out.write_all(header)?;
        self.out.write_all(&self.places)?;
        self.out.flush()?;
        self.out.get_ref().sync_all()
    }
}

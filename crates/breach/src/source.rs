//! The public lists of breached passwords, read as a stream: `HASH:COUNT` a line in one sorted file, or a folder with one file for
//! each prefix of five hexadecimal digits, named after it, with `SUFFIX:COUNT` a line.

use std::fs;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use crate::error::ImportError;
use crate::hash::Algorithm;

/// A line's hash, as its leading 64 bits and the rest, and how often it was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry {
    pub leading: u64,
    pub rest: u128,
    pub count: u32,
}

/// The digits of a prefix file's name.
const PREFIX_DIGITS: usize = 5;
/// No line of these lists is longer.
const MAX_LINE: u64 = 256;
const BUFFER: usize = 1 << 18;

/// A list and how far it was read.
pub(crate) struct Source {
    parts: Parts,
    open: Option<(Part, BufReader<fs::File>, u64)>,
    algorithm: Option<Algorithm>,
    last: Option<(u64, u128)>,
    /// Bytes that were read, and bytes there are.
    pub read: u64,
    pub size: u64,
}

/// One file of a list.
#[derive(Debug, Clone)]
struct Part {
    path: PathBuf,
    prefix: String,
}

/// The files of a list, in order. Of a folder with a million of them only the prefixes are remembered.
enum Parts {
    One(Option<PathBuf>),
    Folder { folder: PathBuf, ending: String, prefixes: std::vec::IntoIter<u32> },
}

impl Iterator for Parts {
    type Item = Part;

    fn next(&mut self) -> Option<Part> {
        match self {
            Self::One(path) => path.take().map(|path| Part { path, prefix: String::new() }),
            Self::Folder { folder, ending, prefixes } => {
                let prefix = format!("{:05X}", prefixes.next()?);
                let path = folder.join(format!("{prefix}{ending}"));
                Some(Part { path, prefix })
            }
        }
    }
}

impl Source {
    /// A file, or a folder of files.
    pub fn open(path: &Path) -> Result<Self, ImportError> {
        let unreadable = |error| ImportError::at(path, 0, format!("cannot be read: {error}"));
        let is_folder = fs::metadata(path).map_err(unreadable)?.is_dir();
        let (parts, size) = if is_folder {
            prefix_files(path)?
        } else {
            (Parts::One(Some(path.to_owned())), fs::metadata(path).map_err(unreadable)?.len())
        };
        if size == 0 {
            return Err(ImportError::at(path, 0, "is empty".to_owned()));
        }
        Ok(Self { parts, open: None, algorithm: None, last: None, read: 0, size })
    }

    /// The algorithm of the list, known after the first line.
    pub const fn algorithm(&self) -> Option<Algorithm> {
        self.algorithm
    }

    /// The next entry; `None` at the end.
    pub fn next(&mut self) -> Result<Option<Entry>, ImportError> {
        loop {
            if self.open.is_none() {
                let Some(part) = self.parts.next() else { return Ok(None) };
                self.open = Some(begin(part)?);
            }
            let Some((part, reader, line_number)) = &mut self.open else { return Ok(None) };
            let mut line = Vec::new();
            let wrong = |number: u64, what: String| ImportError::at(&part.path, number, what);
            let count = reader
                .by_ref()
                .take(MAX_LINE)
                .read_until(b'\n', &mut line)
                .map_err(|error| wrong(*line_number, format!("cannot be read: {error}")))?;
            if count == 0 {
                self.open = None;
                continue;
            }
            *line_number += 1;
            self.read += count as u64;
            let text = line.trim_ascii();
            if text.is_empty() {
                continue;
            }
            let (entry, algorithm) = parse(&part.prefix, text).map_err(|what| wrong(*line_number, what))?;
            if self.algorithm.is_some_and(|known| known != algorithm) {
                return Err(wrong(*line_number, "is a hash of another length than those before".to_owned()));
            }
            self.algorithm = Some(algorithm);
            let place = (entry.leading, entry.rest);
            if self.last == Some(place) {
                return Err(wrong(*line_number, "is there twice".to_owned()));
            }
            if self.last.is_some_and(|last| last > place) {
                let what = "comes before the line above it: the list must be sorted by hash";
                return Err(wrong(*line_number, what.to_owned()));
            }
            self.last = Some(place);
            return Ok(Some(entry));
        }
    }
}

/// Opens a part, unless its first bytes are those of something else.
fn begin(part: Part) -> Result<(Part, BufReader<fs::File>, u64), ImportError> {
    let wrong = |what: String| ImportError::at(&part.path, 0, what);
    let file = fs::File::open(&part.path).map_err(|error| wrong(format!("cannot be read: {error}")))?;
    let mut reader = BufReader::with_capacity(BUFFER, file);
    let head = reader.fill_buf().map_err(|error| wrong(format!("cannot be read: {error}")))?;
    if let Some(what) = foreign(head) {
        return Err(wrong(what.to_owned()));
    }
    let marked = head.starts_with(b"\xef\xbb\xbf");
    reader.consume(if marked { 3 } else { 0 });
    Ok((part, reader, 0))
}

/// What a file is that begins like this, if it is no list.
fn foreign(head: &[u8]) -> Option<&'static str> {
    const KNOWN: [(&[u8], &str); 8] = [
        (b"\x1f\x8b", "is compressed (gzip): unpack it first"),
        (b"PK\x03\x04", "is compressed (zip): unpack it first"),
        (b"7z\xbc\xaf\x27\x1c", "is compressed (7-Zip): unpack it first"),
        (b"\x28\xb5\x2f\xfd", "is compressed (zstd): unpack it first"),
        (b"\xfd7zXZ", "is compressed (xz): unpack it first"),
        (b"BZh", "is compressed (bzip2): unpack it first"),
        (b"\xff\xfe", "is UTF-16, not plain text"),
        (b"\xfe\xff", "is UTF-16, not plain text"),
    ];
    KNOWN.iter().find(|(magic, _)| head.starts_with(magic)).map(|(_, what)| *what)
}

/// The files of a folder in the order of their prefixes, and how long they are together.
fn prefix_files(folder: &Path) -> Result<(Parts, u64), ImportError> {
    let unreadable = |error: io::Error| ImportError::at(folder, 0, format!("cannot be read: {error}"));
    let (mut prefixes, mut size, mut ending) = (Vec::new(), 0, None);
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let name = entry.file_name();
        let Some((prefix, rest)) = name.to_str().and_then(prefix_of) else { continue };
        if ending.get_or_insert_with(|| rest.to_owned()) != rest {
            return Err(ImportError::at(&entry.path(), 0, "is named otherwise than the files before".to_owned()));
        }
        prefixes.push(prefix);
        size += entry.metadata().map_err(unreadable)?.len();
    }
    let Some(ending) = ending else {
        let what = "holds no file that is named after five hexadecimal digits in capitals";
        return Err(ImportError::at(folder, 0, what.to_owned()));
    };
    prefixes.sort_unstable();
    Ok((Parts::Folder { folder: folder.to_owned(), ending, prefixes: prefixes.into_iter() }, size))
}

/// Five digits in capitals, and what comes behind them.
fn prefix_of(name: &str) -> Option<(u32, &str)> {
    let (prefix, rest) = name.split_at_checked(PREFIX_DIGITS)?;
    let plain = prefix.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'A'..=b'F'));
    let ending = rest.is_empty() || rest.starts_with('.');
    u32::from_str_radix(prefix, 16).ok().filter(|_| plain && ending).map(|prefix| (prefix, rest))
}

/// Reads `HASH:COUNT`, or `SUFFIX:COUNT` behind a prefix.
fn parse(prefix: &str, text: &[u8]) -> Result<(Entry, Algorithm), String> {
    let text = str::from_utf8(text).map_err(|_| "is no text".to_owned())?;
    let (hash, count) = text.split_once(':').ok_or("is not HASH:COUNT; perhaps the list is cut off here")?;
    let hash = format!("{prefix}{hash}");
    let algorithm = [Algorithm::Sha1, Algorithm::Ntlm].into_iter().find(|known| known.digits() == hash.len());
    let algorithm = algorithm.ok_or("is no SHA-1 and no NTLM hash: 40 or 32 hexadecimal digits")?;
    let plain = hash.bytes().all(|digit| digit.is_ascii_hexdigit());
    let digits = |range: std::ops::Range<usize>| hash.get(range).filter(|_| plain);
    let leading = digits(0..16).and_then(|digits| u64::from_str_radix(digits, 16).ok());
    let rest = digits(16..hash.len()).and_then(|digits| u128::from_str_radix(digits, 16).ok());
    let (Some(leading), Some(rest)) = (leading, rest) else {
        return Err("has something else than hexadecimal digits in its hash".to_owned());
    };
    let count = count.parse::<u64>().map_err(|_| "has no count behind its colon; perhaps the list is cut off here")?;
    Ok((Entry { leading, rest, count: u32::try_from(count).unwrap_or(u32::MAX) }, algorithm))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read() {
        let sha1 = "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8";
        let (entry, algorithm) = parse("", format!("{sha1}:42").as_bytes()).expect("reads");
        assert_eq!((entry.leading, entry.count, algorithm), (0x5baa_61e4_c9b9_3f3f, 42, Algorithm::Sha1));
        assert_eq!(parse("5BAA6", format!("{}:42", &sha1[5..].to_lowercase()).as_bytes()), Ok((entry, algorithm)));
        let ntlm = parse("", b"8846F7EAEE8FB117AD06BDD830B7586C:1").expect("reads");
        assert_eq!(ntlm.1, Algorithm::Ntlm);
        for wrong in ["", sha1, "5BAA6:1", &format!("{sha1}:"), &format!("{sha1}:x"), &format!("{}é:1", &sha1[2..])] {
            assert!(parse("", wrong.as_bytes()).is_err(), "{wrong}");
        }
    }
}

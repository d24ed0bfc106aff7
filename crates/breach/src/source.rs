//! The public lists of breached passwords, read as a stream: `HASH:COUNT` a line in one sorted file, or a folder with one file for
//! each prefix of five hexadecimal digits, named after it, with `SUFFIX:COUNT` a line.

use std::fs;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use crate::hash::Algorithm;
use crate::import::ImportError;

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
    parts: std::vec::IntoIter<Part>,
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

impl Source {
    /// A file, or a folder of files.
    pub fn open(path: &Path) -> Result<Self, ImportError> {
        let unreadable = |error| ImportError::at(path, 0, format!("cannot be read: {error}"));
        let is_folder = fs::metadata(path).map_err(unreadable)?.is_dir();
        let parts =
            if is_folder { prefix_files(path)? } else { vec![Part { path: path.to_owned(), prefix: String::new() }] };
        let mut size = 0;
        for part in &parts {
            size += fs::metadata(&part.path).map_err(unreadable)?.len();
        }
        if size == 0 {
            return Err(ImportError::at(path, 0, "is empty".to_owned()));
        }
        Ok(Self { parts: parts.into_iter(), open: None, algorithm: None, last: None, read: 0, size })
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

/// The files of a folder in the order of their prefixes.
fn prefix_files(folder: &Path) -> Result<Vec<Part>, ImportError> {
    let unreadable = |error: io::Error| ImportError::at(folder, 0, format!("cannot be read: {error}"));
    let mut parts = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let prefix = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default().to_ascii_uppercase();
        if prefix.len() == PREFIX_DIGITS && prefix.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            parts.push(Part { path, prefix });
        }
    }
    parts.sort_by(|one, next| one.prefix.cmp(&next.prefix));
    if parts.is_empty() {
        return Err(ImportError::at(folder, 0, "holds no file that is named after five hexadecimal digits".to_owned()));
    }
    if let Some(twice) = parts.windows(2).find(|pair| pair[0].prefix == pair[1].prefix) {
        return Err(ImportError::at(&twice[1].path, 0, "has the same prefix as another file of the folder".to_owned()));
    }
    Ok(parts)
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

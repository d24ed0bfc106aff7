//! Compressed siblings, made once so that no request has to.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::{fs, thread};

use anyhow::{Context, Result, anyhow};
use sha2::{Digest, Sha256};

const WORTH_IT: [&str; 7] = ["css", "js", "json", "svg", "txt", "wasm", "webmanifest"];

/// Results by content, so that an edit to a style sheet does not compress the module again.
pub struct Cache {
    folder: PathBuf,
    release: bool,
}

impl Cache {
    pub fn new(folder: PathBuf, release: bool) -> Result<Self> {
        fs::create_dir_all(&folder)?;
        Ok(Self { folder, release })
    }

    /// Writes `<file>.br` and `<file>.gz` beside each file that gains by it, and forgets results not used now.
    pub fn compress(&self, files: &[PathBuf]) -> Result<()> {
        let worth: Vec<&PathBuf> = files.iter().filter(|file| is_worth_it(file)).collect();
        let used = thread::scope(|scope| {
            let jobs: Vec<_> = worth.iter().map(|file| scope.spawn(|| self.one(file))).collect();
            jobs.into_iter().map(|job| job.join().map_err(|_| anyhow!("a thread died"))?).collect::<Result<Vec<_>>>()
        })?;
        let used: Vec<PathBuf> = used.into_iter().flatten().collect();
        for entry in fs::read_dir(&self.folder)? {
            let path = entry?.path();
            if !used.contains(&path) {
                fs::remove_file(path)?;
            }
        }
        Ok(())
    }

    fn one(&self, file: &Path) -> Result<[PathBuf; 2]> {
        let content = fs::read(file).with_context(|| file.display().to_string())?;
        let digest = hex(&Sha256::digest(&content));
        let br = self.copy(file, &digest, "br", || brotli(&content, self.release))?;
        let gz = self.copy(file, &digest, "gz", || gzip(&content, self.release))?;
        Ok([br, gz])
    }

    fn copy(&self, file: &Path, digest: &str, suffix: &str, make: impl FnOnce() -> Result<Vec<u8>>) -> Result<PathBuf> {
        let kept = self.folder.join(format!("{digest}.{suffix}"));
        if !kept.is_file() {
            fs::write(&kept, make()?)?;
        }
        let mut sibling = file.as_os_str().to_owned();
        sibling.push(format!(".{suffix}"));
        fs::copy(&kept, &sibling)?;
        Ok(kept)
    }
}

fn is_worth_it(file: &Path) -> bool {
    file.extension().and_then(|extension| extension.to_str()).is_some_and(|extension| WORTH_IT.contains(&extension))
}

fn brotli(content: &[u8], release: bool) -> Result<Vec<u8>> {
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: if release { 11 } else { 5 },
        lgwin: 22,
        size_hint: content.len(),
        ..Default::default()
    };
    let mut out = Vec::new();
    brotli::BrotliCompress(&mut &content[..], &mut out, &parameters)?;
    Ok(out)
}

fn gzip(content: &[u8], release: bool) -> Result<Vec<u8>> {
    let level = if release { flate2::Compression::best() } else { flate2::Compression::fast() };
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), level);
    encoder.write_all(content)?;
    Ok(encoder.finish()?)
}

pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

//! The key ring's file: made once, readable by its owner alone.
//!
//! ```json
//! {"keys": [{"key": "<32 bytes, base64url>", "since": 0}]}
//! ```
//!
//! `since` is in milliseconds since 1970: rows made from then on use the key. A new key is added at the end with a
//! moment in the near future, on every node before that moment.

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rekey_service::Entropy;
use rekey_service::keys::{Key, KeyRing};
use rekey_shared::{Secret, Timestamp};
use serde::{Deserialize, Serialize};

use crate::config::ConfigError;

const SETTING: &str = "keys_file";

/// The bits of a file's mode that let group and others at it.
#[cfg(unix)]
const OTHERS: u32 = 6;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    keys: Vec<Entry>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    key: Secret,
    since: Timestamp,
}

/// Reads the key ring; makes one when there is none.
pub fn open(path: &Path, entropy: &dyn Entropy) -> Result<KeyRing, ConfigError> {
    if !path.exists() {
        make(path, entropy).map_err(|error| ConfigError::new(SETTING, format!("cannot be made: {error}")))?;
    }
    read(path)
}

/// Reads the key ring.
pub fn read(path: &Path) -> Result<KeyRing, ConfigError> {
    check_private(path)?;
    let text = fs::read_to_string(path).map(Secret::new);
    let text = text.map_err(|error| ConfigError::new(SETTING, format!("cannot be read: {error}")))?;
    parse(text.expose()).ok_or_else(|| ConfigError::new(SETTING, "does not hold keys in the form that Rekey writes"))
}

fn parse(text: &str) -> Option<KeyRing> {
    let file: File = serde_json::from_str(text).ok()?;
    let keys = file.keys.iter().map(|entry| {
        let bytes: [u8; 32] = URL_SAFE_NO_PAD.decode(entry.key.expose()).ok()?.try_into().ok()?;
        Some(Key::new(bytes, entry.since))
    });
    KeyRing::new(keys.collect::<Option<Vec<_>>>()?)
}

/// Whoever reads the file can make every code and link.
#[cfg(unix)]
fn check_private(path: &Path) -> Result<(), ConfigError> {
    use std::os::unix::fs::PermissionsExt as _;

    let found = fs::metadata(path).map_err(|error| ConfigError::new(SETTING, format!("cannot be read: {error}")))?;
    if found.permissions().mode().trailing_zeros() >= OTHERS {
        Ok(())
    } else {
        Err(ConfigError::new(SETTING, "can be read by others; run chmod 600 on it"))
    }
}

#[cfg(not(unix))]
fn check_private(_path: &Path) -> Result<(), ConfigError> {
    Ok(())
}

/// Writes a new file beside and links it into place: of several processes that start at once exactly one wins,
/// and nobody ever sees half a file.
fn make(path: &Path, entropy: &dyn Entropy) -> io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        make_private_folder(folder)?;
    }
    let beside = beside(path, entropy);
    let written = write_private(&beside, &fresh(entropy)?);
    let linked = written.and_then(|()| match fs::hard_link(&beside, path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        done => done,
    });
    fs::remove_file(&beside)?;
    linked
}

fn fresh(entropy: &dyn Entropy) -> io::Result<Secret> {
    let mut bytes = [0; 32];
    entropy.fill(&mut bytes);
    let entry = Entry { key: Secret::new(URL_SAFE_NO_PAD.encode(bytes)), since: Timestamp::default() };
    Ok(Secret::new(serde_json::to_string(&File { keys: vec![entry] })?))
}

fn beside(path: &Path, entropy: &dyn Entropy) -> PathBuf {
    let mut random = [0; 8];
    entropy.fill(&mut random);
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{:016x}", u64::from_be_bytes(random)));
    PathBuf::from(name)
}

fn write_private(path: &Path, text: &Secret) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text.expose().as_bytes())?;
    file.sync_all()
}

/// Makes a folder that only its owner can look into; leaves one that is there as it is.
pub fn make_private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::OsEntropy;

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().expect("a folder")
    }

    #[test]
    fn two_openings_give_the_same_ring() {
        let folder = folder();
        let path = folder.path().join("deep/keys.json");
        let first = open(&path, &OsEntropy).expect("made").fingerprint();
        assert!(first == open(&path, &OsEntropy).expect("read").fingerprint());
    }

    #[test]
    fn many_at_once_agree_and_leave_nothing_behind() {
        let folder = folder();
        let path = folder.path().join("keys.json");
        let rings: Vec<_> = std::thread::scope(|scope| {
            let all: Vec<_> = (0..16).map(|_| scope.spawn(|| open(&path, &OsEntropy).expect("a ring"))).collect();
            all.into_iter().map(|one| one.join().expect("no panic")).collect()
        });
        assert!(rings.iter().all(|ring| ring.fingerprint() == rings[0].fingerprint()));
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_can_read_is_refused() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = folder();
        let path = folder.path().join("keys.json");
        open(&path, &OsEntropy).expect("made");
        assert_eq!(fs::metadata(&path).expect("there").permissions().mode() & 0o777, 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("changed");
        assert!(open(&path, &OsEntropy).expect_err("refused").to_string().starts_with("keys_file can be read"));
    }

    #[test]
    fn nonsense_is_refused() {
        for text in ["", "{}", r#"{"keys":[]}"#, r#"{"keys":[{"key":"AAAA","since":0}]}"#] {
            assert!(parse(text).is_none(), "{text}");
        }
    }
}

//! The keys file: made once, readable by its owner alone, the same on every node.
//!
//! ```json
//! {"keys": [{"key": "<32 bytes, base64url>", "since": 0}]}
//! ```
//!
//! `since` is in milliseconds since 1970: the earliest moment that the key is used. The database has the last word, and
//! never lets a key be used before every node can have it.

use std::collections::BTreeSet;
use std::fs::{self, File as Handle, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rekey_domain::KeyId;
use rekey_service::keys::Key;
use rekey_service::{Entropy, Services};
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

impl Entry {
    fn generate(entropy: &dyn Entropy, since: Timestamp) -> Self {
        let mut bytes = zeroize::Zeroizing::new([0; 32]);
        entropy.fill(bytes.as_mut());
        Self { key: Secret::new(URL_SAFE_NO_PAD.encode(bytes)), since }
    }

    fn key(&self) -> Option<Key> {
        let bytes = URL_SAFE_NO_PAD.decode(self.key.expose()).ok()?;
        Some(Key::new(bytes.try_into().ok()?, self.since))
    }
}

/// Reads the keys; makes one when there is no file.
pub fn open(path: &Path, entropy: &dyn Entropy) -> Result<Vec<Key>, ConfigError> {
    if !path.exists() {
        make(path, entropy).map_err(|error| error_of("cannot be made", &error))?;
    }
    read(path)
}

/// Reads the keys.
pub fn read(path: &Path) -> Result<Vec<Key>, ConfigError> {
    keys_of(&read_file(path)?)
}

/// Adds a new key that is used from then on at the earliest.
pub fn add(path: &Path, entropy: &dyn Entropy, since: Timestamp) -> Result<Key, ConfigError> {
    change(path, entropy, |file| {
        let entry = Entry::generate(entropy, since);
        let key = entry.key().ok_or_else(not_keys)?;
        file.keys.push(entry);
        Ok(key)
    })
}

/// Takes a key out. `false` when it is not there.
pub fn remove(path: &Path, entropy: &dyn Entropy, id: KeyId) -> Result<bool, ConfigError> {
    change(path, entropy, |file| {
        let before = file.keys.len();
        file.keys.retain(|entry| entry.key().is_none_or(|key| key.id() != id));
        Ok(file.keys.len() < before)
    })
}

/// The time between two looks at the file and the database: well below the shortest time that a key is announced before it
/// is used.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Looks for new keys for ever. Keys that this node's file lacks are told once each.
pub async fn follow(services: &Services, path: &Path) {
    let mut told = BTreeSet::new();
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let file = path.to_owned();
        let file = tokio::task::spawn_blocking(move || read(&file)).await;
        let file = file.map_or(None, |read| {
            read.inspect_err(
                |error| tracing::error!(error = %error, "the keys cannot be read; the known ones are used"),
            )
            .ok()
        });
        let now = services.clock.now();
        if let Err(failure) = services.keys.refresh(&services.store, file, services.entropy.as_ref(), now).await {
            services.report(&failure);
        }
        for lacking in services.keys.missing() {
            if told.insert(lacking.id) {
                let (key, used_from) = (lacking.id, lacking.not_before.as_millis());
                tracing::error!(key.id = %key, key.used_from = used_from, "keys_file lacks a key of this installation");
            }
        }
    }
}

/// Changes the file in one step: a reader sees the old one or the new one.
fn change<T>(
    path: &Path,
    entropy: &dyn Entropy,
    change: impl FnOnce(&mut File) -> Result<T, ConfigError>,
) -> Result<T, ConfigError> {
    let failed = |error: io::Error| error_of("cannot be changed", &error);
    // Two who change it at once would lose one's key. The lock lies beside: the file itself is replaced.
    let lock = lock(path).map_err(failed)?;
    let mut file = read_file(path)?;
    let done = change(&mut file)?;
    let text = serde_json::to_string(&file).map(Secret::new).map_err(io::Error::from).map_err(failed)?;
    replace(path, entropy, &text).map_err(failed)?;
    drop(lock);
    Ok(done)
}

fn read_file(path: &Path) -> Result<File, ConfigError> {
    check_private(path)?;
    let text = fs::read_to_string(path).map(Secret::new).map_err(|error| error_of("cannot be read", &error))?;
    parse(text.expose()).ok_or_else(not_keys)
}

fn parse(text: &str) -> Option<File> {
    let file: File = serde_json::from_str(text).ok()?;
    let are_keys = file.keys.iter().all(|entry| entry.key().is_some());
    (are_keys && !file.keys.is_empty()).then_some(file)
}

fn keys_of(file: &File) -> Result<Vec<Key>, ConfigError> {
    file.keys.iter().map(Entry::key).collect::<Option<Vec<_>>>().ok_or_else(not_keys)
}

fn not_keys() -> ConfigError {
    ConfigError::new(SETTING, "does not hold keys in the form that Rekey writes")
}

fn error_of(what: &str, error: &io::Error) -> ConfigError {
    ConfigError::new(SETTING, format!("{what}: {error}"))
}

/// Anyone who reads the file can make every code and link.
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
/// and no one ever sees half a file.
fn make(path: &Path, entropy: &dyn Entropy) -> io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        make_private_folder(folder)?;
    }
    let first = File { keys: vec![Entry::generate(entropy, Timestamp::default())] };
    let beside = beside(path, entropy);
    let written = write_private(&beside, &Secret::new(serde_json::to_string(&first)?));
    let linked = written.and_then(|()| match fs::hard_link(&beside, path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        done => done,
    });
    fs::remove_file(&beside)?;
    linked
}

/// Puts a new file in the place of the old one, for the same owner: the one who changes it need not be the one who runs
/// the server.
fn replace(path: &Path, entropy: &dyn Entropy, text: &Secret) -> io::Result<()> {
    let beside = beside(path, entropy);
    let written = write_private(&beside, text).and_then(|()| keep_owner(path, &beside));
    written.and_then(|()| fs::rename(&beside, path)).inspect_err(|_| {
        let _ = fs::remove_file(&beside);
    })
}

#[cfg(unix)]
fn keep_owner(old: &Path, new: &Path) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt as _, chown};

    let (old, made) = (fs::metadata(old)?, fs::metadata(new)?);
    if (old.uid(), old.gid()) == (made.uid(), made.gid()) {
        return Ok(());
    }
    chown(new, Some(old.uid()), Some(old.gid()))
}

#[cfg(not(unix))]
fn keep_owner(_old: &Path, _new: &Path) -> io::Result<()> {
    Ok(())
}

fn lock(path: &Path) -> io::Result<Handle> {
    let mut name = path.as_os_str().to_owned();
    name.push("-lock");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let lock = options.open(PathBuf::from(name))?;
    lock.lock()?;
    Ok(lock)
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

    fn ids(keys: &[Key]) -> Vec<KeyId> {
        keys.iter().map(Key::id).collect()
    }

    #[test]
    fn two_openings_give_the_same_keys() {
        let folder = folder();
        let path = folder.path().join("deep/keys.json");
        let first = open(&path, &OsEntropy).expect("made");
        assert_eq!(ids(&first), ids(&open(&path, &OsEntropy).expect("read")));
    }

    #[test]
    fn many_at_once_agree_and_leave_nothing_behind() {
        let folder = folder();
        let path = folder.path().join("keys.json");
        let all: Vec<_> = std::thread::scope(|scope| {
            let all: Vec<_> = (0..16).map(|_| scope.spawn(|| open(&path, &OsEntropy).expect("keys"))).collect();
            all.into_iter().map(|one| ids(&one.join().expect("no panic"))).collect()
        });
        assert!(all.iter().all(|ids| *ids == all[0]));
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1);
    }

    #[test]
    fn of_keys_that_are_added_at_once_none_is_lost() {
        let folder = folder();
        let path = folder.path().join("keys.json");
        let first = open(&path, &OsEntropy).expect("made")[0].id();
        let mut added: Vec<_> = std::thread::scope(|scope| {
            let add = || add(&path, &OsEntropy, Timestamp::from_millis(5)).expect("added").id();
            let all: Vec<_> = (0..16).map(|_| scope.spawn(add)).collect();
            all.into_iter().map(|one| one.join().expect("no panic")).collect()
        });
        added.push(first);
        added.sort_unstable();
        let mut held = ids(&read(&path).expect("read"));
        held.sort_unstable();
        assert_eq!(held, added);
        assert_eq!(read(&path).expect("read")[16].since(), Timestamp::from_millis(5));
        assert!(remove(&path, &OsEntropy, first).expect("removed"));
        assert!(!remove(&path, &OsEntropy, first).expect("not there"));
        assert_eq!(read(&path).expect("read").len(), 16);
        let left: Vec<_> =
            fs::read_dir(folder.path()).expect("a folder").flatten().map(|file| file.file_name()).collect();
        assert_eq!(left.len(), 2, "the file and its lock: {left:?}");
    }

    #[cfg(unix)]
    #[test]
    fn a_changed_file_is_as_private_as_before() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = folder();
        let path = folder.path().join("keys.json");
        open(&path, &OsEntropy).expect("made");
        add(&path, &OsEntropy, Timestamp::default()).expect("added");
        for file in fs::read_dir(folder.path()).expect("a folder").flatten() {
            let mode = file.metadata().expect("there").permissions().mode() & 0o777;
            assert_eq!(mode, 0o600, "{}", file.path().display());
        }
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

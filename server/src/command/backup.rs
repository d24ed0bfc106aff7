//! `rekey backup|restore|restored`.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, BufWriter, ErrorKind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use rekey_service::backup::{self, BackupError, Summary};
use rekey_service::{Clock as _, Entropy as _, Services};
use rekey_store::Ended;

use crate::config::{Config, ConfigError};
use crate::keys;
use crate::ports::{OsEntropy, SystemClock};
use crate::wiring::{self, StartError};

/// Writes a backup under another name and gives it its own once it is whole: who finds the file finds all of it.
pub async fn backup(services: &Services, path: &Path) -> Result<ExitCode, StartError> {
    let failed = |error: io::Error| StartError::failed(&path.display().to_string(), &error);
    if path.exists() {
        return Err(failed(ErrorKind::AlreadyExists.into()));
    }
    let beside = beside(path);
    let mut out = BufWriter::new(private(&beside).map_err(failed)?);
    let written = backup::write(services, &mut out).await.map_err(|error| wording(path, error));
    let lasting = written.and_then(|made| make_lasting(out, &beside, path).map(|()| made).map_err(failed));
    let _ = fs::remove_file(&beside);
    let made = lasting?;
    backup::note(services, &made).await?;
    println!("{}: {}.", path.display(), held(&made));
    println!("The keys file is not in it: keep a copy of it, in another place.");
    Ok(ExitCode::SUCCESS)
}

/// Puts a backup into the database. What is read twice is the same both times, or nothing is changed.
pub async fn restore(config: &Config, path: &Path, replace: bool) -> Result<(), StartError> {
    let open = || File::open(path).map(BufReader::new).map_err(|error| wording(path, error.into()));
    // Before the database is touched, so that a damaged file is told from a database that fails.
    backup::verify(open()?).map_err(|error| wording(path, error))?;
    let held_keys = keys::read(&config.keys_file)?;
    let store = wiring::connect(config).await?;
    let now = (SystemClock.now(), &OsEntropy as &dyn rekey_service::Entropy);
    let done = backup::restore(&store, &held_keys, open()?, replace, now).await;
    let done = done.map_err(|error| wording(path, error))?;
    println!("Restored: {}.", held(&done.backup));
    tell(&done.ended);
    Ok(())
}

/// Ends what an older database could bring back to life.
pub async fn restored(services: &Services) -> Result<ExitCode, StartError> {
    tell(&backup::declare_restored(services).await?);
    Ok(ExitCode::SUCCESS)
}

fn tell(ended: &Ended) {
    let Ended { accounts, sessions, journeys, action_tokens, messages } = ended;
    println!(
        "Ended in {accounts} accounts: {sessions} sessions, {journeys} recoveries and registrations, \
         {action_tokens} links and temporary passwords, {messages} messages that were not sent."
    );
    println!("Passwords are those of the backup. To have all of them replaced: rekey account require-change --all");
}

fn held(backup: &Summary) -> String {
    format!("{} rows, everything before {}", backup.rows, backup.taken_at.rfc3339())
}

fn wording(path: &Path, error: BackupError) -> StartError {
    match error {
        BackupError::Keys(problem) => ConfigError::new("keys_file", problem).into(),
        BackupError::Unexpected(failure) => failure.into(),
        error @ (BackupError::File(_)
        | BackupError::Damaged
        | BackupError::NotABackup
        | BackupError::OtherVersion
        | BackupError::NotEmpty) => StartError::Failed(format!("{}: {error}", path.display())),
    }
}

fn private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn beside(path: &Path) -> PathBuf {
    let mut random = [0; 8];
    OsEntropy.fill(&mut random);
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{:016x}", u64::from_be_bytes(random)));
    PathBuf::from(name)
}

/// A link and not a new name: a file that has come there meanwhile is not overwritten.
fn make_lasting(out: BufWriter<File>, beside: &Path, path: &Path) -> io::Result<()> {
    out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
    fs::hard_link(beside, path)
}

//! Known vulnerabilities in what is built on: each lock file against the advisories of `RustSec`.
//!
//! `REKEY_ADVISORY_DB` names a copy of the advisory database; without it the public one is fetched once a day. When there is
//! neither, the check fails: what was not looked at is not known to be safe.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

use anyhow::{Context as _, Result, bail};
use rustsec::advisory::{Id, Informational};
use rustsec::report::{Report, Settings};
use rustsec::{Database, Lockfile};

use super::report;
use super::supply::first_of;
use crate::paths::Paths;
use crate::progress::with_heartbeat;
use crate::run::{run_quiet, say};

const DATABASE: &str = "https://github.com/RustSec/advisory-db";
/// A copy that is older is fetched anew.
const FRESH: Duration = Duration::from_hours(24);
const LOCKS: [&str; 2] = ["Cargo.lock", "crates/xtask/Cargo.lock"];

/// Fails with a line for each crate that is vulnerable or unsound. That one is no longer maintained is said.
pub fn advisories(paths: &Paths) -> Result<()> {
    let looked = look(paths)?;
    looked.remarks.iter().for_each(|remark| say(remark.clone()));
    report(&looked.findings)
}

/// What the advisories say of the lock files.
pub struct Looked {
    pub findings: Vec<String>,
    remarks: Vec<String>,
    pub crates: usize,
    pub advisories: usize,
}

pub fn look(paths: &Paths) -> Result<Looked> {
    look_in(&database(paths)?, paths)
}

fn look_in(database: &Path, paths: &Paths) -> Result<Looked> {
    let database = Database::open(database).with_context(|| format!("no advisory database: {}", database.display()))?;
    let mut looked =
        Looked { findings: Vec::new(), remarks: Vec::new(), crates: 0, advisories: database.iter().count() };
    if looked.advisories == 0 {
        bail!("the advisory database is empty");
    }
    let settings = Settings {
        ignore: waived(&paths.root.join("deny.toml"))?,
        informational_warnings: vec![Informational::Unsound, Informational::Unmaintained],
        ..Settings::default()
    };
    for lock in LOCKS {
        let lockfile = Lockfile::load(paths.root.join(lock)).with_context(|| lock.to_owned())?;
        looked.crates += lockfile.packages.len();
        looked.note(lock, &Report::generate(&database, &lockfile, &settings));
    }
    Ok(looked)
}

impl Looked {
    fn note(&mut self, lock: &str, report: &Report) {
        for found in &report.vulnerabilities.list {
            let (package, advisory) = (&found.package, &found.advisory);
            let line = format!("{lock}: {} {}: {} {}", package.name, package.version, advisory.id, advisory.title);
            self.findings.push(line);
        }
        for warning in report.warnings.values().flatten() {
            let Some(advisory) = &warning.advisory else { continue };
            let (name, version) = (&warning.package.name, &warning.package.version);
            let line = format!("{lock}: {name} {version}: {} {}", advisory.id, advisory.title);
            let is_unsound = advisory.informational == Some(Informational::Unsound);
            if is_unsound { &mut self.findings } else { &mut self.remarks }.push(line);
        }
    }
}

/// The advisories that `deny.toml` waives.
fn waived(file: &Path) -> Result<Vec<Id>> {
    let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let ids = first_of(&text, "ignore = [").into_iter();
    ids.map(|id| id.parse().with_context(|| format!("deny.toml: `{id}` is no advisory"))).collect()
}

/// Where a copy of the database is.
fn database(paths: &Paths) -> Result<PathBuf> {
    if let Some(copy) = env::var_os("REKEY_ADVISORY_DB") {
        return Ok(copy.into());
    }
    let copy = paths.target.join("advisory-db");
    #[expect(clippy::disallowed_methods, reason = "the build tool has no clock but the machine's")]
    let now = SystemTime::now();
    let fetched = fs::metadata(copy.join(".git/FETCH_HEAD")).or_else(|_| fs::metadata(&copy));
    let age = fetched.and_then(|found| found.modified()).map(|at| now.duration_since(at));
    if age.is_ok_and(|age| age.is_ok_and(|age| age < FRESH)) {
        return Ok(copy);
    }
    // A clone that was cut off is no database.
    let fresh = paths.target.join("advisory-db.new");
    let _ = fs::remove_dir_all(&fresh);
    let mut clone = Command::new("git");
    clone.args(["clone", "--quiet", "--depth", "1", DATABASE]).arg(&fresh).env("GIT_TERMINAL_PROMPT", "0");
    with_heartbeat("fetching the advisories", String::new, || run_quiet(&mut clone))
        .context("the advisories cannot be fetched; REKEY_ADVISORY_DB may name a copy of them")?;
    let _ = fs::remove_dir_all(&copy);
    fs::rename(&fresh, &copy)?;
    Ok(copy)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ADVISORY: &str = "```toml\n[advisory]\nid = \"RUSTSEC-2020-0001\"\npackage = \"leaky\"\ndate = \"2020-01-01\"\n\n[versions]\npatched = [\">= 1.2.0\"]\n```\n\n# It leaks\n\nMuch.\n";

    fn lock(version: &str) -> String {
        let source = concat!("registry+https://github.com/rust-lang/crates", ".io-index");
        format!("version = 4\n\n[[package]]\nname = \"leaky\"\nversion = \"{version}\"\nsource = \"{source}\"\n")
    }

    fn tree(name: &str, version: &str) -> Paths {
        let root = env::temp_dir().join(format!("rekey-advisories-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&root);
        fs::create_dir_all(root.join("crates/xtask")).expect("made");
        fs::create_dir_all(root.join("target/advisory-db/crates/leaky")).expect("made");
        fs::write(root.join("target/advisory-db/crates/leaky/RUSTSEC-2020-0001.md"), ADVISORY).expect("written");
        fs::write(root.join("Cargo.lock"), lock(version)).expect("written");
        fs::write(root.join("crates/xtask/Cargo.lock"), lock("1.2.0")).expect("written");
        fs::write(root.join("deny.toml"), "ignore = [\n]\n").expect("written");
        Paths { target: root.join("target"), root }
    }

    #[test]
    fn a_vulnerable_version_is_found_and_a_mended_one_is_not() {
        let paths = tree("found", "1.1.9");
        let looked = look_in(&paths.target.join("advisory-db"), &paths).expect("a database");
        assert_eq!(looked.findings, ["Cargo.lock: leaky 1.1.9: RUSTSEC-2020-0001 It leaks"]);
        assert_eq!((looked.crates, looked.advisories), (2, 1));
        assert!(report(&looked.findings).is_err());
        fs::write(paths.root.join("Cargo.lock"), lock("1.2.0")).expect("written");
        assert!(look_in(&paths.target.join("advisory-db"), &paths).expect("a database").findings.is_empty());
        fs::remove_dir_all(&paths.root).expect("removed");
    }

    #[test]
    fn a_waived_advisory_is_left_out() {
        let paths = tree("waived", "1.1.9");
        fs::write(paths.root.join("deny.toml"), "ignore = [\n    \"RUSTSEC-2020-0001\", # never called\n]\n")
            .expect("written");
        assert!(look_in(&paths.target.join("advisory-db"), &paths).expect("a database").findings.is_empty());
        fs::remove_dir_all(&paths.root).expect("removed");
    }

    #[test]
    fn without_a_database_the_check_fails() {
        let paths = tree("empty", "1.1.9");
        fs::remove_dir_all(paths.target.join("advisory-db/crates/leaky")).expect("removed");
        assert!(look_in(&paths.target.join("advisory-db"), &paths).is_err());
        fs::remove_dir_all(&paths.root).expect("removed");
    }
}

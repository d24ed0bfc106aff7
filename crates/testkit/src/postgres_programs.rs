//! Where the programs of a PostgreSQL server lie on this machine. The build tool compiles this file, too: it asks
//! whether there are any before it installs some.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The oldest version that the product supports.
pub const OLDEST: u32 = 14;

/// The folder with `initdb`, `pg_ctl` and the others, of the newest version that is installed; `None` if none is new enough.
pub fn find() -> Option<PathBuf> {
    newest(folders().into_iter().filter_map(|folder| Some((version_in(&folder)?, folder))))
}

fn newest(found: impl Iterator<Item = (u32, PathBuf)>) -> Option<PathBuf> {
    found.filter(|(version, _)| *version >= OLDEST).max_by_key(|(version, _)| *version).map(|(_, folder)| folder)
}

/// Where there may be some: on the path, and where Debian and the project's own packages for Red Hat put them.
fn folders() -> Vec<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let versions = |parent: &str| std::fs::read_dir(parent).into_iter().flatten().flatten();
    let of_debian = versions("/usr/lib/postgresql").map(|version| version.path().join("bin"));
    let of_red_hat = versions("/usr")
        .map(|entry| entry.path())
        .filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("pgsql-")));
    std::env::split_paths(&path).chain(of_debian).chain(of_red_hat.map(|version| version.join("bin"))).collect()
}

/// The major version of the server whose programs lie there.
fn version_in(folder: &Path) -> Option<u32> {
    let program = folder.join("initdb");
    let said = program.is_file().then(|| Command::new(program).arg("--version").output().ok()).flatten()?;
    major(&String::from_utf8_lossy(&said.stdout))
}

/// The major version in `initdb (PostgreSQL) 15.8 (Debian 15.8-0+deb12u1)`, or `17beta1`.
fn major(said: &str) -> Option<u32> {
    let version = said.split(' ').nth(2)?;
    version.split(|letter: char| !letter.is_ascii_digit()).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{major, newest};

    #[test]
    fn the_major_version_is_read() {
        assert_eq!(major("initdb (PostgreSQL) 15.8 (Debian 15.8-0+deb12u1)\n"), Some(15));
        assert_eq!(major("initdb (PostgreSQL) 17beta1\n"), Some(17));
        assert_eq!(major("initdb (PostgreSQL) 14.2\n"), Some(14));
        assert_eq!(major("something else"), None);
    }

    #[test]
    fn the_newest_that_is_new_enough_is_taken() {
        let found = |versions: &[u32]| newest(versions.iter().map(|version| (*version, version.to_string().into())));
        assert_eq!(found(&[9, 14, 16, 15]), Some("16".into()));
        assert_eq!(found(&[13]), None);
        assert_eq!(found(&[]), None);
    }
}

//! Where things are. `CARGO_TARGET_DIR` is honoured everywhere: nothing may assume `./target`.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

#[derive(Debug, Clone)]
pub struct Paths {
    pub root: PathBuf,
    pub target: PathBuf,
}

impl Paths {
    pub fn find() -> Result<Self> {
        let here = env::current_dir().context("no current directory")?;
        // Set by `cargo run`; read at run time, because several checkouts may share one built tool.
        let start = env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| here.clone(), PathBuf::from);
        let root = start
            .ancestors()
            .find(|dir| dir.join("crates/xtask").is_dir())
            .with_context(|| format!("no workspace above {}", start.display()))?
            .to_path_buf();
        let target = match env::var_os("CARGO_TARGET_DIR") {
            Some(dir) if !dir.is_empty() => here.join(dir),
            _ => root.join("target"),
        };
        Ok(Self { root, target })
    }

    /// The page's files: what the server embeds (release) or reads (dev).
    pub fn site(&self, release: bool) -> PathBuf {
        self.target.join(if release { "site-release" } else { "site" })
    }

    /// Results of steps between cargo and the site, kept so that they can be skipped.
    pub fn staging(&self, release: bool) -> PathBuf {
        self.target.join("front").join(if release { "release" } else { "dev" })
    }

    pub fn server_binary(&self, release: bool) -> PathBuf {
        self.target.join(if release { "release" } else { "debug" }).join("rekey")
    }

    pub fn end2end(&self) -> PathBuf {
        self.root.join("end2end")
    }

    /// A program that npm installed.
    pub fn npm_program(&self, name: &str) -> PathBuf {
        self.end2end().join("node_modules/.bin").join(name)
    }
}

/// The first `name` on `PATH`.
pub fn on_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|dir| dir.join(name)).find(|file| is_program(file))
}

fn is_program(file: &Path) -> bool {
    file.is_file()
}

//! Why a list of breached passwords cannot be imported.

use std::path::{Path, PathBuf};

/// Why a list was not imported: one line. Whatever file was there before is there still.
#[derive(Debug, thiserror::Error)]
#[error("{} {what}", self.place())]
pub struct ImportError {
    path: PathBuf,
    line: u64,
    what: String,
}

impl ImportError {
    /// The file, and the line in it if one is wrong.
    pub fn place(&self) -> String {
        let path = self.path.display();
        if self.line > 0 { format!("{path} line {}", self.line) } else { path.to_string() }
    }

    /// What is wrong there.
    pub fn what(&self) -> &str {
        &self.what
    }

    pub(crate) fn at(path: &Path, line: u64, what: String) -> Self {
        Self { path: path.to_owned(), line, what }
    }
}

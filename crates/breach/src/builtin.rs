//! The passwords that everyone tries first, for as long as no one has imported a list.

use std::sync::LazyLock;

use crate::file::File;

/// The 30,000 most common passwords as the strength estimator's authors collected them, made by the example `builtin`.
static COMMON: &[u8] = include_bytes!("../common.rkb");

/// The list that is part of the program. `None` never happens: a test opens it.
pub fn common() -> Option<&'static File> {
    static FILE: LazyLock<Option<File>> = LazyLock::new(|| File::built(COMMON).ok());
    FILE.as_ref()
}

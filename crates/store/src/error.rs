//! The one error of this crate: something that should not happen did.

use std::error::Error;
use std::fmt;

use sea_orm::DbErr;

use crate::transaction::{Conflict, conflict_of};

/// The database, its file or a row in it is not as it must be. There is nothing a caller could decide on.
///
/// The source chain is kept. Neither it nor this prints values of rows or of parameters.
#[derive(Debug, thiserror::Error)]
#[error("the store failed")]
pub struct Unexpected(#[source] Cause);

/// What went wrong. `Debug` says what `Display` says: a driver's own `Debug` would print row values.
#[derive(thiserror::Error)]
pub(crate) enum Cause {
    #[error("{0}")]
    Database(DbErr),
    #[error("a row of {table} holds a {column} that is none")]
    Row { table: &'static str, column: &'static str },
    #[error("the database file: {0}")]
    File(std::io::Error),
    #[error("not a database address: it starts with neither sqlite: nor postgres:")]
    Address,
}

impl fmt::Debug for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Unexpected {
    /// A stored value that no version of this program writes.
    pub(crate) fn row(table: &'static str, column: &'static str) -> Self {
        Self(Cause::Row { table, column })
    }

    /// The failure of this crate that a failure of the caller's comes from; `None` when it comes from elsewhere.
    pub fn among_causes_of<'a>(failure: &'a (dyn Error + 'static)) -> Option<&'a Self> {
        let mut cause = Some(failure);
        while let Some(failure) = cause {
            if let Some(found) = failure.downcast_ref() {
                return Some(found);
            }
            cause = failure.source();
        }
        None
    }

    /// Whether others were in the way, and for too long: nothing was changed, and it may go well a moment later.
    pub fn is_busy(&self) -> bool {
        self.conflict().is_some()
    }

    pub(crate) fn conflict(&self) -> Option<Conflict> {
        match &self.0 {
            Cause::Database(error) => conflict_of(error),
            Cause::Row { .. } | Cause::File(_) | Cause::Address => None,
        }
    }

    /// An address that names no kind of database we know.
    pub(crate) fn address() -> Self {
        Self(Cause::Address)
    }
}

impl From<DbErr> for Unexpected {
    fn from(error: DbErr) -> Self {
        Self(Cause::Database(error))
    }
}

impl From<std::io::Error> for Unexpected {
    fn from(error: std::io::Error) -> Self {
        Self(Cause::File(error))
    }
}

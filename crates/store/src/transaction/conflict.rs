//! Which failures say that something else was in the way.

use sea_orm::{ConnAcquireErr, DbErr, RuntimeErr};

/// Why a transaction could not run, although nothing is wrong with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Conflict {
    /// Others were in the way. It may go well at once.
    Passing,
    /// It has waited for as long as anything waits here.
    Lasting,
}

/// Says so of a failure; `None` of any other.
pub(crate) fn conflict_of(error: &DbErr) -> Option<Conflict> {
    match error {
        DbErr::ConnectionAcquire(ConnAcquireErr::Timeout) => Some(Conflict::Lasting),
        DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error))
        | DbErr::Conn(RuntimeErr::SqlxError(error)) => conflict_by(error.as_database_error()?.code()?.as_ref()),
        _ => None,
    }
}

fn conflict_by(code: &str) -> Option<Conflict> {
    match code {
        // PostgreSQL: serialization_failure and deadlock_detected. SQLite: what was read is outdated (SQLITE_BUSY_SNAPSHOT).
        "40001" | "40P01" | "517" => Some(Conflict::Passing),
        // SQLite: SQLITE_BUSY, _RECOVERY and _TIMEOUT, after the wait for another process that writes.
        "5" | "261" | "773" => Some(Conflict::Lasting),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn others_in_the_way_are_told_from_faults() {
        for code in ["40001", "40P01", "517"] {
            assert_eq!(conflict_by(code), Some(Conflict::Passing), "{code}");
        }
        for code in ["5", "261", "773"] {
            assert_eq!(conflict_by(code), Some(Conflict::Lasting), "{code}");
        }
        // A unique key, a foreign key, a full disk, a lost server.
        for code in ["23505", "23503", "53100", "57P01", "787", "13", "2067", ""] {
            assert_eq!(conflict_by(code), None, "{code}");
        }
        let full = DbErr::ConnectionAcquire(ConnAcquireErr::Timeout);
        assert_eq!(conflict_of(&full), Some(Conflict::Lasting));
        assert_eq!(conflict_of(&DbErr::RecordNotInserted), None);
    }
}

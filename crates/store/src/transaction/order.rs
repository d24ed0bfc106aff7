//! The one order in which transactions lock.
//!
//! A transaction that waits for a row of one table has locked nothing that stands behind it in [`ORDER`], so none can
//! wait for one that waits for it. Within a table, rows are locked in the order of their ids, or all by one statement
//! under the lock of what they belong to.
//!
//! - What an account owns ([`OWNED`]) may be locked in any order by a transaction that holds the account's row
//!   ([`crate::Write::lock_account`]); without it, in the order of the list.
//! - Rows that a transaction has inserted itself are no one else's: they count for nothing. An insert that looks out for
//!   a conflict waits for the row that it conflicts with, so it counts.
//! - What is deleted by its age skips rows that are locked: it waits for none, but others wait for it. What goes with
//!   such a row (`ON DELETE CASCADE`) is locked after it; there the retry helps, if ever two meet.
//!
//! Builds with debug assertions hold every transaction against it, in every test.

use std::sync::atomic::{AtomicU64, Ordering};

use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, Statement, StatementBuilder,
};

/// Every table, and the locks that are none of a table. What comes first is locked first.
const ORDER: [&str; 31] = [
    Locks::THROTTLE,
    Locks::ROLES,
    "setting_epoch",
    "setting_document",
    "group",
    "group_member",
    "policy_assignment",
    "job",
    "job_outcome",
    "data_key",
    "ring_key",
    "mail_token",
    "account",
    "journey",
    "challenge",
    "proof",
    "action_token",
    "session",
    "past_password",
    "identifier",
    "consent",
    "role_assignment",
    "budget",
    "known_device",
    "outbox",
    "text_conversion",
    "text_count",
    "throttle_event",
    "audit",
    "audit_voucher",
    "backup_event",
];

/// From the first to the last of what an account owns.
const OWNED: (&str, &str) = ("journey", "consent");

/// What a transaction has locked so far, as bits in the order of [`ORDER`].
#[derive(Debug, Default)]
pub(crate) struct Locks {
    /// Locked rows that others may wait for.
    held: AtomicU64,
    /// Tables in which nothing is asked for the first time.
    known: AtomicU64,
}

/// How a statement locks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lock {
    /// It waits for others.
    Waiting,
    /// It passes over what others have locked.
    Skipping,
    /// It makes rows of its own.
    Own,
}

impl Locks {
    /// The advisory locks of throttled keys.
    pub(crate) const THROTTLE: &str = "(throttled keys)";
    /// The advisory lock of roles.
    pub(crate) const ROLES: &str = "(roles)";

    /// Takes a lock into account. An error says which order it breaks.
    fn take(&self, table: &str, lock: Lock) -> Result<(), String> {
        let Some(place) = place_of(table) else { return Err(format!("{table} has no place in the order of locks")) };
        let (held, bit) = (self.held.load(Ordering::Relaxed), 1_u64 << place);
        let is_known = self.known.fetch_or(bit, Ordering::Relaxed) & bit != 0;
        if lock != Lock::Own {
            self.held.fetch_or(bit, Ordering::Relaxed);
        }
        let behind = held & !(bit | (bit - 1)) & !self.free_with(held, place);
        if is_known || lock != Lock::Waiting || behind == 0 {
            return Ok(());
        }
        let first = ORDER.get(behind.trailing_zeros() as usize).copied().unwrap_or_default();
        Err(format!("{table} is locked after {first}: see the order of locks"))
    }

    /// What an account owns is in no order for a transaction that holds the account.
    fn free_with(&self, held: u64, place: usize) -> u64 {
        let (Some(account), Some(first), Some(last)) = (place_of("account"), place_of(OWNED.0), place_of(OWNED.1))
        else {
            return 0;
        };
        let known = held | self.known.load(Ordering::Relaxed);
        let is_owned = (first..=last).contains(&place) && known & (1 << account) != 0;
        if is_owned { (first..=last).fold(0, |owned, place| owned | 1 << place) } else { 0 }
    }
}

fn place_of(table: &str) -> Option<usize> {
    ORDER.iter().position(|known| *known == table)
}

/// The table whose rows a statement locks, and how; `None` when it locks none.
fn lock_of(sql: &str) -> Option<(&str, Lock)> {
    let waiting = if sql.contains("SKIP LOCKED") { Lock::Skipping } else { Lock::Waiting };
    if let Some(rest) = sql.strip_prefix("UPDATE ").or_else(|| sql.strip_prefix("DELETE FROM ")) {
        return Some((first_name(rest), waiting));
    }
    if let Some(rest) = sql.strip_prefix("INSERT INTO ") {
        let lock = if sql.contains(" ON CONFLICT ") { Lock::Waiting } else { Lock::Own };
        return Some((first_name(rest), lock));
    }
    let (_, from) = sql.split_once(" FROM ").filter(|_| sql.starts_with("SELECT "))?;
    let locks = sql.contains(" FOR UPDATE") || sql.contains(" FOR NO KEY UPDATE");
    locks.then(|| (first_name(from), waiting))
}

fn first_name(sql: &str) -> &str {
    sql.split(|c: char| c.is_whitespace() || c == '(').next().unwrap_or_default().trim_matches('"')
}

/// A transaction whose locks are held against the order.
#[derive(Debug)]
pub(crate) struct Ordered {
    tx: DatabaseTransaction,
    locks: Locks,
}

impl Ordered {
    pub(crate) fn new(tx: DatabaseTransaction) -> Self {
        Self { tx, locks: Locks::default() }
    }

    /// The transaction itself, for what is no query of ours: migrations.
    pub(crate) const fn raw(&self) -> &DatabaseTransaction {
        &self.tx
    }

    pub(crate) async fn commit(self) -> Result<(), DbErr> {
        self.tx.commit().await
    }

    pub(crate) async fn roll_back(self) -> Result<(), DbErr> {
        self.tx.rollback().await
    }

    /// Takes a lock into account that no statement shows, on either database.
    pub(crate) fn note(&self, lock: &'static str) {
        self.check(lock, Lock::Waiting);
    }

    fn look_at(&self, sql: &str) {
        if cfg!(debug_assertions)
            && let Some((table, lock)) = lock_of(sql)
        {
            self.check(table, lock);
        }
    }

    fn check(&self, table: &str, lock: Lock) {
        let taken = self.locks.take(table, lock);
        debug_assert_eq!(taken, Ok(()));
    }
}

#[sea_orm::prelude::async_trait::async_trait]
impl ConnectionTrait for Ordered {
    fn get_database_backend(&self) -> DbBackend {
        self.tx.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.look_at(&statement.sql);
        self.tx.execute_raw(statement).await
    }

    async fn execute<S: StatementBuilder>(&self, statement: &S) -> Result<ExecResult, DbErr> {
        self.execute_raw(self.get_database_backend().build(statement)).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.look_at(sql);
        self.tx.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.look_at(&statement.sql);
        self.tx.query_one_raw(statement).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.look_at(&statement.sql);
        self.tx.query_all_raw(statement).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes locks one after the other; the first that breaks the order.
    fn broken_by(locks: &[(&'static str, Lock)]) -> Option<&'static str> {
        let taken = Locks::default();
        locks.iter().find(|(table, lock)| taken.take(table, *lock).is_err()).map(|(table, _)| *table)
    }

    fn waiting(tables: &[&'static str]) -> Option<&'static str> {
        broken_by(&tables.iter().map(|table| (*table, Lock::Waiting)).collect::<Vec<_>>())
    }

    #[test]
    fn what_stands_before_is_locked_before() {
        assert_eq!(waiting(&[Locks::THROTTLE, Locks::ROLES, "group", "job", "account", "budget", "outbox"]), None);
        assert_eq!(waiting(&["budget", "account"]), Some("account"));
        assert_eq!(waiting(&["account", Locks::ROLES]), Some(Locks::ROLES));
        assert_eq!(waiting(&["account", "budget", "account"]), None, "it is held already");
    }

    #[test]
    fn what_an_account_owns_is_in_no_order_under_the_account() {
        assert_eq!(waiting(&["session", "journey"]), Some("journey"));
        assert_eq!(waiting(&["account", "session", "journey", "action_token"]), None);
        assert_eq!(waiting(&["account", "budget", "journey"]), Some("journey"), "a budget is no part of it");
    }

    #[test]
    fn rows_of_its_own_and_rows_passed_over_make_no_one_wait() {
        assert_eq!(broken_by(&[("outbox", Lock::Own), ("account", Lock::Waiting)]), None);
        assert_eq!(broken_by(&[("budget", Lock::Waiting), ("account", Lock::Skipping)]), None);
        assert_eq!(broken_by(&[("budget", Lock::Skipping), ("account", Lock::Waiting)]), Some("account"));
        assert_eq!(broken_by(&[("account", Lock::Own), ("journey", Lock::Waiting), ("account", Lock::Waiting)]), None);
    }

    #[test]
    fn statements_are_read() {
        for (sql, lock) in [
            (r#"UPDATE "account" SET "epoch" = 1"#, Some(("account", Lock::Waiting))),
            ("UPDATE audit SET seq = 1", Some(("audit", Lock::Waiting))),
            (r#"DELETE FROM "budget" WHERE"#, Some(("budget", Lock::Waiting))),
            (r#"INSERT INTO "session" ("id") VALUES (1)"#, Some(("session", Lock::Own))),
            (r#"INSERT INTO "group"("id") VALUES (1) ON CONFLICT DO NOTHING"#, Some(("group", Lock::Waiting))),
            (r#"SELECT "epoch" FROM "account" WHERE 1 FOR NO KEY UPDATE"#, Some(("account", Lock::Waiting))),
            (r#"SELECT "id" FROM "job" FOR UPDATE SKIP LOCKED"#, Some(("job", Lock::Skipping))),
            (r#"SELECT "id" FROM "job""#, None),
        ] {
            assert_eq!(lock_of(sql), lock, "{sql}");
        }
    }

    #[tokio::test]
    async fn every_table_has_its_place() {
        let tables = crate::dump::schema_after(crate::dump::migrations().len()).await.expect("reads");
        for table in &tables {
            assert!(place_of(&table.name).is_some(), "{} has no place in the order of locks", table.name);
        }
        for place in ORDER.iter().filter(|place| !place.starts_with('(')) {
            assert!(tables.iter().any(|table| table.name == **place), "{place} is no table");
        }
    }
}

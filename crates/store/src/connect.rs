//! Connecting, migrating and the handle for reading: [`Store`].

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rekey_shared::Timestamp;
use sea_orm::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sea_orm::{
    AccessMode, ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr,
    IsolationLevel, RuntimeErr, SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};
use sea_orm_migration::MigratorTrait;

use crate::Unexpected;
use crate::migration::Migrator;
use crate::transaction::Contention;

/// How long SQLite waits for another process that writes.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a new connection to PostgreSQL may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Connections that one node holds to PostgreSQL for transactions and claims. Those that wait for one another
/// may use up all of these, so reading has connections of its own: who holds a lock can always read on.
const POSTGRES_WRITERS: u32 = 10;
/// Connections that one node holds to PostgreSQL for reading.
const POSTGRES_READERS: u32 = 5;
/// Connections that read from SQLite beside the one that writes.
const SQLITE_READERS: u32 = 4;
/// More than the number of different statements, so that each is parsed once for a connection.
const STATEMENTS: usize = 200;
/// The PostgreSQL advisory lock that one migrating process holds ("rekey" in ASCII).
pub(crate) const MIGRATION_LOCK: i64 = 0x72_65_6b_65_79;

/// The database. Cheap to clone; all clones share its connections.
///
/// What is on `Store` itself commits by itself, one statement or transaction for each call.
#[derive(Clone, Debug)]
pub struct Store {
    pub(crate) reads: DatabaseConnection,
    pub(crate) writes: DatabaseConnection,
    pub(crate) contention: Arc<Contention>,
}

/// The database as it was at one moment, for reading much of it while others write.
#[derive(Debug)]
pub struct Snapshot(pub(crate) DatabaseTransaction);

impl Store {
    /// Connects to `sqlite://path` or `postgres://…`. A SQLite file is made when it is not there,
    /// with its folder, readable by its owner alone.
    pub async fn connect(url: &str) -> Result<Self, Unexpected> {
        if url.starts_with("sqlite:") {
            connect_sqlite(url).await
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            connect_postgres(url).await
        } else {
            Err(Unexpected::address())
        }
    }

    /// Brings the tables up to date. Any number of processes may do so at once: one does, the others wait.
    pub async fn migrate(&self) -> Result<(), Unexpected> {
        self.migrate_by(None).await
    }

    /// Applies only so many of the migrations that are missing: for tests of those that come after them.
    #[doc(hidden)]
    pub async fn migrate_by(&self, steps: Option<u32>) -> Result<(), Unexpected> {
        let tx = self.begin().await?;
        if tx.get_database_backend() == DbBackend::Postgres {
            lock_until_commit(&tx, MIGRATION_LOCK).await?;
        }
        Migrator::up(&tx, steps).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Whether the tables are those that this program knows. Changes nothing.
    pub async fn is_migrated(&self) -> Result<bool, Unexpected> {
        Ok(Migrator::get_pending_migrations_read_only(&self.reads).await?.is_empty())
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), Unexpected> {
        Ok(self.reads.ping().await?)
    }

    /// The time by the database's own clock; `None` where it has none but this machine's.
    pub async fn database_time(&self) -> Result<Option<Timestamp>, Unexpected> {
        if self.reads.get_database_backend() != DbBackend::Postgres {
            return Ok(None);
        }
        let sql = "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS bigint) AS now";
        let row = self.reads.query_one_raw(Statement::from_string(DbBackend::Postgres, sql)).await?;
        Ok(row.map(|row| row.try_get("", "now")).transpose()?.map(Timestamp::from_millis))
    }

    /// Takes a picture of the database to read from; every reader sees the same until it is dropped.
    pub async fn snapshot(&self) -> Result<Snapshot, Unexpected> {
        let options = match self.reads.get_database_backend() {
            // SQLite's readers keep what they saw first; PostgreSQL's must be told to.
            DbBackend::Postgres => TransactionOptions {
                isolation_level: Some(IsolationLevel::RepeatableRead),
                access_mode: Some(AccessMode::ReadOnly),
                ..Default::default()
            },
            _ => TransactionOptions::default(),
        };
        Ok(Snapshot(self.reads.begin_with_options(options).await?))
    }

    pub(crate) async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        let immediate = Some(SqliteTransactionMode::Immediate);
        self.writes
            .begin_with_options(TransactionOptions { sqlite_transaction_mode: immediate, ..Default::default() })
            .await
    }
}

/// Waits for a PostgreSQL advisory lock and holds it until the transaction ends.
pub(crate) async fn lock_until_commit(tx: &impl ConnectionTrait, key: i64) -> Result<(), DbErr> {
    let lock = Statement::from_sql_and_values(DbBackend::Postgres, "SELECT pg_advisory_xact_lock($1)", [key.into()]);
    tx.execute_raw(lock).await.map(drop)
}

async fn connect_postgres(url: &str) -> Result<Store, Unexpected> {
    let writes = Database::connect(postgres_options(url, POSTGRES_WRITERS)).await?;
    let reads = Database::connect(postgres_options(url, POSTGRES_READERS)).await?;
    Ok(Store { reads, writes, contention: Arc::default() })
}

fn postgres_options(url: &str, connections: u32) -> ConnectOptions {
    let mut options = quiet(url);
    options.max_connections(connections).connect_timeout(CONNECT_TIMEOUT);
    options.test_before_acquire_if_idle_for(Duration::from_secs(30));
    options.map_sqlx_postgres_opts(|options| options.statement_cache_capacity(STATEMENTS));
    options
}

async fn connect_sqlite(url: &str) -> Result<Store, Unexpected> {
    let parsed: SqliteConnectOptions =
        url.parse().map_err(|error| DbErr::Conn(RuntimeErr::SqlxError(Arc::new(error))))?;
    let path = parsed.get_filename().to_owned();
    // Turning a new file into a WAL database needs a lock that SQLite does not wait for.
    let lock = tokio::task::spawn_blocking(move || prepare_file(&path)).await.map_err(std::io::Error::other)??;
    let writes = Database::connect(sqlite_options(url, 1, false)).await?;
    let reads = Database::connect(sqlite_options(url, SQLITE_READERS, true)).await?;
    drop(lock);
    Ok(Store { reads, writes, contention: Arc::default() })
}

fn sqlite_options(url: &str, connections: u32, read_only: bool) -> ConnectOptions {
    let mut options = quiet(url);
    options.max_connections(connections).min_connections(1).test_before_acquire(false);
    options.idle_timeout(None).max_lifetime(None);
    options.map_sqlx_sqlite_opts(move |options| {
        let options = options
            .create_if_missing(false)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT)
            .statement_cache_capacity(STATEMENTS);
        if read_only { options.pragma("query_only", "ON") } else { options }
    });
    options
}

/// No statement is logged: its parameters are people's data.
fn quiet(url: &str) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options.sqlx_logging(false).record_stmt_in_spans(false);
    options
}

/// Makes the folder and the file, and returns a lock that keeps other processes from opening it just now.
///
/// The lock lies beside the database: to open and close the database file itself would drop
/// the locks that SQLite holds on it in this process (POSIX `fcntl`).
fn prepare_file(path: &Path) -> std::io::Result<std::fs::File> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)?;
    }
    let mut beside = path.as_os_str().to_owned();
    beside.push("-lock");
    let lock = private().create(true).truncate(false).open(PathBuf::from(beside))?;
    lock.lock()?;
    match private().create_new(true).open(path) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(lock),
    }
}

/// Opens for writing; what it makes is readable by its owner alone. SQLite's other files inherit that.
fn private() -> std::fs::OpenOptions {
    let mut options = std::fs::OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

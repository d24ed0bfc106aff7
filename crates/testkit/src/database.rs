//! Databases for tests: empty, real, and gone with the test.

#[path = "postgres.rs"]
mod postgres;

use rekey_store::Store;
use tempfile::TempDir;

/// A database of a test's own.
pub struct Database {
    url: String,
    _folder: Option<TempDir>,
}

impl Database {
    /// A SQLite file that is not there yet.
    pub async fn sqlite() -> Self {
        let made = tokio::task::spawn_blocking(tempfile::tempdir).await;
        let folder = made.expect("no panic").expect("a temporary folder");
        let url = format!("sqlite://{}/rekey.db", folder.path().display());
        Self { url, _folder: Some(folder) }
    }

    /// An empty PostgreSQL database, on the server of this test process.
    pub async fn postgres() -> Self {
        let made = tokio::task::spawn_blocking(|| postgres::Server::shared().create_database()).await;
        Self { url: made.expect("PostgreSQL is there"), _folder: None }
    }

    /// Everything in a PostgreSQL database, as text.
    pub fn dump(url: &str) -> Vec<u8> {
        postgres::Server::dump(url)
    }

    /// Its address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Connects and migrates.
    pub async fn store(&self) -> Store {
        let store = self.another_store().await;
        store.migrate().await.expect("the database migrates");
        store
    }

    /// Connects again, as another node would.
    pub async fn another_store(&self) -> Store {
        Store::connect(&self.url).await.expect("the database answers")
    }
}

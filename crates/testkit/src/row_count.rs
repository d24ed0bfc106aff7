//! How many rows a database holds: what a flood has left behind.

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};

/// The rows of each table.
pub async fn rows_by_table(url: &str) -> BTreeMap<String, u64> {
    let connection = Database::connect(url).await.expect("the database answers");
    let mut counts = BTreeMap::new();
    for table in tables(&connection).await {
        let counted = number(&connection, &format!("SELECT COUNT(*) AS n FROM \"{table}\"")).await;
        counts.insert(table, counted);
    }
    connection.close().await.expect("closes");
    counts
}

async fn tables(connection: &DatabaseConnection) -> Vec<String> {
    let backend = connection.get_database_backend();
    let listing = match backend {
        DbBackend::Postgres => "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'",
        _ => "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
    };
    let rows = connection.query_all_raw(Statement::from_string(backend, listing)).await;
    let rows = rows.expect("a database knows its tables");
    rows.iter().map(|row| row.try_get("", "name").expect("a name")).collect()
}

async fn number(connection: &DatabaseConnection, query: &str) -> u64 {
    let statement = Statement::from_string(connection.get_database_backend(), query);
    let row = connection.query_one_raw(statement).await.expect("counts").expect("a row");
    u64::try_from(row.try_get::<i64>("", "n").expect("a number")).expect("no fewer than none")
}

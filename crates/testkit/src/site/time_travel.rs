//! Letting time pass for a program whose clock cannot be moved: what it has stored moves into the past instead.

use std::time::Duration;

use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement};

/// Moments are milliseconds since 1970, which no counter reaches: this is the year 2001.
const EARLIEST: i64 = 1_000_000_000_000;

/// Changes a database behind the back of those who use it.
pub async fn execute(url: &str, sql: &str) {
    let connection = Database::connect(url).await.expect("the database answers");
    connection.execute_unprepared(sql).await.expect("a statement of the test's own");
    connection.close().await.expect("closes");
}

/// Makes everything in a database older, but for the audit record, in which a moment is part of a chain.
pub async fn age(url: &str, span: Duration) {
    let span = i64::try_from(span.as_millis()).expect("a short span");
    let connection = Database::connect(url).await.expect("the database answers");
    for (table, columns) in moments(&connection).await {
        let older = |column: &String| {
            format!(
                "\"{column}\" = CASE WHEN \"{column}\" > {EARLIEST} THEN \"{column}\" - {span} ELSE \"{column}\" END"
            )
        };
        let assignments: Vec<_> = columns.iter().map(older).collect();
        let update = format!("UPDATE \"{table}\" SET {}", assignments.join(", "));
        connection.execute_unprepared(&update).await.expect("moments are numbers");
    }
    connection.close().await.expect("closes");
}

/// Every table with its columns that can hold a moment.
async fn moments(connection: &DatabaseConnection) -> Vec<(String, Vec<String>)> {
    let listing = match connection.get_database_backend() {
        DbBackend::Postgres => {
            "SELECT table_name, column_name FROM information_schema.columns \
             WHERE table_schema = 'public' AND data_type = 'bigint' ORDER BY 1, 2"
        }
        _ => {
            "SELECT m.name AS table_name, c.name AS column_name FROM sqlite_master m \
             JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND c.type LIKE '%int%' ORDER BY 1, 2"
        }
    };
    let statement = Statement::from_string(connection.get_database_backend(), listing);
    let rows = connection.query_all_raw(statement).await.expect("a database knows its tables");
    let mut tables: Vec<(String, Vec<String>)> = Vec::new();
    for row in rows {
        let text = |name: &str| row.try_get::<String>("", name).expect("a name");
        let (table, column) = (text("table_name"), text("column_name"));
        let is_exempt = table.starts_with("audit") || table.starts_with("sqlite_") || table.contains("migrations");
        match tables.last_mut() {
            _ if is_exempt => {}
            Some((last, columns)) if *last == table => columns.push(column),
            _ => tables.push((table, vec![column])),
        }
    }
    tables
}

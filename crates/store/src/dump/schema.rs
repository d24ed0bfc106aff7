//! Tables and columns, as the migrations make them.

use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, DbErr, QueryResult, Statement,
};
use sea_orm_migration::MigratorTrait;

use crate::Unexpected;
use crate::migration::Migrator;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// Whole numbers.
    Int,
    /// Yes or no.
    Bool,
    /// Text.
    Text,
    /// Bytes.
    Bytes,
    /// Ids.
    Id,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnSchema {
    /// Its name.
    pub name: String,
    /// What it holds.
    pub kind: ColumnKind,
    /// Its place in the primary key: 1, 2 …; 0 when it is no part of it.
    pub in_key: u32,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableSchema {
    /// Its name.
    pub name: String,
    /// Its columns, in the order in which the migrations made them.
    pub columns: Vec<ColumnSchema>,
    /// Tables that its rows refer to.
    refers_to: Vec<String>,
}

impl TableSchema {
    /// The columns of the primary key with their places in a row, in the order of the key.
    pub(super) fn key(&self) -> Vec<(usize, &ColumnSchema)> {
        let mut key: Vec<_> = self.columns.iter().enumerate().filter(|(_, column)| column.in_key > 0).collect();
        key.sort_by_key(|(_, column)| column.in_key);
        key
    }
}

/// The names of this program's migrations, oldest first.
pub fn migrations() -> Vec<String> {
    Migrator::migrations().iter().map(|migration| migration.name().to_owned()).collect()
}

/// Every table that there is after so many of the migrations, but for their own: each after those that it refers to.
pub async fn schema_after(migrations: usize) -> Result<Vec<TableSchema>, Unexpected> {
    let mut options = ConnectOptions::new("sqlite::memory:");
    options.max_connections(1).sqlx_logging(false);
    let empty = Database::connect(options).await?;
    let steps = u32::try_from(migrations).map_err(|_| Unexpected::row("seaql_migrations", "version"))?;
    Migrator::up(&empty, Some(steps)).await?;
    let sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' \
               AND name <> 'seaql_migrations' ORDER BY name";
    let mut tables = Vec::new();
    for row in query(&empty, sql, None).await? {
        let name: String = row.try_get("", "name")?;
        tables.push(table(&empty, name).await?);
    }
    empty.close().await?;
    Ok(in_order(tables))
}

async fn table(empty: &DatabaseConnection, name: String) -> Result<TableSchema, Unexpected> {
    let columns = query(empty, "SELECT name, type, pk FROM pragma_table_info(?) ORDER BY cid", Some(&name)).await?;
    let refers_to = query(empty, "SELECT \"table\" AS name FROM pragma_foreign_key_list(?)", Some(&name)).await?;
    Ok(TableSchema {
        columns: columns.iter().map(column).collect::<Result<_, _>>()?,
        refers_to: refers_to.iter().map(|row| row.try_get("", "name")).collect::<Result<_, _>>()?,
        name,
    })
}

fn column(row: &QueryResult) -> Result<ColumnSchema, Unexpected> {
    let declared: String = row.try_get("", "type")?;
    let kind = kind_of(&declared.to_ascii_lowercase()).ok_or(Unexpected::row("sqlite_master", "sql"))?;
    Ok(ColumnSchema { name: row.try_get("", "name")?, kind, in_key: row.try_get("", "pk")? })
}

fn kind_of(declared: &str) -> Option<ColumnKind> {
    match declared.split('(').next().unwrap_or_default() {
        "integer" | "bigint" => Some(ColumnKind::Int),
        "boolean" => Some(ColumnKind::Bool),
        "text" | "varchar" => Some(ColumnKind::Text),
        "blob" => Some(ColumnKind::Bytes),
        "uuid_text" => Some(ColumnKind::Id),
        _ => None,
    }
}

/// Each table after those that it refers to. (No two refer to each other.)
fn in_order(mut left: Vec<TableSchema>) -> Vec<TableSchema> {
    let mut ordered = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let names: Vec<_> = left.iter().map(|table| table.name.clone()).collect();
        let waits = |table: &TableSchema| table.refers_to.iter().any(|to| *to != table.name && names.contains(to));
        let before = ordered.len();
        let (waiting, next): (Vec<_>, Vec<_>) = left.into_iter().partition(waits);
        ordered.extend(next);
        left = waiting;
        if ordered.len() == before {
            ordered.append(&mut left);
        }
    }
    ordered
}

async fn query(db: &DatabaseConnection, sql: &str, value: Option<&str>) -> Result<Vec<QueryResult>, DbErr> {
    let values = value.map(|value| value.to_owned().into());
    db.query_all_raw(Statement::from_sql_and_values(DbBackend::Sqlite, sql, values)).await
}

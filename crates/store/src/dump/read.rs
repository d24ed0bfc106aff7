//! Reading tables, a page at a time, from one picture of the database.

use sea_orm::{ConnectionTrait, QueryResult, Statement, TryGetable, Value};

use super::schema::{ColumnKind, TableSchema};
use super::{Cell, load};
use crate::{Snapshot, Unexpected};

/// Rows that are read at a time.
const PAGE: usize = 500;

impl Snapshot {
    /// The next rows of a table, in the order of its primary key, behind a row; with `None` the first ones. Fewer than a
    /// page, or none, when these were the last.
    pub async fn read_rows(&self, table: &TableSchema, after: Option<&[Cell]>) -> Result<Vec<Vec<Cell>>, Unexpected> {
        let backend = self.0.get_database_backend();
        let values: Vec<Value> = after.map(|row| key_of(table, row)).unwrap_or_default();
        let sql = page_of(table, after.is_some());
        let rows = self.0.query_all_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
        rows.iter().map(|row| cells(table, row)).collect()
    }
}

fn key_of(table: &TableSchema, row: &[Cell]) -> Vec<Value> {
    let cells = table.key().into_iter().filter_map(|(place, column)| Some((row.get(place)?, column)));
    cells.map(|(cell, column)| load::value(cell, column.kind)).collect()
}

/// Names are those of the migrations, and never anything that was typed.
fn page_of(table: &TableSchema, is_later: bool) -> String {
    let columns: Vec<_> = table
        .columns
        .iter()
        .map(|column| match column.kind {
            // PostgreSQL has numbers of two widths.
            ColumnKind::Int => format!("CAST(\"{}\" AS bigint)", column.name),
            ColumnKind::Bool | ColumnKind::Text | ColumnKind::Bytes | ColumnKind::Id => format!("\"{}\"", column.name),
        })
        .collect();
    let key: Vec<_> = table.key().into_iter().map(|(_, column)| format!("\"{}\"", column.name)).collect();
    let places: Vec<_> = (1..=key.len()).map(|n| format!("${n}")).collect();
    let behind =
        if is_later { format!("WHERE ({}) > ({}) ", key.join(", "), places.join(", ")) } else { String::new() };
    let (columns, key) = (columns.join(", "), key.join(", "));
    format!("SELECT {columns} FROM \"{}\" {behind}ORDER BY {key} LIMIT {PAGE}", table.name)
}

fn cells(table: &TableSchema, row: &QueryResult) -> Result<Vec<Cell>, Unexpected> {
    let cell = |(place, kind)| match kind {
        ColumnKind::Int => at(row, place, Cell::Int),
        ColumnKind::Bool => at(row, place, Cell::Bool),
        ColumnKind::Text => at(row, place, Cell::Text),
        ColumnKind::Bytes => at(row, place, Cell::Bytes),
        ColumnKind::Id => at(row, place, Cell::Id),
    };
    table.columns.iter().map(|column| column.kind).enumerate().map(cell).collect()
}

fn at<T: TryGetable>(row: &QueryResult, place: usize, cell: impl Fn(T) -> Cell) -> Result<Cell, Unexpected> {
    Ok(row.try_get_by_index::<Option<T>>(place)?.map_or(Cell::Null, cell))
}

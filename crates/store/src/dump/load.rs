//! Loading tables into a database, in one transaction: all of it or nothing.

use sea_orm::sea_query::{Expr, Query};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, ExprTrait, Statement, Value};
use sea_orm_migration::{MigratorTrait, SchemaManager};

use super::Cell;
use super::schema::{ColumnKind, TableSchema, migrations, schema_after};
use crate::connect::{MIGRATION_LOCK, lock_until_commit};
use crate::migration::Migrator;
use crate::{Store, Unexpected, Write};

/// Values that one statement may bind: SQLite takes 32,766.
const VALUES: usize = 16_000;

/// What a migrated database holds that was never used.
const SEEDED: &str = "setting_epoch";

/// The database that is to be loaded into holds rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotEmpty;

impl Store {
    /// Begins to load a backup that was made after so many of the migrations: the transaction holds its tables, empty.
    /// It does not run again when others are in the way: what is loaded is read once. The operator begins anew.
    /// A database with rows is left alone unless they are to be replaced.
    pub async fn begin_load(&self, steps: usize, replace: bool) -> Result<Result<Write, NotEmpty>, Unexpected> {
        let tx = self.begin().await?;
        if tx.get_database_backend() == DbBackend::Postgres {
            lock_until_commit(&tx, MIGRATION_LOCK).await?;
        }
        let present = present(&tx).await?;
        if !replace && holds_rows(&tx, &present).await? {
            return Ok(Err(NotEmpty));
        }
        for table in present.iter().rev() {
            execute(&tx, format!("DROP TABLE \"{}\"", table.name)).await?;
        }
        execute(&tx, "DROP TABLE IF EXISTS seaql_migrations".to_owned()).await?;
        let up_to = u32::try_from(steps).map_err(|_| Unexpected::row("seaql_migrations", "version"))?;
        Migrator::up(&tx, Some(up_to)).await?;
        // What the migrations wrote is in the backup as it was then.
        for table in schema_after(steps).await?.iter().rev() {
            execute(&tx, format!("DELETE FROM \"{}\"", table.name)).await?;
        }
        Ok(Ok(Write::of(tx)))
    }
}

impl Write {
    /// Loads rows into a table; each has a cell for each column.
    pub async fn load_rows(&self, table: &TableSchema, rows: &[Vec<Cell>]) -> Result<(), Unexpected> {
        let columns = || table.columns.iter().map(|column| column.name.clone());
        for piece in rows.chunks((VALUES / table.columns.len().max(1)).max(1)) {
            let mut insert = Query::insert();
            insert.into_table(table.name.clone()).columns(columns());
            for row in piece {
                let values = row.iter().zip(&table.columns).map(|(cell, column)| expression(cell, column.kind));
                insert.values(values).map_err(|error| DbErr::Custom(error.to_string()))?;
            }
            self.tx.execute(&insert).await?;
        }
        Ok(())
    }

    /// Ends the loading: what counts rows goes on behind the last one, and later migrations are applied.
    pub async fn finish_load(&self, steps: usize) -> Result<(), Unexpected> {
        if self.tx.get_database_backend() == DbBackend::Postgres {
            for table in schema_after(steps).await? {
                if let [(_, column)] = table.key()[..]
                    && column.kind == ColumnKind::Int
                {
                    execute(self.tx.raw(), go_on_behind_last(&table.name, &column.name)).await?;
                }
            }
        }
        Ok(Migrator::up(self.tx.raw(), None).await?)
    }
}

/// For a column without a sequence this changes nothing: `setval` of no sequence is nothing.
fn go_on_behind_last(table: &str, column: &str) -> String {
    format!(
        "SELECT setval(pg_get_serial_sequence('\"{table}\"', '{column}'), \
         (SELECT COALESCE(MAX(\"{column}\"), 0) + 1 FROM \"{table}\"), false)"
    )
}

/// PostgreSQL has numbers of two widths, and would take every number for one of its column's.
fn expression(cell: &Cell, kind: ColumnKind) -> Expr {
    let value = Expr::value(value(cell, kind));
    if kind == ColumnKind::Int { value.cast_as("bigint") } else { value }
}

/// A cell as a value of its column.
pub(super) fn value(cell: &Cell, kind: ColumnKind) -> Value {
    match (cell, kind) {
        (Cell::Int(number), _) => (*number).into(),
        (Cell::Bool(yes), _) => (*yes).into(),
        (Cell::Text(text), _) => text.clone().into(),
        (Cell::Bytes(bytes), _) => bytes.clone().into(),
        (Cell::Id(id), _) => (*id).into(),
        (Cell::Null, ColumnKind::Int) => None::<i64>.into(),
        (Cell::Null, ColumnKind::Bool) => None::<bool>.into(),
        (Cell::Null, ColumnKind::Text) => None::<String>.into(),
        (Cell::Null, ColumnKind::Bytes) => None::<Vec<u8>>.into(),
        (Cell::Null, ColumnKind::Id) => None::<uuid::Uuid>.into(),
    }
}

/// Our tables in this database, whichever of the migrations were applied to it.
async fn present(tx: &DatabaseTransaction) -> Result<Vec<TableSchema>, Unexpected> {
    let manager = SchemaManager::new(tx);
    if !manager.has_table("seaql_migrations").await? {
        return Ok(Vec::new());
    }
    let applied = Statement::from_string(tx.get_database_backend(), "SELECT version FROM seaql_migrations");
    let rows = tx.query_all_raw(applied).await?;
    let applied: Vec<String> = rows.iter().map(|row| row.try_get("", "version")).collect::<Result<_, _>>()?;
    let known = migrations();
    let steps = known.iter().take_while(|name| applied.contains(name)).count();
    if steps != applied.len() {
        // Of a later version of this program: its tables are not known here.
        return Err(Unexpected::row("seaql_migrations", "version"));
    }
    schema_after(steps).await
}

async fn holds_rows(tx: &DatabaseTransaction, tables: &[TableSchema]) -> Result<bool, DbErr> {
    for table in tables.iter().filter(|table| table.name != SEEDED) {
        let first = format!("SELECT 1 FROM \"{}\" LIMIT 1", table.name);
        let first = Statement::from_string(tx.get_database_backend(), first);
        if tx.query_one_raw(first).await?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn execute(tx: &DatabaseTransaction, sql: String) -> Result<(), DbErr> {
    tx.execute_raw(Statement::from_string(tx.get_database_backend(), sql)).await.map(drop)
}

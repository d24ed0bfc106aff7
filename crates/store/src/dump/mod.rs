//! The whole database as rows of plain values, the same from SQLite and from PostgreSQL: for backups.
//!
//! What tables there are is asked of the migrations, applied to an empty database in memory. So a table that was added is
//! part of every backup, and a database that others use as well gives and loses nothing of theirs.

mod load;
mod read;
mod schema;

use uuid::Uuid;

pub use load::NotEmpty;
pub use schema::{ColumnKind, ColumnSchema, TableSchema, migrations, schema_after};

/// A value of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// None.
    Null,
    /// A number, a moment (milliseconds since 1970) or a count.
    Int(i64),
    /// Yes or no.
    Bool(bool),
    /// Text.
    Text(String),
    /// Bytes, such as a digest.
    Bytes(Vec<u8>),
    /// The id of a row.
    Id(Uuid),
}

//! The file: lines of JSON, and a checksum of all of them at its end.
//!
//! ```text
//! {"format":"rekey-backup","version":1,"taken_at":1795165505000,"migrations":[…],"tables":[{"name":…,"columns":[…]},…]}
//! [0,"0193…","active",…]         one row: the number of its table, and a value for each column
//! {"rows":[2,…]}                 how many rows of each table
//! sha256 3fa9…                   over every byte before this line
//! ```

use std::io::{BufRead, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use rekey_shared::Timestamp;
use rekey_store::dump::{Cell, ColumnKind, TableSchema};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::BackupError;

const FORMAT: &str = "rekey-backup";
/// Any change that a reader could notice raises it.
const VERSION: u32 = 1;
/// What the last line begins with.
const CHECKSUM: &str = "sha256 ";

/// The first line: what the file holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Header {
    format: String,
    version: u32,
    /// The moment before which everything that was committed is in the backup.
    pub taken_at: Timestamp,
    /// The migrations that had been applied.
    pub migrations: Vec<String>,
    tables: Vec<TableHeader>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct TableHeader {
    name: String,
    columns: Vec<String>,
}

/// The line before the checksum.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Trailer {
    rows: Vec<u64>,
}

impl Header {
    pub(super) fn new(taken_at: Timestamp, migrations: Vec<String>, tables: &[TableSchema]) -> Self {
        Self { format: FORMAT.to_owned(), version: VERSION, taken_at, migrations, tables: headers(tables) }
    }

    /// Whether the file holds these tables, in this order.
    pub(super) fn holds(&self, tables: &[TableSchema]) -> bool {
        self.tables == headers(tables)
    }

    pub(super) fn tables(&self) -> usize {
        self.tables.len()
    }
}

fn headers(tables: &[TableSchema]) -> Vec<TableHeader> {
    let header = |table: &TableSchema| TableHeader {
        name: table.name.clone(),
        columns: table.columns.iter().map(|column| column.name.clone()).collect(),
    };
    tables.iter().map(header).collect()
}

/// Writes a file from its first line to its last.
pub(super) struct Writer<W> {
    out: W,
    hash: Sha256,
    rows: Vec<u64>,
}

impl<W: Write> Writer<W> {
    pub(super) fn begin(out: W, header: &Header) -> Result<Self, BackupError> {
        let mut writer = Self { out, hash: Sha256::new(), rows: vec![0; header.tables()] };
        writer.line(header)?;
        Ok(writer)
    }

    /// Adds a row of a table, by its number.
    pub(super) fn row(&mut self, table: usize, cells: &[Cell]) -> Result<(), BackupError> {
        let line: Vec<Value> = std::iter::once(table.into()).chain(cells.iter().map(json)).collect();
        if let Some(rows) = self.rows.get_mut(table) {
            *rows += 1;
        }
        self.line(&line)
    }

    /// Ends the file. How many rows it holds.
    pub(super) fn end(mut self) -> Result<u64, BackupError> {
        let trailer = Trailer { rows: std::mem::take(&mut self.rows) };
        self.line(&trailer)?;
        writeln!(self.out, "{CHECKSUM}{}", hex(&self.hash.finalize()))?;
        self.out.flush()?;
        Ok(trailer.rows.iter().sum())
    }

    fn line(&mut self, line: &impl Serialize) -> Result<(), BackupError> {
        let mut bytes = serde_json::to_vec(line).map_err(std::io::Error::from)?;
        bytes.push(b'\n');
        self.hash.update(&bytes);
        Ok(self.out.write_all(&bytes)?)
    }
}

/// Reads a file. What it has given is only known to be as it was written once it has given `None`.
pub(super) struct Reader<R> {
    input: R,
    hash: Sha256,
    rows: Vec<u64>,
}

impl<R: BufRead> Reader<R> {
    pub(super) fn begin(mut input: R) -> Result<(Self, Header), BackupError> {
        let line = read_line(&mut input)?;
        let header: Value = serde_json::from_slice(&line).map_err(|_| BackupError::NotABackup)?;
        if header.get("format").and_then(Value::as_str) != Some(FORMAT) {
            return Err(BackupError::NotABackup);
        }
        if header.get("version").and_then(Value::as_u64) != Some(VERSION.into()) {
            return Err(BackupError::OtherVersion);
        }
        let header: Header = serde_json::from_value(header).map_err(|_| BackupError::Damaged)?;
        let hash = Sha256::new().chain_update(&line);
        Ok((Self { input, hash, rows: vec![0; header.tables()] }, header))
    }

    /// The next row with the number of its table; `None` at the end, when the checksum is right.
    pub(super) fn next(&mut self) -> Result<Option<(usize, Vec<Value>)>, BackupError> {
        let line = read_line(&mut self.input)?;
        self.hash.update(&line);
        if line.first() == Some(&b'{') {
            return self.end(&line).map(|()| None);
        }
        let mut row: Vec<Value> = serde_json::from_slice(&line).map_err(|_| BackupError::Damaged)?;
        if row.is_empty() {
            return Err(BackupError::Damaged);
        }
        let table = row.remove(0).as_u64().and_then(|table| usize::try_from(table).ok()).ok_or(BackupError::Damaged)?;
        *self.rows.get_mut(table).ok_or(BackupError::Damaged)? += 1;
        Ok(Some((table, row)))
    }

    fn end(&mut self, trailer: &[u8]) -> Result<(), BackupError> {
        let trailer: Trailer = serde_json::from_slice(trailer).map_err(|_| BackupError::Damaged)?;
        let last = read_line(&mut self.input)?;
        let expected = format!("{CHECKSUM}{}\n", hex(&self.hash.clone().finalize()));
        let is_over = self.input.fill_buf()?.is_empty();
        if last == expected.as_bytes() && trailer.rows == self.rows && is_over {
            Ok(())
        } else {
            Err(BackupError::Damaged)
        }
    }

    /// How many rows it has given.
    pub(super) fn rows(&self) -> u64 {
        self.rows.iter().sum()
    }
}

/// A line with its end; one without is what is left of a file that was cut off.
fn read_line(input: &mut impl BufRead) -> Result<Vec<u8>, BackupError> {
    let mut line = Vec::new();
    input.read_until(b'\n', &mut line)?;
    if line.last() == Some(&b'\n') { Ok(line) } else { Err(BackupError::Damaged) }
}

fn json(cell: &Cell) -> Value {
    match cell {
        Cell::Null => Value::Null,
        Cell::Int(number) => (*number).into(),
        Cell::Bool(yes) => (*yes).into(),
        Cell::Text(text) => text.as_str().into(),
        Cell::Bytes(bytes) => STANDARD_NO_PAD.encode(bytes).into(),
        Cell::Id(id) => id.to_string().into(),
    }
}

/// A row's values as cells of its table.
pub(super) fn cells(table: &TableSchema, row: &[Value]) -> Result<Vec<Cell>, BackupError> {
    if row.len() != table.columns.len() {
        return Err(BackupError::Damaged);
    }
    let cells = row.iter().zip(&table.columns).map(|(value, column)| cell(value, column.kind));
    cells.collect::<Option<_>>().ok_or(BackupError::Damaged)
}

fn cell(value: &Value, kind: ColumnKind) -> Option<Cell> {
    if value.is_null() {
        return Some(Cell::Null);
    }
    match kind {
        ColumnKind::Int => value.as_i64().map(Cell::Int),
        ColumnKind::Bool => value.as_bool().map(Cell::Bool),
        ColumnKind::Text => value.as_str().map(|text| Cell::Text(text.to_owned())),
        ColumnKind::Bytes => STANDARD_NO_PAD.decode(value.as_str()?).ok().map(Cell::Bytes),
        ColumnKind::Id => uuid::Uuid::try_parse(value.as_str()?).ok().map(Cell::Id),
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;

    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

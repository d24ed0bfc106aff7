//! Tables, migrations and guarded claims over SQLite and PostgreSQL.
//!
//! A claim is one guarded `UPDATE` whose row count decides, so that it holds on any number of nodes.
//! **Knows nothing of** HTTP, Leptos, mail, the clock or randomness: the caller passes the time.

#![deny(missing_docs)]

// The databases of tests are made by a file that knows this crate by its name.
#[cfg(test)]
extern crate self as rekey_store;

mod connect;
pub mod dump;
mod entity;
mod error;
mod migration;
mod query;
mod text;
mod transaction;

pub use connect::{Snapshot, Store};
pub use error::Unexpected;
pub use query::account::Inserted;
pub use query::audit::{NewSeal, Unsealed};
pub use query::backup::Ended;
pub use query::group::{GroupUse, Named};
pub use query::job::Progress;
pub use query::key::KeyTraces;
pub use query::outbox::OutboxCounts;
pub use query::purge::PIECE;
pub use query::role::Granted;
pub use query::session::TOUCH_EVERY;
pub use query::text_limits::PausedPrefix;
pub use transaction::{ContentionCounts, Runs, TRIES, Write};

//! Breached passwords, offline.
//!
//! A list of hundreds of millions of hashes becomes one file of small filters, a *shard* for each hash prefix. A server maps the
//! file and looks a password up in a microsecond; a browser asks for one shard by its prefix and looks the password up itself, so
//! that while someone types, neither the password nor its hash leaves the page.
//!
//! A filter has no false negatives. Its false positives, 1 in 65,536 with fingerprints of 16 bits, refuse a password that no one
//! knows: anyone who meets one chooses another.
//!
//! **Knows nothing of** HTTP, databases, policies.
#![deny(missing_docs)]

mod hash;
mod shard;

#[cfg(feature = "file")]
pub mod builtin;
#[cfg(feature = "file")]
mod error;
#[cfg(feature = "file")]
mod file;
#[cfg(feature = "file")]
mod import;
#[cfg(feature = "file")]
mod source;

#[cfg(feature = "file")]
pub use error::ImportError;
#[cfg(feature = "file")]
pub use file::{Damage, File, Header};
pub use hash::{Algorithm, Digest};
#[cfg(feature = "file")]
pub use import::{Imported, Options, Progress, import};
pub use shard::{Shape, Shard, Width};

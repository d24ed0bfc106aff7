//! Test harnesses: real databases, services with a fixed clock, a script-less browser.
//!
//! Never part of the product; helpers stop the test with a clear message when they cannot go on.
#![expect(clippy::expect_used, clippy::missing_panics_doc, reason = "a broken harness must stop the test")]

pub mod bench;
pub mod database;

pub use bench::Bench;
pub use database::Database;

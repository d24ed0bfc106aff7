//! Test harnesses: real databases, services with a fixed clock and captured messages ([`Bench`]), and whole sites with
//! browsers and mail ([`site::TestSite`], feature `site`).
//!
//! Never part of the product; helpers stop the test with a clear message when they cannot go on.
#![deny(missing_docs)]
#![expect(clippy::expect_used, clippy::missing_panics_doc, reason = "a broken harness must stop the test")]

pub mod assurance;
pub mod bench;
pub mod database;
pub mod random;
pub mod row_count;
#[cfg(feature = "site")]
pub mod site;
pub mod statistics;
pub mod tls;

pub use bench::Bench;
pub use database::Database;
pub use random::SeededRng;
#[cfg(feature = "site")]
pub use site::TestSite;

/// Writes a test once and runs it over SQLite and over PostgreSQL.
#[macro_export]
macro_rules! on_both_databases {
    ($($(#[$meta:meta])* async fn $name:ident($t:ident: Bench) $body:block)+) => {$(
        $(#[$meta])*
        mod $name {
            #[allow(unused_imports, reason = "each test takes what it needs from its file")]
            use super::*;

            async fn run($t: $crate::Bench) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                run($crate::Bench::sqlite().await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                run($crate::Bench::postgres().await).await;
            }
        }
    )+};
}

/// Stops the test unless a value matches a pattern; shows the value.
#[macro_export]
macro_rules! assert_matches {
    ($value:expr, $pattern:pat $(if $guard:expr)? $(, $($why:tt)+)?) => {
        match $value {
            $pattern $(if $guard)? => {}
            ref other => panic!(
                "{other:?} does not match {}{}",
                stringify!($pattern),
                String::new() $(+ ": " + &format!($($why)+))?
            ),
        }
    };
}

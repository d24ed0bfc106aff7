//! The store over both databases: every test is written once and runs on SQLite and on PostgreSQL.
#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a test stops at the first surprise")]

// By path and not as a dependency: the kit depends on every room, this one is at the bottom of them.
#[path = "../../../testkit/src/database.rs"]
#[expect(dead_code, reason = "what sites ask of a database is not asked here")]
mod database;
mod given;

mod accounts;
mod action_tokens;
mod audit;
mod backup;
mod budgets;
mod cancellation;
mod carried_over;
mod challenges;
mod contention;
mod expiry;
mod groups;
mod jobs;
mod journeys;
mod keys;
mod migration;
mod outbox;
mod passwords;
mod policies;
mod purge;
mod retention;
mod roles;
mod sessions;
mod settings;
mod text_limits;
mod throttle;

/// Writes a test once and runs it over both databases.
macro_rules! on_both {
    ($(async fn $name:ident($db:ident: Database) $body:block)+) => {$(
        mod $name {
            #[allow(unused_imports, reason = "each test takes what it needs from its file")]
            use super::*;

            async fn run($db: crate::database::Database) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                run(crate::database::Database::sqlite().await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                run(crate::database::Database::postgres().await).await;
            }
        }
    )+};
}

use on_both;

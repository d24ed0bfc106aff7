//! The two ways in which a proof runs.

use super::TestSite;
use super::browser::Scripts;
use crate::database::Database;

/// How a site runs on which a proof is written once and tried everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SiteKind {
    /// The real router in this process over SQLite, as a public site with a clock that stands still.
    Router,
    /// Two processes of the real program over one PostgreSQL; every request goes to the next of them.
    TwoNodes,
}

impl SiteKind {
    /// How forms are sent in a proof that starts a site for each way.
    ///
    /// Both ways end in the same code of one process, and the router proves both. Nodes share what they store, so for
    /// them the way with more to see is enough: whole pages.
    pub fn scripts(self) -> &'static [Scripts] {
        match self {
            Self::Router => &Scripts::BOTH,
            Self::TwoNodes => &[Scripts::Off],
        }
    }

    /// Starts one with these keys of the configuration.
    pub async fn start(self, keys: &[(&str, &str)]) -> TestSite {
        match self {
            Self::Router => {
                let options = TestSite::router().at("https://id.example.org");
                keys.iter().fold(options, |options, (name, value)| options.set(name, value)).start().await
            }
            Self::TwoNodes => {
                let options = TestSite::program().nodes(2).on(Database::postgres().await);
                keys.iter().fold(options, |options, (name, value)| options.set(name, value)).start().await
            }
        }
    }
}

/// Writes a proof once and runs it on the router over SQLite and on two nodes over PostgreSQL.
#[macro_export]
macro_rules! on_every_site {
    ($($(#[$meta:meta])* async fn $name:ident($kind:ident: SiteKind) $body:block)+) => {$(
        $(#[$meta])*
        mod $name {
            #[allow(unused_imports, reason = "each test takes what it needs from its file")]
            use super::*;

            async fn run($kind: $crate::site::SiteKind) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn router() {
                run($crate::site::SiteKind::Router).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn two_nodes() {
                run($crate::site::SiteKind::TwoNodes).await;
            }
        }
    )+};
}

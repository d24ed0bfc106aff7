//! What it costs to compare a new password with the past ones, at the default parameters of Argon2id.
//! Prints one JSON object for each depth. Run it in a release build.
#![expect(clippy::disallowed_methods, clippy::expect_used, reason = "a measuring program reads the clock")]

use std::time::{Duration, Instant};

use rekey_service::password::{self, Change};
use rekey_service::setting::Hashing;
use rekey_shared::password::History;
use rekey_testkit::bench::{GOOD, meta, quick_settings};
use rekey_testkit::{Bench, Database};

const ADA: &str = "ada@example.org";

#[tokio::main]
async fn main() {
    for depth in [0, 1, 4, 12, 24] {
        println!("{{\"depth\":{depth},\"milliseconds\":{}}}", change_takes(depth).await.as_millis());
    }
}

/// One change of a person with a full history; the rest of it is a hash or two.
async fn change_takes(depth: u8) -> Duration {
    let mut settings = quick_settings();
    settings.hashing = Hashing::RECOMMENDED;
    settings.policy.history = History::of(depth);
    let t = Bench::over(Database::sqlite().await, settings).await;
    t.account(ADA).await;
    let (mut current, mut took) = (GOOD.to_owned(), Duration::ZERO);
    for n in 0..=depth {
        let (next, caller) = (format!("{GOOD} and {n} more"), t.caller(ADA, &current).await);
        let input = Change {
            current_password: current.as_str().into(),
            new_password: next.as_str().into(),
            confirm_password: next.as_str().into(),
        };
        let begin = Instant::now();
        password::change(&t.cx, &meta(), &caller, input).await.expect("changes");
        took = begin.elapsed();
        current = next;
        t.advance(Duration::from_secs(3600));
    }
    took
}

//! The real clock and the real randomness. Everywhere else both are handed in.

use std::time::{SystemTime, UNIX_EPOCH};

use rekey_service::{Clock, Entropy};
use rekey_shared::Timestamp;

/// The operating system's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one real implementation of the clock port")]
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

/// The operating system's random numbers.
#[derive(Debug, Clone, Copy, Default)]
pub struct OsEntropy;

impl Entropy for OsEntropy {
    #[expect(clippy::disallowed_methods, reason = "the one real implementation of the entropy port")]
    fn fill(&self, buffer: &mut [u8]) {
        if getrandom::fill(buffer).is_err() {
            // Without randomness every secret could be guessed: nothing may go on (CR-3).
            eprintln!("rekey: the operating system gives no random numbers");
            std::process::abort();
        }
    }
}

//! A token bucket in one number: the generic cell rate algorithm.

use std::time::Duration;

use rekey_shared::Timestamp;

/// A steady rate with room for a burst.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// The span that each request costs.
    pub every: Duration,
    /// Requests that may come at once.
    pub burst: u32,
}

impl Rate {
    /// So many in a minute, with a burst. At least one each.
    pub fn per_minute(count: u32, burst: u32) -> Self {
        Self { every: Duration::from_secs(60) / count.max(1), burst: burst.max(1) }
    }

    /// Admits a request or not. `state` is what an earlier call returned, `None` for a newcomer;
    /// the result is the state to keep, or `None` when the request is refused.
    pub fn admit(&self, state: Option<Timestamp>, now: Timestamp) -> Option<Timestamp> {
        let room = self.every.saturating_mul(self.burst.saturating_sub(1));
        let due = state.unwrap_or(now).max(now);
        (due.since(now) <= room).then(|| due.plus(self.every))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_and_then_the_rate_holds() {
        let rate = Rate::per_minute(20, 40);
        let start = Timestamp::from_millis(0);
        let mut state = None;
        for n in 0..40 {
            state = Some(rate.admit(state, start).unwrap_or_else(|| panic!("request {n} of the burst")));
        }
        assert_eq!(rate.admit(state, start), None);
        assert!(rate.admit(state, start.plus(Duration::from_secs(3))).is_some());
    }
}

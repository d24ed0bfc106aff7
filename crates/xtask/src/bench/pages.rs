//! Pages per second, asked for by a generator that takes next to nothing of the processor itself.

use std::process::Command;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::running::Running;
use crate::bootstrap;
use crate::run::{read, say};

const SPAN: &str = "-d5s";

pub fn measure(server: &Running) -> Result<Value> {
    bootstrap::wrk()?;
    say("the sign-in page, as strangers get it and drawn anew each time");
    Ok(json!({
        "per_second": per_second(&format!("{}/", server.url()))?,
        // With a query a page is never one that was kept.
        "drawn_anew_per_second": per_second(&format!("{}/?anew", server.url()))?,
    }))
}

fn per_second(url: &str) -> Result<f64> {
    let text = read(Command::new("wrk").args(["-t1", "-c32", SPAN, "-H", "accept: text/html", url]))?;
    rate_of(&text).with_context(|| format!("wrk got something else than pages: {text}"))
}

/// The rate, if every answer was a page: wrk writes of other answers only when there were some.
fn rate_of(text: &str) -> Option<f64> {
    if text.contains("Non-2xx") || text.contains("Socket errors") {
        return None;
    }
    text.lines().find_map(|line| line.strip_prefix("Requests/sec:"))?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::rate_of;

    #[test]
    fn a_rate_counts_only_when_every_answer_was_a_page() {
        let rate = "  52 requests in 5.00s, 1MB read\nRequests/sec:  12345.67\nTransfer/sec: 1MB\n";
        assert_eq!(rate_of(rate), Some(12345.67));
        assert_eq!(rate_of(&format!("  Non-2xx or 3xx responses: 3\n{rate}")), None);
        assert_eq!(rate_of("unable to connect"), None);
    }
}

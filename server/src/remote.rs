//! A service of the Pwned Passwords protocol: it is told five digits of a hash and answers with all that begin so.

use std::io::Read as _;
use std::time::Duration;

use rekey_breach::{Algorithm, Digest};
use rekey_service::ports::Breach;
use ureq::Agent;
use ureq::tls::{RootCerts, TlsConfig};

/// The service gets this long; a person waits meanwhile.
const PATIENCE: Duration = Duration::from_secs(2);
/// Eight hundred suffixes and their padding are a twentieth of it.
const LONGEST_ANSWER: u64 = 1 << 20;

/// A range service and how to ask it. Cheap to clone.
#[derive(Debug, Clone)]
pub struct RangeService {
    address: String,
    agent: Agent,
}

impl RangeService {
    /// `address` is what the five digits are put behind: `https://api.example.org/range`.
    pub fn new(address: &str) -> Self {
        let tls = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build();
        let config = Agent::config_builder()
            .tls_config(tls)
            .timeout_global(Some(PATIENCE))
            .max_redirects(0)
            .http_status_as_error(false)
            .user_agent("rekey")
            .build();
        Self { address: address.trim_end_matches('/').to_owned(), agent: config.new_agent() }
    }

    /// Asks. Whatever goes wrong is [`Breach::Unknown`] and one line in the log.
    pub async fn look_up(&self, algorithm: Algorithm, password: &str) -> Breach {
        let (service, digest) = (self.clone(), algorithm.digest(password));
        let asked = tokio::task::spawn_blocking(move || service.ask(digest)).await;
        asked.unwrap_or(None).unwrap_or_else(|| {
            tracing::warn!("the range service of breached passwords does not answer");
            Breach::Unknown
        })
    }

    /// Only the first five digits are sent, and the answer is padded so that its length tells nothing.
    fn ask(&self, digest: Digest) -> Option<Breach> {
        let hash = format!("{:016X}", digest.bits());
        let (prefix, suffix) = hash.split_at(5);
        let request = self.agent.get(format!("{}/{prefix}", self.address)).header("Add-Padding", "true");
        let mut answer = request.call().ok().filter(|answer| answer.status().is_success())?;
        let mut text = String::new();
        answer.body_mut().as_reader().take(LONGEST_ANSWER).read_to_string(&mut text).ok()?;
        let found = text.lines().any(|line| is_hit(line, suffix));
        Some(if found { Breach::Found } else { Breach::Clear })
    }
}

/// Whether a line `SUFFIX:COUNT` begins as the suffix does that we know; a count of zero is padding.
fn is_hit(line: &str, known: &str) -> bool {
    line.split_once(':').is_some_and(|(suffix, count)| {
        suffix.len() > known.len()
            && suffix.get(..known.len()).is_some_and(|head| head.eq_ignore_ascii_case(known))
            && count.trim() != "0"
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hit_is_a_suffix_that_was_seen() {
        let known = "1E4C9B93F3F";
        assert!(is_hit("1E4C9B93F3F0682250B6CF8331B7EE68FD8:9545824\r", known));
        assert!(is_hit("1e4c9b93f3f0682250b6cf8331b7ee68fd8:1", known));
        for miss in
            ["", "1E4C9B93F3F:1", "1E4C9B93F3F0682250B6CF8331B7EE68FD8:0", "2E4C9B93F3F0682250B6CF8331B7EE68FD8:1"]
        {
            assert!(!is_hit(miss, known), "{miss}");
        }
    }
}

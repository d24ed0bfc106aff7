//! `rekey audit verify|export`.

use std::io::{self, BufWriter, Write as _};
use std::process::ExitCode;

use clap::Subcommand;
use rekey_domain::audit::chain::Break;
use rekey_service::Services;
use rekey_service::audit::{self, Anchor, Span, Verdict};
use rekey_shared::Timestamp;

use crate::wiring::StartError;

/// What to do with the audit log.
#[derive(Debug, Subcommand)]
pub enum Action {
    /// Check that no entry was changed, moved, or removed.
    Verify {
        /// A seal noted down earlier, outside the database: the log has to contain it.
        #[arg(long, value_name = "SEAL", value_parser = anchor)]
        anchor: Option<Anchor>,
    },
    /// Print the sealed entries as JSON, one per line.
    Export {
        /// Not before this moment: a date (2026-11-21) or a time in the form of RFC 3339.
        #[arg(long, value_name = "TIME", value_parser = moment)]
        from: Option<Timestamp>,
        /// Before this moment.
        #[arg(long, value_name = "TIME", value_parser = moment)]
        to: Option<Timestamp>,
    },
}

fn anchor(text: &str) -> Result<Anchor, String> {
    Anchor::parse(text).ok_or_else(|| "must be a seal as `rekey audit verify` prints it: NUMBER:DIGEST".to_owned())
}

fn moment(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse(text).ok_or_else(|| "must be like 2026-11-20 or 2026-11-20T09:05:00Z".to_owned())
}

/// Does it.
pub async fn run(services: &Services, action: Action) -> Result<ExitCode, StartError> {
    match action {
        Action::Verify { anchor } => {
            let verdict = audit::verify(services, anchor).await?;
            print!("{}", written(&verdict));
            Ok(if verdict.broken.is_none() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        Action::Export { from, to } => export(services, Span { from, before: to }).await,
    }
}

async fn export(services: &Services, span: Span) -> Result<ExitCode, StartError> {
    let mut out = BufWriter::new(io::stdout().lock());
    let done = audit::export(services, span, |line| writeln!(out, "{line}")).await?;
    match done.and_then(|_| out.flush()) {
        // The reader has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(ExitCode::SUCCESS),
        Err(error) => Err(StartError::failed("output", &error)),
        Ok(()) => Ok(ExitCode::SUCCESS),
    }
}

fn written(verdict: &Verdict) -> String {
    let mut lines = vec![match verdict.broken {
        None => format!("The audit log is intact: {}.", counted(verdict.entries)),
        Some((seq, fault)) => format!("The audit log is broken at entry {seq}: {}.", explained(fault)),
    }];
    if verdict.removed_through > 0 {
        lines.push(format!("Entries through {} were removed because of their age.", verdict.removed_through));
    }
    if verdict.last.seq > 0 {
        lines.push(format!("Latest seal: {}", Anchor::from(verdict.last)));
    }
    if let Some(oldest) = verdict.unsealed.oldest_at {
        lines.push(format!(
            "Not sealed yet: {}, the oldest of {}.",
            counted(verdict.unsealed.entries),
            oldest.rfc3339()
        ));
    }
    lines.push(String::new());
    lines.join("\n")
}

fn counted(entries: u64) -> String {
    if entries == 1 { "1 entry".to_owned() } else { format!("{entries} entries") }
}

fn explained(fault: Break) -> &'static str {
    match fault {
        Break::Missing => "it is missing, or another one is in its place",
        Break::Changed => "it was changed, or follows another entry than when it was sealed",
        Break::UnknownKey => "it was sealed with a key that is not in keys_file",
        Break::Head => "entries after it are missing, or the note of the latest seal was changed",
        Break::Checkpoint => "the note of removed entries was changed",
        Break::Anchor => "it is not the entry of the given seal",
    }
}

#[cfg(test)]
mod tests {
    use rekey_domain::audit::chain::Seal;
    use rekey_store::Unsealed;

    use super::*;

    #[test]
    fn a_verdict_names_the_unsealed_tail_and_any_break() {
        let unsealed = Unsealed { entries: 2, oldest_at: Timestamp::parse("2026-11-20") };
        let whole =
            Verdict { entries: 1, last: Seal { seq: 1, ..Seal::START }, removed_through: 0, unsealed, broken: None };
        let digest = "0".repeat(64);
        assert_eq!(
            written(&whole),
            format!(
                "The audit log is intact: 1 entry.\nLatest seal: 1:{digest}\n\
                 Not sealed yet: 2 entries, the oldest of 2026-11-20T00:00:00.000Z.\n"
            )
        );
        let broken = Verdict { broken: Some((2, Break::Missing)), ..whole };
        assert!(written(&broken).starts_with("The audit log is broken at entry 2: it is missing, or"));
    }
}

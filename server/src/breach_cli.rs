//! `rekey breach …`: the list of breached passwords on the command line.

use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use chrono::DateTime;
use clap::Subcommand;
use rekey_breach::{File, Header, Imported, Options, Progress, Width, builtin, import};
use rekey_service::Clock as _;

use crate::config::{Config, ConfigError};
use crate::ports::SystemClock;
use crate::wiring::StartError;

/// What to do with the list.
#[derive(Debug, Subcommand)]
pub enum Action {
    /// Make the file that the server uses from a list of hashes.
    Import {
        /// A sorted file of `HASH:COUNT`, or a folder with a file for each prefix of five digits; SHA-1 or NTLM.
        list: PathBuf,
        /// Leave out passwords that were seen less often.
        #[arg(long, value_name = "N", default_value_t = 1)]
        min_count: u32,
        /// Bits of a fingerprint: 16 take 2.5 bytes for a password and are wrong once in 65,536 times, 8 take 1.3 and 256.
        #[arg(long, value_name = "8|16", default_value_t = 16, value_parser = width)]
        bits: u8,
        /// Where to put it, in place of the configured file.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Say what the file holds, and check every byte of it.
    Info {
        /// The file, in place of the configured one.
        file: Option<PathBuf>,
    },
}

fn width(text: &str) -> Result<u8, String> {
    text.parse().ok().filter(|bits| Width::of_bits(*bits).is_some()).ok_or_else(|| "must be 8 or 16".to_owned())
}

/// Does it. Whatever is wrong with a list is told in one line, and the old file stays.
pub fn run(config: Option<&Path>, action: Action) -> Result<ExitCode, StartError> {
    match action {
        Action::Import { list, min_count, bits, out } => {
            let out = out.map_or_else(|| Config::load(config).map(|config| config.breach.file), Ok)?;
            let now = SystemClock.now().as_millis() / 1000;
            let options = Options { min_count, width: Width::of_bits(bits).unwrap_or(Width::Wide), now };
            let mut bar = Bar::begin();
            let made = import(&list, &out, options, &mut |progress| bar.show(progress));
            bar.end();
            let made = made.map_err(|error| ConfigError::new(&error.place(), error.what()))?;
            tell(&made, &out, bar.begun.elapsed());
            Ok(ExitCode::SUCCESS)
        }
        Action::Info { file } => {
            let path = file.map_or_else(|| Config::load(config).map(|config| config.breach.file), Ok)?;
            info(&path)
        }
    }
}

fn tell(made: &Imported, out: &Path, took: Duration) {
    let Header { entries, shape, .. } = made.header;
    #[expect(clippy::cast_precision_loss, reason = "figures for people")]
    let (each, million) = (made.bytes as f64 / entries as f64, took.as_secs_f64() * 1e6 / entries as f64);
    println!("{entries} passwords in {} ({} bytes, {each:.2} each).", out.display(), made.bytes);
    println!("{million:.2} s a million; at most {} of memory. A running server uses it within seconds.", peak_memory());
    println!("A password that is on no list is rejected once in {} times.", 1_u32 << shape.width.bits());
}

fn peak_memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .map_or_else(|| "?".to_owned(), |size| size.trim().to_owned())
}

fn info(path: &Path) -> Result<ExitCode, StartError> {
    if !path.exists() {
        let entries = builtin::common().map_or(0, |file| file.header().entries);
        println!("{} not found: using the built-in list of {entries} common passwords.", path.display());
        return Ok(ExitCode::SUCCESS);
    }
    let file = File::open(path).and_then(|file| file.verify().map(|()| file));
    let file = file.map_err(|damage| ConfigError::new(&path.display().to_string(), damage.to_string()))?;
    let Header { entries, min_count, made_at, .. } = *file.header();
    let made =
        DateTime::from_timestamp(made_at, 0).map_or_else(|| "?".to_owned(), |at| at.format("%Y-%m-%d").to_string());
    println!("{entries} passwords, seen {min_count} times or more, imported on {made}; whole.");
    println!("List {}, {} bytes.", file.header().list_name(), file.size());
    Ok(ExitCode::SUCCESS)
}

/// How far it is, on the standard error: one line that is written anew on a terminal, else a line for each tenth.
struct Bar {
    begun: Instant,
    shown: Option<Instant>,
    tenth: u64,
}

impl Bar {
    fn begin() -> Self {
        Self { begun: now(), shown: None, tenth: 0 }
    }

    fn show(&mut self, progress: Progress) {
        let (read, size) = (progress.read, progress.size.max(1));
        let spent = self.begun.elapsed().as_secs_f64().max(0.001);
        let terminal = io::stderr().is_terminal();
        let due = if terminal {
            self.shown.is_none_or(|shown| shown.elapsed() > Duration::from_millis(200))
        } else {
            read * 10 / size > self.tenth
        };
        if !due {
            return;
        }
        self.shown = Some(now());
        self.tenth = read * 10 / size;
        #[expect(clippy::cast_precision_loss, reason = "figures for people")]
        let (rate, left) =
            (progress.entries as f64 / spent, spent * (size.saturating_sub(read)) as f64 / read.max(1) as f64);
        let full = usize::try_from(read * 20 / size).unwrap_or(20).min(20);
        let bar = format!("[{}{}]", "#".repeat(full), ".".repeat(20 - full));
        let line = format!(
            "{bar} {:3} %  {} passwords, {rate:.0} a second, {left:.0} s left",
            read * 100 / size,
            progress.entries
        );
        let _ = if terminal { write!(io::stderr(), "\r{line}\u{1b}[K") } else { writeln!(io::stderr(), "{line}") };
    }

    fn end(&self) {
        if self.shown.is_some() && io::stderr().is_terminal() {
            let _ = writeln!(io::stderr());
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a progress bar measures itself")]
fn now() -> Instant {
    Instant::now()
}

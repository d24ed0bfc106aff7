//! `rekey keys rotate|renew|list|retire`.

use std::process::ExitCode;
use std::time::Duration;

use clap::Subcommand;
use rekey_domain::KeyId;
use rekey_domain::key::{ACTIVATION_DELAY, RetireRefusal, RingKeyState, SHORTEST_DELAY};
use rekey_service::Services;
use rekey_service::keys::{self as service, ListedKey, RetireError};
use rekey_service::setting::{parse_span, write_span};
use rekey_shared::{Lang, Timestamp};

use crate::config::Config;
use crate::keys;
use crate::ports::OsEntropy;
use crate::wiring::StartError;

/// What to do with keys.
#[derive(Debug, Subcommand)]
pub enum Action {
    /// List every key, its first use, and what still needs it.
    List,
    /// Add a key to the keys file. Copy the file to every other node before the key is first used.
    Rotate {
        /// How long the nodes have to get it: 30s or longer.
        #[arg(long, value_name = "SPAN", default_value = "10m", value_parser = delay)]
        delay: Duration,
    },
    /// Replace the keys in the database. Counts of failed sign-ins and requests start over.
    Renew {
        /// How long the nodes have to get them: 30s or longer.
        #[arg(long, value_name = "SPAN", default_value = "10m", value_parser = delay)]
        delay: Duration,
    },
    /// Retire a key that nothing needs any more, and remove it from the keys file.
    Retire {
        /// The key, as the list shows it.
        #[arg(value_parser = key_id)]
        key: KeyId,
        /// Also if passwords were hashed with it. They stop working; their owners must recover.
        #[arg(long)]
        abandon_passwords: bool,
    },
}

fn delay(text: &str) -> Result<Duration, String> {
    let delay = parse_span(text).filter(|delay| (SHORTEST_DELAY..=ACTIVATION_DELAY * 144 * 30).contains(delay));
    delay.ok_or_else(|| "must be a time span from 30s to 30d".to_owned())
}

fn key_id(text: &str) -> Result<KeyId, String> {
    KeyId::parse(text).ok_or_else(|| "must be a key as rekey keys list shows it".to_owned())
}

/// Does it.
pub async fn run(config: &Config, services: &Services, action: Action) -> Result<ExitCode, StartError> {
    match action {
        Action::List => {
            for key in service::list(services).await? {
                println!("{}", line(&key));
            }
        }
        Action::Rotate { delay } => rotate(config, services, delay).await?,
        Action::Renew { delay } => {
            service::renew_data_keys(services, delay).await?;
            println!("The keys in the database are replaced in {}.", write_span(delay));
        }
        Action::Retire { key, abandon_passwords } => retire(config, services, key, abandon_passwords).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn rotate(config: &Config, services: &Services, delay: Duration) -> Result<(), StartError> {
    // The file first: a key that the database announces and no file holds would stop every node.
    let key = keys::add(&config.keys_file, &OsEntropy, services.clock.now().plus(delay))?;
    let announced = service::announce(services, &key, delay).await?;
    println!("Key {} is used from {}.", announced.id, written(announced.not_before));
    println!(
        "Copy {} to every other node before then. Running nodes read it by themselves.",
        config.keys_file.display()
    );
    Ok(())
}

async fn retire(config: &Config, services: &Services, id: KeyId, abandon: bool) -> Result<(), StartError> {
    let retired = match service::retire(services, id, abandon).await {
        Ok(retired) => retired,
        // Retired by another node, or before the file was changed: what is left to do is here.
        Err(RetireError::Refused(RetireRefusal::AlreadyRetired))
            if keys::remove(&config.keys_file, &OsEntropy, id)? =>
        {
            println!("Key {id} was retired before and is removed from the keys file.");
            return Ok(());
        }
        Err(RetireError::Refused(refusal)) => return Err(StartError::Failed(reason(id, refusal))),
        Err(RetireError::Unexpected(failure)) => return Err(failure.into()),
    };
    keys::remove(&config.keys_file, &OsEntropy, id)?;
    println!("Key {id} is retired and removed from the keys file. Remove it on every other node: copy the file.");
    if retired.passwords > 0 {
        println!("{} stopped working; their owners must recover.", counted(retired.passwords, "password"));
    }
    if retired.past_passwords > 0 {
        println!("{} can be used again.", counted(retired.past_passwords, "past password"));
    }
    Ok(())
}

fn line(listed: &ListedKey) -> String {
    let ListedKey { key, state, held, uses, refusal } = listed;
    let since = if key.not_before == Timestamp::default() { "the start".to_owned() } else { written(key.not_before) };
    let state = match state {
        RingKeyState::Pending => "not used yet",
        RingKeyState::Current => "in use",
        RingKeyState::Old { .. } => "old",
        RingKeyState::Retired => "retired",
        RingKeyState::Cancelled => "retired, never used",
    };
    let note = match refusal {
        Some(RetireRefusal::Until(until)) => format!("needed until {}", written(*until)),
        Some(RetireRefusal::Passwords { count }) => format!("needed by {}", counted(*count, "password")),
        Some(RetireRefusal::Sealed { count }) => format!("needed by {}", counted(*count, "sealed value")),
        None if matches!(listed.state, RingKeyState::Old { .. }) => "can be retired".to_owned(),
        None
        | Some(
            RetireRefusal::Unknown
            | RetireRefusal::AlreadyRetired
            | RetireRefusal::Current { .. }
            | RetireRefusal::TooLate,
        ) => match uses.passwords {
            0 => "–".to_owned(),
            count => format!("used by {}", counted(count, "password")),
        },
    };
    let file = if *held { "in the keys file" } else { "not in the keys file" };
    format!("{}\t{since}\t{state}\t{note}\t{file}", key.id)
}

fn reason(id: KeyId, refusal: RetireRefusal) -> String {
    match refusal {
        RetireRefusal::Unknown => format!("there is no key {id}"),
        RetireRefusal::AlreadyRetired => format!("key {id} was retired before"),
        RetireRefusal::Current { next_at: None } => format!("key {id} is in use: run rekey keys rotate first"),
        RetireRefusal::Current { next_at: Some(at) } => {
            format!("key {id} is in use until {}", written(at))
        }
        RetireRefusal::TooLate => format!("key {id} is about to be used: retire it when the next one is in use"),
        RetireRefusal::Until(until) => {
            format!("key {id} is needed by links and codes until {}", written(until))
        }
        RetireRefusal::Sealed { count } => format!("key {id} is needed by {}", counted(count, "sealed value")),
        RetireRefusal::Passwords { count } => format!(
            "key {id} is needed by {} until their owners sign in; --abandon-passwords makes them recover instead",
            counted(count, "password")
        ),
    }
}

fn counted(count: u64, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// The minute by which a moment has come.
fn written(at: Timestamp) -> String {
    at.plus(Duration::from_millis(59_999)).written(Lang::En)
}

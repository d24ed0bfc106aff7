//! `rekey policy …`: the password policy on the command line.

pub mod assign;
mod check;
mod lint;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};
use rekey_shared::password::{Personal, Policy};

use crate::config::{Config, ConfigError, policy_file};
use crate::wiring::StartError;

/// What to do with policies.
#[derive(Debug, Subcommand)]
pub enum Action {
    /// What needs no database and no key.
    #[command(flatten)]
    Alone(Alone),
    /// Who has which.
    #[command(flatten)]
    Assigned(assign::Action),
}

/// What to do with a policy by itself.
#[derive(Debug, Subcommand)]
pub enum Alone {
    /// Read one password per line and print one JSON report per line.
    Check(Check),
    /// List each departure from NIST SP 800-63B-4 and ASVS 5.0: exit 0 none, 1 warnings, 2 below a floor.
    Lint {
        /// A policy by name instead of the configured one.
        #[arg(long, value_name = "NAME", conflicts_with = "file")]
        preset: Option<String>,
        /// A policy file.
        file: Option<PathBuf>,
    },
    /// Print the JSON schema of a policy file.
    Schema,
}

/// What `check` judges with.
#[derive(Debug, Args)]
pub struct Check {
    /// A policy by name instead of the configured one.
    #[arg(long, value_name = "NAME", conflicts_with = "policy")]
    preset: Option<String>,
    /// A policy file instead of the configured one.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// The person's given name.
    #[arg(long, default_value = "")]
    given_name: String,
    /// The person's family name.
    #[arg(long, default_value = "")]
    family_name: String,
    /// The person's username.
    #[arg(long, default_value = "")]
    username: String,
    /// The organization's name.
    #[arg(long, default_value = "")]
    organisation: String,
    /// An email address of the person; may be repeated.
    #[arg(long)]
    email: Vec<String>,
    /// A phone number of the person; may be repeated.
    #[arg(long)]
    phone: Vec<String>,
    /// A file of breached passwords instead of the built-in list.
    #[arg(long, value_name = "FILE")]
    breached: Option<PathBuf>,
    /// A word to ban, in addition to those of the policy; may be repeated.
    #[arg(long)]
    banned_term: Vec<String>,
}

/// Does it.
pub fn run(config: Option<&Path>, action: Alone) -> Result<ExitCode, StartError> {
    match action {
        Alone::Check(mut given) => {
            let mut policy = chosen(config, given.preset.as_deref(), given.policy.as_deref())?;
            ban(&mut policy, std::mem::take(&mut given.banned_term))?;
            let breached = given.breached.take();
            check::lines(&policy, &given.person(), breached.as_deref())
        }
        Alone::Lint { preset, file } => Ok(lint::print(&chosen(config, preset.as_deref(), file.as_deref())?)),
        Alone::Schema => {
            println!("{}", policy_file::schema());
            Ok(ExitCode::SUCCESS)
        }
    }
}

impl Check {
    fn person(self) -> Personal {
        Personal {
            given_name: self.given_name,
            family_name: self.family_name,
            username: self.username,
            organisation: self.organisation,
            emails: self.email,
            phones: self.phone,
        }
    }
}

/// The policy of that name, that file, or the configuration.
fn chosen(config: Option<&Path>, preset: Option<&str>, path: Option<&Path>) -> Result<Policy, StartError> {
    match (preset, path) {
        (Some(name), _) => {
            let known = || format!("must be one of: {}", Policy::PRESETS.join(", "));
            Ok(Policy::preset(name).ok_or_else(|| ConfigError::new("--preset", known()))?)
        }
        (None, Some(path)) => Ok(policy_file::read(path)?),
        (None, None) => Ok(Config::load(config)?.settings.policy),
    }
}

fn ban(policy: &mut Policy, terms: Vec<String>) -> Result<(), ConfigError> {
    if terms.is_empty() {
        return Ok(());
    }
    let banned = policy.banned.get_or_insert_default();
    banned.terms = banned.terms.and(&terms.into());
    policy.check_ranges().map_err(|range| ConfigError::new("--banned-term", policy_file::explained(&range)))
}

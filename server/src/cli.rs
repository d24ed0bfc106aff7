//! The command line.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use rekey_service::job::Runner;
use rekey_service::operator::OperatorError;
use rekey_service::{Services, operator, owner};

use crate::config::Config;
use crate::wiring::{self, StartError};
use crate::{audit_cli, breach_cli, command, doctor, job_cli, policy, processor, serve, telemetry};

/// Exit code for a problem that was found.
const PROBLEM: u8 = 1;
/// Exit code for a wrong setting.
const WRONG: u8 = 2;

/// Self-service registration, sign-in, and account recovery.
#[derive(Debug, Parser)]
#[command(name = "rekey", version, disable_help_subcommand = true)]
pub struct Cli {
    /// Configuration file; else `REKEY_CONFIG`, else ./rekey.toml.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server.
    Serve,
    /// Bring the database up to date.
    Migrate,
    /// Check that this installation is ready for production.
    Doctor,
    /// Print a one-time link to create an owner account.
    OwnerLink,
    /// Disable, enable, or unfreeze accounts.
    Account {
        #[command(subcommand)]
        action: Account,
    },
    /// The audit log.
    Audit {
        #[command(subcommand)]
        action: audit_cli::Action,
    },
    /// Messages to people.
    Message {
        #[command(subcommand)]
        action: command::message::Action,
    },
    /// Jobs over many accounts, and periodic ones.
    Job {
        #[command(subcommand)]
        action: job_cli::Action,
    },
    /// The list of breached passwords.
    Breach {
        #[command(subcommand)]
        action: breach_cli::Action,
    },
    /// The password policy.
    Policy {
        #[command(subcommand)]
        action: policy::Action,
    },
    /// Groups of accounts.
    Group {
        #[command(subcommand)]
        action: command::group::Action,
    },
    /// Roles: who may run the installation.
    Role {
        #[command(subcommand)]
        action: command::role::Action,
    },
    /// The keys of this installation.
    Keys {
        #[command(subcommand)]
        action: command::keys::Action,
    },
    /// Write everything in the database to a new file; servers may run.
    Backup {
        /// The file. It holds people's data and hashes of passwords, but not the keys file.
        file: PathBuf,
    },
    /// Put a backup into an empty database. Stop every server first.
    Restore {
        /// A file that `rekey backup` has written.
        file: PathBuf,
        /// Delete everything in the database first.
        #[arg(long)]
        replace: bool,
    },
    /// End every session, link, and code after the database was restored by other means.
    Restored,
    /// Settings that can be changed while the program runs.
    Setting {
        #[command(subcommand)]
        action: command::setting::Action,
    },
}

#[derive(Debug, Subcommand)]
enum Account {
    /// List every account: identifiers, status, and name.
    List,
    /// Show an account: state, identifiers, password dates, groups, roles, and devices.
    Show {
        /// Email address, phone number, or username.
        identifier: String,
    },
    /// Create an account and print a one-time link for its owner, who chooses the password.
    Create(command::account::Create),
    /// End the wait after wrong passwords.
    Unlock {
        /// Email address, phone number, or username.
        identifier: String,
    },
    /// Disable an account; its sessions, links, and codes end.
    Disable {
        /// Email address, phone number, or username.
        identifier: String,
    },
    /// Enable a disabled account.
    Enable {
        /// Email address, phone number, or username.
        identifier: String,
    },
    /// Print a one-time link for the owner of a frozen account; a new password unfreezes it.
    Release {
        /// Email address, phone number, or username.
        identifier: String,
    },
    /// Set a password that its owner must replace at the next sign-in. Read from the input.
    SetPassword {
        /// Email address, phone number, or username.
        identifier: String,
    },
    /// Require a password change first.
    RequireChange {
        /// Email address, phone number, or username.
        #[arg(required_unless_present = "all")]
        identifier: Option<String>,
        /// Require it of every account; a running server does this, account by account.
        #[arg(long, conflicts_with = "identifier")]
        all: bool,
    },
    /// Never let the password expire.
    NeverExpires {
        /// Email address, phone number, or username.
        identifier: String,
    },
    /// Let the password expire as the policy says.
    MayExpire {
        /// Email address, phone number, or username.
        identifier: String,
    },
}

/// Runs one command; says in one line what stands in its way.
pub fn run() -> ExitCode {
    if let Some(complaint) = processor::complaint() {
        eprintln!("rekey: {complaint}");
        return ExitCode::from(PROBLEM);
    }
    let cli = Cli::parse();
    match execute(cli) {
        Ok(code) => code,
        Err(StartError::Config(wrong)) => {
            eprintln!("rekey: {wrong}");
            ExitCode::from(WRONG)
        }
        Err(StartError::Failed(line)) => {
            eprintln!("rekey: {line}");
            ExitCode::from(PROBLEM)
        }
    }
}

fn execute(cli: Cli) -> Result<ExitCode, StartError> {
    if let Command::Policy { action: policy::Action::Alone(action) } = cli.command {
        return policy::run(cli.config.as_deref(), action);
    }
    if let Command::Breach { action } = cli.command {
        return breach_cli::run(cli.config.as_deref(), action);
    }
    let config = Config::load(cli.config.as_deref())?;
    telemetry::begin(&config.log);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| StartError::failed("threads", &error))?;
    let done = runtime.block_on(run_command(&config, cli.command));
    runtime.shutdown_timeout(std::time::Duration::from_millis(500));
    done
}

async fn run_command(config: &Config, command: Command) -> Result<ExitCode, StartError> {
    match command {
        Command::Serve => serve::serve(config).await.map(|()| ExitCode::SUCCESS),
        Command::Migrate => {
            wiring::connect(config).await?.migrate().await?;
            println!("The database is up to date.");
            Ok(ExitCode::SUCCESS)
        }
        Command::Doctor => Ok(doctor::examine(config).await),
        Command::OwnerLink => {
            let services = wiring::services(config).await?;
            println!("{}", owner::make_link(&services).await?);
            sealed(&services, Ok(ExitCode::SUCCESS)).await
        }
        Command::Account { action } => {
            let services = wiring::services(config).await?;
            sealed(&services, account(&services, action).await).await
        }
        Command::Audit { action } => audit_cli::run(&wiring::services(config).await?, action).await,
        Command::Job { action } => {
            let services = wiring::services(config).await?;
            sealed(&services, job_cli::run(&services, action).await).await
        }
        Command::Message { action } => command::message::run(config, &wiring::services(config).await?, action).await,
        Command::Keys { action } => {
            let services = wiring::services(config).await?;
            sealed(&services, command::keys::run(config, &services, action).await).await
        }
        Command::Policy { action: policy::Action::Assigned(action) } => {
            let services = wiring::services(config).await?;
            sealed(&services, policy::assign::run(&services, action).await).await
        }
        Command::Group { action } => command::group::run(&wiring::services(config).await?, action).await,
        Command::Role { action } => command::role::run(&wiring::services(config).await?, action).await,
        Command::Backup { file } => {
            let services = wiring::services(config).await?;
            sealed(&services, command::backup::backup(&services, &file).await).await
        }
        Command::Restore { file, replace } => {
            command::backup::restore(config, &file, replace).await?;
            let services = wiring::services_for_settings(config).await?;
            sealed(&services, Ok(ExitCode::SUCCESS)).await
        }
        Command::Restored => {
            let services = wiring::services_for_settings(config).await?;
            sealed(&services, command::backup::restored(&services).await).await
        }
        Command::Setting { action } => {
            let services = wiring::services_for_settings(config).await?;
            sealed(&services, command::setting::run(config, &services, action).await).await
        }
        Command::Policy { action: policy::Action::Alone(_) } | Command::Breach { .. } => Ok(ExitCode::SUCCESS),
    }
}

/// Seals what a command has written to the audit log. When that cannot be, a running server does it.
async fn sealed(services: &Services, done: Result<ExitCode, StartError>) -> Result<ExitCode, StartError> {
    if let Err(failure) = Runner::new(services.clone()).seal().await {
        services.report(&failure);
    }
    done
}

async fn account(services: &Services, action: Account) -> Result<ExitCode, StartError> {
    let (done, word) = match action {
        Account::List => return command::account::list(services).await,
        Account::Show { identifier } => return command::account::show(services, &identifier).await,
        Account::Create(new) => return command::account::create(services, new).await,
        Account::Unlock { identifier } => (operator::unlock(services, &identifier).await, "unlocked"),
        Account::Disable { identifier } => (operator::disable(services, &identifier).await, "disabled"),
        Account::Enable { identifier } => return command::account::enable(services, &identifier).await,
        Account::Release { identifier } => return command::account::release(services, &identifier).await,
        Account::SetPassword { identifier } => return command::password::set(services, &identifier).await,
        Account::RequireChange { identifier: None, .. } => return job_cli::require_change(services).await,
        Account::RequireChange { identifier: Some(identifier), .. } => {
            (operator::require_change(services, &identifier).await, "marked: its password must be changed")
        }
        Account::NeverExpires { identifier } => {
            (operator::set_never_expires(services, &identifier, true).await, "exempt: its password never expires")
        }
        Account::MayExpire { identifier } => {
            (operator::set_never_expires(services, &identifier, false).await, "like any other: its password may expire")
        }
    };
    match done {
        Ok(()) => {
            println!("The account is {word}.");
            Ok(ExitCode::SUCCESS)
        }
        Err(OperatorError::NotFound) => Err(StartError::Failed("no account found for this identifier".to_owned())),
        Err(OperatorError::Unexpected(failure)) => Err(failure.into()),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;
    use rekey_shared::Lang;
    use rekey_shared::text::style::{self, Kind};

    use super::*;

    /// The help of a command, of its arguments and of what is below it.
    fn helps(command: &clap::Command, helps: &mut Vec<String>) {
        helps.extend(command.get_about().map(ToString::to_string));
        helps.extend(command.get_arguments().filter_map(clap::Arg::get_help).map(ToString::to_string));
        for below in command.get_subcommands() {
            self::helps(below, helps);
        }
    }

    #[test]
    fn the_help_keeps_to_the_words() {
        let mut found = Vec::new();
        helps(&Cli::command(), &mut found);
        assert!(found.len() > 50, "{}", found.len());
        let faults: Vec<String> = found.iter().flat_map(|help| style::faults(help, Lang::En, Kind::Console)).collect();
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }
}

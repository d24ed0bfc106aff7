//! `rekey policy assign|show|history|join|leave`: which policy holds for whom.

use std::path::Path;
use std::process::ExitCode;

use clap::Subcommand;
use rekey_domain::password::assignment::{Assignment, GroupName, Scope};
use rekey_service::operator::OperatorError;
use rekey_service::policies::{self, AssignError};
use rekey_service::{Services, Unexpected};
use rekey_shared::Lang;
use rekey_shared::password::Policy;

use crate::config::{ConfigError, policy_file};
use crate::wiring::StartError;

/// What to do with assigned policies.
#[derive(Debug, Subcommand)]
pub enum Action {
    /// Assign a policy; it takes effect right away.
    Assign {
        /// default, administrators, or group:NAME.
        #[arg(value_parser = scope)]
        scope: Scope,
        /// A policy by name, a policy file, or `none` to remove it.
        policy: String,
    },
    /// List what is assigned, or print the policy of one scope.
    Show {
        /// default, administrators, or group:NAME.
        #[arg(value_parser = scope)]
        scope: Option<Scope>,
    },
    /// List every version of what was assigned, the latest first.
    History {
        /// default, administrators, or group:NAME.
        #[arg(value_parser = scope)]
        scope: Scope,
    },
    /// Add an account to a group.
    Join {
        /// The group's name.
        #[arg(value_parser = group)]
        group: GroupName,
        /// Email address, phone number, or username.
        identifier: String,
    },
    /// Remove an account from a group.
    Leave {
        /// The group's name.
        #[arg(value_parser = group)]
        group: GroupName,
        /// Email address, phone number, or username.
        identifier: String,
    },
}

fn scope(text: &str) -> Result<Scope, String> {
    Scope::parse(text).ok_or_else(|| "must be default, administrators, or group:NAME".to_owned())
}

fn group(text: &str) -> Result<GroupName, String> {
    GroupName::parse(text).ok_or_else(|| "must be 1 to 64 letters, numbers, dots, hyphens, or underscores".to_owned())
}

/// Does it.
pub async fn run(services: &Services, action: Action) -> Result<ExitCode, StartError> {
    match action {
        Action::Assign { scope, policy } => assign(services, scope, &policy).await?,
        Action::Show { scope: None } => {
            for assignment in policies::assigned(services).await? {
                println!("{}", in_one_line(&assignment));
            }
        }
        Action::Show { scope: Some(scope) } => show(services, &scope).await?,
        Action::History { scope } => {
            for assignment in policies::history(services, &scope).await? {
                println!("{}\t{}", in_one_line(&assignment), serde_json::json!(assignment.policy));
            }
        }
        Action::Join { group, identifier } => {
            let joined = of_account(policies::join(services, &group, &identifier).await)?;
            println!("{}", if joined { "Added." } else { "Already in the group." });
        }
        Action::Leave { group, identifier } => {
            let left = of_account(policies::leave(services, &group, &identifier).await)?;
            println!("{}", if left { "Removed." } else { "Not in the group." });
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn assign(services: &Services, scope: Scope, policy: &str) -> Result<(), StartError> {
    let name = policy;
    let policy = if name == "none" { None } else { Some(named_or_read(name)?) };
    if let Some(policy) = &policy {
        // The default takes the place of what is configured; everything else is added to it.
        let everybody = if scope == Scope::Default { policy.clone() } else { policies::of_everybody(services).await? };
        check_floors(name, policy, &everybody)?;
    }
    match policies::assign(services, scope, policy, None).await {
        Ok(assignment) => {
            println!("{}", in_one_line(&assignment));
            Ok(())
        }
        Err(AssignError::Overtaken) => Err(StartError::Failed("someone else has just changed it".to_owned())),
        Err(AssignError::Unexpected(failure)) => Err(failure.into()),
    }
}

/// A preset by name, else a file of JSON.
fn named_or_read(policy: &str) -> Result<Policy, ConfigError> {
    Policy::preset(policy).map_or_else(|| policy_file::read(Path::new(policy)), Ok)
}

/// Refuses what no password could meet together with the policy that holds for everyone.
fn check_floors(name: &str, assigned: &Policy, everybody: &Policy) -> Result<(), ConfigError> {
    let beside = assigned.strictest(everybody);
    let finding = assigned.floors().into_iter().chain(beside.floors()).next();
    finding.map_or(Ok(()), |finding| Err(ConfigError::new(name, policy_file::line(finding))))
}

/// What is assigned, or what stands in for it.
async fn show(services: &Services, scope: &Scope) -> Result<(), StartError> {
    let assigned = policies::assigned(services).await?.into_iter().find(|assignment| assignment.scope == *scope);
    let policy = assigned.and_then(|assignment| assignment.policy);
    let configured = || (*scope == Scope::Default).then(|| services.settings().policy.clone());
    match policy.or_else(configured) {
        Some(policy) => println!("{}", serde_json::to_string_pretty(&policy).map_err(Unexpected::new)?),
        None => println!("Nothing is assigned to {scope}."),
    }
    Ok(())
}

fn in_one_line(assignment: &Assignment) -> String {
    let Assignment { scope, version, policy, changed_at, changed_by } = assignment;
    let what = if policy.is_some() { "assigned" } else { "none" };
    let who = changed_by.map_or_else(|| "operator".to_owned(), |account| account.0.to_string());
    format!("{scope}\t{version}\t{what}\t{}\t{who}", changed_at.written(Lang::En))
}

fn of_account(done: Result<bool, OperatorError>) -> Result<bool, StartError> {
    done.map_err(|error| match error {
        OperatorError::NotFound => StartError::Failed("no account found for this identifier".to_owned()),
        OperatorError::Unexpected(failure) => failure.into(),
    })
}

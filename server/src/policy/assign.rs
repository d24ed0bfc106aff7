//! `rekey policy assign|show|history|join|leave`: which policy holds for whom.

use std::path::Path;
use std::process::ExitCode;

use clap::Subcommand;
use rekey_domain::group::GroupName;
use rekey_domain::password::assignment::{PolicyAssignment, PolicyTarget};
use rekey_service::policies::{self, AssignError};
use rekey_service::right::By;
use rekey_service::{Services, Unexpected, group};
use rekey_shared::Lang;
use rekey_shared::password::Policy;

use crate::command::{self, author, group_name, wording};
use crate::config::{ConfigError, policy_file};
use crate::wiring::StartError;

/// What to do with assigned policies.
#[derive(Debug, Subcommand)]
pub enum Action {
    /// Assign a policy; it takes effect right away.
    Assign {
        /// default, administrators, or group:NAME.
        #[arg(value_parser = target)]
        target: TargetName,
        /// A policy by name, a policy file, or `none` to remove it.
        policy: String,
    },
    /// List what is assigned, or print the policy of one target.
    Show {
        /// default, administrators, or group:NAME.
        #[arg(value_parser = target)]
        target: Option<TargetName>,
    },
    /// List every version of what was assigned, the latest first.
    History {
        /// default, administrators, or group:NAME.
        #[arg(value_parser = target)]
        target: TargetName,
    },
    /// Add an account to a group; the same as `rekey group join`.
    Join {
        /// The group's name.
        #[arg(value_parser = group_name)]
        group: GroupName,
        /// Email address, phone number, or username.
        identifier: String,
    },
    /// Remove an account from a group; the same as `rekey group leave`.
    Leave {
        /// The group's name.
        #[arg(value_parser = group_name)]
        group: GroupName,
        /// Email address, phone number, or username.
        identifier: String,
    },
}

/// A target as it is typed: a group goes by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TargetName {
    /// For everyone.
    Default,
    /// For those to whom a role was given.
    Administrators,
    /// For the members of a group.
    Group(GroupName),
}

fn target(text: &str) -> Result<TargetName, String> {
    let group = || text.strip_prefix("group:").and_then(GroupName::parse).map(TargetName::Group);
    match text {
        "default" => Ok(TargetName::Default),
        "administrators" => Ok(TargetName::Administrators),
        _ => group().ok_or_else(|| "must be default, administrators, or group:NAME".to_owned()),
    }
}

impl TargetName {
    async fn find(&self, services: &Services) -> Result<PolicyTarget, StartError> {
        match self {
            Self::Default => Ok(PolicyTarget::Default),
            Self::Administrators => Ok(PolicyTarget::Administrators),
            Self::Group(name) => {
                let group = group::find(services, name).await.map_err(wording)?;
                Ok(PolicyTarget::Group(group.id))
            }
        }
    }
}

/// Does it.
pub async fn run(services: &Services, action: Action) -> Result<ExitCode, StartError> {
    match action {
        Action::Assign { target, policy } => assign(services, &target, &policy).await?,
        Action::Show { target: None } => {
            for assignment in policies::assigned(services).await? {
                println!("{}", in_one_line(services, &assignment).await?);
            }
        }
        Action::Show { target: Some(target) } => show(services, &target).await?,
        Action::History { target } => {
            for assignment in policies::history(services, target.find(services).await?).await? {
                let line = in_one_line(services, &assignment).await?;
                println!("{line}\t{}", serde_json::json!(assignment.policy));
            }
        }
        Action::Join { group, identifier } => command::group::join(services, &group, &identifier).await?,
        Action::Leave { group, identifier } => command::group::leave(services, &group, &identifier).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn assign(services: &Services, target: &TargetName, name: &str) -> Result<(), StartError> {
    let policy = if name == "none" { None } else { Some(named_or_read(name)?) };
    let target = target.find(services).await?;
    match policies::assign(services, By::Operator, target, policy).await {
        Ok(assignment) => {
            println!("{}", in_one_line(services, &assignment).await?);
            Ok(())
        }
        Err(AssignError::BelowFloor(finding)) => Err(ConfigError::new(name, policy_file::line(finding)).into()),
        Err(AssignError::Unexpected(failure)) => Err(failure.into()),
        Err(error @ (AssignError::Overtaken | AssignError::NoGroup | AssignError::Denied(_))) => {
            Err(StartError::Failed(error.to_string()))
        }
    }
}

/// A preset by name, else a file of JSON.
fn named_or_read(policy: &str) -> Result<Policy, ConfigError> {
    Policy::preset(policy).map_or_else(|| policy_file::read(Path::new(policy)), Ok)
}

/// What is assigned, or what stands in for it.
async fn show(services: &Services, name: &TargetName) -> Result<(), StartError> {
    let target = name.find(services).await?;
    let assigned = policies::assigned(services).await?.into_iter().find(|assignment| assignment.target == target);
    let policy = assigned.and_then(|assignment| assignment.policy);
    let configured = || (target == PolicyTarget::Default).then(|| services.settings().policy.clone());
    match policy.or_else(configured) {
        Some(policy) => println!("{}", serde_json::to_string_pretty(&policy).map_err(Unexpected::new)?),
        None => println!("Nothing is assigned to {}.", shown(services, target).await?),
    }
    Ok(())
}

async fn in_one_line(services: &Services, assignment: &PolicyAssignment) -> Result<String, StartError> {
    let PolicyAssignment { target, version, policy, changed_at, changed_by } = assignment;
    let what = if policy.is_some() { "assigned" } else { "none" };
    let (target, at, who) = (shown(services, *target).await?, changed_at.written(Lang::En), author(*changed_by));
    Ok(format!("{target}\t{version}\t{what}\t{at}\t{who}"))
}

/// A target as it is typed.
async fn shown(services: &Services, target: PolicyTarget) -> Result<String, StartError> {
    match target.group() {
        Some(group) => Ok(format!("group:{}", command::group::name_of(services, group).await?)),
        None => Ok(target.to_string()),
    }
}

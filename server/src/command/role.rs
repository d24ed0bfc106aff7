//! `rekey role grant|revoke|list`: who may run the installation.

use std::process::ExitCode;
use std::time::Duration;

use clap::Subcommand;
use rekey_domain::group::GroupName;
use rekey_domain::right::{Role, RoleAssignment, RoleHolder, RoleScope};
use rekey_service::right::By;
use rekey_service::role::{self, RoleError};
use rekey_service::{Services, setting};
use rekey_shared::Lang;
use rekey_store::Granted;

use super::{account_id, account_name, author, group};
use crate::wiring::StartError;

/// What to do with roles.
#[derive(Debug, Subcommand)]
pub enum Action {
    /// Grant a role to an account or a group.
    Grant {
        /// Email address, phone number, username, or group:NAME.
        holder: String,
        /// The role: owner.
        #[arg(value_parser = role)]
        role: Role,
        /// How long it lasts, such as 8h or 7d; without it, the role never expires.
        #[arg(long = "for", value_name = "DURATION", value_parser = duration)]
        lasts: Option<Duration>,
        /// Limit the role to the members of this group.
        #[arg(long, value_name = "GROUP", value_parser = super::group_name)]
        over: Option<GroupName>,
    },
    /// Revoke a role.
    Revoke {
        /// Email address, phone number, username, or group:NAME.
        holder: String,
        /// The role: owner.
        #[arg(value_parser = role)]
        role: Role,
        /// Revoke the role that is limited to the members of this group.
        #[arg(long, value_name = "GROUP", value_parser = super::group_name)]
        over: Option<GroupName>,
    },
    /// List every role that is granted: to whom, over what, until when, since when, and by whom.
    List,
}

fn role(name: &str) -> Result<Role, String> {
    let assignable = || Role::ALL.into_iter().filter(|role| role.is_assignable()).map(Role::name);
    Role::assignable(name).ok_or_else(|| format!("must be one of: {}", assignable().collect::<Vec<_>>().join(", ")))
}

fn duration(text: &str) -> Result<Duration, String> {
    setting::parse_span(text).ok_or_else(|| "must be a duration such as \"8h\" or \"7d\"".to_owned())
}

/// Does it.
pub async fn run(services: &Services, action: Action) -> Result<ExitCode, StartError> {
    match action {
        Action::Grant { holder, role, lasts, over } => {
            let (holder, scope) = (find_holder(services, &holder).await?, find_scope(services, over).await?);
            let until = lasts.map(|lasts| services.clock.now().plus(lasts));
            let granted = role::grant(services, By::Operator, holder, role, scope, until).await.map_err(wording)?;
            println!("{}", told(granted));
        }
        Action::Revoke { holder, role, over } => {
            let (holder, scope) = (find_holder(services, &holder).await?, find_scope(services, over).await?);
            role::revoke(services, By::Operator, holder, role, scope).await.map_err(wording)?;
            println!("Revoked.");
        }
        Action::List => {
            for assignment in role::list(services).await? {
                println!("{}", in_one_line(services, &assignment).await?);
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

const fn told(granted: Granted) -> &'static str {
    match granted {
        Granted::New => "Granted.",
        Granted::Changed => "Expiry changed.",
        Granted::Already => "Already granted.",
    }
}

async fn find_holder(services: &Services, holder: &str) -> Result<RoleHolder, StartError> {
    match holder.strip_prefix("group:").map(super::group_name) {
        Some(Ok(name)) => Ok(RoleHolder::Group(group::find(services, &name).await?)),
        Some(Err(problem)) => Err(StartError::Failed(format!("group:NAME {problem}"))),
        None => Ok(RoleHolder::Account(account_id(services, holder).await?)),
    }
}

async fn find_scope(services: &Services, over: Option<GroupName>) -> Result<RoleScope, StartError> {
    match over {
        Some(name) => Ok(RoleScope::Group(group::find(services, &name).await?)),
        None => Ok(RoleScope::Everywhere),
    }
}

async fn in_one_line(services: &Services, assignment: &RoleAssignment) -> Result<String, StartError> {
    let holder = match assignment.holder {
        RoleHolder::Account(id) => account_name(services, id).await?,
        RoleHolder::Group(id) => format!("group:{}", group::name_of(services, id).await?),
    };
    let scope = scope_name(services, assignment.scope).await?;
    let until = assignment.expires_at.map_or_else(|| "never expires".to_owned(), |at| at.written(Lang::En));
    let expired = if assignment.is_in_force(services.clock.now()) { "" } else { " (expired)" };
    let (role, at, by) = (assignment.role, assignment.granted_at.written(Lang::En), author(assignment.granted_by));
    Ok(format!("{holder}\t{role}\t{scope}\t{until}{expired}\t{at}\t{by}"))
}

/// Where a role holds.
pub(super) async fn scope_name(services: &Services, scope: RoleScope) -> Result<String, StartError> {
    match scope {
        RoleScope::Everywhere => Ok("everywhere".to_owned()),
        RoleScope::Group(id) => Ok(format!("group:{}", group::name_of(services, id).await?)),
    }
}

/// Why nothing was done, in one line.
fn wording(error: RoleError) -> StartError {
    match error {
        RoleError::Unexpected(failure) => failure.into(),
        error @ (RoleError::NotAssignable(_)
        | RoleError::NotFound
        | RoleError::AlreadyExpired
        | RoleError::NotHeld
        | RoleError::LastOwner
        | RoleError::Denied(_)) => StartError::Failed(error.to_string()),
    }
}

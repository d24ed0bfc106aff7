//! `rekey group create|rename|delete|list|join|leave|members`: groups of accounts.

use std::process::ExitCode;

use clap::Subcommand;
use rekey_domain::GroupId;
use rekey_domain::group::GroupName;
use rekey_service::right::By;
use rekey_service::{Services, Unexpected, group};
use rekey_shared::Lang;

use super::{account_id, account_name, group_name, wording};
use crate::wiring::StartError;

/// Members that are read at a time.
const PAGE: u64 = 500;

/// What to do with groups.
#[derive(Debug, Subcommand)]
pub enum Action {
    /// Create a group.
    Create {
        /// 1 to 64 letters, numbers, dots, hyphens, or underscores.
        #[arg(value_parser = group_name)]
        name: GroupName,
    },
    /// Rename a group; its members, policy, and roles stay.
    Rename {
        /// The group's name.
        #[arg(value_parser = group_name)]
        name: GroupName,
        /// Its new name.
        #[arg(value_parser = group_name)]
        new: GroupName,
    },
    /// Delete a group that no policy and no role depends on.
    Delete {
        /// The group's name.
        #[arg(value_parser = group_name)]
        name: GroupName,
    },
    /// List all groups.
    List,
    /// Add an account to a group.
    Join {
        /// The group's name.
        #[arg(value_parser = group_name)]
        name: GroupName,
        /// Email address, phone number, or username.
        identifier: String,
    },
    /// Remove an account from a group.
    Leave {
        /// The group's name.
        #[arg(value_parser = group_name)]
        name: GroupName,
        /// Email address, phone number, or username.
        identifier: String,
    },
    /// List the accounts in a group.
    Members {
        /// The group's name.
        #[arg(value_parser = group_name)]
        name: GroupName,
    },
}

/// Does it.
pub async fn run(services: &Services, action: Action) -> Result<ExitCode, StartError> {
    match action {
        Action::Create { name } => {
            let group = group::create(services, By::Operator, name).await.map_err(wording)?;
            println!("Created: {}.", group.name);
        }
        Action::Rename { name, new } => {
            let id = find(services, &name).await?;
            group::rename(services, By::Operator, id, &new).await.map_err(wording)?;
            println!("Renamed: {new}.");
        }
        Action::Delete { name } => {
            group::delete(services, By::Operator, find(services, &name).await?).await.map_err(wording)?;
            println!("Deleted.");
        }
        Action::List => {
            for group in group::list(services).await? {
                println!("{}\t{}\t{}", group.name, group.id.0, group.created_at.written(Lang::En));
            }
        }
        Action::Join { name, identifier } => join(services, &name, &identifier).await?,
        Action::Leave { name, identifier } => leave(services, &name, &identifier).await?,
        Action::Members { name } => members(services, find(services, &name).await?).await?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Adds an account to a group.
pub async fn join(services: &Services, name: &GroupName, identifier: &str) -> Result<(), StartError> {
    let (account, group) = (account_id(services, identifier).await?, find(services, name).await?);
    let joined = group::join(services, By::Operator, group, account).await.map_err(wording)?;
    println!("{}", if joined { "Added." } else { "Already in the group." });
    Ok(())
}

/// Removes an account from a group.
pub async fn leave(services: &Services, name: &GroupName, identifier: &str) -> Result<(), StartError> {
    let (account, group) = (account_id(services, identifier).await?, find(services, name).await?);
    let left = group::leave(services, By::Operator, group, account).await.map_err(wording)?;
    println!("{}", if left { "Removed." } else { "Not in the group." });
    Ok(())
}

async fn members(services: &Services, group: GroupId) -> Result<(), StartError> {
    let mut after = None;
    loop {
        let page = group::members(services, group, after, PAGE).await?;
        for account in &page {
            println!("{}\t{}", account_name(services, *account).await?, account.0);
        }
        after = page.last().copied();
        if after.is_none() {
            return Ok(());
        }
    }
}

/// The id of the group of that name.
pub async fn find(services: &Services, name: &GroupName) -> Result<GroupId, StartError> {
    Ok(group::find(services, name).await.map_err(wording)?.id)
}

/// The name of a group; its id when it is gone.
pub async fn name_of(services: &Services, id: GroupId) -> Result<String, StartError> {
    let found = services.store.find_group(id).await.map_err(Unexpected::from)?;
    Ok(found.map_or_else(|| id.0.to_string(), |group| group.name.to_string()))
}

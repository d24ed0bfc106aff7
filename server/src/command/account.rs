//! `rekey account list|show|create|enable|release`: which accounts there are, how one of them stands, and back to use.

use std::process::ExitCode;

use rekey_domain::account::state::AccountState;
use rekey_domain::{Account, AccountIdentifier, Authority, Status};
use rekey_service::account::create::{self, CreateError, NewAccount};
use rekey_service::account::state;
use rekey_service::operator::{self, StatusError};
use rekey_service::{Services, Unexpected, policies};
use rekey_shared::identifier::IdentifierKind;
use rekey_shared::{FieldProblem, Lang, Timestamp, text};

use super::role::scope_name;
use crate::wiring::StartError;

/// One line for each account, in the order in which they came to be: what it is known by, status, name.
pub async fn list(services: &Services) -> Result<ExitCode, StartError> {
    let store = &services.store;
    let mut last = None;
    while let Some(account) = store.find_account_after(last).await.map_err(Unexpected::from)? {
        let known = store.list_identifiers(account.id).await.map_err(Unexpected::from)?;
        let known: Vec<_> = known.iter().map(|identifier| identifier.shown.as_str()).collect();
        println!("{}\t{}\t{}", known.join(", "), status(account.status), name(&account));
        last = Some(account.id);
    }
    Ok(ExitCode::SUCCESS)
}

/// What is known of one account, a line each; never a secret.
pub async fn show(services: &Services, identifier: &str) -> Result<ExitCode, StartError> {
    let account = super::find_account(services, identifier).await?;
    for (what, value) in facts(services, &account).await? {
        println!("{what}\t{value}");
    }
    Ok(ExitCode::SUCCESS)
}

/// What an account is created with.
#[derive(Debug, clap::Args)]
pub struct Create {
    /// Email address or phone number of its owner. It counts as verified.
    identifier: String,
    /// Given name.
    #[arg(long, default_value = "")]
    given_name: String,
    /// Family name.
    #[arg(long, default_value = "")]
    family_name: String,
    /// Username, as another way to sign in.
    #[arg(long, default_value = "")]
    username: String,
    /// Language of its messages: `en` or `ja`.
    #[arg(long, default_value = "en", value_parser = ["en", "ja"])]
    lang: String,
}

/// Makes an account. The link alone goes to the output, what to do with it beside it.
pub async fn create(services: &Services, new: Create) -> Result<ExitCode, StartError> {
    let Create { identifier, given_name, family_name, username, lang } = new;
    let lang = Lang::from_tag(&lang).unwrap_or_default();
    let new = NewAccount { identifier, given_name, family_name, username, lang };
    let link = create::create(services, new).await.map_err(not_created)?;
    println!("{link}");
    eprintln!("Hand the link over to the account's owner. It works once, for choosing the password.");
    eprintln!("Once it has expired, its owner gets a new one with \"Forgot your password?\".");
    Ok(ExitCode::SUCCESS)
}

fn not_created(error: CreateError) -> StartError {
    let line = match error {
        CreateError::NotAContact => "the identifier must be an email address or a phone number".to_owned(),
        CreateError::Names(faults) => {
            let fault = |wrong: &FieldProblem| text::fault(wrong.field, wrong.fault, Lang::En);
            faults.iter().map(fault).collect::<Vec<_>>().join(" ")
        }
        CreateError::Taken(taken) => format!("an account with this {} exists already", kind(taken)),
        CreateError::Unexpected(failure) => return failure.into(),
    };
    StartError::Failed(line)
}

/// Lets a disabled account be used again.
pub async fn enable(services: &Services, identifier: &str) -> Result<ExitCode, StartError> {
    operator::enable(services, identifier).await.map_err(not_changed)?;
    println!("The account is enabled.");
    Ok(ExitCode::SUCCESS)
}

/// Begins the recovery of a frozen account. The link alone goes to the output, what to do with it beside it.
pub async fn release(services: &Services, identifier: &str) -> Result<ExitCode, StartError> {
    let link = operator::release(services, identifier).await.map_err(not_changed)?;
    println!("{link}");
    eprintln!("Make sure that you are dealing with the account's owner. Hand the link over in person,");
    eprintln!("or by a channel you trust. It works once and replaces earlier links.");
    eprintln!("The account stays frozen until a new password is set.");
    Ok(ExitCode::SUCCESS)
}

fn not_changed(error: StatusError) -> StartError {
    let line = match error {
        StatusError::NotFound => "no account found for this identifier",
        StatusError::NotDisabled => "the account is not disabled. If it is frozen, use: rekey account release",
        StatusError::NotFrozen => "the account is not frozen. If it is disabled, use: rekey account enable",
        StatusError::KeptElsewhere => "the password of this account is kept in a directory",
        StatusError::Unexpected(failure) => return failure.into(),
    };
    StartError::Failed(line.to_owned())
}

async fn facts(services: &Services, account: &Account) -> Result<Vec<(&'static str, String)>, StartError> {
    let (store, id) = (&services.store, account.id);
    let mut facts = vec![
        ("id", id.0.to_string()),
        ("state", word(state::of(services, account).await?).to_owned()),
        ("status", status(account.status).to_owned()),
        ("name", name(account)),
        ("created", when(account.created_at)),
    ];
    let known = store.list_identifiers(id).await.map_err(Unexpected::from)?;
    facts.extend(known.iter().map(|known| (kind(known.kind), identifier(known))));
    let kept = match account.authority {
        Authority::Local if account.password.is_none() => "none".to_owned(),
        Authority::Local => {
            account.password_changed_at.map_or_else(|| "set".to_owned(), |at| format!("set {}", when(at)))
        }
        Authority::Directory => "kept in a directory".to_owned(),
    };
    facts.push(("password", kept));
    let ends_at = account.password_expires_at(policies::of(services, account).await?.expiry);
    facts.extend(ends_at.map(|at| ("password expires", when(at))));
    let groups = store.list_groups_of(id).await.map_err(Unexpected::from)?;
    facts.extend(groups.into_iter().map(|group| ("group", group.name.to_string())));
    for role in store.list_roles_of(id).await.map_err(Unexpected::from)? {
        facts.push(("role", format!("{} {}", role.role, scope_name(services, role.scope).await?)));
    }
    let sessions = store.list_sessions(id).await.map_err(Unexpected::from)?;
    facts.push(("devices", sessions.len().to_string()));
    Ok(facts)
}

fn identifier(known: &AccountIdentifier) -> String {
    let proven = known.verified_at.map_or_else(|| "not verified".to_owned(), |at| format!("verified {}", when(at)));
    format!("{} ({proven})", known.shown)
}

fn name(account: &Account) -> String {
    [account.given_name.as_str(), account.family_name.as_str()].join(" ").trim().to_owned()
}

fn when(at: Timestamp) -> String {
    at.written(Lang::En)
}

const fn kind(kind: IdentifierKind) -> &'static str {
    match kind {
        IdentifierKind::Email => "email",
        IdentifierKind::Phone => "phone",
        IdentifierKind::Username => "username",
    }
}

const fn status(status: Status) -> &'static str {
    match status {
        Status::Active => "active",
        Status::Disabled => "disabled",
        Status::Frozen { .. } => "frozen",
    }
}

const fn word(state: AccountState) -> &'static str {
    match state {
        AccountState::Active => "active",
        AccountState::Pending => "pending: a temporary password was sent",
        AccountState::Expired => "expired: the password must be changed",
        AccountState::Locked => "locked",
        AccountState::Deactivated => "deactivated",
    }
}

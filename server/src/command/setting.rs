//! `rekey setting list|show|set|unset|history|restore`: settings while the program runs.

use std::process::ExitCode;

use clap::Subcommand;
use rekey_service::right::By;
use rekey_service::setting::{
    self, ChangeError, Document, Edit, Listed, Problem, Section, SettingError, Source, Value, Version, documents,
};
use rekey_service::{Services, Unexpected};
use rekey_shared::Lang;

use super::author;
use crate::config::{Config, ConfigError, StartKey, is_start_key, policy_file};
use crate::wiring::StartError;

/// What to do with settings.
#[derive(Debug, Subcommand)]
pub enum Action {
    /// List every setting with its value and where that comes from.
    List,
    /// Show one setting: value, source, default, and range.
    Show {
        /// Its name, such as session.idle.
        key: String,
    },
    /// Change a setting; it holds on all nodes within two seconds.
    Set {
        /// Its name, such as session.idle.
        key: String,
        /// Its value, as it would stand in the file.
        value: String,
        /// Only if its document is still at this version.
        #[arg(long, value_name = "VERSION")]
        based_on: Option<i32>,
    },
    /// Go back to the default of a setting.
    Unset {
        /// Its name, such as session.idle.
        key: String,
        /// Only if its document is still at this version.
        #[arg(long, value_name = "VERSION")]
        based_on: Option<i32>,
    },
    /// List every version of a document, the latest first: when, who, and what was changed.
    History {
        /// The document: site, registration, recovery, `sign_in`, session, sends, password, or retention.
        #[arg(value_parser = section)]
        document: Section,
    },
    /// Make an older version of a document the latest one.
    Restore {
        /// The document: site, registration, recovery, `sign_in`, session, sends, password, or retention.
        #[arg(value_parser = section)]
        document: Section,
        /// The version to go back to.
        version: i32,
        /// Only if the document is still at this version.
        #[arg(long, value_name = "VERSION")]
        based_on: Option<i32>,
    },
}

fn section(name: &str) -> Result<Section, String> {
    let known = || format!("must be one of: {}", Section::ALL.map(Section::name).join(", "));
    Section::named(name).ok_or_else(known)
}

/// Does it.
pub async fn run(config: &Config, services: &Services, action: Action) -> Result<ExitCode, StartError> {
    match action {
        Action::List => list(config, services).await?,
        Action::Show { key } => show(config, services, &key).await?,
        Action::Set { key, value, based_on } => edit(services, Edit::Set { key, text: value }, based_on).await?,
        Action::Unset { key, based_on } => edit(services, Edit::Unset { key }, based_on).await?,
        Action::History { document } => {
            for version in setting::history(services, document).await? {
                println!("{}", version_line(&version));
            }
        }
        Action::Restore { document, version, based_on } => restore(services, document, version, based_on).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn list(config: &Config, services: &Services) -> Result<(), StartError> {
    for setting in setting::list(services).await.map_err(refused)? {
        println!("{}\t{}\t{}", setting.key, shown(setting.value.as_ref()), source(&setting.source));
    }
    for key in &config.start_keys {
        println!("{}\t{}\t{}", key.name, start_value(key), start_source(key));
    }
    Ok(())
}

async fn show(config: &Config, services: &Services, name: &str) -> Result<(), StartError> {
    if let Some(key) = config.start_keys.iter().find(|key| key.name == name) {
        println!("value\t{}\nsource\t{}", start_value(key), start_source(key));
        return Ok(());
    }
    let listed = setting::list(services).await.map_err(refused)?;
    let Some(setting) = listed.into_iter().find(|setting| setting.key == name) else {
        return Err(refused(SettingError::Unknown(name.to_owned()).into()));
    };
    let Listed { value, source: from, default, range, section, .. } = setting;
    println!("value\t{}\nsource\t{}", shown(value.as_ref()), source(&from));
    println!("default\t{}\nrange\t{range}\ndocument\t{section}", shown(default.as_ref()));
    Ok(())
}

async fn edit(services: &Services, edit: Edit, based_on: Option<i32>) -> Result<(), StartError> {
    if is_start_key(edit.key()) {
        let problem = "is read at the start: set it in the file or the environment";
        return Err(ConfigError::new(edit.key(), problem).into());
    }
    let section = edit.section().map_err(|error| refused(error.into()))?;
    let based_on = base(services, section, based_on).await?;
    let document = setting::change(services, By::Operator, section, based_on, &[edit]).await.map_err(refused)?;
    println!("{}", document_line(&document));
    Ok(())
}

async fn restore(services: &Services, section: Section, version: i32, based_on: Option<i32>) -> Result<(), StartError> {
    let based_on = base(services, section, based_on).await?;
    let document = setting::restore(services, By::Operator, section, based_on, version).await.map_err(refused)?;
    println!("{}", document_line(&document));
    Ok(())
}

/// The version that a change is based on: the one that was named, else the present one.
async fn base(services: &Services, section: Section, named: Option<i32>) -> Result<i32, Unexpected> {
    match named {
        Some(version) => Ok(version),
        None => Ok(documents::document(services, section).await?.version),
    }
}

fn document_line(document: &Document) -> String {
    format!("{}\tversion {}", document.section, document.version)
}

fn version_line(version: &Version) -> String {
    let Version { document, differences } = version;
    let (at, who) = (document.changed_at.written(Lang::En), author(document.changed_by));
    let changes: Vec<_> = differences
        .iter()
        .map(|one| format!("{}: {} → {}", one.key, shown(one.before.as_ref()), shown(one.after.as_ref())))
        .collect();
    format!("{}\t{at}\t{who}\t{}", document.version, changes.join("; "))
}

fn shown(value: Option<&Value>) -> String {
    value.map_or_else(|| "–".to_owned(), Value::to_string)
}

fn source(source: &Source) -> String {
    match source {
        Source::Default => "default".to_owned(),
        Source::Document { version } => format!("document, version {version}"),
        Source::Pinned(origin) => format!("pinned by {origin}"),
    }
}

fn start_value(key: &StartKey) -> &str {
    match (&key.value, &key.origin) {
        (Some(value), _) => value,
        (None, Some(_)) => "(not shown)",
        (None, None) => "–",
    }
}

fn start_source(key: &StartKey) -> String {
    match &key.origin {
        Some(origin) => format!("read at the start from {origin}"),
        None => "read at the start; default".to_owned(),
    }
}

/// What was not taken, in one line that names the key.
fn refused(error: ChangeError) -> StartError {
    match error {
        ChangeError::Setting(error) => setting_error(error),
        ChangeError::Denied(denied) => StartError::Failed(denied.to_string()),
        error @ (ChangeError::Overtaken { .. } | ChangeError::NoSuchVersion { .. }) => {
            StartError::Failed(error.to_string())
        }
        ChangeError::Unexpected(failure) => failure.into(),
    }
}

fn setting_error(error: SettingError) -> StartError {
    let (key, problem) = match error {
        SettingError::Wrong { key, problem: Problem::BelowFloor(finding) } => {
            (key.to_owned(), policy_file::line(finding))
        }
        SettingError::Wrong { key, problem } => (key.to_owned(), problem.to_string()),
        SettingError::Unknown(key) => (key, "is not a known setting".to_owned()),
        SettingError::Pinned { key, origin } => (key.to_owned(), format!("is pinned by {origin}: change it there")),
        SettingError::Misplaced { key, section } => (key.to_owned(), format!("does not belong to {section}")),
    };
    ConfigError::new(&key, problem).into()
}

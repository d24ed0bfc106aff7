//! Puts the parts together.

use std::error::Error as _;
use std::fmt::Write as _;
use std::sync::Arc;

use rekey_app::context::AppState;
use rekey_delivery::{DevMailbox, Senders, SmsSender, SmtpSender, Stats, Worker};
use rekey_service::context::Parts;
use rekey_service::keys::{Freshness, Keys, UnlockError};
use rekey_service::links::Links;
use rekey_service::setting::{self, LoadError};
use rekey_service::{Clock as _, Services, Unexpected};
use rekey_store::Store;

use crate::breach::Breaches;
use crate::config::{Config, ConfigError};
use crate::ports::{OsEntropy, SystemClock};
use crate::site::Site;
use crate::{assets, keys};

/// Why the program does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A setting is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Something that the settings name does not work now.
    #[error("{0}")]
    Failed(String),
}

impl StartError {
    /// A part and why it failed, with all causes on one line.
    pub fn failed(what: &str, error: &(dyn std::error::Error + 'static)) -> Self {
        let mut line = format!("{what}: {error}");
        let mut cause = error.source();
        while let Some(inner) = cause {
            let _ = write!(line, ": {inner}");
            cause = inner.source();
        }
        Self::Failed(line.replace('\n', " "))
    }
}

impl From<Unexpected> for StartError {
    fn from(failure: Unexpected) -> Self {
        Self::Failed(
            failure.source().map_or_else(|| failure.to_string(), |_| Self::failed("rekey", &failure).to_string()),
        )
    }
}

impl From<LoadError> for StartError {
    fn from(error: LoadError) -> Self {
        match error {
            LoadError::Setting(error) => Self::Failed(format!("the settings do not hold together: {error}")),
            LoadError::Unexpected(failure) => failure.into(),
        }
    }
}

impl From<UnlockError> for StartError {
    fn from(error: UnlockError) -> Self {
        match error {
            UnlockError::Foreign | UnlockError::Lacks(_) => ConfigError::new("keys_file", error.to_string()).into(),
            UnlockError::Unexpected(failure) => failure.into(),
        }
    }
}

impl From<rekey_store::Unexpected> for StartError {
    fn from(failure: rekey_store::Unexpected) -> Self {
        Self::failed("database.url", &failure)
    }
}

/// The parts of a running server.
pub struct App {
    /// What handlers are given.
    pub site: Site,
    /// What sends messages.
    pub worker: Worker,
    /// The list of breached passwords, to be looked at again from time to time.
    pub breaches: Arc<Breaches>,
}

/// Connects to the database.
pub async fn connect(config: &Config) -> Result<Store, StartError> {
    Ok(Store::connect(config.database_url.expose()).await?)
}

/// The services: keys read or made, database connected and brought up to date, both found to belong together, and the
/// settings documents taken up.
pub async fn services(config: &Config) -> Result<Services, StartError> {
    services_with(config, Arc::new(Breaches::of(config)), Freshness::Once).await
}

/// The same for changing settings: also where those that are written do not hold together, so that they can be mended.
pub async fn services_for_settings(config: &Config) -> Result<Services, StartError> {
    let services = services_without_documents(config, Arc::new(Breaches::of(config)), Freshness::Once).await?;
    match setting::load(&services).await {
        Err(LoadError::Setting(error)) => eprintln!("rekey: the settings do not hold together: {error}"),
        loaded => loaded?,
    }
    Ok(services)
}

async fn services_with(config: &Config, breaches: Arc<Breaches>, freshness: Freshness) -> Result<Services, StartError> {
    let services = services_without_documents(config, breaches, freshness).await?;
    setting::load(&services).await?;
    Ok(services)
}

async fn services_without_documents(
    config: &Config,
    breaches: Arc<Breaches>,
    freshness: Freshness,
) -> Result<Services, StartError> {
    keys::make_private_folder(&config.data_dir)
        .map_err(|error| ConfigError::new("data_dir", format!("cannot be made: {error}")))?;
    let keys = keys::open(&config.keys_file, &OsEntropy)?;
    let store = connect(config).await?;
    store.migrate().await?;
    let keys = Keys::unlock(&store, keys, &OsEntropy, SystemClock.now(), freshness).await?;
    let parts = Parts {
        clock: Arc::new(SystemClock),
        entropy: Arc::new(OsEntropy),
        breaches,
        store,
        keys,
        settings: config.settings.clone(),
        pins: config.pins.clone(),
        links: Links::new(config.public_url.clone()),
    };
    Ok(Services::new(parts)?)
}

/// Everything that `rekey serve` runs.
pub async fn wire(config: &Config) -> Result<App, StartError> {
    let breaches = Arc::new(Breaches::of(config));
    let services = services_with(config, Arc::clone(&breaches), Freshness::Watched).await?;
    let (senders, stats) = (senders(config, &services)?, Arc::new(Stats::default()));
    let mailbox = config.dev_mailbox.then(DevMailbox::new);
    let worker = Worker::new(services.clone(), senders, mailbox.clone(), Arc::clone(&stats));
    let site = site_of(config, services, mailbox, stats);
    Ok(App { site, worker, breaches })
}

/// The site over given services.
pub fn site_of(config: &Config, services: Services, mailbox: Option<DevMailbox>, stats: Arc<Stats>) -> Site {
    let app = AppState {
        dev_mailbox: mailbox.is_some(),
        secure_cookies: config.is_https(),
        assets: Arc::new(assets::manifest()),
        services,
    };
    Site::new(config, app, mailbox, stats)
}

/// What carries messages.
pub fn senders(config: &Config, services: &Services) -> Result<Senders, ConfigError> {
    let mail = config.mail.clone().map(|settings| match config.mail_oauth.clone() {
        Some(oauth) => SmtpSender::with_tokens(settings, oauth, services.clone()),
        None => SmtpSender::new(settings),
    });
    let mail = mail.transpose().map_err(|error| ConfigError::new(error.key, error.problem))?;
    Ok(Senders { mail, sms: config.sms.clone().map(SmsSender::new) })
}

//! Configuration: one file, one set of variables, checked before anything is started.
//!
//! Whatever is wrong is told in one line that names the key (see [`ConfigError`]); no value is ever repeated.

mod error;
mod network;
pub mod policy_file;
mod providers;
mod source;
mod start;

use std::env;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use rekey_delivery::{Brand, MailSettings, OAuthSettings, SmsSettings};
use rekey_service::links::Links;
use rekey_service::setting::{Hashing, Origin, Pins, Settings, resolve};
use rekey_shared::Secret;
use rekey_shared::password::Policy;
use url::{Host, Url};

pub use error::ConfigError;
pub use network::Network;
pub use source::Source;
pub use start::{StartKey, is_start_key};

/// The file that is looked for when none is named.
const DEFAULT_FILE: &str = "rekey.toml";

/// A cost that protects nothing, for tests that sign in thousands of times.
const TEST_COST: Hashing = Hashing { memory_kib: 64, iterations: 1, ..Hashing::RECOMMENDED };

/// Everything that an operator can set, checked.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Where people reach us: scheme, host and port.
    pub public_url: Url,
    /// The folder for what is not in the database.
    pub data_dir: PathBuf,
    /// The key ring's file.
    pub keys_file: PathBuf,
    /// The database. May hold a password.
    pub database_url: Secret,
    /// Where mail goes.
    pub mail: Option<MailSettings>,
    /// Where the tokens come from that the mail server is shown, if it takes no password.
    pub mail_oauth: Option<OAuthSettings>,
    /// Where text messages go.
    pub sms: Option<SmsSettings>,
    /// Whether messages without a provider are shown on a page.
    pub dev_mailbox: bool,
    /// A listener of its own for `/metrics`.
    pub metrics_listen: Option<SocketAddr>,
    /// What a scraper on another machine shows to read `/metrics`.
    pub metrics_token: Option<Secret>,
    /// Proxies whose word on the client's address counts.
    pub trusted_proxies: Vec<Network>,
    /// The log.
    pub log: Log,
    /// What one request and all together may take.
    pub limits: Limits,
    /// Breached passwords.
    pub breach: BreachSettings,
    /// What holds where no settings document says otherwise.
    pub settings: Settings,
    /// The settings that were given here: they win over the settings documents.
    pub pins: Pins,
    /// The keys that are read now and only now, for listing them.
    pub start_keys: Vec<StartKey>,
}

/// Where breached passwords are known.
#[derive(Debug, Clone)]
pub struct BreachSettings {
    /// The file that `rekey breach import` makes. May be missing.
    pub file: PathBuf,
    /// A service of the Pwned Passwords protocol that is asked, too.
    pub remote_url: Option<String>,
}

/// How the log is written.
#[derive(Debug, Clone)]
pub struct Log {
    /// One JSON object a line, or text for people.
    pub json: bool,
    /// The least level that is written.
    pub level: tracing::Level,
}

/// What one request and all together may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a request's body.
    pub body: usize,
    /// Connections at the same time; the next one waits at the door.
    pub connections: usize,
    /// Requests at the same time; the next one is answered 503 at once.
    pub requests: usize,
}

impl Limits {
    /// What holds when nothing is configured.
    pub const DEFAULT: Self = Self { body: 64 * 1024, connections: 10_000, requests: 8_000 };
}

impl Config {
    /// Reads the file named on the command line or by `REKEY_CONFIG`, else `./rekey.toml` if there is one,
    /// and the environment.
    pub fn load(named: Option<&Path>) -> Result<Self, ConfigError> {
        let variable = env::var_os("REKEY_CONFIG").filter(|path| !path.is_empty()).map(PathBuf::from);
        let usual = Some(PathBuf::from(DEFAULT_FILE)).filter(|path| path.exists());
        let file = named.map(Path::to_owned).or(variable).or(usual);
        let environment = env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value)));
        let environment = environment.map(|(name, value)| (name, value.to_string_lossy().into_owned()));
        Self::from_source(Source::read(file.as_deref(), environment)?)
    }

    /// Takes every key out of a source.
    pub fn from_source(mut source: Source) -> Result<Self, ConfigError> {
        let start_keys = start::given(&source);
        let listen = source.parsed("listen", address)?.unwrap_or(SocketAddr::from(([127, 0, 0, 1], 3000)));
        let public_url = source.parsed("public_url", public_url)?.map_or_else(|| local_url(listen), Ok)?;
        let data_dir = source.text("data_dir")?.map_or_else(|| PathBuf::from("data"), PathBuf::from);
        let keys_file = source.text("keys_file")?.map_or_else(|| data_dir.join("keys.json"), PathBuf::from);
        let (settings, pins) = settings(&mut source, is_loopback(&public_url))?;
        let brand = Brand::new(&settings, &Links::new(public_url.clone()));
        let (mail, mail_oauth) =
            providers::mail(&mut source, &brand)?.map_or((None, None), |mail| (Some(mail.settings), mail.oauth));
        let config = Self {
            database_url: database_url(&mut source, &data_dir)?,
            mail,
            mail_oauth,
            sms: providers::sms(&mut source)?,
            dev_mailbox: source.boolean("dev_mailbox")?.unwrap_or_else(|| is_loopback(&public_url)),
            metrics_listen: source.parsed("metrics.listen", address)?,
            metrics_token: source.parsed("metrics.token", metrics_token)?,
            trusted_proxies: source.list("trusted_proxies", str::parse)?,
            log: log(&mut source)?,
            limits: limits(&mut source)?,
            breach: breach(&mut source, &data_dir)?,
            listen,
            public_url,
            data_dir,
            keys_file,
            settings,
            pins,
            start_keys,
        };
        source.finish()?;
        config.check_mailbox()?;
        Ok(config)
    }

    /// The development mailbox shows every code and link to anyone who asks: it is for this machine.
    fn check_mailbox(&self) -> Result<(), ConfigError> {
        if self.dev_mailbox && !self.listen.ip().to_canonical().is_loopback() {
            return Err(ConfigError::new("dev_mailbox", "must be false while listen is an address of the network"));
        }
        Ok(())
    }

    /// Whether cookies are tied to https.
    pub fn is_https(&self) -> bool {
        self.public_url.scheme() == "https"
    }

    /// Whether only this machine can reach us.
    pub fn is_local(&self) -> bool {
        is_loopback(&self.public_url)
    }
}

/// Whether a URL's host can only be this machine.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| "must be an address and a port, such as \"127.0.0.1:3000\"".to_owned())
}

fn local_url(listen: SocketAddr) -> Result<Url, ConfigError> {
    let url = Url::parse(&format!("http://localhost:{}", listen.port()));
    url.map_err(|_| ConfigError::new("public_url", "must be set"))
}

fn public_url(text: &str) -> Result<Url, String> {
    let url = Url::parse(text.trim()).map_err(|_| "must be a URL such as \"https://account.example.org\"")?;
    let bare = matches!(url.path(), "" | "/") && url.query().is_none() && url.fragment().is_none();
    if url.host().is_none() || !bare || !url.username().is_empty() || url.password().is_some() {
        return Err("must be scheme, host and port only, such as \"https://account.example.org\"".to_owned());
    }
    match url.scheme() {
        "https" => Ok(url),
        // Without https anyone on the way reads every password and takes every session.
        "http" if is_loopback(&url) => Ok(url),
        _ => Err("must begin with https://; http:// is for this machine only".to_owned()),
    }
}

fn database_url(source: &mut Source, data_dir: &Path) -> Result<Secret, ConfigError> {
    let given = source.parsed("database.url", |text| {
        let known = ["sqlite://", "postgres://", "postgresql://"].iter().any(|scheme| text.starts_with(scheme));
        let problem = || "must begin with sqlite:// or postgres://".to_owned();
        known.then(|| Secret::new(text)).ok_or_else(problem)
    })?;
    Ok(given.unwrap_or_else(|| Secret::new(format!("sqlite://{}", data_dir.join("rekey.db").display()))))
}

fn log(source: &mut Source) -> Result<Log, ConfigError> {
    let json = source.parsed("log.format", |text| match text {
        "json" => Ok(true),
        "text" => Ok(false),
        _ => Err("must be \"text\" or \"json\"".to_owned()),
    })?;
    let level = source.parsed("log.level", |text| {
        text.parse().map_err(|_| "must be \"error\", \"warn\", \"info\", \"debug\" or \"trace\"".to_owned())
    })?;
    Ok(Log { json: json.unwrap_or(false), level: level.unwrap_or(tracing::Level::INFO) })
}

/// What holds without documents, and what wins over them.
fn settings(source: &mut Source, is_local: bool) -> Result<(Settings, Pins), ConfigError> {
    let base = Settings { hashing: hashing(source, is_local)?, ..Settings::recommended() };
    let origin = source.origin("policy.file");
    let mut pins = source.pins()?;
    if let Some((policy, origin)) = policy(source, origin)? {
        if pins.names_policy() {
            return Err(source.error("policy.file", "must not stand beside policy.preset"));
        }
        pins.set_policy(policy, origin);
    }
    let settings = resolve(&base, &[], &pins).map_err(|error| source.setting_error(&error))?.settings;
    Ok((settings, pins))
}

/// The policy of a file. One that is below a floor is none: nothing starts with it.
fn policy(source: &mut Source, origin: Option<Origin>) -> Result<Option<(Policy, Origin)>, ConfigError> {
    let (Some(path), Some(origin)) = (source.text("policy.file")?, origin) else { return Ok(None) };
    let policy = policy_file::read(Path::new(&path))?;
    match policy.floors().first() {
        Some(finding) => Err(source.error("policy.file", policy_file::line(*finding))),
        None => Ok(Some((policy, origin))),
    }
}

/// Argon2id's cost never goes below OWASP's minimum (PW-10).
fn hashing(source: &mut Source, is_local: bool) -> Result<Hashing, ConfigError> {
    let usual = Hashing::RECOMMENDED;
    let hashing = Hashing {
        memory_kib: source.number("hashing.memory_kib", 19_456..=4_194_304)?.unwrap_or(usual.memory_kib),
        iterations: source.number("hashing.iterations", 2..=64)?.unwrap_or(usual.iterations),
        permits: source.number("hashing.permits", 1..=256)?,
        queue: source.number("hashing.queue", 1..=100_000)?,
        pepper: source.boolean("password.pepper")?.unwrap_or(usual.pepper),
    };
    if !source.boolean("hashing.insecure_test_cost")?.unwrap_or(false) {
        return Ok(hashing);
    }
    if !is_local {
        return Err(source.error("hashing.insecure_test_cost", "is for tests on this machine only"));
    }
    Ok(Hashing { memory_kib: TEST_COST.memory_kib, iterations: TEST_COST.iterations, ..hashing })
}

fn breach(source: &mut Source, data_dir: &Path) -> Result<BreachSettings, ConfigError> {
    Ok(BreachSettings {
        file: source.text("breach.file")?.map_or_else(|| data_dir.join("breached.rkb"), PathBuf::from),
        remote_url: source.parsed("breach.remote_url", |text| {
            let url = Url::parse(text.trim()).ok().filter(|url| url.scheme() == "https");
            url.map(String::from).ok_or_else(|| "must be a URL that begins with https:".to_owned())
        })?,
    })
}

/// As long as 128 random bits in hexadecimal.
fn metrics_token(text: &str) -> Result<Secret, String> {
    if text.len() < 32 { Err("must have 32 characters or more".to_owned()) } else { Ok(Secret::new(text)) }
}

fn limits(source: &mut Source) -> Result<Limits, ConfigError> {
    let usual = Limits::DEFAULT;
    Ok(Limits {
        body: source.number("limits.body_bytes", 16 * 1024..=1024 * 1024)?.unwrap_or(usual.body),
        connections: source.number("limits.connections", 16..=1_000_000)?.unwrap_or(usual.connections),
        requests: source.number("limits.requests", 16..=1_000_000)?.unwrap_or(usual.requests),
    })
}

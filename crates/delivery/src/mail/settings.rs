//! `mail.url`, `mail.from` and how long a server may take.

use std::path::Path;
use std::time::Duration;

use lettre::Address;
use lettre::message::Mailbox;
use lettre::transport::smtp::client::Certificate;
use percent_encoding::percent_decode_str;
use rekey_shared::Secret;
use url::Url;

use crate::settings::{bare_host, is_loopback};
use crate::{Brand, SettingsError};

const URL_KEY: &str = "mail.url";
const PEM: &[u8] = b"-----BEGIN CERTIFICATE-----";
const FROM_KEY: &str = "mail.from";

/// How long handing over a mail may take. Servers that check for spam are slow.
const TIMEOUT: Duration = Duration::from_secs(18);

/// Where mail goes and who it comes from.
#[derive(Clone)]
pub struct MailSettings {
    /// The server's name, without brackets.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection to it is protected.
    pub security: Security,
    /// User and password, if it wants them.
    pub credentials: Option<(String, Secret)>,
    /// Certificates that are trusted beside those of the machine.
    pub own_ca: Option<Certificate>,
    /// The sender that people see.
    pub from: Mailbox,
    /// Whether the sender goes by the organisation's name, whatever that is when the mail is sent.
    pub from_organisation: bool,
    /// What stands after the `@` of our Message-IDs; also our name in `EHLO`.
    pub domain: String,
    /// How long handing over one mail may take, connecting included.
    pub timeout: Duration,
}

/// How the connection to the mail server is protected. There is no unprotected connection to another machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte: `smtps://`.
    Implicit,
    /// TLS before anything is sent: `smtp://` to another machine.
    StartTls,
    /// None: `smtp://` to this machine.
    PlainLoopback,
}

impl std::fmt::Debug for MailSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MailSettings")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("security", &self.security)
            .finish_non_exhaustive()
    }
}

impl MailSettings {
    /// Reads `mail.url` (`smtp://user:password@host:587`, `smtps://…`) and `mail.from`
    /// (`Name <address>`; the organization's name and `no-reply@` the public host when unset).
    pub fn parse(url: &str, from: Option<&str>, brand: &Brand) -> Result<Self, SettingsError> {
        let (settings, user) = Self::parse_for_tokens(url, from, brand)?;
        if user.is_empty() || settings.credentials.is_some() {
            return Ok(settings);
        }
        Err(bad_url("needs both a user and a password, or neither"))
    }

    /// The same where a user may stand without a password, because a token is shown for it: with that user, or nothing.
    pub fn parse_for_tokens(url: &str, from: Option<&str>, brand: &Brand) -> Result<(Self, String), SettingsError> {
        let url = Url::parse(url.trim()).map_err(|_| bad_url("is not a URL; write smtp://user:password@host:587"))?;
        let host = bare_host(url.host_str().unwrap_or_default()).to_owned();
        if host.is_empty() {
            return Err(bad_url("names no host; write smtp://user:password@host:587"));
        }
        if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
            return Err(bad_url("ends after the port; write smtp://user:password@host:587"));
        }
        let (security, usual_port) = security(&url, &host)?;
        let domain = brand.mail_domain();
        let user = decoded(url.username())?;
        let settings = Self {
            port: url.port().unwrap_or(usual_port),
            security,
            credentials: credentials(&url)?,
            own_ca: None,
            from_organisation: is_unset(from),
            from: sender(from, brand, &domain)?,
            host,
            domain,
            timeout: TIMEOUT,
        };
        Ok((settings, user))
    }

    /// Trusts the certificates of a file in PEM, too: those of a certification authority of one's own.
    pub fn trust(&mut self, file: &Path) -> Result<(), SettingsError> {
        let bad = |problem| SettingsError::new("mail.ca_file", problem);
        let pem = std::fs::read(file).map_err(|_| bad("cannot be read"))?;
        if !pem.windows(PEM.len()).any(|part| part == PEM) {
            return Err(bad("holds no certificate in PEM"));
        }
        self.own_ca = Some(Certificate::from_pem(&pem).map_err(|_| bad("holds no certificate in PEM"))?);
        Ok(())
    }
}

fn security(url: &Url, host: &str) -> Result<(Security, u16), SettingsError> {
    match url.scheme() {
        "smtps" => Ok((Security::Implicit, 465)),
        "smtp" if is_loopback(host) => Ok((Security::PlainLoopback, 25)),
        "smtp" => Ok((Security::StartTls, 587)),
        _ => Err(bad_url("must begin with smtp:// (STARTTLS) or smtps:// (TLS)")),
    }
}

fn credentials(url: &Url) -> Result<Option<(String, Secret)>, SettingsError> {
    match (url.username(), url.password()) {
        (_, None) => Ok(None),
        ("", Some(_)) => Err(bad_url("needs both a user and a password, or neither")),
        (user, Some(password)) => Ok(Some((decoded(user)?, Secret::new(decoded(password)?)))),
    }
}

fn decoded(part: &str) -> Result<String, SettingsError> {
    let decoded = percent_decode_str(part).decode_utf8().map_err(|_| bad_url("holds a %-sequence that is no text"))?;
    if decoded.contains(['\r', '\n', '\0']) {
        return Err(bad_url("holds a line break in the user or password"));
    }
    Ok(decoded.into_owned())
}

fn is_unset(from: Option<&str>) -> bool {
    from.is_none_or(|from| from.trim().is_empty())
}

fn sender(from: Option<&str>, brand: &Brand, domain: &str) -> Result<Mailbox, SettingsError> {
    let problem = "is not a sender; write Name <address@host>";
    let Some(from) = from.map(str::trim).filter(|from| !from.is_empty()) else {
        let address = Address::new("no-reply", domain)
            .map_err(|_| SettingsError::new(FROM_KEY, "must be set: public_url's host cannot stand in an address"))?;
        return Ok(Mailbox::new(Some(brand.organisation.clone()), address));
    };
    if from.contains(char::is_control) {
        return Err(SettingsError::new(FROM_KEY, problem));
    }
    from.parse().map_err(|_| SettingsError::new(FROM_KEY, problem))
}

const fn bad_url(problem: &'static str) -> SettingsError {
    SettingsError::new(URL_KEY, problem)
}

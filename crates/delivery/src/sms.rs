//! Text messages, over HTTP in the shape of Twilio's message API; many providers and gateways speak it.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use rekey_service::message::compose::Recipient;
use rekey_shared::Secret;
use ureq::Agent;
use ureq::tls::{RootCerts, TlsConfig};
use url::Url;

use crate::settings::is_loopback;
use crate::{Rendered, SendError, Sender, SettingsError};

/// How long connecting may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// How long a whole request may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Where text messages go and who they come from.
#[derive(Clone)]
pub struct SmsSettings {
    endpoint: String,
    on_this_machine: bool,
    authorization: Secret,
    from: String,
    /// How long handing over one message may take, connecting included.
    pub timeout: Duration,
}

impl std::fmt::Debug for SmsSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SmsSettings(…)")
    }
}

impl SmsSettings {
    /// Reads `sms.url`, `sms.account`, `sms.token` and `sms.from`. A plain `http://` is for this machine only.
    pub fn parse(url: &str, account: &str, token: &Secret, from: &str) -> Result<Self, SettingsError> {
        let base = Url::parse(url.trim()).map_err(|_| bad_url("is not a URL; write https://api.example.com"))?;
        let on_this_machine = base.host_str().is_some_and(is_loopback);
        match base.scheme() {
            "https" => {}
            "http" if on_this_machine => {}
            _ => return Err(bad_url("must begin with https://; http:// is for this machine only")),
        }
        if base.query().is_some() || base.fragment().is_some() || !base.username().is_empty() {
            return Err(bad_url("ends after the path; the account and token have keys of their own"));
        }
        let account = plain(account).ok_or(SettingsError::new("sms.account", "must be set to the account's name"))?;
        if account.contains(':') {
            return Err(SettingsError::new("sms.account", "cannot hold a colon"));
        }
        if plain(token.expose()).is_none() {
            return Err(SettingsError::new("sms.token", "must be set to the account's token"));
        }
        let from = plain(from).ok_or(SettingsError::new("sms.from", "must be set to a number such as +12025550123"))?;
        let authorization = format!("Basic {}", BASE64.encode(format!("{account}:{}", token.expose().trim())));
        Ok(Self {
            endpoint: endpoint(base, account)?,
            on_this_machine,
            authorization: Secret::new(authorization),
            from: from.to_owned(),
            timeout: TIMEOUT,
        })
    }
}

fn endpoint(mut base: Url, account: &str) -> Result<String, SettingsError> {
    base.path_segments_mut().map_err(|()| bad_url("cannot have a path"))?.pop_if_empty().extend([
        "2010-04-01",
        "Accounts",
        account,
        "Messages.json",
    ]);
    Ok(base.into())
}

/// One line, not empty.
fn plain(value: &str) -> Option<&str> {
    let value = value.trim();
    (!value.is_empty() && !value.contains(char::is_control)).then_some(value)
}

const fn bad_url(problem: &'static str) -> SettingsError {
    SettingsError::new("sms.url", problem)
}

/// Hands text messages to one provider. Cheap to clone.
#[derive(Debug, Clone)]
pub struct SmsSender {
    settings: Arc<SmsSettings>,
    agent: Agent,
}

impl SmsSender {
    /// Connects when the first message goes out.
    pub fn new(settings: SmsSettings) -> Self {
        let tls = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build();
        let config = Agent::config_builder()
            .tls_config(tls)
            .timeout_connect(Some(CONNECT_TIMEOUT))
            .timeout_global(Some(settings.timeout))
            .max_redirects(0) // a redirect would carry the message and our credentials elsewhere
            .http_status_as_error(false)
            .user_agent("rekey");
        let config = if settings.on_this_machine { config.proxy(None) } else { config };
        Self { agent: config.build().new_agent(), settings: Arc::new(settings) }
    }
}

impl Sender for SmsSender {
    async fn send(&self, message: &Rendered) -> Result<(), SendError> {
        let to = number(&message.to).ok_or(SendError::Refused { class: "sms.number" })?;
        let (sender, to, body) = (self.clone(), to.to_owned(), message.text.clone());
        let posted = tokio::task::spawn_blocking(move || post(&sender, &to, &body)).await;
        posted.unwrap_or(Err(SendError::NotNow { class: "sms.thread" }))
    }
}

/// A number in E.164: providers read more than numbers into `To`.
fn number(to: &Recipient) -> Option<&str> {
    let Recipient::Phone(to) = to else { return None };
    let digits = to.strip_prefix('+')?;
    ((7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())).then_some(to)
}

fn post(sender: &SmsSender, to: &str, body: &str) -> Result<(), SendError> {
    let settings = &sender.settings;
    let answer = sender
        .agent
        .post(&settings.endpoint)
        .header("Authorization", settings.authorization.expose())
        .send_form([("To", to), ("From", settings.from.as_str()), ("Body", body)]);
    match answer {
        Ok(answer) => judge(answer.status().as_u16()),
        Err(ureq::Error::Timeout(_)) => Err(SendError::NotNow { class: "timeout" }),
        Err(ureq::Error::Tls(_) | ureq::Error::Rustls(_)) => Err(SendError::NotNow { class: "sms.tls" }),
        Err(_) => Err(SendError::NotNow { class: "sms.connection" }),
    }
}

fn judge(status: u16) -> Result<(), SendError> {
    match status {
        200..=299 => Ok(()),
        // About our credentials: the operator can correct them, so the message waits.
        401 => Err(SendError::NotNow { class: "sms.credentials" }),
        408 | 429 => Err(SendError::NotNow { class: "sms.busy" }),
        400..=499 => Err(SendError::Refused { class: "sms.4xx" }),
        500..=599 => Err(SendError::NotNow { class: "sms.5xx" }),
        _ => Err(SendError::NotNow { class: "sms.protocol" }),
    }
}

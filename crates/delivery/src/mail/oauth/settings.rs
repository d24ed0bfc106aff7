//! `mail.oauth.…`: where a token comes from, and how it is shown to the mail server.

use std::path::Path;

use rekey_shared::Secret;
use url::Url;

use super::assertion::SigningKey;
use crate::SettingsError;
use crate::mail::sasl::Mechanism;
use crate::settings::is_loopback;

/// What is written below `mail.oauth`, unchecked.
#[derive(Debug, Default)]
pub struct OAuthKeys {
    /// `token_url`.
    pub token_url: Option<String>,
    /// `client_id`.
    pub client_id: Option<String>,
    /// `client_secret`.
    pub client_secret: Option<Secret>,
    /// `refresh_token`.
    pub refresh_token: Option<Secret>,
    /// `key_file`: a private key in PEM.
    pub key_file: Option<String>,
    /// `key_id`.
    pub key_id: Option<String>,
    /// `scope`.
    pub scope: Option<String>,
    /// `mechanism`.
    pub mechanism: Option<String>,
}

/// How a token is asked for.
#[derive(Debug, Clone)]
pub enum Grant {
    /// As a program, with its own secret (RFC 6749 §4.4).
    ClientCredentials {
        /// The secret.
        secret: Secret,
    },
    /// With what a person has given the program once (RFC 6749 §6).
    RefreshToken {
        /// The first one; a server may replace it with every answer.
        token: Secret,
        /// The program's own secret, if it has one.
        secret: Option<Secret>,
    },
    /// With a signed assertion (RFC 7523 §2.1).
    Assertion {
        /// What signs it.
        key: SigningKey,
    },
}

/// How tokens are obtained and shown.
#[derive(Debug, Clone)]
pub struct OAuthSettings {
    /// The token endpoint.
    pub token_url: String,
    /// Whether the endpoint is on this machine, so that no proxy of the environment is in between.
    pub on_this_machine: bool,
    /// The program's name at that endpoint.
    pub client_id: String,
    /// How a token is asked for.
    pub grant: Grant,
    /// What it is good for.
    pub scope: Option<String>,
    /// The mailbox that it is shown for: the user of `mail.url`.
    pub user: String,
    /// How it is shown.
    pub mechanism: Mechanism,
}

impl OAuthSettings {
    /// Reads what is written below `mail.oauth`, for the user of `mail.url`, which must have no password beside it.
    /// `None` when nothing is.
    pub fn parse(keys: OAuthKeys, user: &str, has_password: bool) -> Result<Option<Self>, SettingsError> {
        let Some(token_url) = keys.token_url.as_deref() else {
            return if keys.is_any_set() {
                Err(SettingsError::new("mail.oauth.token_url", "must be set as well"))
            } else {
                Ok(None)
            };
        };
        let (token_url, on_this_machine) = endpoint(token_url)?;
        if user.is_empty() || has_password {
            return Err(SettingsError::new("mail.url", "needs a user without a password: the mailbox of the token"));
        }
        let mechanism = mechanism(keys.mechanism.as_deref())?;
        let client_id = keys.client_id.clone().filter(|id| !id.trim().is_empty());
        let client_id = client_id.ok_or(SettingsError::new("mail.oauth.client_id", "must be set as well"))?;
        let scope = keys.scope.clone();
        let (grant, user) = (grant(keys)?, user.to_owned());
        Ok(Some(Self { token_url, on_this_machine, client_id, grant, scope, user, mechanism }))
    }
}

impl OAuthKeys {
    /// Whether anything but the URL is.
    fn is_any_set(&self) -> bool {
        self.client_id.is_some()
            || self.client_secret.is_some()
            || self.refresh_token.is_some()
            || self.key_file.is_some()
            || self.key_id.is_some()
            || self.scope.is_some()
            || self.mechanism.is_some()
    }
}

/// Credentials are sent there: nothing but TLS, except to this machine.
fn endpoint(text: &str) -> Result<(String, bool), SettingsError> {
    let bad = |problem| SettingsError::new("mail.oauth.token_url", problem);
    let url = Url::parse(text.trim()).map_err(|_| bad("is not a URL; write https://login.example.com/token"))?;
    let on_this_machine = url.host_str().is_some_and(is_loopback);
    match url.scheme() {
        "https" => Ok((url.into(), on_this_machine)),
        "http" if on_this_machine => Ok((url.into(), true)),
        _ => Err(bad("must begin with https://; http:// is for this machine only")),
    }
}

fn mechanism(text: Option<&str>) -> Result<Mechanism, SettingsError> {
    match text {
        None | Some("xoauth2") => Ok(Mechanism::Xoauth2),
        Some("oauthbearer") => Ok(Mechanism::OauthBearer),
        Some(_) => Err(SettingsError::new("mail.oauth.mechanism", "must be \"xoauth2\" or \"oauthbearer\"")),
    }
}

fn grant(keys: OAuthKeys) -> Result<Grant, SettingsError> {
    match (keys.refresh_token, keys.key_file, keys.client_secret) {
        (Some(token), None, secret) => Ok(Grant::RefreshToken { token, secret }),
        (None, Some(file), None) => {
            let key = SigningKey::read(Path::new(&file), keys.key_id)
                .map_err(|problem| SettingsError::new("mail.oauth.key_file", problem))?;
            Ok(Grant::Assertion { key })
        }
        (None, None, Some(secret)) => Ok(Grant::ClientCredentials { secret }),
        (None, None, None) => Err(SettingsError::new(
            "mail.oauth.client_secret",
            "must be set, or mail.oauth.refresh_token, or mail.oauth.key_file",
        )),
        (_, Some(_), _) => {
            Err(SettingsError::new("mail.oauth.key_file", "must not stand beside another secret of mail.oauth"))
        }
    }
}

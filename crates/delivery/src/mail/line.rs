//! Connections to the mail server.
//!
//! lettre has a pool of its own, but it takes a connection back whatever state the conversation is in. A mail that is
//! cut short by its time limit would hand its connection to the next mail in the middle of a command. Here a connection
//! is taken out, and comes back only after the server has accepted a mail on it.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use lettre::Message;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use tokio::time::Instant;

use super::oauth::Tokens;
use super::{MailSettings, REFUSED_CREDENTIALS, Security, judge, sasl};
use crate::{SendError, SettingsError};

/// How long one of the server's addresses is tried before the next one.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Connections that are kept open between mails.
const KEPT: usize = 4;

/// How long an unused one is kept; servers hang up after a minute or more.
const KEPT_FOR: Duration = Duration::from_secs(20);

/// Connections to one mail server.
pub(super) struct Line {
    host: String,
    port: u16,
    security: Security,
    tls: Option<TlsParameters>,
    hello: ClientId,
    credentials: Option<Credentials>,
    tokens: Option<Tokens>,
    idle: Mutex<Vec<(AsyncSmtpConnection, Instant)>>,
}

impl Line {
    pub(super) fn new(settings: &MailSettings, tokens: Option<Tokens>) -> Result<Self, SettingsError> {
        let tls = match settings.security {
            Security::PlainLoopback => None,
            Security::Implicit | Security::StartTls => Some(tls(settings)?),
        };
        let credentials = settings.credentials.as_ref();
        Ok(Self {
            host: settings.host.clone(),
            port: settings.port,
            security: settings.security,
            tls,
            hello: ClientId::Domain(settings.domain.clone()),
            credentials: credentials.map(|(user, password)| Credentials::new(user.clone(), password.expose().into())),
            tokens,
            idle: Mutex::default(),
        })
    }

    /// Returns when the server has accepted the mail. Dropping the future half-way closes the connection.
    pub(super) async fn send(&self, mail: &Message) -> Result<(), SendError> {
        let mut connection = match self.take().await {
            Some(connection) => connection,
            None => self.connect().await?,
        };
        connection.send(mail.envelope(), &mail.formatted()).await.map_err(|failure| judge(&failure))?;
        self.put_back(connection);
        Ok(())
    }

    /// An open connection that still answers.
    async fn take(&self) -> Option<AsyncSmtpConnection> {
        loop {
            let (mut connection, since) = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()?;
            if since.elapsed() < KEPT_FOR && connection.test_connected().await {
                return Some(connection);
            }
        }
    }

    fn put_back(&self, connection: AsyncSmtpConnection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|(_, since)| since.elapsed() < KEPT_FOR);
        if idle.len() < KEPT {
            idle.push((connection, Instant::now()));
        }
    }

    /// A connection on which mail is taken. The token is found out first: no server waits for a token endpoint.
    async fn connect(&self) -> Result<AsyncSmtpConnection, SendError> {
        let token = match &self.tokens {
            Some(tokens) => Some((tokens, tokens.current().await?)),
            None => None,
        };
        let mut connection = self.open().await.map_err(|failure| judge(&failure))?;
        if let Some((tokens, token)) = token {
            let server = (self.host.as_str(), self.port);
            let signed_in = sasl::sign_in(&mut connection, tokens.mechanism(), tokens.user(), server, &token).await;
            if let Err(failure) = signed_in {
                let error = judge(&failure);
                if error == REFUSED_CREDENTIALS {
                    tokens.drop_refused(&token).await;
                }
                return Err(error);
            }
        }
        Ok(connection)
    }

    /// A connection, protected, and signed in where a password does.
    async fn open(&self) -> Result<AsyncSmtpConnection, Error> {
        let wrapper = self.tls.clone().filter(|_| self.security == Security::Implicit);
        let server = (self.host.as_str(), self.port);
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(server, Some(CONNECT_TIMEOUT), &self.hello, wrapper, None).await?;
        if let Some(tls) = self.tls.clone().filter(|_| self.security == Security::StartTls) {
            connection.starttls(tls, &self.hello).await?;
        }
        if let Some(credentials) = &self.credentials {
            connection.auth(DEFAULT_MECHANISMS, credentials).await?;
        }
        Ok(connection)
    }
}

/// The machine's certificates, and those of `mail.ca_file`.
fn tls(settings: &MailSettings) -> Result<TlsParameters, SettingsError> {
    let mut builder = TlsParameters::builder(settings.host.clone());
    if let Some(own) = &settings.own_ca {
        builder = builder.add_root_certificate(own.clone());
    }
    builder.build().map_err(|_| SettingsError::new("mail.url", "TLS could not be prepared for this host"))
}

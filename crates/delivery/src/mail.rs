//! Mail over SMTP.

mod compose;
mod line;
mod oauth;
mod sasl;
mod settings;

use std::sync::Arc;

use rekey_service::Services;

pub use oauth::{Grant, OAuthKeys, OAuthSettings};
pub use sasl::Mechanism;
pub use settings::{MailSettings, Security};

use crate::{Rendered, SendError, Sender, SettingsError};
use line::Line;

/// Replies about our credentials (RFC 4954 §6): the operator can correct them, so the mail waits.
const ABOUT_US: [u16; 4] = [530, 534, 535, 538];

/// The server refuses user and password, or the token.
const REFUSED_CREDENTIALS: SendError = SendError::NotNow { class: "smtp.credentials" };

/// Hands mail to one SMTP server. Cheap to clone.
#[derive(Clone)]
pub struct SmtpSender(Arc<Inner>);

struct Inner {
    settings: MailSettings,
    line: Line,
}

impl std::fmt::Debug for SmtpSender {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("SmtpSender").field(&self.0.settings).finish()
    }
}

impl SmtpSender {
    /// Reads the machine's certificates; connects when the first mail goes out.
    pub fn new(settings: MailSettings) -> Result<Self, SettingsError> {
        let line = Line::new(&settings, None)?;
        Ok(Self(Arc::new(Inner { settings, line })))
    }

    /// The same for a server that is shown tokens. They are kept by these services.
    pub fn with_tokens(
        settings: MailSettings,
        oauth: OAuthSettings,
        services: Services,
    ) -> Result<Self, SettingsError> {
        let line = Line::new(&settings, Some(oauth::Tokens::new(oauth, services)))?;
        Ok(Self(Arc::new(Inner { settings, line })))
    }
}

impl Sender for SmtpSender {
    async fn send(&self, message: &Rendered) -> Result<(), SendError> {
        let Inner { settings, line } = &*self.0;
        let mail = compose::compose(message, settings)?;
        let sending = tokio::time::timeout(settings.timeout, line.send(&mail)).await;
        sending.unwrap_or(Err(SendError::NotNow { class: "timeout" }))
    }
}

fn judge(failure: &lettre::transport::smtp::Error) -> SendError {
    let status = failure.status().map(u16::from);
    if status.is_some_and(|status| ABOUT_US.contains(&status)) {
        return REFUSED_CREDENTIALS;
    }
    if failure.is_permanent() {
        return SendError::Refused { class: "smtp.5xx" };
    }
    let class = if failure.is_transient() {
        "smtp.4xx"
    } else if failure.is_timeout() {
        "timeout"
    } else if failure.is_tls() {
        "smtp.tls"
    } else if failure.is_response() || failure.is_client() {
        "smtp.protocol"
    } else {
        "smtp.connection"
    };
    SendError::NotNow { class }
}

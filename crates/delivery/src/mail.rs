//! Mail over SMTP.

mod compose;
mod line;
mod settings;

use std::sync::Arc;

pub use settings::{MailSettings, Security};

use crate::{Rendered, SendError, Sender, SettingsError};
use line::Line;

/// Replies about our credentials (RFC 4954 §6): the operator can correct them, so the mail waits.
const ABOUT_US: [u16; 4] = [530, 534, 535, 538];

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
        let line = Line::new(&settings)?;
        Ok(Self(Arc::new(Inner { settings, line })))
    }
}

impl Sender for SmtpSender {
    async fn send(&self, message: &Rendered) -> Result<(), SendError> {
        let Inner { settings, line } = &*self.0;
        let mail = compose::compose(message, settings)?;
        let sending = tokio::time::timeout(settings.timeout, line.send(&mail)).await;
        sending.map_err(|_| SendError::NotNow { class: "timeout" })?.map_err(|failure| judge(&failure))
    }
}

fn judge(failure: &lettre::transport::smtp::Error) -> SendError {
    let status = failure.status().map(u16::from);
    if status.is_some_and(|status| ABOUT_US.contains(&status)) {
        return SendError::NotNow { class: "smtp.credentials" };
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

//! How a finished message leaves the process.

use rekey_service::message::compose::Recipient;

use crate::{DevMailbox, Rendered, SmsSender, SmtpSender};

/// How a message travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Channel {
    /// Mail.
    Email,
    /// A text message to a phone.
    Sms,
}

impl Channel {
    /// The channel to this recipient.
    pub fn to(recipient: &Recipient) -> Self {
        match recipient {
            Recipient::Email(_) => Self::Email,
            Recipient::Phone(_) => Self::Sms,
        }
    }

    /// `email` or `sms`: for logs, metrics and the development mailbox.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Sms => "sms",
        }
    }
}

/// Why a message was not accepted. Holds nothing that the provider said: providers repeat addresses and texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// It never will be accepted.
    #[error("refused: {class}")]
    Refused {
        /// A stable word for the log, such as `smtp.5xx`.
        class: &'static str,
    },
    /// It may be accepted later.
    #[error("not now: {class}")]
    NotNow {
        /// A stable word for the log, such as `timeout`.
        class: &'static str,
    },
    /// No provider is configured for messages of this kind.
    #[error("no provider")]
    NoProvider,
}

impl SendError {
    /// A stable word for the log.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Refused { class } | Self::NotNow { class } => class,
            Self::NoProvider => "no_provider",
        }
    }
}

/// Hands a message to a provider. The future may be dropped half-way: the message then counts as not sent.
pub trait Sender {
    /// Returns when the provider has accepted the message, or why it did not.
    fn send(&self, message: &Rendered) -> impl Future<Output = Result<(), SendError>> + Send;
}

/// The providers that are set.
#[derive(Debug, Clone, Default)]
pub struct Senders {
    /// For mail.
    pub mail: Option<SmtpSender>,
    /// For text messages.
    pub sms: Option<SmsSender>,
}

/// Where one message goes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Route<'a> {
    Smtp(&'a SmtpSender),
    Sms(&'a SmsSender),
    Mailbox(&'a DevMailbox),
    Nowhere,
}

impl Senders {
    /// Hands one message over now, past the queue: for trying the settings out.
    pub async fn send_now(&self, channel: Channel, message: &Rendered) -> Result<(), SendError> {
        self.route(channel, None).send(message).await
    }

    /// The provider of a channel, else the development mailbox, else nowhere.
    pub(crate) fn route<'a>(&'a self, channel: Channel, mailbox: Option<&'a DevMailbox>) -> Route<'a> {
        let provider = match channel {
            Channel::Email => self.mail.as_ref().map(Route::Smtp),
            Channel::Sms => self.sms.as_ref().map(Route::Sms),
        };
        provider.or_else(|| mailbox.map(Route::Mailbox)).unwrap_or(Route::Nowhere)
    }
}

impl Sender for Route<'_> {
    async fn send(&self, message: &Rendered) -> Result<(), SendError> {
        match self {
            Self::Smtp(sender) => sender.send(message).await,
            Self::Sms(sender) => sender.send(message).await,
            Self::Mailbox(mailbox) => mailbox.send(message).await,
            Self::Nowhere => Err(SendError::NoProvider),
        }
    }
}

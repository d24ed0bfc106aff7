//! The outbox worker: mail, text messages, templates and the development mailbox.
//!
//! **Knows nothing of** HTTP servers or Leptos. The one crate that sends anything to people.
//!
//! A message is a row that holds ids only. The worker leases rows, asks
//! [`rekey_service::message::compose::prepare`] what each one says and to whom, writes it in the recipient's language,
//! hands it to a provider and settles the row. Everything about a message follows from its row, so a retry has the
//! same Message-ID and the same bytes, and a receiver recognizes it.
#![deny(missing_docs)]
// Enums are closed: a new variant must not compile before there are words, a rule or a decision for it.
#![deny(clippy::wildcard_enum_match_arm, clippy::match_wildcard_for_single_variants)]

pub mod mail;
pub mod mailbox;
pub mod render;
pub mod senders;
pub mod settings;
pub mod sms;
pub mod stats;
pub mod worker;

pub use mail::{MailSettings, OAuthKeys, OAuthSettings, SmtpSender};
pub use mailbox::{DevMailbox, DevMessage};
pub use render::{Brand, Rendered};
pub use senders::{Channel, SendError, Sender, Senders};
pub use settings::SettingsError;
pub use sms::{SmsSender, SmsSettings};
pub use stats::Stats;
pub use worker::Worker;

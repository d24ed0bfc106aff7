//! The development mailbox: messages end here, in memory, while no provider is set.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, SecondsFormat};
use serde::{Serialize, Serializer};

use rekey_service::message::compose::Recipient;
use rekey_shared::Timestamp;

use crate::{Channel, Rendered, SendError, Sender};

/// How many messages are kept; the oldest is dropped first.
const CAPACITY: usize = 200;

/// A message as `/dev/mailbox.json` shows it. Other programs rely on these names.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct DevMessage {
    /// The local part of its Message-ID: a retry has the same.
    pub id: String,
    /// How it travels: `email` or `sms`.
    #[serde(serialize_with = "by_name")]
    pub channel: Channel,
    /// An address or number.
    pub to: String,
    /// Empty for text messages.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The HTML part; empty for text messages.
    pub html: String,
    /// When it was caused, in RFC 3339.
    #[serde(serialize_with = "rfc3339")]
    pub created_at: Timestamp,
}

impl std::fmt::Debug for DevMessage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DevMessage")
            .field("id", &self.id)
            .field("channel", &self.channel.name())
            .finish_non_exhaustive()
    }
}

/// The last messages of this process. Cheap to clone; clones share what they hold.
#[derive(Debug, Clone, Default)]
pub struct DevMailbox(Arc<Mutex<VecDeque<DevMessage>>>);

impl DevMailbox {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// What it holds, newest first.
    pub fn list(&self) -> Vec<DevMessage> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    fn put(&self, message: DevMessage) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.truncate(CAPACITY - 1);
        kept.push_front(message);
    }
}

impl Sender for DevMailbox {
    async fn send(&self, message: &Rendered) -> Result<(), SendError> {
        self.put(DevMessage::from(message));
        Ok(())
    }
}

impl From<&Rendered> for DevMessage {
    fn from(message: &Rendered) -> Self {
        let (Recipient::Email(to) | Recipient::Phone(to)) = &message.to;
        Self {
            id: message.message_id.clone(),
            channel: Channel::to(&message.to),
            to: to.clone(),
            subject: message.subject.clone(),
            text: message.text.clone(),
            html: message.html.clone(),
            created_at: message.created_at,
        }
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands fields over like this")]
fn by_name<S: Serializer>(channel: &Channel, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(channel.name())
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands fields over like this")]
fn rfc3339<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    let at = DateTime::from_timestamp_millis(at.as_millis()).unwrap_or_default();
    serializer.serialize_str(&at.to_rfc3339_opts(SecondsFormat::Millis, true))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(id: usize) -> Rendered {
        Rendered {
            message_id: id.to_string(),
            organisation: "Rekey".to_owned(),
            to: Recipient::Phone("+12025550123".to_owned()),
            created_at: Timestamp::from_millis(1_795_165_505_000),
            subject: String::new(),
            text: "482913 is your code".to_owned(),
            html: String::new(),
        }
    }

    #[tokio::test]
    async fn it_keeps_the_last_two_hundred_newest_first() {
        let mailbox = DevMailbox::new();
        for id in 0..250 {
            mailbox.send(&message(id)).await.expect("it takes everything");
        }
        let ids: Vec<_> = mailbox.list().into_iter().map(|kept| kept.id).collect();
        assert_eq!(ids.len(), 200);
        assert_eq!((ids[0].as_str(), ids[199].as_str()), ("249", "50"));
    }

    #[test]
    fn its_json_has_exactly_the_promised_names() {
        let json = serde_json::to_string(&DevMessage::from(&message(7))).expect("it serialises");
        assert_eq!(
            json,
            r#"{"id":"7","channel":"sms","to":"+12025550123","subject":"","text":"482913 is your code","html":"","created_at":"2026-11-20T09:05:05.000Z"}"#
        );
    }

    #[test]
    fn it_prints_no_text_and_no_number() {
        let printed = format!("{:?}", DevMessage::from(&message(7)));
        assert!(!printed.contains("482913") && !printed.contains("+1202"), "{printed}");
    }
}

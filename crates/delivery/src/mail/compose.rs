//! A mail as bytes. Built without randomness and without the current time, so a retry is the same to the byte.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message};

use rekey_service::message::compose::Recipient;
use rekey_shared::Timestamp;

use super::MailSettings;
use crate::{Rendered, SendError};

/// Puts a mail together. Refuses what can never be sent.
pub(super) fn compose(message: &Rendered, settings: &MailSettings) -> Result<Message, SendError> {
    let to = address(&message.to)?;
    if message.subject.contains(char::is_control) || !is_plain(&message.message_id) {
        return Err(SendError::Refused { class: "mail.header" });
    }
    let boundary = format!("rekey-{}", message.message_id);
    let parts = MultiPart::alternative()
        .boundary(boundary)
        .singlepart(part(ContentType::TEXT_PLAIN, &message.text))
        .singlepart(part(ContentType::TEXT_HTML, &message.html));
    Message::builder()
        .from(sender(message, settings))
        .to(Mailbox::new(None, to))
        .subject(message.subject.clone())
        .date(moment(message.created_at))
        .message_id(Some(format!("<{}@{}>", message.message_id, settings.domain)))
        .raw_header(HeaderValue::new(
            HeaderName::new_from_ascii_str("Auto-Submitted"),
            "auto-generated".to_owned(), // RFC 3834: no out-of-office replies to this
        ))
        .multipart(parts)
        .map_err(|_| SendError::Refused { class: "mail.header" })
}

fn sender(message: &Rendered, settings: &MailSettings) -> Mailbox {
    let mut from = settings.from.clone();
    if settings.from_organisation {
        from.name = Some(message.organisation.clone());
    }
    from
}

fn address(to: &Recipient) -> Result<Address, SendError> {
    match to {
        Recipient::Email(to) if !to.contains(|c: char| c.is_control() || c.is_whitespace()) => {
            to.parse().map_err(|_| SendError::Refused { class: "mail.address" })
        }
        Recipient::Email(_) | Recipient::Phone(_) => Err(SendError::Refused { class: "mail.address" }),
    }
}

fn part(kind: ContentType, text: &str) -> SinglePart {
    SinglePart::builder().header(kind).body(text.to_owned())
}

/// Letters, digits and hyphens: fit for a Message-ID and for a boundary.
fn is_plain(id: &str) -> bool {
    (1..=60).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

fn moment(at: Timestamp) -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(u64::try_from(at.as_millis()).unwrap_or(0))
}

//! Messages as people read them: English and Japanese, plain text and HTML, mail and text message.
//!
//! A message body becomes a [`page::Page`] of blocks in one language; [`layout`] turns the blocks into text and HTML.
//! Wording lives in `en.rs` and `ja.rs`, markup in one place.

mod brand;
mod en;
mod ja;
mod layout;
mod page;
mod segments;
mod tidy;

use rekey_service::message::compose::{Message, Recipient};
use rekey_shared::{Lang, Timestamp};

pub use brand::Brand;
pub use segments::count_segments;

/// A finished message. Everything in it follows from the outbox row, so a retry is the same to the byte.
#[derive(Clone)]
pub struct Rendered {
    /// The local part of the Message-ID.
    pub message_id: String,
    /// The sender's name, for mail that goes out under the organization's.
    pub organisation: String,
    /// The recipient.
    pub to: Recipient,
    /// When it was caused; the `Date` of a mail.
    pub created_at: Timestamp,
    /// Empty for text messages.
    pub subject: String,
    /// The plain text: the whole of a text message.
    pub text: String,
    /// The HTML part; empty for text messages.
    pub html: String,
}

impl std::fmt::Debug for Rendered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rendered").field("message_id", &self.message_id).finish_non_exhaustive()
    }
}

/// Writes a message in the recipient's language.
pub fn render(message: Message, brand: &Brand) -> Rendered {
    let lang = message.lang;
    let (subject, text, html) = match &message.to {
        Recipient::Email(_) => {
            let page = match lang {
                Lang::En => en::page_of(&message.content, brand),
                Lang::Ja => ja::page_of(&message.content, brand),
            };
            let (text, html) = (layout::text(&page), layout::html(&page, lang));
            (page.subject, text, html)
        }
        Recipient::Phone(_) => {
            let text = segments::fitted(&brand.short, segments::limit(&message.content, lang), |org| match lang {
                Lang::En => en::short(&message.content, org, brand),
                Lang::Ja => ja::short(&message.content, org, brand),
            });
            (String::new(), text, String::new())
        }
    };
    let organisation = brand.organisation.clone();
    let Message { message_id, to, created_at, .. } = message;
    Rendered { message_id, organisation, to, created_at, subject, text, html }
}

/// A message that says that it is a test.
pub fn test_message(message_id: String, to: Recipient, lang: Lang, created_at: Timestamp, brand: &Brand) -> Rendered {
    let page = match lang {
        Lang::En => en::test(brand),
        Lang::Ja => ja::test(brand),
    };
    let (subject, text, html) = match &to {
        Recipient::Email(_) => {
            let (text, html) = (layout::text(&page), layout::html(&page, lang));
            (page.subject, text, html)
        }
        Recipient::Phone(_) => (String::new(), page.subject, String::new()),
    };
    Rendered { message_id, organisation: brand.organisation.clone(), to, created_at, subject, text, html }
}

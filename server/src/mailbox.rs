//! The development mailbox as a page and as JSON.

use axum::Json;
use axum::extract::State;
use axum::response::{Html, IntoResponse, Response};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};
use rekey_app::context::lang_of;
use rekey_delivery::{Channel, DevMessage};
use rekey_shared::{Lang, MessageId};

use crate::html::{Document, escape};
use crate::site::Site;

/// Its own few rules, beside the site's style sheet.
const STYLE: &str = include_str!("mailbox.css");

/// For people.
pub async fn page(State(site): State<Site>, headers: HeaderMap) -> Response {
    let Some(mailbox) = &site.mailbox else { return StatusCode::NOT_FOUND.into_response() };
    let (lang, messages) = (lang_of(&headers, site.app.secure_cookies), mailbox.list());
    let entries: String = messages.iter().map(|message| entry(message, lang)).collect();
    let empty = format!("<p class=\"empty\">{}</p>", MessageId::MAILBOX_EMPTY.text(lang));
    let body = format!(
        "<main id=\"main\" class=\"mailbox\"><h1>{}</h1><p class=\"lead\">{}</p>{}\
         <p class=\"back\"><a href=\"/\">{}</a></p></main>",
        MessageId::MAILBOX_TITLE.text(lang),
        MessageId::MAILBOX_LEAD.text(lang),
        if messages.is_empty() { empty } else { entries },
        MessageId::TO_FIRST_PAGE.text(lang),
    );
    let document = Document { lang, title: MessageId::MAILBOX_TITLE.text(lang), assets: &site.app.assets };
    Html(document.with_body(&format!("<link rel=\"stylesheet\" href=\"/dev/mailbox.css\">{body}"))).into_response()
}

/// For programs: newest first.
pub async fn json(State(site): State<Site>) -> Response {
    match &site.mailbox {
        Some(mailbox) => Json(mailbox.list()).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The page's own rules.
pub async fn style() -> Response {
    ([(CONTENT_TYPE, "text/css; charset=utf-8")], STYLE).into_response()
}

fn entry(message: &DevMessage, lang: Lang) -> String {
    let channel = match message.channel {
        Channel::Email => MessageId::MAILBOX_EMAIL,
        Channel::Sms => MessageId::MAILBOX_SMS,
    };
    let channel = channel.text(lang);
    let subject = if message.subject.is_empty() { channel } else { &message.subject };
    format!(
        "<article class=\"message\"><header><h2>{}</h2><p><span class=\"channel\">{channel}</span> {} · {}</p></header>\
         <p class=\"text\">{}</p></article>",
        escape(subject),
        escape(&message.to),
        message.created_at.written(lang),
        with_links(&message.text),
    )
}

/// The text with its addresses made clickable.
fn with_links(text: &str) -> String {
    let pieces = text.split_inclusive(char::is_whitespace);
    pieces.map(|piece| if is_address(piece) { link(piece) } else { escape(piece) }).collect()
}

fn is_address(piece: &str) -> bool {
    piece.starts_with("http://") || piece.starts_with("https://")
}

fn link(piece: &str) -> String {
    let address = piece.trim_end();
    let rest = &piece[address.len()..];
    let address = escape(address);
    format!("<a href=\"{address}\">{address}</a>{}", escape(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_can_be_followed_and_nothing_becomes_markup() {
        let made = with_links("Open http://localhost:3000/owner/x\n\n<b>482913</b>");
        assert_eq!(
            made,
            "Open <a href=\"http://localhost:3000/owner/x\">http://localhost:3000/owner/x</a>\n\n&lt;b&gt;482913&lt;/b&gt;"
        );
    }
}

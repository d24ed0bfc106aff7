//! Providers that misbehave on demand, and things to send them.
#![expect(dead_code, reason = "each test file takes what it needs")]

pub mod http;
pub mod messages;
pub mod smtp;

use rekey_delivery::{Brand, MailSettings, Rendered, SmtpSender};
use rekey_service::links::Links;
use rekey_service::message::compose::Recipient;
use rekey_service::setting::Settings;
use rekey_shared::Timestamp;
use url::Url;

/// Rekey at `https://id.example.org`.
pub fn brand() -> Brand {
    brand_at("https://id.example.org")
}

/// Rekey at another address.
pub fn brand_at(public_url: &str) -> Brand {
    brand_of("Rekey", public_url)
}

/// Rekey with a help desk.
pub fn brand_with_help(help_url: &str) -> Brand {
    let settings = Settings { help_url: Some(help_url.to_owned()), ..Settings::recommended() };
    Brand::new(&settings, &Links::new(Url::parse("https://id.example.org").expect("a URL")))
}

/// An organization of this name.
pub fn brand_of(organisation: &str, public_url: &str) -> Brand {
    let settings = Settings { organisation: organisation.to_owned(), ..Settings::recommended() };
    Brand::new(&settings, &Links::new(Url::parse(public_url).expect("a URL")))
}

/// A mail to Ada.
pub fn mail() -> Rendered {
    Rendered {
        message_id: "0199aaaa".to_owned(),
        organisation: "Rekey".to_owned(),
        to: Recipient::Email("ada@example.org".to_owned()),
        created_at: Timestamp::from_millis(1_795_165_505_000),
        subject: "【Rekey】確認コードのお知らせ".to_owned(),
        text: "確認コード 482913\n".to_owned(),
        html: "<p>確認コード <strong>482913</strong></p>\n".to_owned(),
    }
}

/// A text message to Ada.
pub fn sms() -> Rendered {
    let to = Recipient::Phone("+12025550123".to_owned());
    let text = "482913 is your code & more\n@id.example.org #482913".to_owned();
    Rendered { to, text, subject: String::new(), html: String::new(), ..mail() }
}

/// A sender that waits only a moment.
pub fn impatient(sink: &smtp::Sink) -> SmtpSender {
    let mut settings = MailSettings::parse(&sink.url(), None, &brand()).expect("settings");
    settings.timeout = std::time::Duration::from_secs(1);
    SmtpSender::new(settings).expect("a sender")
}

/// A sender as it is in production.
pub fn patient(sink: &smtp::Sink) -> SmtpSender {
    SmtpSender::new(MailSettings::parse(&sink.url(), None, &brand()).expect("settings")).expect("a sender")
}

//! Every kind of message.

use rekey_delivery::{Brand, Rendered, render};
use rekey_service::message::compose::{Message, MessageBody, Recipient};
use rekey_service::temporary::TemporaryPassword;
use rekey_shared::{Lang, OneTimeCode, Timestamp};
use url::Url;

/// When things happened: 2026-11-20T09:05:05Z.
pub const AT: Timestamp = Timestamp::from_millis(1_795_165_505_000);

/// The code in every message.
pub fn code() -> OneTimeCode {
    OneTimeCode::from_value(42_913)
}

/// An address below this one.
pub fn url(base: &str, path: &str) -> Url {
    Url::parse(base).and_then(|base| base.join(path)).expect("a URL")
}

/// One of each kind, by a short name: with the name of its reader, where Rekey is, and the token in its links.
pub fn every(name: &str, base: &str, token: &str) -> Vec<(&'static str, MessageBody)> {
    let (name, at) = (name.to_owned(), |path: &str| url(base, path));
    let recovery = MessageBody::Recovery {
        name: name.clone(),
        code: code(),
        code_minutes: 10,
        link: Some(at(&format!("/recover/link/{token}"))),
        link_minutes: 1440,
    };
    let temporary = MessageBody::TemporaryPassword {
        name: name.clone(),
        password: TemporaryPassword::from_bytes([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]),
        minutes: 1440,
        sign_in: at("/"),
    };
    let not_me = at(&format!("/not-me/{token}"));
    vec![
        ("registration", MessageBody::RegistrationCode { code: code(), minutes: 10 }),
        ("already", MessageBody::AlreadyRegistered { sign_in: at("/"), forgot: at("/forgot") }),
        ("recovery", recovery),
        ("welcome", MessageBody::Welcome { name: name.clone(), sign_in: at("/"), forgot: at("/forgot") }),
        (
            "new device",
            MessageBody::NewDevice {
                name: name.clone(),
                device: "Firefox on Windows".to_owned(),
                at: AT,
                forgot: at("/forgot"),
            },
        ),
        ("changed", MessageBody::PasswordChanged { name: name.clone(), at: AT, not_me, days: 7 }),
        ("paused", MessageBody::SignInPaused { name: name.clone(), forgot: at("/forgot") }),
        ("temporary", temporary),
        ("expires", MessageBody::PasswordExpires { name: name.clone(), ends_at: AT, change: at("/account/password") }),
        ("frozen", MessageBody::AccountFrozen { name, forgot: at("/forgot") }),
    ]
}

/// As a mail.
pub fn mail(lang: Lang, content: MessageBody, brand: &Brand) -> Rendered {
    write(Recipient::Email("ada@example.org".to_owned()), lang, content, brand)
}

/// As a text message.
pub fn sms(lang: Lang, content: MessageBody, brand: &Brand) -> String {
    write(Recipient::Phone("+12025550123".to_owned()), lang, content, brand).text
}

fn write(to: Recipient, lang: Lang, content: MessageBody, brand: &Brand) -> Rendered {
    render::render(Message { to, lang, message_id: "0199aaaa".to_owned(), created_at: AT, content }, brand)
}

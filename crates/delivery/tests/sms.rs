//! What is handed to a provider of text messages, and what its answers mean.
#![expect(clippy::expect_used, reason = "a helper that cannot go on must stop the test")]

mod support;

use std::time::Duration;

use rekey_delivery::{SendError, Sender as _, SmsSender, SmsSettings};
use rekey_service::message::compose::Recipient;
use rekey_shared::Secret;
use support::http::{Answer, Sink};
use support::sms;

fn settings(url: &str) -> SmsSettings {
    SmsSettings::parse(url, "AC123", &Secret::new("t0ken"), "+15005550006").expect("settings")
}

fn sender(sink: &Sink) -> SmsSender {
    let mut settings = settings(&sink.url());
    settings.timeout = Duration::from_secs(1);
    SmsSender::new(settings)
}

#[tokio::test]
async fn a_message_has_the_shape_of_twilios() {
    let sink = Sink::start().await;
    SmsSender::new(settings(&sink.url())).send(&sms()).await.expect("taken");

    let received = sink.received();
    assert_eq!(received.len(), 1);
    assert_eq!(received[0].line, "POST /2010-04-01/Accounts/AC123/Messages.json HTTP/1.1");
    assert_eq!(received[0].header("authorization"), Some("Basic QUMxMjM6dDBrZW4="));
    assert_eq!(received[0].header("content-type"), Some("application/x-www-form-urlencoded"));
    let form = received[0].form();
    let form: Vec<_> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let body = "482913 is your code & more\n@id.example.org #482913";
    assert_eq!(form, [("To", "+12025550123"), ("From", "+15005550006"), ("Body", body)]);
}

#[tokio::test]
async fn a_path_in_the_url_stays() {
    let sink = Sink::start().await;
    let sender = SmsSender::new(settings(&format!("{}/gateway/", sink.url())));
    sender.send(&sms()).await.expect("taken");
    assert_eq!(sink.received()[0].line, "POST /gateway/2010-04-01/Accounts/AC123/Messages.json HTTP/1.1");
}

#[tokio::test]
async fn a_status_decides() {
    let refused = SendError::Refused { class: "sms.4xx" };
    let not_now = |class| SendError::NotNow { class };
    for (status, expected) in [
        (200, Ok(())),
        (201, Ok(())),
        (400, Err(refused)),
        (403, Err(refused)),
        (404, Err(refused)),
        (422, Err(refused)),
        (401, Err(not_now("sms.credentials"))),
        (408, Err(not_now("sms.busy"))),
        (429, Err(not_now("sms.busy"))),
        (500, Err(not_now("sms.5xx"))),
        (503, Err(not_now("sms.5xx"))),
        (304, Err(not_now("sms.protocol"))),
    ] {
        let sink = Sink::start().await;
        sink.answer(Answer::Status(status));
        assert_eq!(sender(&sink).send(&sms()).await, expected, "{status}");
        assert_eq!(sink.received().len(), 1, "one request for each try");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let (sink, elsewhere) = (Sink::start().await, Sink::start().await);
    sink.answer(Answer::Redirect(elsewhere.url()));
    assert_eq!(sender(&sink).send(&sms()).await, Err(SendError::NotNow { class: "sms.protocol" }));
    assert!(elsewhere.received().is_empty());
}

#[tokio::test]
async fn silence_and_a_closed_connection_are_tried_again() {
    let sink = Sink::start().await;
    sink.answer(Answer::Hang);
    assert_eq!(sender(&sink).send(&sms()).await, Err(SendError::NotNow { class: "timeout" }));
    sink.answer(Answer::Close);
    assert!(matches!(sender(&sink).send(&sms()).await, Err(SendError::NotNow { .. })));
    let unreachable = SmsSender::new(settings("http://127.0.0.1:1"));
    assert_eq!(unreachable.send(&sms()).await, Err(SendError::NotNow { class: "sms.connection" }));
}

#[tokio::test]
async fn what_is_no_number_reaches_no_provider() {
    let sink = Sink::start().await;
    let refused = Err(SendError::Refused { class: "sms.number" });
    assert_eq!(sender(&sink).send(&support::mail()).await, refused);
    for to in [
        "whatsapp:+12025550123",
        "12025550123",
        "+1202555,+12025550199",
        "+",
        "",
        "+１２０２５５５０１２３",
        "+1\r\n2025550123",
    ] {
        let message = rekey_delivery::Rendered { to: Recipient::Phone(to.to_owned()), ..sms() };
        assert_eq!(sender(&sink).send(&message).await, refused, "{to:?}");
    }
    assert!(sink.received().is_empty());
}

#[test]
fn a_bad_setting_is_named_in_one_line_without_its_value() {
    let complaint = |url: &str, account: &str, token: &str, from: &str| {
        let error = SmsSettings::parse(url, account, &Secret::new(token), from).expect_err("refused").to_string();
        assert!(!error.contains("hunter2") && !error.contains('\n'), "{error}");
        error
    };
    let ok = "https://sms.example.org";
    for (made, expected) in [
        (complaint("hunter2", "a", "t", "f"), "sms.url: is not a URL; write https://api.example.com"),
        (
            complaint("http://sms.example.org", "a", "t", "f"),
            "sms.url: must begin with https://; http:// is for this machine only",
        ),
        (
            complaint("https://u:hunter2@sms.example.org", "a", "t", "f"),
            "sms.url: ends after the path; the account and token have keys of their own",
        ),
        (complaint(ok, " ", "t", "f"), "sms.account: must be set to the account's name"),
        (complaint(ok, "a:b", "t", "f"), "sms.account: cannot hold a colon"),
        (complaint(ok, "a", "hunter2\r\n\0x", "f"), "sms.token: must be set to the account's token"),
        (complaint(ok, "a", "t", ""), "sms.from: must be set to a number such as +12025550123"),
    ] {
        assert_eq!(made, expected);
    }
}

#[test]
fn settings_print_nothing() {
    assert_eq!(format!("{:?}", settings("https://sms.example.org")), "SmsSettings(…)");
}

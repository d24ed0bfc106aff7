//! What is handed to a mail server, and what its answers mean.
#![expect(clippy::expect_used, reason = "a helper that cannot go on must stop the test")]

mod support;

use std::time::Duration;

use rekey_delivery::{MailSettings, SendError, Sender as _, SmtpSender};
use rekey_service::message::compose::Recipient;
use rekey_shared::Secret;
use support::smtp::{Fault, Sink, Stage};
use support::{brand, brand_at, impatient, mail, patient};

const REFUSED: SendError = SendError::Refused { class: "smtp.5xx" };
const TIMEOUT: SendError = SendError::NotNow { class: "timeout" };

#[tokio::test]
async fn a_mail_has_exactly_these_headers_and_one_recipient() {
    let sink = Sink::start().await;
    patient(&sink).send(&mail()).await.expect("taken");

    let received = sink.received();
    assert_eq!(received.len(), 1);
    assert_eq!(received[0].from, "MAIL FROM:<no-reply@id.example.org>");
    assert_eq!(received[0].to, ["RCPT TO:<ada@example.org>"]);
    let (head, _) = received[0].data.split_once("\r\n\r\n").expect("a head");
    assert_eq!(
        head.replace("\r\n", "\n"),
        "\
From: Rekey <no-reply@id.example.org>
To: ada@example.org
Subject: =?utf-8?b?44CQUmVrZXnjgJHnorroqo3jgrPjg7zjg4njga7jgYrnn6Xjgok=?=
 =?utf-8?b?44Gb?=
Date: Fri, 20 Nov 2026 09:05:05 +0000
Message-ID: <0199aaaa@id.example.org>
Auto-Submitted: auto-generated
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary=\"rekey-0199aaaa\""
    );
}

#[tokio::test]
async fn a_sender_goes_by_the_organisations_present_name_unless_it_has_its_own() {
    let sink = Sink::start().await;
    let renamed = rekey_delivery::Rendered { organisation: "Hinode".to_owned(), ..mail() };
    for (from, expected) in [
        (None, "From: Hinode <no-reply@id.example.org>\r\n"),
        (Some("Help Desk <help@example.org>"), "From: \"Help Desk\" <help@example.org>\r\n"),
    ] {
        let settings = MailSettings::parse(&sink.url(), from, &brand()).expect("settings");
        SmtpSender::new(settings).expect("a sender").send(&renamed).await.expect("taken");
        let received = sink.received();
        let data = &received.last().expect("a mail").data;
        assert!(data.starts_with(expected), "{data}");
    }
}

#[tokio::test]
async fn a_retry_is_the_same_to_the_byte() {
    let sink = Sink::start().await;
    let sender = impatient(&sink);
    sink.fail(Stage::Body, Fault::TakeAndClose);
    assert!(matches!(sender.send(&mail()).await, Err(SendError::NotNow { .. })), "taken, but the answer is lost");
    sink.recover();
    sender.send(&mail()).await.expect("taken");

    let received = sink.received();
    assert_eq!(received.len(), 2);
    assert_eq!(received[0], received[1]);
}

#[tokio::test]
async fn a_5xx_at_any_stage_is_final() {
    for stage in Stage::ALL {
        let sink = Sink::start().await;
        sink.fail(stage, Fault::Reply("550 ada@example.org is unknown"));
        assert_eq!(impatient(&sink).send(&mail()).await, Err(REFUSED), "{stage:?}");
        assert!(sink.received().is_empty());
    }
}

#[tokio::test]
async fn a_4xx_at_any_stage_is_tried_again() {
    for stage in Stage::ALL {
        let sink = Sink::start().await;
        sink.fail(stage, Fault::Reply("451 later"));
        assert_eq!(impatient(&sink).send(&mail()).await, Err(SendError::NotNow { class: "smtp.4xx" }), "{stage:?}");
    }
}

#[tokio::test]
async fn silence_at_any_stage_is_tried_again() {
    for stage in Stage::ALL {
        let sink = Sink::start().await;
        sink.fail(stage, Fault::Hang);
        assert_eq!(impatient(&sink).send(&mail()).await, Err(TIMEOUT), "{stage:?}");
    }
}

#[tokio::test]
async fn a_connection_that_ends_or_talks_nonsense_is_tried_again() {
    for stage in Stage::ALL {
        for fault in [Fault::Close, Fault::Reply("what?")] {
            let sink = Sink::start().await;
            sink.fail(stage, fault);
            let answer = impatient(&sink).send(&mail()).await;
            assert!(matches!(answer, Err(SendError::NotNow { .. })), "{stage:?} {fault:?} {answer:?}");
        }
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_tried_again() {
    let settings = MailSettings::parse("smtp://127.0.0.1:1", None, &brand()).expect("settings");
    let answer = SmtpSender::new(settings).expect("a sender").send(&mail()).await;
    assert_eq!(answer, Err(SendError::NotNow { class: "smtp.connection" }));
}

#[tokio::test]
async fn wrong_credentials_lose_no_mail() {
    let sink = Sink::start().await;
    sink.fail(Stage::Auth, Fault::Reply("535 no"));
    let url = sink.url().replace("//", "//user:p%40ss@");
    let sender = SmtpSender::new(MailSettings::parse(&url, None, &brand()).expect("settings")).expect("a sender");
    assert_eq!(sender.send(&mail()).await, Err(SendError::NotNow { class: "smtp.credentials" }));
    sink.recover();
    sender.send(&mail()).await.expect("taken");
}

#[tokio::test]
async fn a_connection_serves_many_mails() {
    let sink = Sink::start().await;
    let sender = patient(&sink);
    for _ in 0..5 {
        sender.send(&mail()).await.expect("taken");
    }
    assert_eq!((sink.received().len(), sink.connections()), (5, 1));
}

#[tokio::test]
async fn a_mail_cut_short_leaves_no_half_spoken_connection_to_the_next() {
    for stage in [Stage::Mail, Stage::Rcpt, Stage::Data, Stage::Body] {
        let sink = Sink::start().await;
        let sender = impatient(&sink);
        sender.send(&mail()).await.expect("taken");
        sink.fail(stage, Fault::Hang);
        assert_eq!(sender.send(&mail()).await, Err(TIMEOUT));
        sink.recover();
        sender.send(&mail()).await.expect("taken");
        assert_eq!((sink.received().len(), sink.connections()), (2, 2), "{stage:?}");
    }
}

#[tokio::test]
async fn a_server_elsewhere_is_never_spoken_to_without_tls() {
    // The name resolves to this machine, but does not say so: STARTTLS is demanded, and the sink has none.
    let sink = Sink::start().await;
    let mut settings = MailSettings::parse("smtp://mail.example.org:25", None, &brand()).expect("settings");
    let here = MailSettings::parse(&sink.url(), None, &brand()).expect("settings");
    (settings.host, settings.port) = (here.host, here.port);
    let answer = SmtpSender::new(settings).expect("a sender").send(&mail()).await;
    assert_eq!(answer, Err(SendError::NotNow { class: "smtp.protocol" }));
    assert!(sink.received().is_empty());
}

#[tokio::test]
async fn a_hostile_address_reaches_no_server() {
    let sink = Sink::start().await;
    let sender = patient(&sink);
    let hostile = [
        "ada@example.org\r\nBcc: eve@example.org",
        "ada@example.org\nRCPT TO:<eve@example.org>",
        "ada@example.org\0",
        "ada@example.org, eve@example.org",
        "ada@example.org> SIZE=1",
        "<ada@example.org>",
        "ada",
        "",
        "@example.org",
        "ada@",
        "ada @example.org",
        "ada@exam ple.org",
        "ada@example.org\u{2028}eve@example.org",
        "a\u{85}b@example.org",
        "\"a\r\nb\"@example.org",
        "ada@[127.0.0.1\r\n]",
    ];
    for address in hostile {
        let message = rekey_delivery::Rendered { to: Recipient::Email(address.to_owned()), ..mail() };
        assert!(matches!(sender.send(&message).await, Err(SendError::Refused { .. })), "{address:?}");
    }
    assert_eq!(sink.connections(), 0);
}

#[tokio::test]
async fn a_hostile_subject_or_id_reaches_no_server() {
    let sink = Sink::start().await;
    let sender = patient(&sink);
    for hostile in ["a\r\nBcc: eve@example.org", "a\nb", "a\rb", "a\0b", "a\u{85}b"] {
        let message = rekey_delivery::Rendered { subject: hostile.to_owned(), ..mail() };
        assert!(matches!(sender.send(&message).await, Err(SendError::Refused { .. })), "{hostile:?}");
        let message = rekey_delivery::Rendered { message_id: hostile.to_owned(), ..mail() };
        assert!(matches!(sender.send(&message).await, Err(SendError::Refused { .. })), "{hostile:?}");
    }
    assert_eq!(sink.connections(), 0);
}

#[test]
fn settings_are_read() {
    let read = |url: &str| MailSettings::parse(url, None, &brand()).expect("settings");
    let shown = |url| format!("{:?}", read(url));
    assert_eq!(
        shown("smtp://u:p@mail.example.org"),
        "MailSettings { host: \"mail.example.org\", port: 587, security: StartTls, .. }"
    );
    assert_eq!(
        shown("smtps://u:p@mail.example.org"),
        "MailSettings { host: \"mail.example.org\", port: 465, security: Implicit, .. }"
    );
    assert_eq!(shown("smtp://[::1]:1025"), "MailSettings { host: \"::1\", port: 1025, security: PlainLoopback, .. }");
    assert_eq!(
        shown("smtp://localhost"),
        "MailSettings { host: \"localhost\", port: 25, security: PlainLoopback, .. }"
    );
    let credentials = read("smtp://ada%40example.org:p%3A%2Fs%20s@mail.example.org:2525").credentials;
    assert_eq!(credentials, Some(("ada@example.org".to_owned(), Secret::new("p:/s s"))));
    assert!(read("smtp://localhost").timeout < Duration::from_secs(20), "less than the worker's own limit");
}

#[test]
fn a_sender_is_read_or_made() {
    let from =
        |from, at| MailSettings::parse("smtp://localhost", from, &brand_at(at)).expect("settings").from.to_string();
    assert_eq!(from(None, "https://id.example.org"), "Rekey <no-reply@id.example.org>");
    assert_eq!(from(None, "http://localhost:3000"), "Rekey <no-reply@localhost>");
    assert_eq!(from(None, "http://127.0.0.1:3000"), "Rekey <no-reply@[127.0.0.1]>");
    assert_eq!(from(Some("Help Desk <help@example.org>"), "http://localhost"), "Help Desk <help@example.org>");
    assert_eq!(from(Some("help@example.org"), "http://localhost"), "help@example.org");
}

#[test]
fn a_bad_setting_is_named_in_one_line_without_its_value() {
    let complaint = |url, from| {
        let error = MailSettings::parse(url, from, &brand()).expect_err("refused").to_string();
        assert!(!error.contains("hunter2") && !error.contains('\n'), "{error}");
        error
    };
    for (url, expected) in [
        ("hunter2", "mail.url: is not a URL; write smtp://user:password@host:587"),
        ("http://u:hunter2@mail.example.org", "mail.url: must begin with smtp:// (STARTTLS) or smtps:// (TLS)"),
        ("smtp://", "mail.url: names no host; write smtp://user:password@host:587"),
        ("smtp://u:hunter2@h/path", "mail.url: ends after the port; write smtp://user:password@host:587"),
        ("smtp://u:hunter2@h?tls=none", "mail.url: ends after the port; write smtp://user:password@host:587"),
        ("smtp://hunter2@h", "mail.url: needs both a user and a password, or neither"),
        ("smtp://u:hunter2%0d%0aRSET@h", "mail.url: holds a line break in the user or password"),
        ("smtp://u:hunter2%ff@h", "mail.url: holds a %-sequence that is no text"),
    ] {
        assert_eq!(complaint(url, None), expected);
    }
    for from in ["hunter2", "A <a@b>\r\nBcc: x@y", "a@b, c@d"] {
        assert_eq!(complaint("smtp://h", Some(from)), "mail.from: is not a sender; write Name <address@host>");
    }
}

//! Mail over TLS: from the first byte and by STARTTLS, with an authority of one's own.
#![expect(clippy::expect_used, reason = "a helper that cannot go on must stop the test")]

mod support;

use std::path::Path;

use rekey_delivery::mail::Security;
use rekey_delivery::{MailSettings, SendError, Sender as _, SmtpSender};
use rekey_testkit::tls::{ca_file, other_ca_file};
use support::smtp::{Protection, Sink};
use support::{brand, mail};

const PROTECTED: [(Protection, Security); 2] =
    [(Protection::Implicit, Security::Implicit), (Protection::StartTls, Security::StartTls)];

/// A sender to this machine that insists on TLS, as to any other.
fn sender(sink: &Sink, host: &str, security: Security, ca: Option<&Path>) -> SmtpSender {
    let mut settings = MailSettings::parse("smtp://mail.example.org", None, &brand()).expect("settings");
    host.clone_into(&mut settings.host);
    (settings.port, settings.security) = (sink.port(), security);
    if let Some(ca) = ca {
        settings.trust(ca).expect("a certificate");
    }
    SmtpSender::new(settings).expect("a sender")
}

#[tokio::test]
async fn mail_goes_to_a_server_whose_authority_is_trusted() {
    for (protection, security) in PROTECTED {
        let sink = Sink::start_with(protection).await;
        let answer = sender(&sink, "localhost", security, Some(&ca_file())).send(&mail()).await;
        assert_eq!((answer, sink.received().len()), (Ok(()), 1), "{protection:?}");
    }
}

#[tokio::test]
async fn nothing_is_said_to_a_server_that_no_trusted_authority_vouches_for() {
    for (protection, security) in PROTECTED {
        let sink = Sink::start_with(protection).await;
        for ca in [None, Some(other_ca_file())] {
            let answer = sender(&sink, "localhost", security, ca.as_deref()).send(&mail()).await;
            assert!(matches!(answer, Err(SendError::NotNow { .. })), "{protection:?} {answer:?}");
        }
        let elsewhere = sender(&sink, "127.0.0.1", security, Some(&ca_file())).send(&mail()).await;
        assert!(matches!(elsewhere, Err(SendError::NotNow { .. })), "the certificate names localhost: {elsewhere:?}");
        assert!(sink.received().is_empty(), "{protection:?}");
    }
}

#[tokio::test]
async fn a_server_without_starttls_gets_no_mail() {
    let sink = Sink::start_with(Protection::None).await;
    let answer = sender(&sink, "localhost", Security::StartTls, Some(&ca_file())).send(&mail()).await;
    assert!(matches!(answer, Err(SendError::NotNow { .. })), "{answer:?}");
    assert!(sink.received().is_empty());
}

#[test]
fn a_file_that_is_no_certificate_is_refused_by_its_key() {
    let mut settings = MailSettings::parse("smtp://mail.example.org", None, &brand()).expect("settings");
    let no_certificate = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    for file in [Path::new("/nowhere/ca.pem"), &no_certificate] {
        assert_eq!(settings.trust(file).expect_err("refused").key, "mail.ca_file");
    }
}

//! What the log says. A file of its own: a process decides once for all its tests which lines are worth writing.
#![expect(clippy::expect_used, reason = "a helper that cannot go on must stop the test")]

mod support;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use rekey_delivery::{Senders, Stats, Worker};
use rekey_testkit::Bench;
use rekey_testkit::bench::meta;
use support::impatient;
use support::smtp::{Fault, Sink, Stage};

/// A log that can be read.
#[derive(Clone, Default)]
struct Page(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Page {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("lock").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn the_log_says_what_became_of_a_message_and_nothing_of_what_it_said() {
    let (t, sink, page) = (Bench::sqlite().await, Sink::start().await, Page::default());
    let writer = page.clone();
    let log = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(move || writer.clone());
    let _guard = tracing::subscriber::set_default(log.json().finish());
    let senders = Senders { mail: Some(impatient(&sink)), sms: None };
    let worker = Worker::new(t.cx.clone(), senders, None, Arc::new(Stats::default()));
    t.account("grace@example.org").await;
    rekey_service::recovery::start(&t.cx, &meta(), "grace@example.org").await.expect("starts");
    sink.fail(Stage::Rcpt, Fault::Reply("451 grace@example.org is busy"));
    worker.drain().await;
    sink.recover();
    t.advance(Duration::from_secs(3));
    worker.drain().await;

    let mail = sink.received().pop().expect("a mail").data;
    let code = mail.lines().find_map(|line| line.strip_prefix("    ")).expect("a code").to_owned();
    let log = String::from_utf8(page.0.lock().expect("lock").clone()).expect("text");
    for said in [r#""outcome":"retry""#, r#""error.class":"smtp.4xx""#, r#""outcome":"sent""#, r#""attempt":2"#] {
        assert!(log.contains(said), "{said} is not in {log}");
    }
    for secret in ["grace", code.as_str(), "/recover/link/", "Reset"] {
        assert!(!log.contains(secret), "{secret} is in {log}");
    }
}

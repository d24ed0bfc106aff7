//! The worker over a real database, against providers that misbehave.
#![expect(clippy::expect_used, reason = "a helper that cannot go on must stop the test")]

mod support;

use std::sync::Arc;
use std::time::Duration;

use rekey_delivery::stats::Count;
use rekey_delivery::{Channel, DevMailbox, Senders, SmsSender, SmsSettings, Stats, Worker};
use rekey_domain::job::lease::LeaseRule;
use rekey_domain::message::OutboxItem;
use rekey_service::Services;
use rekey_service::message::compose;
use rekey_service::password::{self, Change};
use rekey_service::registration::{self, Start};
use rekey_service::right::By;
use rekey_service::setting;
use rekey_shared::Secret;
use rekey_testkit::bench::{BETTER, GOOD, meta, prepare};
use rekey_testkit::{Bench, on_both_databases};
use support::http;
use support::smtp::{Fault, Received, Sink, Stage};
use support::{impatient, patient};
use tokio::sync::oneshot;
use uuid::Uuid;

const LEASE: Duration = Duration::from_secs(60);

/// A worker, what it has counted, and the development mailbox it may use.
struct TestWorker {
    worker: Worker,
    stats: Arc<Stats>,
}

impl TestWorker {
    fn new(cx: &Services, senders: Senders, mailbox: Option<DevMailbox>) -> Self {
        let stats = Arc::new(Stats::default());
        Self { worker: Worker::new(cx.clone(), senders, mailbox, Arc::clone(&stats)), stats }
    }

    fn mailing(cx: &Services, sink: &Sink) -> Self {
        Self::new(cx, Senders { mail: Some(impatient(sink)), sms: None }, None)
    }

    fn count(&self, channel: &str, outcome: &str) -> u64 {
        let found = self.stats.read().into_iter().find(|count| (count.channel, count.outcome) == (channel, outcome));
        found.map_or(0, |Count { value, .. }| value)
    }
}

/// A registration begins: one message is enqueued.
async fn request_message(cx: &Services, identifier: &str) {
    let start = Start { identifier: identifier.to_owned(), owner: None, consent: true };
    registration::start(cx, &meta(), start).await.expect("starts");
}

async fn waiting_and_dead(t: &Bench) -> (u64, u64) {
    let counts = t.cx.store.outbox_counts().await.expect("counts");
    (counts.waiting, counts.dead)
}

/// Leases a row as a process does that dies before it says what became of it.
async fn lease_and_die(t: &Bench) -> Vec<OutboxItem> {
    let now = t.cx.clock.now();
    t.cx.store.lease_outbox(16, now, now.plus(LEASE), Uuid::from_u128(99)).await.expect("leases")
}

/// The body without the minutes that are left, which are fewer at a later try.
fn without_minutes(mail: &Received) -> String {
    // Soft line breaks (RFC 2045 §6.7) fall elsewhere when ten minutes become nine.
    let data = mail.data.replace("=\r\n", "").replace("=\n", "");
    let lines = data.lines().filter(|line| !line.contains("minutes"));
    lines.collect::<Vec<_>>().join("\n")
}

/// Changes a password: a notice with a long life is enqueued.
async fn change_password(t: &Bench, identifier: &str) {
    let caller = t.caller(identifier, GOOD).await;
    let change = Change { current_password: GOOD.into(), new_password: BETTER.into(), confirm_password: BETTER.into() };
    password::change(&t.cx, &meta(), &caller, change).await.expect("changes");
}

#[tokio::test]
async fn a_renamed_organisation_is_in_the_next_message() {
    let (t, mailbox) = (Bench::sqlite().await, DevMailbox::new());
    let running = TestWorker::new(&t.cx, Senders::default(), Some(mailbox.clone()));
    let edit = setting::Edit::Set { key: "organisation".to_owned(), text: "Hinode".to_owned() };
    setting::change(&t.cx, By::Operator, setting::Section::Site, 0, &[edit]).await.expect("sets");
    request_message(&t.cx, "ada@example.org").await;
    assert_eq!(running.worker.drain().await, 1);
    let message = &mailbox.list()[0];
    assert!(message.text.contains("Hinode") && !message.text.contains("Rekey"), "{}", message.text);
}

#[tokio::test]
async fn what_is_owed_is_sent_once() {
    let (t, sink) = (Bench::sqlite().await, Sink::start().await);
    let running = TestWorker::mailing(&t.cx, &sink);
    request_message(&t.cx, "ada@example.org").await;

    assert_eq!(running.worker.drain().await, 1);
    assert_eq!(running.worker.drain().await, 0);

    let received = sink.received();
    assert_eq!(received.len(), 1);
    assert_eq!(received[0].to, ["RCPT TO:<ada@example.org>"]);
    assert_eq!(waiting_and_dead(&t).await, (0, 0));
    assert_eq!(running.count("email", "sent"), 1);
}

#[tokio::test]
async fn nothing_is_sent_when_no_account_is_there_to_recover() {
    let (t, sink) = (Bench::sqlite().await, Sink::start().await);
    let running = TestWorker::mailing(&t.cx, &sink);
    rekey_service::recovery::start(&t.cx, &meta(), "nobody@example.org").await.expect("starts");
    running.worker.drain().await;
    assert_eq!(sink.connections(), 0);
    assert_eq!(running.count("none", "dropped"), 1);
}

#[tokio::test]
async fn a_refusal_is_final() {
    let (t, sink) = (Bench::sqlite().await, Sink::start().await);
    let running = TestWorker::mailing(&t.cx, &sink);
    sink.fail(Stage::Rcpt, Fault::Reply("550 unknown"));
    request_message(&t.cx, "ada@example.org").await;
    running.worker.drain().await;
    assert_eq!(waiting_and_dead(&t).await, (0, 1));
    assert_eq!(running.count("email", "dead"), 1);
}

#[tokio::test]
async fn every_passing_fault_waits_and_then_sends() {
    let faults = [
        (Stage::Connect, Fault::Close),
        (Stage::Mail, Fault::Reply("451 later")),
        (Stage::Rcpt, Fault::Hang),
        (Stage::Body, Fault::Close),
    ];
    for (stage, fault) in faults {
        let (t, sink) = (Bench::sqlite().await, Sink::start().await);
        let running = TestWorker::mailing(&t.cx, &sink);
        sink.fail(stage, fault);
        request_message(&t.cx, "ada@example.org").await;

        running.worker.drain().await;
        assert_eq!(running.count("email", "retried"), 1, "{stage:?} {fault:?}");
        assert_eq!(running.worker.drain().await, 0, "not before its time");

        sink.recover();
        t.advance(Duration::from_secs(3));
        running.worker.drain().await;
        assert_eq!((sink.received().len(), running.count("email", "sent")), (1, 1), "{stage:?} {fault:?}");
    }
}

#[tokio::test]
async fn a_crash_between_sending_and_settling_costs_one_duplicate_that_can_be_recognised() {
    let (t, sink) = (Bench::sqlite().await, Sink::start().await);
    let running = TestWorker::mailing(&t.cx, &sink);
    request_message(&t.cx, "ada@example.org").await;
    // The server takes the message, and the sender never hears of it.
    sink.fail(Stage::Body, Fault::TakeAndClose);
    running.worker.drain().await;
    sink.recover();
    t.advance(Duration::from_secs(3));
    for _ in 0..3 {
        running.worker.drain().await;
        t.advance(LEASE);
    }
    let received = sink.received();
    assert_eq!(received.len(), 2);
    assert_eq!(received[0], received[1], "same Message-ID, Date, code and words");
}

#[tokio::test]
async fn a_later_try_has_the_same_id_date_and_code() {
    let (t, sink) = (Bench::sqlite().await, Sink::start().await);
    let running = TestWorker::mailing(&t.cx, &sink);
    request_message(&t.cx, "ada@example.org").await;
    sink.fail(Stage::Body, Fault::TakeAndClose);
    for _ in 0..4 {
        running.worker.drain().await;
        t.advance(Duration::from_secs(60));
    }
    let received = sink.received();
    assert_eq!(received.len(), 4);
    for later in &received {
        assert_eq!(without_minutes(later), without_minutes(&received[0]));
    }
}

#[tokio::test]
async fn an_expired_message_is_never_sent() {
    let (t, sink) = (Bench::sqlite().await, Sink::start().await);
    let running = TestWorker::mailing(&t.cx, &sink);
    sink.fail(Stage::Connect, Fault::Close);
    request_message(&t.cx, "ada@example.org").await;
    running.worker.drain().await;
    sink.recover();
    t.advance(Duration::from_secs(24 * 3600));
    running.worker.drain().await;
    assert!(sink.received().is_empty());
    assert_eq!(waiting_and_dead(&t).await, (0, 0));
    assert_eq!(running.count("none", "dropped"), 1);
}

#[tokio::test]
async fn a_row_that_kills_its_worker_every_time_is_given_up() {
    let (t, sink) = (Bench::sqlite().await, Sink::start().await);
    t.account("ada@example.org").await;
    change_password(&t, "ada@example.org").await;
    for _ in 0..200 {
        assert_eq!(lease_and_die(&t).await.len(), 1);
        t.advance(LEASE);
    }
    TestWorker::mailing(&t.cx, &sink).worker.drain().await;
    assert_eq!(waiting_and_dead(&t).await, (0, 1));
    assert!(sink.received().is_empty());
}

#[tokio::test]
async fn each_wait_is_twice_as_long_until_an_unreachable_provider_is_given_up() {
    let (t, sink) = (Bench::sqlite().await, Sink::start().await);
    let running = TestWorker::mailing(&t.cx, &sink);
    t.account("ada@example.org").await;
    change_password(&t, "ada@example.org").await;
    assert_eq!(waiting_and_dead(&t).await, (1, 0), "word of a new password lives for a week");
    sink.fail(Stage::Connect, Fault::Close);
    let (rule, mut wait) = (LeaseRule::OUTBOX, LeaseRule::OUTBOX.first_wait);
    for tried in 1..rule.tries {
        assert_eq!(running.worker.drain().await, 1, "try {tried}");
        t.advance(wait.saturating_sub(Duration::from_millis(1)));
        assert_eq!(running.worker.drain().await, 0, "too soon after try {tried}");
        // Up to a quarter more, so that a provider that comes back is not met by all at once.
        t.advance(wait / 4 + Duration::from_millis(2));
        wait = (2 * wait).min(rule.longest_wait);
    }
    assert_eq!((waiting_and_dead(&t).await, wait), ((1, 0), rule.longest_wait));
    running.worker.drain().await;
    assert_eq!(waiting_and_dead(&t).await, (0, 1));
    let counts = (running.count("email", "retried"), running.count("email", "dead"));
    assert_eq!(counts, (u64::from(rule.tries) - 1, 1));
}

on_both_databases! {
    async fn two_workers_never_send_the_same_row(t: Bench) {
    let sink = Sink::start().await;
    for nth in 0..40 {
        request_message(&t.cx, &format!("person{nth}@example.org")).await;
    }
    let other = t.another_node().await;
    let senders = || Senders { mail: Some(patient(&sink)), sms: None };
    let (one, two) = (TestWorker::new(&t.cx, senders(), None), TestWorker::new(&other, senders(), None));
    let (by_one, by_two) = tokio::join!(one.worker.drain(), two.worker.drain());

    assert_eq!(by_one + by_two, 40);
    let mut to: Vec<_> = sink.received().into_iter().flat_map(|mail| mail.to).collect();
    to.sort();
    to.dedup();
    assert_eq!((to.len(), sink.received().len()), (40, 40));
}

    async fn a_message_whose_worker_died_is_sent_when_the_lease_is_over(t: Bench) {
    let sink = Sink::start().await;
    let running = TestWorker::mailing(&t.cx, &sink);
    request_message(&t.cx, "ada@example.org").await;
    assert_eq!(lease_and_die(&t).await.len(), 1);

    assert_eq!(running.worker.drain().await, 0, "the lease holds");
    t.advance(LEASE);
    assert_eq!(running.worker.drain().await, 1);
    assert_eq!(sink.received().len(), 1);
}
}

#[tokio::test]
async fn a_hanging_provider_of_text_messages_does_not_stop_mail() {
    let (t, mails, texts) = (Bench::sqlite().await, Sink::start().await, http::Sink::start().await);
    texts.answer(http::Answer::Hang);
    let mut settings = SmsSettings::parse(&texts.url(), "AC1", &Secret::new("t"), "+15005550006").expect("settings");
    settings.timeout = Duration::from_secs(1);
    let senders = Senders { mail: Some(patient(&mails)), sms: Some(SmsSender::new(settings)) };
    let running = TestWorker::new(&t.cx, senders, None);
    for nth in 0..3 {
        request_message(&t.cx, &format!("+1202555012{nth}")).await;
        request_message(&t.cx, &format!("person{nth}@example.org")).await;
    }
    running.worker.drain().await;
    assert_eq!((mails.received().len(), running.count("email", "sent"), running.count("sms", "retried")), (3, 3, 3));

    texts.answer(http::Answer::Status(201));
    t.advance(Duration::from_secs(3));
    running.worker.drain().await;
    assert_eq!(running.count("sms", "sent"), 3);
    let form = texts.received().pop().expect("a request").form();
    assert!(form.iter().any(|(name, body)| name == "Body" && body.contains("\n@id.example.org #")), "{form:?}");
}

#[tokio::test]
async fn the_development_mailbox_takes_what_no_provider_does() {
    let (t, sink, mailbox) = (Bench::sqlite().await, Sink::start().await, DevMailbox::new());
    let senders = Senders { mail: Some(patient(&sink)), sms: None };
    let running = TestWorker::new(&t.cx, senders, Some(mailbox.clone()));
    request_message(&t.cx, "ada@example.org").await;
    request_message(&t.cx, "+12025550123").await;
    running.worker.drain().await;

    let kept = mailbox.list();
    assert_eq!(
        kept.iter().map(|kept| (kept.channel, kept.to.as_str())).collect::<Vec<_>>(),
        [(Channel::Sms, "+12025550123")]
    );
    assert_eq!(sink.received().len(), 1);
}

#[tokio::test]
async fn without_provider_and_mailbox_a_message_waits() {
    let (t, mailbox) = (Bench::sqlite().await, DevMailbox::new());
    request_message(&t.cx, "ada@example.org").await;
    assert_eq!(TestWorker::new(&t.cx, Senders::default(), None).worker.drain().await, 0);
    assert_eq!(waiting_and_dead(&t).await, (1, 0));
    TestWorker::new(&t.cx, Senders::default(), Some(mailbox.clone())).worker.drain().await;
    assert_eq!(mailbox.list().len(), 1);
}

#[tokio::test]
async fn a_message_for_a_channel_without_provider_waits_beyond_the_usual_tries() {
    let (t, sink) = (Bench::sqlite().await, Sink::start().await);
    t.account("+12025550123").await;
    change_password(&t, "+12025550123").await;
    let running = TestWorker::mailing(&t.cx, &sink);
    for _ in 0..2 * LeaseRule::OUTBOX.tries {
        assert_eq!(running.worker.drain().await, 1);
        t.advance(Duration::from_secs(3600));
    }
    assert_eq!(waiting_and_dead(&t).await, (1, 0));
    let mailbox = DevMailbox::new();
    TestWorker::new(&t.cx, Senders::default(), Some(mailbox.clone())).worker.drain().await;
    assert_eq!(mailbox.list().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_running_worker_wakes_at_a_ring_and_stops_when_told() {
    let (t, mailbox) = (Bench::sqlite().await, DevMailbox::new());
    let running = TestWorker::new(&t.cx, Senders::default(), Some(mailbox.clone()));
    let (stop, stopped) = oneshot::channel::<()>();
    let worker = running.worker.clone();
    let running = tokio::spawn(async move { worker.run(async { drop(stopped.await) }).await });

    request_message(&t.cx, "ada@example.org").await;
    let arrived = tokio::time::timeout(Duration::from_secs(60), async {
        while mailbox.list().is_empty() {
            tokio::task::yield_now().await;
        }
    });
    arrived.await.expect("sent without being asked");
    stop.send(()).expect("it still runs");
    running.await.expect("it stops");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stopping_finishes_what_is_in_flight() {
    let (t, sink) = (Bench::sqlite().await, Sink::start().await);
    let running = TestWorker::mailing(&t.cx, &sink);
    for nth in 0..4 {
        request_message(&t.cx, &format!("person{nth}@example.org")).await;
    }
    sink.fail(Stage::Body, Fault::Hang);
    let (stop, stopped) = oneshot::channel::<()>();
    let worker = running.worker.clone();
    let task = tokio::spawn(async move { worker.run(async { drop(stopped.await) }).await });
    while sink.connections() < 4 {
        tokio::task::yield_now().await;
    }
    stop.send(()).expect("it still runs");
    task.await.expect("it stops");
    // All four ran into their own limit and were settled; none is left under a lease.
    assert_eq!(running.count("email", "retried"), 4);
}

#[tokio::test]
async fn a_row_is_prepared_the_same_at_every_try() {
    let t = Bench::sqlite().await;
    request_message(&t.cx, "ada@example.org").await;
    let item = lease_and_die(&t).await.remove(0);
    let mut written = Vec::new();
    for _ in 0..2 {
        let compose::Prepared::Send(message) = prepare(&t.cx, &item).await else {
            panic!("there is something to send");
        };
        let mail = rekey_delivery::render::render(*message, &support::brand());
        written.push((mail.message_id, mail.subject, mail.text, mail.html, mail.created_at));
    }
    assert_eq!(written[0], written[1]);
}

//! What text messages may cost, over a real database and a provider that counts (T-35).
#![expect(clippy::expect_used, reason = "a helper that cannot go on must stop the test")]

mod support;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;
use std::time::Duration;

use rekey_delivery::{Senders, SmsSender, SmsSettings, Stats, Worker};
use rekey_domain::journey::JourneyKind;
use rekey_domain::message::text_limits::{TextCap, TextLimits, WorkDemand};
use rekey_service::password::{self, Change};
use rekey_service::registration::{self, Start, StartError};
use rekey_service::setting::{RecoveryThrottle, Settings};
use rekey_service::{RequestMeta, Services, recovery, work};
use rekey_shared::work::Puzzle;
use rekey_shared::{FieldFault, Secret};
use rekey_testkit::bench::{BETTER, GOOD, code_in, meta, meta_from};
use rekey_testkit::{Bench, assert_matches, on_both_databases};
use support::http;
use support::patient;
use support::smtp::Sink;

const HOUR: Duration = Duration::from_secs(3600);
const NONE: TextCap = TextCap { per_hour: 0, per_day: 0 };
/// Nothing but what a test sets is limited.
fn open() -> TextLimits {
    TextLimits {
        number: NONE,
        prefix: NONE,
        network: NONE,
        country: NONE,
        total: NONE,
        without_work: NONE,
        work: WorkDemand { on: false, ..TextLimits::RECOMMENDED.work },
        budget_day: 0,
        budget_month: 0,
        ..TextLimits::RECOMMENDED
    }
}

/// Mail and text messages that were taken, and the worker that sends them.
struct Providers {
    texts: http::Sink,
    mails: Sink,
}

impl Providers {
    async fn start() -> Self {
        Self { texts: http::Sink::start().await, mails: Sink::start().await }
    }

    fn senders(&self) -> Senders {
        let sms = SmsSettings::parse(&self.texts.url(), "AC1", &Secret::new("t"), "+15005550006").expect("settings");
        Senders { mail: Some(patient(&self.mails)), sms: Some(SmsSender::new(sms)) }
    }

    fn worker(&self, cx: &Services) -> (Worker, Arc<Stats>) {
        let stats = Arc::new(Stats::default());
        (Worker::new(cx.clone(), self.senders(), None, Arc::clone(&stats)), stats)
    }

    async fn deliver(&self, t: &Bench) -> usize {
        self.worker(&t.cx).0.drain().await;
        self.sent()
    }

    fn sent(&self) -> usize {
        self.texts.received().len()
    }
}

async fn limited(t: Bench, texts: TextLimits) -> Bench {
    t.with(|settings: &mut Settings| {
        settings.texts = texts;
        settings.sends.per_hour_address = 0;
    })
    .await
}

async fn register(cx: &Services, from: IpAddr, identifier: &str) -> Result<(), StartError> {
    let start = Start { identifier: identifier.to_owned(), owner: None, consent: true };
    registration::start(cx, &meta_from(from), start).await.map(drop)
}

async fn register_with_work(cx: &Services, from: IpAddr, identifier: &str) -> Result<(), StartError> {
    let challenge = work::issue(cx, JourneyKind::Registration).expect("work is asked for");
    let number = Puzzle::new(&challenge.text, challenge.bits).search(0..u64::MAX).expect("there is a solution");
    let meta = RequestMeta { work: Some(work::proof(&challenge, number)), ..meta_from(from) };
    let start = Start { identifier: identifier.to_owned(), owner: None, consent: true };
    registration::start(cx, &meta, start).await.map(drop)
}

/// The nth client, in a network of its own.
fn client(nth: u16) -> IpAddr {
    Ipv6Addr::new(0x2001, 0xdb8, nth, 0, 0, 0, 0, 1).into()
}

/// The nth number of the United States, a hundred to a prefix.
fn number(nth: u16) -> String {
    format!("+1202{:03}{:04}", 200 + nth / 100, 1000 + nth % 100)
}

on_both_databases! {
    async fn all_nodes_together_send_as_many_as_the_limit_says(t: Bench) {
        let t = limited(t, TextLimits { total: TextCap { per_hour: 10, per_day: 0 }, owner_share: 0, ..open() }).await;
        let (providers, other) = (Providers::start().await, t.another_node().await);
        for nth in 0..30 {
            register(&t.cx, client(nth), &number(nth * 100)).await.expect("nothing is used yet");
        }
        let ((one, _), (two, stats)) = (providers.worker(&t.cx), providers.worker(&other));
        tokio::join!(one.drain(), two.drain());
        assert_eq!(providers.sent(), 10);
        assert!(stats.text_refusals().iter().all(|(by, count)| *count == 0 || *by == "text.total"));
        assert_matches!(register(&t.cx, client(99), &number(9900)).await, Err(StartError::TextsStopped));
        t.advance(HOUR);
        register(&t.cx, client(99), &number(9900)).await.expect("another hour");
        assert_eq!(providers.deliver(&t).await, 11);
    }

    async fn strangers_cannot_spend_what_an_owner_needs(t: Bench) {
        t.account("+12025550123").await;
        let t = limited(t, TextLimits { budget_day: 10, owner_share: 30, ..open() }).await;
        let providers = Providers::start().await;
        for nth in 0..30 {
            register(&t.cx, client(nth), &number(nth * 100)).await.expect("nothing is used yet");
        }
        assert_eq!(providers.deliver(&t).await, 7);
        for nth in 7..10 {
            recovery::start(&t.cx, &meta_from(client(nth)), "+12025550123").await.expect("starts");
            t.advance(Duration::from_secs(60));
            assert_eq!(providers.deliver(&t).await, usize::from(nth + 1), "{nth}");
        }
    }

    async fn a_flood_without_work_leaves_the_rest_to_those_with_a_proof(t: Bench) {
        let (without_work, total) = (TextCap { per_hour: 5, per_day: 0 }, TextCap { per_hour: 20, per_day: 0 });
        let work = WorkDemand { on: true, bits: 8 };
        let t = limited(t, TextLimits { without_work, total, work, owner_share: 0, ..open() }).await;
        let providers = Providers::start().await;
        for nth in 0..30 {
            register(&t.cx, client(nth), &number(nth * 100)).await.expect("nothing is used yet");
        }
        assert_eq!(providers.deliver(&t).await, 5);
        assert_matches!(register(&t.cx, client(40), &number(40)).await, Err(StartError::TextsStopped));
        for nth in 50..65 {
            register_with_work(&t.cx, client(nth), &number(nth * 100)).await.expect("there is room");
        }
        assert_eq!(providers.deliver(&t).await, 20, "all of them");
        assert_matches!(register_with_work(&t.cx, client(70), &number(70)).await, Err(StartError::TextsStopped));
    }

    async fn caps_that_are_too_large_leave_half_all_the_same(t: Bench) {
        let (without_work, work) = (TextCap { per_hour: 1000, per_day: 0 }, WorkDemand { on: true, bits: 8 });
        let t = limited(t, TextLimits { without_work, work, budget_day: 20, owner_share: 0, ..open() }).await;
        let providers = Providers::start().await;
        for nth in 0..30 {
            register(&t.cx, client(nth), &number(nth * 100)).await.expect("nothing is used yet");
        }
        assert_eq!(providers.deliver(&t).await, 10);
    }

    async fn one_network_cannot_use_up_the_text_messages_of_an_account_by_all_its_names(t: Bench) {
        t.account_with("+12025550123", "ada", GOOD).await;
        t.advance(HOUR);
        let t = limited(t, TextLimits { number: TextCap { per_hour: 5, per_day: 0 }, ..open() }).await;
        let providers = Providers::start().await;
        for typed in ["+12025550123", "ada", "+12025550123", "ada", "+12025550123", "ada"] {
            recovery::start(&t.cx, &meta_from(client(1)), typed).await.expect("starts");
            providers.deliver(&t).await;
            t.advance(Duration::from_secs(61));
        }
        assert_eq!(providers.sent(), 3);
        recovery::start(&t.cx, &meta_from(client(2)), "+12025550123").await.expect("starts");
        assert_eq!(providers.deliver(&t).await, 4, "the owner's");
        t.advance(Duration::from_secs(1));
        recovery::start(&t.cx, &meta_from(client(3)), "ada").await.expect("starts");
        assert_eq!(providers.deliver(&t).await, 5, "someone else's");
        t.advance(Duration::from_secs(1));
        recovery::start(&t.cx, &meta_from(client(4)), "ada").await.expect("starts");
        assert_eq!(providers.deliver(&t).await, 5, "five in all, however many ask");
    }

    async fn where_the_throttle_stands_alone_no_text_message_is_kept_for_others(t: Bench) {
        t.account("+12025550123").await;
        let t = limited(t, TextLimits { number: TextCap { per_hour: 5, per_day: 0 }, ..open() }).await;
        let t = t.with(|settings| settings.recovery.throttle = RecoveryThrottle::none()).await;
        let providers = Providers::start().await;
        for nth in 1..=6 {
            recovery::start(&t.cx, &meta_from(client(1)), "+12025550123").await.expect("starts");
            assert_eq!(providers.deliver(&t).await, nth.min(5));
            t.advance(Duration::from_secs(61));
        }
    }
}

#[tokio::test]
async fn a_stop_of_text_messages_never_stops_mail() {
    let t = limited(Bench::sqlite().await, TextLimits { total: TextCap { per_hour: 1, per_day: 1 }, ..open() }).await;
    let providers = Providers::start().await;
    for nth in 0..3 {
        register(&t.cx, client(nth), &number(nth)).await.expect("nothing is used yet");
        register(&t.cx, client(nth), &format!("person{nth}@example.org")).await.expect("starts");
    }
    assert_eq!((providers.deliver(&t).await, providers.mails.received().len()), (1, 3));
    register(&t.cx, client(9), "person9@example.org").await.expect("mail is not stopped");
    assert_eq!((providers.deliver(&t).await, providers.mails.received().len()), (1, 4));
}

#[tokio::test]
async fn addresses_of_one_network_are_counted_as_one() {
    let network = TextCap { per_hour: 3, per_day: 0 };
    let t = limited(Bench::sqlite().await, TextLimits { network, ..open() }).await;
    let providers = Providers::start().await;
    for nth in 0..10 {
        let low = Ipv6Addr::new(0x2001, 0xdb8, 1, nth, nth, 0, 0, 1).into();
        register(&t.cx, low, &number(nth * 100)).await.expect("nothing is used yet");
        let old = Ipv4Addr::new(192, 0, 2, u8::try_from(nth).expect("small")).into();
        register(&t.cx, old, &number(nth * 100 + 1)).await.expect("nothing is used yet");
    }
    assert_eq!(providers.deliver(&t).await, 6);
    let refused = register(&t.cx, Ipv6Addr::new(0x2001, 0xdb8, 1, 99, 0, 0, 0, 1).into(), &number(5000)).await;
    assert_matches!(refused, Err(StartError::TextsStopped));
    register(&t.cx, client(2), &number(5000)).await.expect("another network");
}

#[tokio::test]
async fn a_number_of_another_country_is_told_when_registering_and_kept_silent_when_recovering() {
    let t = Bench::sqlite().await;
    t.add_account_elsewhere().await;
    let refused = |error: Result<(), StartError>| match error {
        Err(StartError::Fields(faults)) => faults.into_iter().map(|problem| problem.fault).collect(),
        _ => Vec::new(),
    };
    for number in ["+819012345678", "+14165550123", "+441534440123", "+870773100000"] {
        let faults = refused(register(&t.cx, client(1), number).await);
        assert_eq!(faults, [FieldFault::CountryNotServed], "{number}");
    }
    let providers = Providers::start().await;
    recovery::start(&t.cx, &meta(), "+819012345678").await.expect("looks like any other");
    let (worker, stats) = providers.worker(&t.cx);
    worker.drain().await;
    assert_eq!(providers.sent(), 0);
    assert!(stats.text_refusals().contains(&("text.not_served", 1)));
    let t = limited(t, TextLimits { countries: vec!["JP".to_owned()], ..open() }).await;
    t.advance(Duration::from_secs(60));
    recovery::start(&t.cx, &meta(), "+819012345678").await.expect("starts");
    assert_eq!(providers.deliver(&t).await, 1);
}

#[tokio::test]
async fn without_phone_registration_an_email_address_is_asked_for() {
    let t = Bench::sqlite().await.with(|settings| settings.registration.phone = false).await;
    for typed in ["+12025550123", "", "ada"] {
        match register(&t.cx, client(1), typed).await {
            Err(StartError::Fields(faults)) => assert_eq!(faults[0].fault, FieldFault::EmailOnly, "{typed}"),
            other => panic!("{typed}: {other:?}"),
        }
    }
    register(&t.cx, client(1), "ada@example.org").await.expect("an email address will do");
}

#[tokio::test]
async fn a_message_that_is_tried_again_is_counted_once() {
    let t = limited(
        Bench::sqlite().await,
        TextLimits { total: TextCap { per_hour: 2, per_day: 2 }, owner_share: 0, ..open() },
    )
    .await;
    let providers = Providers::start().await;
    providers.texts.answer(http::Answer::Status(500));
    register(&t.cx, client(1), &number(1)).await.expect("starts");
    for _ in 0..4 {
        providers.deliver(&t).await;
        t.advance(Duration::from_secs(60));
    }
    providers.texts.answer(http::Answer::Status(201));
    register(&t.cx, client(2), &number(2)).await.expect("one is left");
    t.advance(Duration::from_secs(60));
    assert_eq!(providers.deliver(&t).await, 4 + 2);
}

#[tokio::test]
async fn word_of_a_new_password_waits_for_the_budget() {
    let t = Bench::sqlite().await;
    t.account("+12025550123").await;
    let t = limited(t, TextLimits { budget_day: 1, owner_share: 0, ..open() }).await;
    let providers = Providers::start().await;
    register(&t.cx, client(1), &number(1)).await.expect("starts");
    assert_eq!(providers.deliver(&t).await, 1);
    let caller = t.caller("+12025550123", GOOD).await;
    let change = Change { current_password: GOOD.into(), new_password: BETTER.into(), confirm_password: BETTER.into() };
    password::change(&t.cx, &meta(), &caller, change).await.expect("changes");
    assert_eq!(providers.deliver(&t).await, 1);
    assert_eq!(t.cx.store.outbox_counts().await.expect("counts").waiting, 1);
    t.advance(24 * HOUR);
    assert_eq!(providers.deliver(&t).await, 2);
}

#[tokio::test]
async fn a_budget_is_spent_by_segments_at_the_price_of_the_country() {
    let prices = vec![("US".to_owned(), 4)];
    let t =
        limited(Bench::sqlite().await, TextLimits { budget_day: 11, owner_share: 0, price: 1, prices, ..open() }).await;
    let providers = Providers::start().await;
    for nth in 0..5 {
        register(&t.cx, client(nth), &number(nth)).await.expect("nothing is used yet");
    }
    assert_eq!(providers.deliver(&t).await, 2, "a third would make twelve");
}

#[tokio::test]
async fn codes_that_are_entered_keep_their_prefix_open() {
    let t = limited(Bench::sqlite().await, open()).await;
    let providers = Providers::start().await;
    for nth in 0..60 {
        let start = Start { identifier: number(nth), owner: None, consent: true };
        let handle = registration::start(&t.cx, &meta_from(client(nth)), start).await.expect("starts").expose();
        providers.deliver(&t).await;
        let body = providers.texts.received().pop().expect("a request").form();
        let body = body.into_iter().find_map(|(name, body)| (name == "Body").then_some(body)).expect("a body");
        let code = body.rsplit('#').next().expect("a code").to_owned();
        if nth % 4 == 0 {
            registration::verify(&t.cx, &meta_from(client(nth)), &handle, &code).await.expect("right");
        }
    }
    assert_eq!(providers.sent(), 60);
    for nth in 100..160 {
        let _ = register(&t.cx, client(nth), &number(nth)).await;
        providers.deliver(&t).await;
    }
    assert_eq!(providers.sent(), 60 + 50, "of the next prefix no code is entered");
    t.advance(6 * HOUR);
    register(&t.cx, client(160), &number(160)).await.expect("the pause is over");
    assert_eq!(providers.deliver(&t).await, 60 + 51);
}

trait Elsewhere {
    async fn add_account_elsewhere(&self);
}

impl Elsewhere for Bench {
    /// An account with a number of Japan, from when it was served.
    async fn add_account_elsewhere(&self) {
        self.account("ada@example.org").await;
        self.add_identifier("ada@example.org", "+819012345678").await;
        assert!(code_in(&self.deliver().await).is_none());
    }
}

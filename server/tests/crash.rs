//! The program is killed in the middle of a request, again and again (P6): what was acknowledged is still true,
//! nothing is half done, no message is lost, and none comes more than twice.
//!
//! It is the real program, killed without warning some time after a request was sent or answered; when exactly follows
//! from a seed. One installation lives through all of it: one node on SQLite, or two on PostgreSQL, of which one is
//! killed while the other goes on.
#![expect(clippy::expect_used, reason = "a helper that cannot go on must stop the test")]

use std::time::{Duration, Instant};

use rekey_domain::message::Outcome;
use rekey_service::recovery;
use rekey_testkit::assurance::{measured, scale};
use rekey_testkit::bench::{link_in, meta};
use rekey_testkit::site::{Browser, ExpectedMail, ReceivedMessage, Scripts, Topic, paths};
use rekey_testkit::{Database, SeededRng, TestSite};
use uuid::Uuid;

const SEED: u64 = 0x0c4a_5400_0000_0001;
/// Cuts of each kind; in the last one the answer is awaited first.
const ROUNDS: usize = 4;
/// The same where the promise is measured: 203 kills on each database.
const FULL_ROUNDS: usize = 29;
/// The latest moment of a cut, in microseconds. Every other one comes within a fifth of that.
const LATEST: u64 = 60_000;
/// After this a lease has run out, and another worker sends the message.
const LEASE: Duration = Duration::from_secs(61);
const PROMPT: Duration = Duration::from_secs(20);
const READY: Duration = Duration::from_secs(30);

const OLD: &str = "Four quiet-words7here";
const NEW: &str = "Nine louder-words8there";

/// Which request is cut. Those that queue messages come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cut {
    RecoverByCode,
    RecoverByLink,
    RecoverStart,
    RegisterStart,
    RecoverVerify,
    RegisterVerify,
    RegisterComplete,
}

const CUTS: [Cut; 7] = [
    Cut::RecoverByCode,
    Cut::RecoverByLink,
    Cut::RecoverStart,
    Cut::RegisterStart,
    Cut::RecoverVerify,
    Cut::RegisterVerify,
    Cut::RegisterComplete,
];

/// When: so long after the request was sent, or after its answer came.
#[derive(Debug, Clone, Copy)]
enum Moment {
    Sent(Duration),
    Answered(Duration),
}

/// A site, and what has become of it so far.
struct Scene {
    site: TestSite,
    slowest: Duration,
    cuts: usize,
    acknowledged: usize,
    expected: Vec<ExpectedMail>,
    /// Those who wait for their message.
    waiting: Vec<Person>,
}

/// A person with an address and a browser.
struct Person {
    address: String,
    browser: Browser,
    cut: Cut,
}

impl Scene {
    fn new(site: TestSite) -> Self {
        Self { site, slowest: Duration::ZERO, cuts: 0, acknowledged: 0, expected: Vec::new(), waiting: Vec::new() }
    }

    /// Sends a request to a node, kills it, and starts it again. Whether the request was acknowledged.
    #[expect(clippy::disallowed_methods, reason = "what is measured is real time")]
    async fn cut(&mut self, browser: &mut Browser, moment: Moment, path: &str, fields: &[(&str, &str)]) -> bool {
        let program = self.site.as_program();
        let node = self.cuts % program.nodes();
        let in_flight = browser.begin_post(node, path, fields).await;
        let kill_after = |wait| {
            // To the microsecond, which no timer of the runtime is.
            std::thread::sleep(wait);
            program.kill(node);
        };
        let answer = match moment {
            Moment::Sent(wait) => {
                kill_after(wait);
                in_flight.answer().await
            }
            Moment::Answered(wait) => {
                let answer = in_flight.answer().await;
                kill_after(wait);
                answer
            }
        };
        if let Some(answer) = &answer {
            assert!(answer.is_success(), "{path}: {answer:?}");
            browser.keep_cookies(answer);
        }
        self.verify_audit();
        let begun = Instant::now();
        program.start(node);
        self.slowest = self.slowest.max(begun.elapsed());
        (self.cuts, self.acknowledged) = (self.cuts + 1, self.acknowledged + usize::from(answer.is_some()));
        answer.is_some()
    }

    fn verify_audit(&self) {
        let mut command = self.site.as_program().installation().command();
        let verdict = command.args(["audit", "verify"]).output().expect("it runs");
        assert!(verdict.status.success(), "{}", String::from_utf8_lossy(&verdict.stdout));
    }

    fn messages(&self) -> Vec<ReceivedMessage> {
        self.site.as_program().provider().messages()
    }

    /// The newest message about this that has come to an address.
    fn message(&self, address: &str, topic: Topic) -> ReceivedMessage {
        let wanted = |message: &&ReceivedMessage| message.to == address && Topic::of(message) == topic;
        let has_come = |messages: &[ReceivedMessage]| messages.iter().any(|message| wanted(&message));
        assert!(self.site.as_program().provider().wait_until(PROMPT, has_come), "{topic:?} for {address}");
        self.messages().iter().rfind(wanted).expect("it has come").clone()
    }

    fn expect(&mut self, to: &str, topic: Topic, least: usize, most: usize) {
        self.expected.push(ExpectedMail { to: to.to_owned(), topic, least, most });
    }

    /// Lets the leases of workers that were killed run out, and waits until nothing is queued any more.
    async fn settle(&self) {
        self.site.advance(LEASE).await;
        self.site.deliver().await;
        let messages = self.messages();
        let lost: Vec<_> = self.expected.iter().filter(|mail| !mail.has_arrived(&messages)).collect();
        assert!(lost.is_empty(), "a message is lost: {lost:?}");
    }
}

impl Person {
    async fn try_post(&mut self, path: &str, fields: &[(&str, &str)]) -> bool {
        self.browser.post(Scripts::On, path, fields).await.is_success()
    }

    async fn post(&mut self, path: &str, fields: &[(&str, &str)]) {
        let answer = self.browser.post(Scripts::On, path, fields).await;
        assert!(answer.is_success(), "{:?} {path}: {answer:?}", self.cut);
    }

    /// Whether a page is there and asks for this.
    async fn is_asked(&mut self, page: &str, field: &str) -> bool {
        let page = self.browser.get(page).await;
        page.status == 200 && page.body.contains(&format!("name=\"{field}\""))
    }

    async fn start(&mut self, path: &str) {
        let address = self.address.clone();
        self.post(path, &[("identifier", &address)]).await;
    }

    async fn choose(&mut self, path: &str, password: &str) -> bool {
        self.try_post(path, &[("new_password", password), ("confirm_password", password)]).await
    }

    /// Whether a password opens the account, in a browser of its own.
    async fn signs_in(&self, password: &str) -> bool {
        let fields = [("identifier", self.address.as_str()), ("password", password)];
        let mut other = self.browser.clone();
        other.clear_cookies();
        other.post(Scripts::On, paths::SIGN_IN, &fields).await.is_success()
    }

    /// Makes an account.
    async fn registers(&mut self, scene: &Scene) {
        self.start(paths::REGISTRATION_START).await;
        let code = scene.message(&self.address, Topic::Registration).code().expect("a code");
        self.post(paths::REGISTRATION_VERIFY, &[("code", &code)]).await;
        assert!(self.choose(paths::REGISTRATION_COMPLETE, OLD).await);
    }

    /// What is left of a registration whose code is proven.
    async fn finishes_registration(&mut self) {
        assert!(self.is_asked("/register/details", "new_password").await, "{}", self.address);
        assert!(self.choose(paths::REGISTRATION_COMPLETE, OLD).await, "{}", self.address);
        self.is_registered().await;
    }

    async fn is_registered(&mut self) {
        assert!(self.signs_in(OLD).await, "{}", self.address);
        let again = self.choose(paths::REGISTRATION_COMPLETE, NEW).await;
        assert!(!again && !self.signs_in(NEW).await, "an account is made once");
    }

    /// Exactly one of the two passwords opens the account; whether it is the new one. What did not happen can still
    /// be done, and what did happen cannot be done again.
    async fn has_recovered(&mut self, acknowledged: bool) {
        let (old, new) = (self.signs_in(OLD).await, self.signs_in(NEW).await);
        assert!(old != new, "{:?}: old {old}, new {new}", self.cut);
        assert!(new || !acknowledged, "an acknowledged change is lost");
        let is_signed_in = self.is_asked("/account/password", "new_password").await;
        assert_eq!(is_signed_in, old, "sessions end with the password that they were begun with");
        assert_eq!(self.choose(paths::RECOVERY_COMPLETE, NEW).await, old, "it can be finished once");
        assert!(self.signs_in(NEW).await && !self.signs_in(OLD).await);
        assert!(!self.choose(paths::RECOVERY_COMPLETE, OLD).await, "it can be finished once");
    }
}

/// One cut and what must be true right after it.
async fn one(scene: &mut Scene, cut: Cut, nth: u64, moment: Moment) {
    let address = format!("{}-{nth}@example.org", format!("{cut:?}").to_lowercase());
    let mut person = Person { address, browser: scene.site.browser(scene.cuts), cut };
    match cut {
        Cut::RegisterStart | Cut::RecoverStart => starts(scene, person, moment).await,
        Cut::RegisterVerify | Cut::RegisterComplete => registers(scene, &mut person, moment).await,
        Cut::RecoverVerify | Cut::RecoverByCode | Cut::RecoverByLink => recovers(scene, &mut person, moment).await,
    }
}

async fn starts(scene: &mut Scene, mut person: Person, moment: Moment) {
    let (path, page, topic) = match person.cut {
        Cut::RecoverStart => (paths::RECOVERY_START, "/recover", Topic::Recovery),
        _ => (paths::REGISTRATION_START, "/register/code", Topic::Registration),
    };
    if person.cut == Cut::RecoverStart {
        person.registers(scene).await;
    }
    let address = person.address.clone();
    let acknowledged = scene.cut(&mut person.browser, moment, path, &[("identifier", &address)]).await;
    if !acknowledged {
        person.start(path).await;
    }
    assert!(person.is_asked(page, "code").await, "the journey goes on");
    // An answer that was lost on the way may stand for a request that was not.
    scene.expect(&address, topic, 1, if acknowledged { 1 } else { 2 });
    scene.waiting.push(person);
}

async fn registers(scene: &mut Scene, person: &mut Person, moment: Moment) {
    person.start(paths::REGISTRATION_START).await;
    let code = scene.message(&person.address, Topic::Registration).code().expect("a code");
    let code = [("code", code.as_str())];
    if person.cut == Cut::RegisterVerify {
        if !scene.cut(&mut person.browser, moment, paths::REGISTRATION_VERIFY, &code).await {
            person.post(paths::REGISTRATION_VERIFY, &code).await;
        }
        return person.finishes_registration().await;
    }
    person.post(paths::REGISTRATION_VERIFY, &code).await;
    let choice = [("new_password", OLD), ("confirm_password", OLD)];
    let acknowledged = scene.cut(&mut person.browser, moment, paths::REGISTRATION_COMPLETE, &choice).await;
    if person.signs_in(OLD).await {
        person.is_registered().await;
    } else {
        assert!(!acknowledged, "an acknowledged account is lost");
        person.finishes_registration().await;
    }
}

async fn recovers(scene: &mut Scene, person: &mut Person, moment: Moment) {
    person.registers(scene).await;
    let address = person.address.clone();
    person.post(paths::SIGN_IN, &[("identifier", &address), ("password", OLD)]).await;
    person.start(paths::RECOVERY_START).await;
    let mail = scene.message(&address, Topic::Recovery);
    let code = mail.code().expect("a code");
    let code = [("code", code.as_str())];
    let choice = [("new_password", NEW), ("confirm_password", NEW)];
    match person.cut {
        Cut::RecoverVerify => {
            if !scene.cut(&mut person.browser, moment, paths::RECOVERY_VERIFY, &code).await {
                person.post(paths::RECOVERY_VERIFY, &code).await;
            }
            assert!(person.is_asked("/recover/new", "new_password").await);
            person.has_recovered(false).await;
        }
        Cut::RecoverByLink => {
            person.browser.get(&mail.link(paths::RECOVERY_LINK).expect("a link")).await;
            let acknowledged = scene.cut(&mut person.browser, moment, paths::RECOVERY_COMPLETE, &choice).await;
            person.has_recovered(acknowledged).await;
        }
        _ => {
            person.post(paths::RECOVERY_VERIFY, &code).await;
            let acknowledged = scene.cut(&mut person.browser, moment, paths::RECOVERY_COMPLETE, &choice).await;
            person.has_recovered(acknowledged).await;
        }
    }
    scene.expect(&address, Topic::PasswordChanged, 1, 1);
}

/// Everyone who waited for a message goes on with it.
async fn finish(scene: &mut Scene) {
    for mut person in std::mem::take(&mut scene.waiting) {
        let (verify, topic) = match person.cut {
            Cut::RecoverStart => (paths::RECOVERY_VERIFY, Topic::Recovery),
            _ => (paths::REGISTRATION_VERIFY, Topic::Registration),
        };
        let mut messages = scene.messages();
        messages.retain(|message| message.to == person.address && Topic::of(message) == topic);
        let mut right = None;
        for message in messages.iter().rev() {
            let code = message.code().unwrap_or_default();
            if right.is_none() && person.try_post(verify, &[("code", &code)]).await {
                right = Some(message);
            }
        }
        let right = right.unwrap_or_else(|| panic!("no code for {} is right", person.address));
        if person.cut == Cut::RegisterStart {
            person.finishes_registration().await;
            continue;
        }
        // The link of the same message does it as well, once.
        person.browser.clear_cookies();
        person.browser.get(&right.link(paths::RECOVERY_LINK).expect("a link")).await;
        assert!(person.choose(paths::RECOVERY_COMPLETE, NEW).await, "a link works");
        assert!(!person.choose(paths::RECOVERY_COMPLETE, OLD).await, "a link works once");
        assert!(person.signs_in(NEW).await && !person.signs_in(OLD).await);
    }
}

async fn a_kill_loses_nothing(site: TestSite) {
    println!("seed {SEED:#x}");
    let (mut rng, mut scene) = (SeededRng::new(SEED), Scene::new(site));
    for cut in CUTS {
        let rounds = scale(ROUNDS, FULL_ROUNDS) as u64;
        for nth in 0..rounds {
            let latest = if nth % 2 == 0 { LATEST / 5 } else { LATEST };
            let wait = Duration::from_micros(rng.below(latest));
            let moment = if nth + 1 == rounds { Moment::Answered(wait / 3) } else { Moment::Sent(wait) };
            println!("{cut:?} {nth}: {moment:?}");
            one(&mut scene, cut, nth, moment).await;
        }
    }
    scene.settle().await;
    finish(&mut scene).await;
    scene.verify_audit();

    let messages = scene.messages();
    let twice: usize = scene.expected.iter().map(|mail| mail.came_twice(&messages)).sum();
    let Scene { cuts, acknowledged, slowest, .. } = scene;
    println!("{cuts} cuts, {acknowledged} acknowledged, {} messages of which {twice} came twice", messages.len());
    println!("slowest start {slowest:?}");
    let (sent, start) = (messages.len(), slowest.as_millis());
    let figure = format!(
        "{cuts} kills (seed {SEED:#x}), {acknowledged} acknowledged, {sent} messages, {twice} twice; slowest start {start} ms"
    );
    measured("P6", &figure);
    assert!(slowest < READY, "{slowest:?}");
    assert!((1..cuts).contains(&acknowledged), "cuts come before answers and after them");
}

/// What would slow down one client that does everything.
const UNTHROTTLED: [(&str, &str); 3] = [
    ("REKEY_SENDS__PER_HOUR_TARGET", "0"),
    ("REKEY_SENDS__PER_HOUR_ADDRESS", "0"),
    ("REKEY_RECOVERY__THROTTLE", "none"),
];

#[tokio::test]
async fn a_kill_loses_nothing_and_leaves_nothing_half_done() {
    let options = TestSite::program();
    let site = UNTHROTTLED.iter().fold(options, |options, (name, value)| options.set(name, value)).start().await;
    a_kill_loses_nothing(site).await;
}

#[tokio::test]
async fn a_kill_of_one_of_two_nodes_over_postgresql_loses_nothing_either() {
    let options = TestSite::program().nodes(2).on(Database::postgres().await);
    let site = UNTHROTTLED.iter().fold(options, |options, (name, value)| options.set(name, value)).start().await;
    a_kill_loses_nothing(site).await;
}

/// Its lease runs out after the person has asked again and has the newer message: the older one stays unsent.
#[tokio::test]
async fn a_request_whose_worker_died_does_not_overtake_a_newer_one() {
    const ADA: &str = "ada@example.org";
    let site = TestSite::router().settings(|settings| settings.recovery.throttle.limits.clear()).start().await;
    let t = site.bench();
    t.account(ADA).await;
    recovery::start(&t.cx, &meta(), ADA).await.expect("starts");
    let (died, now) = (Uuid::from_u128(666), t.cx.clock.now());
    let leased = t.cx.store.lease_outbox(8, now, now.plus(Duration::from_secs(60)), died).await.expect("leases");
    assert_eq!(leased.len(), 1);
    t.advance(Duration::from_secs(1));
    let newer = t.recovery_link(ADA).await;
    t.advance(Duration::from_secs(60));
    let late = t.deliver().await;
    assert_eq!(link_in(&late), None, "two links would live");
    assert!(recovery::link_is_open(&t.cx, &newer).await.expect("answers"));
    let settled = t.cx.store.finish_outbox(leased[0].id, died, Outcome::Sent, t.cx.clock.now()).await.expect("answers");
    assert!(!settled, "a worker that died has no say");
}

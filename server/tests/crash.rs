//! The program is killed in the middle of a request, again and again (P6): what was acknowledged is still true,
//! nothing is half done, no message is lost, and none comes more than twice.
//!
//! It is the real program, killed without warning some time after a request was sent or answered; when exactly follows
//! from a seed. One installation lives through all of it.
#![expect(clippy::expect_used, reason = "a helper that cannot go on must stop the test")]

mod support_proofs;

use std::time::{Duration, Instant};

use rekey_domain::message::Outcome;
use rekey_service::recovery;
use rekey_testkit::bench::{link_in, meta, quick_settings};
use support_proofs::chance::Chance;
use support_proofs::house::House;
use support_proofs::owed::{About, Owed, about};
use support_proofs::program::{Client, Installation, Process};
use support_proofs::sink::{Mail, Sink};
use uuid::Uuid;

const SEED: u64 = 0x0c4a_5400_0000_0001;
/// Cuts of each kind; in the last one the answer is awaited first.
const ROUNDS: u64 = 4;
/// The latest moment of a cut, in microseconds. Every other one comes within a fifth of that.
const LATEST: u64 = 60_000;
/// A lease runs out within a minute; then somebody else sends the message.
const LEASE: Duration = Duration::from_secs(75);
const PROMPT: Duration = Duration::from_secs(20);
const READY: Duration = Duration::from_secs(30);

const OLD: &str = "Four quiet-words7here";
const NEW: &str = "Nine louder-words8there";

/// Which request is cut. Those that owe messages come first, so that leases run out while the others are cut.
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

/// An installation, its mail server, and what has become of it so far.
struct Site {
    place: Installation,
    sink: Sink,
    process: Option<Process>,
    slowest: Duration,
    cuts: u32,
    acknowledged: u32,
    owed: Vec<Owed>,
    /// Those who wait for their message.
    waiting: Vec<Person>,
}

/// Somebody with an address and a browser.
struct Person {
    address: String,
    client: Client,
    cut: Cut,
}

impl Site {
    fn new() -> Self {
        let sink = Sink::start();
        let place = Installation::new(&sink.url());
        let process = Some(place.serve());
        let (owed, waiting) = (Vec::new(), Vec::new());
        Self { place, sink, process, slowest: Duration::ZERO, cuts: 0, acknowledged: 0, owed, waiting }
    }

    /// Sends a request, kills the program, and starts it again. Whether the request was acknowledged.
    #[expect(clippy::disallowed_methods, reason = "what is measured is real time")]
    fn cut(&mut self, client: &mut Client, moment: Moment, path: &str, fields: &[(&str, &str)]) -> bool {
        let pending = client.begin("POST", path, fields).expect("it listens");
        let process = self.process.take().expect("it runs");
        let kill_after = |wait| {
            std::thread::sleep(wait);
            process.kill();
        };
        let reply = match moment {
            Moment::Sent(wait) => {
                kill_after(wait);
                pending.finish()
            }
            Moment::Answered(wait) => {
                let reply = pending.finish();
                kill_after(wait);
                reply
            }
        };
        if let Some(reply) = &reply {
            assert!(reply.status < 400, "{path}: {reply:?}");
            client.keep(reply);
        }
        self.verify_audit();
        let begun = Instant::now();
        self.process = Some(self.place.serve());
        self.slowest = self.slowest.max(begun.elapsed());
        (self.cuts, self.acknowledged) = (self.cuts + 1, self.acknowledged + u32::from(reply.is_some()));
        reply.is_some()
    }

    fn verify_audit(&self) {
        let verdict = self.place.command().args(["audit", "verify"]).output().expect("it runs");
        assert!(verdict.status.success(), "{}", String::from_utf8_lossy(&verdict.stdout));
    }

    /// The newest message about this that has come to somebody.
    fn mail(&self, address: &str, wanted: About) -> Mail {
        let mine = |mail: &&Mail| mail.to == address && about(mail) == wanted;
        assert!(self.sink.wait_until(PROMPT, |mails| mails.iter().any(|mail| mine(&mail))), "{wanted:?} for {address}");
        self.sink.mails().iter().rfind(mine).expect("it has come").clone()
    }

    fn owe(&mut self, to: &str, about: About, least: usize, most: usize) {
        self.owed.push(Owed { to: to.to_owned(), about, least, most });
    }

    /// Waits until nothing is owed any more.
    fn settle(&self) {
        let waiting = || {
            let counters = self.place.client().get("/metrics").expect("an answer").body;
            !counters.contains("\nrekey_outbox_waiting 0\n")
        };
        let arrived = |mails: &[Mail]| self.owed.iter().all(|owed| owed.received(mails).len() >= owed.least);
        assert!(self.sink.wait_until(LEASE, arrived), "a message is lost: {:?}", self.lost());
        for _ in 0..LEASE.as_secs() * 2 {
            if !waiting() {
                return;
            }
            self.sink.wait_until(Duration::from_millis(500), |_| false);
        }
        panic!("something is owed for ever");
    }

    fn lost(&self) -> Vec<&Owed> {
        let mails = self.sink.mails();
        self.owed.iter().filter(|owed| owed.received(&mails).len() < owed.least).collect()
    }
}

impl Person {
    fn try_post(&mut self, path: &str, fields: &[(&str, &str)]) -> bool {
        self.client.post(path, fields).expect("an answer").status < 400
    }

    fn post(&mut self, path: &str, fields: &[(&str, &str)]) {
        let reply = self.client.post(path, fields).expect("an answer");
        assert!(reply.status < 400, "{:?} {path}: {reply:?}", self.cut);
    }

    /// Whether a page is there and asks for this.
    fn is_asked(&mut self, page: &str, field: &str) -> bool {
        let page = self.client.get(page).expect("an answer");
        page.status == 200 && page.body.contains(&format!("name=\"{field}\""))
    }

    fn start(&mut self, api: &str) {
        let address = self.address.clone();
        self.post(&format!("/api/{api}/start"), &[("identifier", &address)]);
    }

    fn choose(&mut self, api: &str, password: &str) -> bool {
        self.try_post(&format!("/api/{api}/complete"), &[("new_password", password), ("confirm_password", password)])
    }

    /// Whether a password opens the account, in a browser of its own.
    fn signs_in(&self, password: &str) -> bool {
        let fields = [("identifier", self.address.as_str()), ("password", password)];
        let mut other = self.client.clone();
        other.jar.clear();
        other.post("/api/session/sign-in", &fields).expect("an answer").status < 400
    }

    /// Makes an account.
    fn registers(&mut self, site: &Site) {
        self.start("registration");
        let code = site.mail(&self.address, About::Registration).code().expect("a code");
        self.post("/api/registration/verify", &[("code", &code)]);
        assert!(self.choose("registration", OLD));
    }

    /// What is left of a registration whose code is proven.
    fn finishes_registration(&mut self) {
        assert!(
            self.is_asked("/register/details", "new_password") && self.choose("registration", OLD),
            "{}",
            self.address
        );
        self.is_registered();
    }

    fn is_registered(&mut self) {
        assert!(self.signs_in(OLD), "{}", self.address);
        assert!(!self.choose("registration", NEW) && !self.signs_in(NEW), "an account is made once");
    }

    /// Exactly one of the two passwords opens the account; whether it is the new one. What did not happen can still
    /// be done, and what did happen cannot be done again.
    fn has_recovered(&mut self, acknowledged: bool) {
        let (old, new) = (self.signs_in(OLD), self.signs_in(NEW));
        assert!(old != new, "{:?}: old {old}, new {new}", self.cut);
        assert!(new || !acknowledged, "an acknowledged change is lost");
        assert_eq!(
            self.is_asked("/account/password", "new_password"),
            old,
            "sessions end with the password that they were begun with"
        );
        assert_eq!(self.choose("recovery", NEW), old, "it can be finished once");
        assert!(self.signs_in(NEW) && !self.signs_in(OLD));
        assert!(!self.choose("recovery", OLD), "it can be finished once");
    }
}

/// One cut and what must be true right after it.
fn one(site: &mut Site, cut: Cut, nth: u64, moment: Moment) {
    let client = site.place.client();
    let mut person =
        Person { address: format!("{}-{nth}@example.org", format!("{cut:?}").to_lowercase()), client, cut };
    match cut {
        Cut::RegisterStart | Cut::RecoverStart => starts(site, person, moment),
        Cut::RegisterVerify | Cut::RegisterComplete => registers(site, &mut person, moment),
        Cut::RecoverVerify | Cut::RecoverByCode | Cut::RecoverByLink => recovers(site, &mut person, moment),
    }
}

fn starts(site: &mut Site, mut person: Person, moment: Moment) {
    let (api, page, about) = match person.cut {
        Cut::RecoverStart => ("recovery", "/recover", About::Recovery),
        _ => ("registration", "/register/code", About::Registration),
    };
    if person.cut == Cut::RecoverStart {
        person.registers(site);
    }
    let address = person.address.clone();
    let acknowledged = site.cut(&mut person.client, moment, &format!("/api/{api}/start"), &[("identifier", &address)]);
    if !acknowledged {
        person.start(api);
    }
    assert!(person.is_asked(page, "code"), "the journey goes on");
    // An answer that was lost on the way may stand for a request that was not.
    site.owe(&address, about, 1, if acknowledged { 1 } else { 2 });
    site.waiting.push(person);
}

fn registers(site: &mut Site, person: &mut Person, moment: Moment) {
    person.start("registration");
    let code = site.mail(&person.address, About::Registration).code().expect("a code");
    let verify = ("/api/registration/verify", [("code", code.as_str())]);
    if person.cut == Cut::RegisterVerify {
        if !site.cut(&mut person.client, moment, verify.0, &verify.1) {
            person.post(verify.0, &verify.1);
        }
        return person.finishes_registration();
    }
    person.post(verify.0, &verify.1);
    let choice = [("new_password", OLD), ("confirm_password", OLD)];
    let acknowledged = site.cut(&mut person.client, moment, "/api/registration/complete", &choice);
    if person.signs_in(OLD) {
        person.is_registered();
    } else {
        assert!(!acknowledged, "an acknowledged account is lost");
        person.finishes_registration();
    }
}

fn recovers(site: &mut Site, person: &mut Person, moment: Moment) {
    person.registers(site);
    let address = person.address.clone();
    person.post("/api/session/sign-in", &[("identifier", &address), ("password", OLD)]);
    person.start("recovery");
    let mail = site.mail(&address, About::Recovery);
    let code = mail.code().expect("a code");
    let verify = ("/api/recovery/verify", [("code", code.as_str())]);
    let choice = ("/api/recovery/complete", [("new_password", NEW), ("confirm_password", NEW)]);
    match person.cut {
        Cut::RecoverVerify => {
            if !site.cut(&mut person.client, moment, verify.0, &verify.1) {
                person.post(verify.0, &verify.1);
            }
            assert!(person.is_asked("/recover/new", "new_password"));
            person.has_recovered(false);
        }
        Cut::RecoverByLink => {
            person.client.get(&mail.link("/recover/link/").expect("a link")).expect("an answer");
            let acknowledged = site.cut(&mut person.client, moment, choice.0, &choice.1);
            person.has_recovered(acknowledged);
        }
        _ => {
            person.post(verify.0, &verify.1);
            let acknowledged = site.cut(&mut person.client, moment, choice.0, &choice.1);
            person.has_recovered(acknowledged);
        }
    }
    site.owe(&address, About::Change, 1, 1);
}

/// Everybody who waited for a message goes on with it.
fn finish(site: &mut Site) {
    for mut person in std::mem::take(&mut site.waiting) {
        let mails: Vec<_> = site.sink.mails().into_iter().filter(|mail| mail.to == person.address).collect();
        let (api, wanted) = match person.cut {
            Cut::RecoverStart => ("recovery", About::Recovery),
            _ => ("registration", About::Registration),
        };
        let verify = format!("/api/{api}/verify");
        let codes = mails.iter().filter(|mail| about(mail) == wanted).filter_map(|mail| Some((mail, mail.code()?)));
        let right = codes.rev().find(|(_, code)| person.try_post(&verify, &[("code", code)]));
        let (mail, _) = right.unwrap_or_else(|| panic!("no code for {} is right", person.address));
        if person.cut == Cut::RegisterStart {
            person.finishes_registration();
            continue;
        }
        // The link of the same message does it as well, once.
        person.client.jar.clear();
        person.client.get(&mail.link("/recover/link/").expect("a link")).expect("an answer");
        assert!(person.choose("recovery", NEW) && !person.choose("recovery", OLD), "a link works once");
        assert!(person.signs_in(NEW) && !person.signs_in(OLD));
    }
}

#[test]
fn a_kill_loses_nothing_and_leaves_nothing_half_done() {
    println!("seed {SEED:#x}");
    let (mut chance, mut site) = (Chance::new(SEED), Site::new());
    for cut in CUTS {
        for nth in 0..ROUNDS {
            let latest = if nth % 2 == 0 { LATEST / 5 } else { LATEST };
            let wait = Duration::from_micros(chance.below(latest));
            let moment = if nth + 1 == ROUNDS { Moment::Answered(wait / 3) } else { Moment::Sent(wait) };
            println!("{cut:?} {nth}: {moment:?}");
            one(&mut site, cut, nth, moment);
        }
    }
    site.settle();
    finish(&mut site);
    site.verify_audit();

    let mails = site.sink.mails();
    let twice: usize = site.owed.iter().map(|owed| owed.came_twice(&mails)).sum();
    println!(
        "{} cuts, {} acknowledged, {} mails of which {twice} came twice, slowest start {:?}",
        site.cuts,
        site.acknowledged,
        mails.len(),
        site.slowest
    );
    assert!(site.slowest < READY, "{:?}", site.slowest);
    assert!((1..site.cuts).contains(&site.acknowledged), "cuts come before answers and after them");
}

/// Its lease runs out after the person has asked again and has the newer message: the older one stays unsent.
#[tokio::test]
async fn a_request_whose_worker_died_does_not_overtake_a_newer_one() {
    const ADA: &str = "ada@example.org";
    let mut settings = quick_settings();
    settings.recovery.throttle.limits.clear();
    let house = House::with(settings).await;
    let t = &house.t;
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
    assert!(!settled, "whoever died has no say");
}

//! What a stranger can learn of an account from the forms that everybody can use: nothing (T-01, T-05, T-06).
//!
//! Seven kinds of accounts walk through every public form side by side, with and without scripts, at one moment of a
//! clock that stands still. After each step all answers to identifiers of one shape must be the same bytes.
#![expect(clippy::expect_used, reason = "a helper that cannot go on must stop the test")]

mod support_proofs;

use std::time::Duration;

use http::{HeaderMap, HeaderValue, StatusCode};
use rekey_service::owner;
use rekey_service::setting::{RecoveryKind, RecoveryThrottle};
use rekey_testkit::bench::{BETTER, GOOD, last_segment, quick_settings};
use support_proofs::browser::{Answer, Manner};
use support_proofs::house::House;
use support_proofs::mask::masked;
use support_proofs::walk::{Person, Shape, Step, Walk, as_text, email, person};

/// A code that is sent to nobody here: the bench's randomness is the same in every run, and the walks look.
const WRONG: &str = "000000";
const MINUTE: Duration = Duration::from_secs(61);
const HOUR: Duration = Duration::from_secs(3601);

const UNKNOWN: &str = "unknown0@example.org";
const KNOWN: &str = "known000@example.org";
const DISABLED: &str = "disabled@example.org";
const LOCKED: &str = "locked00@example.org";
const FROZEN: &str = "frozen00@example.org";
const PHONE: &str = "+12025550123";
const USERNAME: &str = "known-ad";

/// Everybody: seven kinds of accounts, and for each shape somebody who is not there.
fn people() -> Vec<Person> {
    let phone = |typed: &str, shown: &str| Person { shown: shown.to_owned(), ..person(Shape::Phone, typed) };
    let mut people: Vec<_> = [UNKNOWN, KNOWN, DISABLED, LOCKED, FROZEN].map(email).into();
    people.extend([phone("+12025550124", "+1 202-555-0124"), phone(PHONE, "+1 202-555-0123")]);
    people.extend(["nobody00", USERNAME, "locked-l"].map(|typed| person(Shape::Username, typed)));
    people
}

/// The house in which they live. User names belong to accounts of their own.
async fn house() -> House {
    let house = House::quick().await;
    let t = &house.t;
    t.account(KNOWN).await;
    t.account(PHONE).await;
    t.account_with("grace@example.org", USERNAME, GOOD).await;
    t.account(DISABLED).await;
    house.disable(DISABLED).await;
    t.account(FROZEN).await;
    house.freeze(FROZEN).await;
    t.account(LOCKED).await;
    t.account_with("lovelace@example.org", "locked-l", GOOD).await;
    // Whatever it took to get here no longer counts against anybody.
    t.advance(2 * HOUR);
    house.lock("locked-l").await;
    t.advance(HOUR);
    house.lock(LOCKED).await;
    house.send_owed().await;
    house
}

const SIGN_IN: Step<'_> = Step::Send("/api/session/sign-in", &[("identifier", "{}"), ("password", GOOD)]);
const MISTYPED: Step<'_> = Step::Send("/api/session/sign-in", &[("identifier", "{}"), ("password", "mistyped it")]);

#[tokio::test]
async fn signing_in_tells_nothing_however_often() {
    for manner in Manner::BOTH {
        let house = house().await;
        let mut walk = Walk::new(&house, manner, &people());
        walk.all(Step::Open("/")).await;
        for _ in 0..7 {
            walk.all_told("sign_in_refused", MISTYPED).await;
        }
        // By now everybody has to wait, even those who know their password.
        walk.all_told("sign_in_refused", SIGN_IN).await;
        walk.all(Step::Open("/account")).await;
    }
}

#[tokio::test]
async fn a_right_password_of_an_account_that_is_off_is_a_wrong_one() {
    for manner in Manner::BOTH {
        let house = house().await;
        let closed = [UNKNOWN, DISABLED, LOCKED, FROZEN].map(email);
        Walk::new(&house, manner, &closed).all_told("sign_in_refused", SIGN_IN).await;
        // Whoever is let in looks different: the comparison is not blind.
        Walk::new(&house, manner, &[email(KNOWN)]).all_led("/account", SIGN_IN).await;
    }
}

/// A journey with codes: its functions and its pages.
struct Codes {
    api: &'static str,
    start: &'static str,
    code: &'static str,
    /// The page of the next step.
    beyond: &'static str,
}

const RECOVERY: Codes =
    Codes { api: "recovery", start: "/forgot", code: "/recover", beyond: "/recover/new" };
const REGISTRATION: Codes = Codes {
    api: "registration",
    start: "/register",
    code: "/register/code",
    beyond: "/register/details",
};

impl Codes {
    fn function(&self, name: &str) -> String {
        format!("/api/{}/{name}", self.api)
    }

    /// From the first page to where it ends without the right code.
    async fn walk(&self, house: &House, manner: Manner, people: &[Person]) {
        let (verify, resend, complete) = (self.function("verify"), self.function("resend"), self.function("complete"));
        let (wrong, again) = (Step::Send(&verify, &[("code", WRONG)]), Step::Send(&resend, &[]));
        let mut walk = Walk::new(house, manner, people);
        walk.all(Step::Open(self.start)).await;
        self.start(&mut walk).await;
        // Before the worker has found out who it is, and after.
        walk.all_told("code_wrong", wrong).await;
        send(house).await;
        self.look(&mut walk).await;
        walk.all_told("code_wrong", wrong).await;
        walk.all_told("fields", Step::Send(&verify, &[("code", "12345")])).await;
        walk.all_told("resend_too_soon", again).await;
        house.t.advance(MINUTE);
        walk.all_led(&format!("{}?done=resent", self.code), again).await;
        send(house).await;
        self.look(&mut walk).await;
        for problem in ["code_wrong", "code_wrong", "code_dead", "code_dead"] {
            walk.all_told(problem, wrong).await;
        }
        house.t.advance(MINUTE);
        walk.all_told("code_dead", again).await;
        self.look(&mut walk).await;
        walk.all(Step::Open(self.beyond)).await;
        let password = [("new_password", BETTER), ("confirm_password", BETTER), ("given_name", "Ada")];
        let complete = Step::Send(&complete, &password);
        match manner {
            Manner::Scripted => walk.all_told("journey_over", complete).await,
            Manner::Plain => walk.all_led(self.code, complete).await,
        }
    }

    async fn start(&self, walk: &mut Walk) {
        walk.all_led(self.code, Step::Send(&self.function("start"), &[("identifier", "{}"), ("consent", "on")])).await;
        self.look(walk).await;
    }

    async fn look(&self, walk: &mut Walk) {
        for text in walk.all(Step::Open(self.code)).await {
            assert!(text.starts_with("200") && text.contains("name=\"code\""), "a code is waited for: {text}");
        }
        walk.all(Step::Open(&format!("/api/page{}", self.code))).await;
    }
}

/// The worker sends what it owes to those who are there.
async fn send(house: &House) {
    let sent = house.send_owed().await;
    assert!(!sent.is_empty(), "somebody here has an account");
    assert!(sent.iter().all(|message| !message.text.contains(WRONG)), "the wrong code would be right");
}

#[tokio::test]
async fn recovering_tells_nothing_at_any_step() {
    for manner in Manner::BOTH {
        RECOVERY.walk(&house().await, manner, &people()).await;
    }
}

#[tokio::test]
async fn temporary_passwords_tell_nothing() {
    const GUESSED: Step<'_> =
        Step::Send("/api/session/sign-in", &[("identifier", "{}"), ("password", "ABCD-EFGH-JKLM-NPQR")]);
    for manner in Manner::BOTH {
        let mut settings = quick_settings();
        settings.recovery.kind = RecoveryKind::TemporaryPassword;
        let house = House::with(settings).await;
        house.t.account(KNOWN).await;
        house.t.account(DISABLED).await;
        house.disable(DISABLED).await;
        house.t.advance(2 * HOUR);
        house.send_owed().await;
        let people = [UNKNOWN, KNOWN, DISABLED].map(email);
        RECOVERY.walk(&house, manner, &people).await;
        let mut walk = Walk::new(&house, manner, &people);
        for _ in 0..7 {
            walk.all_told("sign_in_refused", GUESSED).await;
        }
    }
}

#[tokio::test]
async fn asking_too_often_is_asking_too_often_for_everybody() {
    for manner in Manner::BOTH {
        let house = house().await;
        // More than the five messages of an hour, and more than the ten codes before the budget is used up.
        for nth in 0..7 {
            let mut walk = Walk::new(&house, manner, &people());
            RECOVERY.start(&mut walk).await;
            house.send_owed().await;
            RECOVERY.look(&mut walk).await;
            for _ in 0..3 {
                walk.all(Step::Send("/api/recovery/verify", &[("code", WRONG)])).await;
            }
            house.t.advance(if nth % 2 == 0 { MINUTE } else { MINUTE / 4 });
        }
    }
}

#[tokio::test]
async fn a_browser_that_waits_does_not_see_that_somebody_asked_again() {
    for manner in Manner::BOTH {
        let house = house().await;
        let mut earlier = Walk::new(&house, manner, &people());
        RECOVERY.start(&mut earlier).await;
        send(&house).await;
        house.t.advance(MINUTE);
        RECOVERY.start(&mut Walk::new(&house, manner, &people())).await;
        send(&house).await;
        RECOVERY.look(&mut earlier).await;
        earlier.all_told("code_wrong", Step::Send("/api/recovery/verify", &[("code", WRONG)])).await;
        earlier.all_led("/recover?done=resent", Step::Send("/api/recovery/resend", &[])).await;
        house.send_owed().await;
        RECOVERY.look(&mut earlier).await;
    }
}

#[tokio::test]
async fn a_browser_that_waits_does_not_see_what_the_owner_does() {
    const OTHER: &str = "other000@example.org";
    for manner in Manner::BOTH {
        let house = house().await;
        house.t.account(OTHER).await;
        let mut stranger = Walk::new(&house, manner, &[UNKNOWN, KNOWN, OTHER, LOCKED].map(email));
        RECOVERY.start(&mut stranger).await;
        // One owner takes the link that the stranger caused, one asks for another, one is switched off.
        let sent = house.send_owed().await;
        let mail = sent.iter().find(|mail| mail.to == OTHER).expect("a mail");
        let link = mail.text.split("/recover/link/").nth(1).and_then(|rest| rest.get(..43)).expect("a link");
        house.t.complete_by_link(link, BETTER).await.expect("the link is fresh");
        house.t.advance(MINUTE);
        let link = house.t.recovery_link(KNOWN).await;
        house.t.complete_by_link(&link, BETTER).await.expect("the link is fresh");
        house.disable(LOCKED).await;
        RECOVERY.look(&mut stranger).await;
        stranger.all_told("code_wrong", Step::Send("/api/recovery/verify", &[("code", WRONG)])).await;
        stranger.all_led("/recover?done=resent", Step::Send("/api/recovery/resend", &[])).await;
        assert!(house.send_owed().await.iter().all(|message| !message.text.contains("/recover/link/")));
        stranger.all(Step::Open("/recover/new")).await;
    }
}

#[tokio::test]
async fn registering_what_is_taken_looks_like_registering_what_is_free() {
    let contacts: Vec<_> = people().into_iter().filter(|person| person.shape != Shape::Username).collect();
    for manner in Manner::BOTH {
        REGISTRATION.walk(&house().await, manner, &contacts).await;
    }
}

/// Tokens that once were links, and some that never were.
async fn dead_links(house: &House) -> (Vec<Person>, Vec<Person>) {
    let t = &house.t;
    let used = t.recovery_link(KNOWN).await;
    t.complete_by_link(&used, BETTER).await.expect("the link is fresh");
    let letters = t.deliver().await;
    let expired_objection = rekey_testkit::bench::not_me_in(&letters).expect("the owner was told");
    t.advance(8 * 24 * HOUR);
    let late = t.recovery_link(KNOWN).await;
    t.advance(25 * HOUR);
    let replaced = t.recovery_link(KNOWN).await;
    let switched_off = t.recovery_link(LOCKED).await;
    house.disable(LOCKED).await;
    t.advance(MINUTE);
    t.recovery_link(KNOWN).await;
    t.account("later@example.org").await;
    let objected = house.freeze("later@example.org").await;
    let never = "A".repeat(43);
    let as_people = |tokens: [&str; 6]| tokens.map(|token| person(Shape::Token, token)).into();
    (
        as_people([&never, &used, &late, &replaced, &switched_off, &objected]),
        as_people([&never, &objected, &expired_objection, &used, &late, &switched_off]),
    )
}

#[tokio::test]
async fn a_dead_link_does_not_tell_what_it_died_of() {
    const CHOICE: [(&str, &str); 2] = [("new_password", BETTER), ("confirm_password", BETTER)];
    for manner in Manner::BOTH {
        let house = house().await;
        let (recoveries, objections) = dead_links(&house).await;
        let mut walk = Walk::new(&house, manner, &recoveries);
        walk.all_led("/recover/new", Step::Open("/recover/link/{}")).await;
        walk.all(Step::Open("/recover/new")).await;
        walk.all(Step::Open("/api/page/recover/new")).await;
        let refused = walk.all(Step::Send("/api/recovery/complete", &CHOICE)).await;
        assert!(manner == Manner::Plain || refused[0].contains("link_not_valid"), "{refused:?}");

        let mut walk = Walk::new(&house, manner, &objections);
        walk.all_led("/not-me", Step::Open("/not-me/{}")).await;
        walk.all(Step::Open("/not-me")).await;
        let refused = walk.all(Step::Send("/api/account/freeze", &[])).await;
        assert!(manner == Manner::Plain || refused[0].contains("link_not_valid"), "{refused:?}");

        let replaced = owner::make_link(&house.t.cx).await.expect("a link");
        owner::make_link(&house.t.cx).await.expect("a newer one");
        let replaced = last_segment(&replaced).expect("a token");
        let mut walk = Walk::new(&house, manner, &["A".repeat(43), replaced].map(|token| person(Shape::Token, &token)));
        walk.all_led("/register", Step::Open("/owner/{}")).await;
        walk.all(Step::Open("/register")).await;
    }
}

#[tokio::test]
async fn messages_go_to_stored_addresses_only() {
    let house = house().await;
    let mut browser = house.browser(0);
    let expected: [(&str, Option<&str>, &str); 11] = [
        (UNKNOWN, None, UNKNOWN),
        (KNOWN, Some(KNOWN), KNOWN),
        (DISABLED, None, DISABLED),
        (LOCKED, Some(LOCKED), LOCKED),
        (FROZEN, None, FROZEN),
        ("+12025550124", None, "+12025550124"),
        ("(202) 555-0123", Some(PHONE), PHONE),
        ("nobody00", None, ""),
        (USERNAME, Some("grace@example.org"), ""),
        ("KNOWN-AD", Some("grace@example.org"), ""),
        ("KNOWN000@EXAMPLE.ORG", Some(KNOWN), KNOWN),
    ];
    for (typed, recovery, registration) in expected {
        house.t.advance(MINUTE);
        browser.post(Manner::Scripted, "/api/recovery/start", &[("identifier", typed)]).await;
        let sent: Vec<_> = house.send_owed().await.into_iter().map(|message| message.to).collect();
        assert_eq!(sent, Vec::from_iter(recovery), "recovery of {typed}");
        browser.post(Manner::Scripted, "/api/registration/start", &[("identifier", typed)]).await;
        let sent: Vec<_> = house.send_owed().await.into_iter().map(|message| message.to).collect();
        assert_eq!(sent, Vec::from_iter(Some(registration).filter(|to| !to.is_empty())), "registration of {typed}");
    }
}

#[tokio::test]
async fn the_comparison_sees_a_throttle_that_is_told() {
    let mut settings = quick_settings();
    settings.recovery.throttle = RecoveryThrottle::commerce();
    for manner in Manner::BOTH {
        let house = House::with(settings.clone()).await;
        let mut texts = Vec::new();
        for nth in 0..2 {
            let answers = house.browser(nth).submit(manner, "/api/recovery/start", &[("identifier", KNOWN)]).await;
            texts.push(as_text(&answers, &email(KNOWN)));
        }
        assert_ne!(texts[0], texts[1]);
    }
}

#[test]
fn the_comparison_sees_every_part_of_an_answer_but_what_differs_by_its_nature() {
    let parsed = |(name, value): &(&'static str, &'static str)| {
        (http::HeaderName::from_static(name), HeaderValue::from_static(value))
    };
    let headers = |lines: &[_]| lines.iter().map(parsed).collect::<HeaderMap>();
    let answer = |status, lines: &[_], body: &str| {
        masked(&Answer { status, headers: headers(lines), body: body.to_owned() }, &["ada", "bob"])
    };
    let usual = [("date", "now"), ("set-cookie", "a=1234; Path=/"), ("content-security-policy", "'nonce-xyz'")];
    let same = [("date", "then"), ("set-cookie", "a=9876; Path=/"), ("content-security-policy", "'nonce-abc'")];
    let one = answer(StatusCode::OK, &usual, "for ada <script nonce=xyz>");
    assert_eq!(one, answer(StatusCode::OK, &same, "for bob <script nonce=abc>"));
    assert_ne!(one, answer(StatusCode::GONE, &usual, "for ada <script nonce=xyz>"));
    assert_ne!(one, answer(StatusCode::OK, &usual, "for  ada <script nonce=xyz>"));
    assert_ne!(one, answer(StatusCode::OK, &usual, "for ada <script nonce=abc>"));
    assert_ne!(one, answer(StatusCode::OK, &usual[..2], "for ada <script nonce=xyz>"));
    for cookie in ["a=12345; Path=/", "b=1234; Path=/", "a=1234; Path=/; Secure"] {
        let changed = [usual[0], ("set-cookie", cookie), usual[2]];
        assert_ne!(one, answer(StatusCode::OK, &changed, "for ada <script nonce=xyz>"), "{cookie}");
    }
}

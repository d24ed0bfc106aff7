//! What a stranger can learn of an account from the forms that everybody can use: nothing (T-01, T-05, T-06).
//!
//! Seven kinds of accounts walk through every public form side by side, with and without scripts, at one moment of a
//! clock that stands still. After each step all answers to identifiers of one shape must be the same bytes.
#![expect(clippy::expect_used, reason = "a helper that cannot go on must stop the test")]

mod support_proofs;

use std::time::Duration;

use rekey_service::settings::RecoveryThrottle;
use rekey_testkit::bench::{BETTER, GOOD, quick_settings};
use support_proofs::browser::{Answer, Browser, Manner};
use support_proofs::house::House;
use support_proofs::mask::{difference, masked};

/// A code that was sent to nobody here: the bench's randomness is the same in every run, and the walks make sure.
const WRONG: &str = "000000";
const MINUTE: Duration = Duration::from_secs(61);
const HOUR: Duration = Duration::from_secs(3601);

/// What a stranger types. Identifiers of one shape have one length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Person {
    shape: Shape,
    typed: &'static str,
    shown: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Email,
    Phone,
    Username,
}

const fn email(typed: &'static str) -> Person {
    Person { shape: Shape::Email, typed, shown: typed }
}

const fn username(typed: &'static str) -> Person {
    Person { shape: Shape::Username, typed, shown: typed }
}

const KNOWN: Person = email("known000@example.org");
const UNKNOWN: Person = email("unknown0@example.org");
const PHONE: Person = Person { shape: Shape::Phone, typed: "+12025550123", shown: "+1 202-555-0123" };

/// Everybody: seven kinds of accounts, and for each shape somebody who is not there.
const PEOPLE: [Person; 10] = [
    UNKNOWN,
    KNOWN,
    email("disabled@example.org"),
    email("locked00@example.org"),
    email("frozen00@example.org"),
    Person { shape: Shape::Phone, typed: "+12025550124", shown: "+1 202-555-0124" },
    PHONE,
    username("nobody00"),
    username("known-ad"),
    username("locked-l"),
];

/// The house in which they live.
async fn house() -> House {
    let house = House::quick().await;
    let t = &house.t;
    t.account_with(KNOWN.typed, "known-ad", GOOD).await;
    t.account(PHONE.typed).await;
    t.account("disabled@example.org").await;
    house.disable("disabled@example.org").await;
    t.account("frozen00@example.org").await;
    house.freeze("frozen00@example.org").await;
    t.account_with("locked00@example.org", "locked-l", GOOD).await;
    // Whatever it took to get here no longer counts against anybody.
    t.advance(2 * HOUR);
    house.lock("locked00@example.org").await;
    house.send_owed().await;
    house
}

/// People before the same form, each at a browser of their own.
struct Walk {
    manner: Manner,
    people: Vec<(Person, Browser)>,
}

/// What each of them does; `{}` stands for what they type.
#[derive(Debug, Clone, Copy)]
enum Step<'a> {
    Open(&'a str),
    Send(&'a str, &'a [(&'a str, &'a str)]),
}

impl Walk {
    fn new(house: &House, manner: Manner, people: &[Person]) -> Self {
        let seat = |(nth, person): (usize, &Person)| (*person, house.browser(nth));
        Self { manner, people: people.iter().enumerate().map(seat).collect() }
    }

    /// Everybody does the same; gives what they were answered, once for each shape.
    async fn all(&mut self, step: Step<'_>) -> Vec<String> {
        let mut seen: Vec<(Person, String)> = Vec::new();
        for (person, browser) in &mut self.people {
            let text = answers_as_text(&take(browser, self.manner, step, person.typed).await, person);
            match seen.iter().find(|(other, _)| other.shape == person.shape) {
                None => seen.push((*person, text)),
                Some((other, expected)) => {
                    if let Some(where_) = difference(expected, &text) {
                        panic!("{:?} {step:?}: {} and {} part {where_}", self.manner, other.typed, person.typed);
                    }
                }
            }
        }
        seen.into_iter().map(|(_, text)| text).collect()
    }

    /// The same, and scripts are told this problem. Without scripts it is on a page in words.
    async fn all_told(&mut self, problem: &str, step: Step<'_>) {
        for text in self.all(step).await {
            match self.manner {
                Manner::Scripted => assert!(text.contains(&format!("\"problem\":\"{problem}\"")), "{step:?}: {text}"),
                Manner::Plain => {
                    assert!(text.starts_with("303") && text.contains("role=\"alert\""), "{step:?}: {text}")
                }
            }
        }
    }

    /// The same, and everybody is led on.
    async fn all_led(&mut self, next: &str, step: Step<'_>) {
        for text in self.all(step).await {
            assert!(text.contains(&format!("\nlocation: {next}\n")), "{step:?}: {text}");
        }
    }
}

async fn take(browser: &mut Browser, manner: Manner, step: Step<'_>, typed: &str) -> Vec<Answer> {
    match step {
        Step::Open(path) => vec![browser.get(&path.replace("{}", typed)).await],
        Step::Send(path, fields) => {
            let filled: Vec<_> = fields.iter().map(|(name, value)| (*name, value.replace("{}", typed))).collect();
            let filled: Vec<_> = filled.iter().map(|(name, value)| (*name, value.as_str())).collect();
            browser.submit(manner, path, &filled).await
        }
    }
}

fn answers_as_text(answers: &[Answer], person: &Person) -> String {
    let texts: Vec<_> = answers.iter().map(|answer| masked(answer, &[person.shown, person.typed])).collect();
    texts.join("\n~~~ and then ~~~\n")
}

#[tokio::test]
async fn signing_in_tells_nothing_however_often() {
    const WITH_WRONG: Step<'_> =
        Step::Send("/api/session/sign-in", &[("identifier", "{}"), ("password", "mistyped it")]);
    const WITH_RIGHT: Step<'_> = Step::Send("/api/session/sign-in", &[("identifier", "{}"), ("password", GOOD)]);
    for manner in Manner::BOTH {
        let house = house().await;
        let mut walk = Walk::new(&house, manner, &PEOPLE);
        walk.all(Step::Open("/")).await;
        for _ in 0..7 {
            walk.all_told("sign_in_refused", WITH_WRONG).await;
        }
        // By now everybody has to wait, even those who know their password.
        walk.all_told("sign_in_refused", WITH_RIGHT).await;
        walk.all(Step::Open("/account")).await;
    }
}

#[tokio::test]
async fn a_right_password_of_an_account_that_is_off_is_a_wrong_one() {
    const SIGN_IN: Step<'_> = Step::Send("/api/session/sign-in", &[("identifier", "{}"), ("password", GOOD)]);
    let closed = ["unknown0@example.org", "disabled@example.org", "locked00@example.org", "frozen00@example.org"];
    for manner in Manner::BOTH {
        let house = house().await;
        Walk::new(&house, manner, &closed.map(email)).all_told("sign_in_refused", SIGN_IN).await;
        // The comparer sees who is let in.
        let mut known = Walk::new(&house, manner, &[KNOWN]);
        known.all_led("/account", SIGN_IN).await;
    }
}

/// A journey with codes, from its first page to where it ends without the right code.
struct Codes {
    api: &'static str,
    start: &'static str,
    code: &'static str,
    page: &'static str,
    /// The page of the next step, and the form on it.
    beyond: &'static str,
}

impl Codes {
    async fn walk(&self, house: &House, manner: Manner, people: &[Person]) {
        let mut walk = Walk::new(house, manner, people);
        let path = |end: &str| format!("/api/{}/{end}", self.api);
        let (start, verify, resend, complete) = (path("start"), path("verify"), path("resend"), path("complete"));
        let wrong = Step::Send(&verify, &[("code", WRONG)]);
        let again = Step::Send(&resend, &[]);
        walk.all(Step::Open(self.start)).await;
        walk.all_led(self.code, Step::Send(&start, &[("identifier", "{}"), ("consent", "on")])).await;
        self.look(&mut walk).await;
        // Before the worker has found out who it is, and after.
        walk.all_told("code_wrong", wrong).await;
        self.send(house).await;
        self.look(&mut walk).await;
        walk.all_told("code_wrong", wrong).await;
        walk.all_told("fields", Step::Send(&verify, &[("code", "12345")])).await;
        walk.all_told("resend_too_soon", again).await;
        house.t.advance(MINUTE);
        walk.all_led(&format!("{}?done=resent", self.code), again).await;
        self.send(house).await;
        self.look(&mut walk).await;
        for _ in 3..5 {
            walk.all_told("code_wrong", wrong).await;
        }
        for _ in 5..7 {
            walk.all_told("code_dead", wrong).await;
        }
        house.t.advance(MINUTE);
        walk.all_told("code_dead", again).await;
        self.look(&mut walk).await;
        walk.all(Step::Open(self.beyond)).await;
        let password = [("new_password", BETTER), ("confirm_password", BETTER), ("given_name", "Ada")];
        walk.all_told("journey_over", Step::Send(&complete, &password)).await;
    }

    async fn look(&self, walk: &mut Walk) {
        walk.all(Step::Open(self.code)).await;
        for text in walk.all(Step::Open(&format!("/api/page?page={}", self.page))).await {
            assert!(text.contains("\"Code\""), "the step is a code: {text}");
        }
    }

    async fn send(&self, house: &House) {
        let sent = house.send_owed().await;
        assert!(!sent.is_empty(), "somebody here has an account");
        assert!(sent.iter().all(|message| !message.text.contains(WRONG)), "the wrong code would be right");
    }
}

const RECOVERY: Codes =
    Codes { api: "recovery", start: "/forgot", code: "/recover", page: "Recover", beyond: "/recover/new" };
const REGISTRATION: Codes = Codes {
    api: "registration",
    start: "/register",
    code: "/register/code",
    page: "RegisterCode",
    beyond: "/register/details",
};

#[tokio::test]
async fn recovering_tells_nothing_at_any_step() {
    for manner in Manner::BOTH {
        let house = house().await;
        RECOVERY.walk(&house, manner, &PEOPLE).await;
        // Once more: by now the budget of codes is used up for everybody, whether they exist or not.
        RECOVERY.walk_again(&house, manner).await;
    }
}

impl Codes {
    /// Asks again and again within the hour: the throttle holds back messages, never an answer.
    async fn walk_again(&self, house: &House, manner: Manner) {
        let (start, verify) = (format!("/api/{}/start", self.api), format!("/api/{}/verify", self.api));
        for nth in 0..7 {
            let mut walk = Walk::new(house, manner, &PEOPLE);
            walk.all_led(self.code, Step::Send(&start, &[("identifier", "{}")])).await;
            house.send_owed().await;
            self.look(&mut walk).await;
            walk.all(Step::Send(&verify, &[("code", WRONG)])).await;
            house.t.advance(if nth % 2 == 0 { MINUTE } else { MINUTE / 4 });
        }
    }
}

#[tokio::test]
async fn registering_what_is_taken_looks_like_registering_what_is_free() {
    let contacts: Vec<_> = PEOPLE.into_iter().filter(|person| person.shape != Shape::Username).collect();
    for manner in Manner::BOTH {
        REGISTRATION.walk(&house().await, manner, &contacts).await;
    }
}

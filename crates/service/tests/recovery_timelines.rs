//! Limits on recoveries exactly as their sources say: timelines worked out by hand, run against the service.
#![allow(clippy::expect_used, clippy::panic, reason = "a step that fails must stop the test")]

use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;
use std::time::Duration;

use rekey_domain::throttle::{Limit, Protection};
use rekey_service::journey::method::Methods;
use rekey_service::recovery::{self, ResendError, StartError};
use rekey_service::setting::{RecoveryThrottle, Sends, Settings};
use rekey_service::{RequestMeta, Services};
use rekey_testkit::bench::meta_from;
use rekey_testkit::row_count::rows_by_table;
use rekey_testkit::{Bench, on_both_databases};

const TIMELINES: &str = include_str!("../testdata/recovery_timelines.txt");

/// One line of the file.
struct Timeline {
    number: usize,
    limits: &'static str,
    requests: &'static str,
    why: &'static str,
}

/// One request of a timeline.
struct Step {
    second: u64,
    again: bool,
    account: char,
    address: char,
}

fn timelines() -> Vec<Timeline> {
    let lines = TIMELINES.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let read = |(number, line): (usize, &'static str)| {
        let [limits, requests, why] = line.split(" | ").collect::<Vec<_>>()[..] else { panic!("{line}") };
        Timeline { number, limits, requests, why }
    };
    lines.enumerate().map(read).collect()
}

fn step(text: &str) -> Step {
    let digits = text.find(|c: char| !c.is_ascii_digit()).expect("a request");
    let (second, rest) = text.split_at(digits);
    let asked = rest.strip_prefix('!');
    let [account, address, answer] = asked.unwrap_or(rest).chars().collect::<Vec<_>>()[..] else { panic!("{text}") };
    assert!(matches!(answer, '+' | '-'), "{text}");
    Step { second: second.parse().expect("a second"), again: asked.is_some(), account, address }
}

fn throttle(limits: &str) -> RecoveryThrottle {
    let words: Vec<_> = limits.split(' ').collect();
    let [protection, per_hour, interval] = words[..] else {
        return match limits {
            "commerce" => RecoveryThrottle::commerce(),
            "none" => RecoveryThrottle::none(),
            other => panic!("{other}"),
        };
    };
    let protection = match protection {
        "none" => Protection::None,
        "address" => Protection::Address,
        "account" => Protection::Account,
        "address_or_account" => Protection::AddressOrAccount,
        "address_and_account" => Protection::AddressAndAccount,
        other => panic!("{other}"),
    };
    let limit = Limit {
        protection,
        per_hour: per_hour.parse().expect("a number"),
        interval_seconds: interval.parse().expect("seconds"),
        kept: 0,
    };
    RecoveryThrottle { limits: vec![limit], ..RecoveryThrottle::commerce() }
}

impl Timeline {
    /// People and addresses that no other timeline knows.
    fn typed(&self, account: char) -> String {
        let typed = format!("{}{}@example.org", account.to_ascii_lowercase(), self.number);
        if account.is_ascii_uppercase() { typed.to_ascii_uppercase() } else { typed }
    }

    fn client(&self, address: char) -> RequestMeta {
        let number = self.number;
        let text = match address {
            'p' => format!("2001:db8:{number:x}:1::1"),
            'q' => format!("2001:db8:{number:x}:1::2"),
            'r' => format!("2001:db8:{number:x}:2::1"),
            digit => format!("203.0.{number}.{digit}"),
        };
        meta_from(text.parse::<IpAddr>().expect("an address"))
    }

    /// Runs it and gives each request with its answer, and how many were accepted.
    async fn run(&self, t: &Bench, cx: &Services) -> (String, u64) {
        let (mut now, mut seen, mut accepted) = (0, Vec::new(), 0);
        let mut handles: HashMap<(char, char), String> = HashMap::new();
        for text in self.requests.split(' ') {
            let step = step(text);
            t.advance(Duration::from_secs(step.second - now));
            now = step.second;
            let who = (step.account, step.address);
            let passed = if step.again {
                asks_again(cx, &self.client(step.address), &handles[&who]).await
            } else {
                let started = starts(cx, &self.client(step.address), &self.typed(step.account)).await;
                let passed = started.is_some();
                handles.extend(started.map(|handle| (who, handle)));
                passed
            };
            accepted += u64::from(passed);
            let request = text.trim_end_matches(['+', '-']);
            seen.push(format!("{request}{}", if passed { '+' } else { '-' }));
        }
        (seen.join(" "), accepted)
    }
}

async fn starts(cx: &Services, client: &RequestMeta, typed: &str) -> Option<String> {
    match recovery::start(cx, client, typed).await {
        Ok(handle) => Some(handle.expose()),
        Err(StartError::Throttled(_)) => None,
        Err(other) => panic!("{other:?}"),
    }
}

async fn asks_again(cx: &Services, client: &RequestMeta, handle: &str) -> bool {
    match recovery::resend(cx, client, handle).await {
        Ok(()) => true,
        Err(ResendError::Throttled(_)) => false,
        Err(other) => panic!("{other:?}"),
    }
}

/// Gives an account to each of a…f in each timeline.
async fn register_everyone(t: &Bench) {
    for timeline in timelines() {
        let known: BTreeSet<char> = timeline.requests.chars().filter(|c| matches!(c, 'a'..='f')).collect();
        for account in known {
            t.account(&timeline.typed(account)).await;
        }
    }
}

async fn messages(t: &Bench) -> u64 {
    rows_by_table(t.database.url()).await["outbox"]
}

#[test]
fn there_are_sixty_timelines_and_each_says_why() {
    let all = timelines();
    assert_eq!(all.len(), 60);
    assert!(all.iter().all(|timeline| !timeline.why.is_empty()));
}

on_both_databases! {
    async fn every_timeline_is_answered_as_its_sources_say(t: Bench) {
        let t = t.with(|settings| settings.sends = Sends { per_hour_target: 0, per_hour_address: 0 }).await;
        register_everyone(&t).await;
        for timeline in timelines() {
            let throttle = throttle(timeline.limits);
            // With the limits on messages as they are shipped: they must not be felt.
            let shipped = Settings::recommended().sends;
            let change = |settings: &mut Settings| {
                (settings.recovery.throttle, settings.sends) = (throttle, shipped);
                // As long as that preset has it, so that no journey ends before its timeline.
                settings.recovery.link_ttl = Duration::from_secs(24 * 3600);
            };
            let cx = t.node_with(Methods::built_in(), change).await;
            let before = messages(&t).await;
            let (seen, accepted) = timeline.run(&t, &cx).await;
            assert_eq!(seen, timeline.requests, "{}: {}", timeline.limits, timeline.why);
            assert_eq!(messages(&t).await - before, accepted, "a message for each: {}", timeline.why);
        }
    }
}

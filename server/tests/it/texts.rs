//! Text messages cost money, and anyone can ask for one (T-35): the real program against a sweep of numbers.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;
use std::time::SystemTime;

use rekey_testkit::site::{Browser, Destination, ProgramOptions, RunningProgram, Scripts};
use rekey_testkit::{Database, TestSite};

/// Networks of a provider's customer that ask in turn, each with an address of its own, in 64 networks of 64.
const NETWORKS: u16 = 4096;
/// What registrations may send within an hour: 300 without the owners' share.
const CAP: u64 = 210;
/// What is sent within an hour without a proof of work.
const WITHOUT_WORK: u64 = 40;
/// What one prefix is sent without a code coming back.
const UNTIL_PAUSED: usize = 50;

/// Whole hours, by the clock of the program.
#[expect(clippy::disallowed_methods, reason = "the program runs by the clock of the machine")]
fn hours() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970").as_secs() / 3600
}

/// So many numbers, a fifth of them of each of five prefixes.
fn number(nth: u16, of: u16) -> String {
    format!("+1202{}{:04}", 220 + nth / (of / 5), nth % (of / 5))
}

fn prefix(number: &str) -> &str {
    &number[..8]
}

/// Asks for a code to every one of so many numbers, sixteen at a time.
async fn sweep(program: &RunningProgram, numbers: u16) {
    let (ports, origin) = (Arc::new(program.installation().ports().to_vec()), program.installation().origin());
    let ask = |nth: u16| {
        let network = nth % NETWORKS;
        let from = IpAddr::from(Ipv6Addr::new(0x2001, 0xdb8, network % 64, network / 64, 0, 0, 0, 1));
        let browser = Browser::new(Destination::Nodes(Arc::clone(&ports)), &origin, from);
        let mut browser = browser.beginning_at(usize::from(nth));
        async move { browser.post(Scripts::On, "/api/registration/start", &[("identifier", &number(nth, numbers))]).await }
    };
    for first in (0..numbers).step_by(16) {
        let asked: Vec<_> = (first..numbers.min(first + 16)).map(|nth| tokio::spawn(ask(nth))).collect();
        for answer in asked {
            let answer = answer.await.expect("no panic");
            let is_known = answer.is_success() || answer.body == r#"{"problem":"texts_stopped"}"#;
            assert!(is_known, "{} {}", answer.status, answer.body);
        }
    }
}

/// A sweep by an attacker who proves as much work as is asked for: none is, so that the test does not take hours.
async fn run(options: ProgramOptions, numbers: u16) {
    let began = hours();
    let site = options.set("REKEY_TEXTS__WORK", "false").start().await;
    let program = site.as_program();
    sweep(program, numbers).await;
    let messages = site.deliver().await;
    let hours = hours() - began + 1;

    assert!(!messages.is_empty() && messages.len() as u64 <= CAP * hours, "{} were sent", messages.len());
    let mut by_prefix = BTreeMap::new();
    for message in &messages {
        *by_prefix.entry(prefix(&message.to).to_owned()).or_insert(0_usize) += 1;
    }
    assert!(by_prefix.values().all(|sent| *sent <= UNTIL_PAUSED), "{by_prefix:?}");
    assert!(by_prefix.values().any(|sent| *sent == UNTIL_PAUSED), "{by_prefix:?}");

    let paused = by_prefix.values().filter(|sent| **sent == UNTIL_PAUSED).count();
    let logs = (0..program.nodes()).map(|node| std::fs::read_to_string(program.log_file(node)).expect("a log"));
    let logs = logs.collect::<String>();
    assert_eq!(logs.matches("text messages to a prefix are paused").count(), paused, "once each, over all nodes");
    assert_eq!(logs.matches("text messages are stopped: a limit is reached").count() > 0, messages.len() as u64 >= CAP);
    assert!(messages.iter().all(|message| !logs.contains(&message.to)), "no number is in the log");

    let counters = program.counters().await;
    assert!(counters.contains(&format!("\nrekey_text_prefixes_paused {paused}\n")), "{counters}");
    let used = format!("\nrekey_text_used{{of=\"total\",window=\"day\",share=\"all\"}} {}\n", messages.len());
    assert!(counters.contains(&used) || hours > 1, "{counters}");

    let doctor = program.installation().command().arg("doctor").output().expect("it runs");
    let told = String::from_utf8(doctor.stdout).expect("text");
    assert_eq!(doctor.status.code(), Some(1), "{told}");
    assert!(told.contains("are paused, their codes are not entered: +1202"), "{told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_thousand_numbers_get_as_many_messages_as_one_limit_allows() {
    run(TestSite::program(), 5000).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sweep_without_work_gets_what_is_left_to_pages_without_scripts() {
    let began = hours();
    let site = TestSite::program().start().await;
    let program = site.as_program();
    sweep(program, 1000).await;
    let messages = site.deliver().await.len() as u64;
    let hours = hours() - began + 1;
    assert!(messages >= WITHOUT_WORK && messages <= WITHOUT_WORK * hours, "{messages} were sent");
    let counters = program.counters().await;
    let used = "rekey_text_used{of=\"without_work\",window=\"hour\",share=\"registrations\"} 40\n";
    assert!(counters.contains(used) || hours > 1, "{counters}");
    let log = std::fs::read_to_string(program.log_file(0)).expect("a log");
    assert!(log.contains("text messages are stopped: a limit is reached") && log.contains("without_work"), "{log}");
    let doctor = program.installation().command().arg("doctor").output().expect("it runs");
    let told = String::from_utf8(doctor.stdout).expect("text");
    assert!(told.contains("limit on text messages without a proof of work of this hour") || hours > 1, "{told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_together_send_no_more_than_one() {
    run(TestSite::program().nodes(2).on(Database::postgres().await), 1000).await;
}

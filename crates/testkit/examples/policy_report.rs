//! What one policy report costs natively, with and without the estimator. Prints one JSON object.
#![expect(clippy::disallowed_methods, reason = "a measuring program reads the clock")]

use std::hint::black_box;
use std::time::Instant;

use rekey_shared::password::{Banned, Matching, Personal, PersonalRules, Policy, Runs, Terms};

const ALPHABET: &[u8; 26] = b"abcdefghijklmnopqrstuvwxyz";
/// 64 characters, of the kind that people paste.
const LONG: &str = "correct horse battery staple, and then some more quiet words 42!";

fn main() {
    let policy = Policy::recommended();
    let personal = Personal {
        given_name: "Ada".to_owned(),
        family_name: "Lovelace".to_owned(),
        emails: vec!["ada@example.org".to_owned()],
        ..Personal::default()
    };
    let rules = micros(20_000, || drop(black_box(policy.rules(black_box(LONG), &personal))));
    let everything = everything();
    let all_rules = micros(2_000, || drop(black_box(everything.rules(black_box(LONG), &personal))));
    let whole = micros(200, || drop(black_box(policy.check(black_box(LONG), &personal))));
    println!(
        "{{\"rules_micros\":{rules:.2},\"all_rules_micros\":{all_rules:.2},\"with_estimator_micros\":{whole:.1}}}"
    );
}

/// Every rule at once, with as many banned words as there may be.
fn everything() -> Policy {
    let terms = (0..Terms::MOST).map(|number| format!("{}term{number}", char::from(ALPHABET[number % 26])));
    let strict = Policy::PRESETS.into_iter().filter_map(Policy::preset);
    let mut policy = strict.fold(Policy::at_least(1), |strictest, preset| strictest.strictest(&preset));
    policy.runs = Runs { repeated: Some(3), sequence: Some(3), keyboard: Some(3) };
    policy.personal = PersonalRules::all(Matching::Folded);
    policy.banned = Some(Banned { terms: terms.collect(), ..Banned::default() });
    policy
}

/// The median of several runs, in microseconds for each call.
fn micros(calls: u32, mut call: impl FnMut()) -> f64 {
    let mut runs: Vec<f64> = (0..9)
        .map(|_| {
            let start = Instant::now();
            (0..calls).for_each(|_| call());
            start.elapsed().as_secs_f64() * 1e6 / f64::from(calls)
        })
        .collect();
    runs.sort_by(f64::total_cmp);
    runs[runs.len() / 2]
}

//! What one policy report costs natively, with and without the estimator. Prints one JSON object.
#![expect(clippy::disallowed_methods, reason = "a measuring program reads the clock")]

use std::hint::black_box;
use std::time::Instant;

use rekey_shared::password::{Personal, Policy};

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
    let whole = micros(200, || drop(black_box(policy.check(black_box(LONG), &personal))));
    println!("{{\"rules_micros\":{rules:.2},\"with_estimator_micros\":{whole:.1}}}");
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

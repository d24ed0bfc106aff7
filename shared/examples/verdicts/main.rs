//! Judges many made-up passwords by made-up policies and prints one report per line: `verdicts SEED COUNT`.
//!
//! `cargo xtask verdicts` runs it natively and in WebAssembly and compares what they print, byte by byte.

mod cases;

use std::io::Write as _;

use cases::Cases;

fn main() {
    let mut numbers = std::env::args().skip(1).map(|number| number.parse::<u64>().unwrap_or(0));
    let (seed, count) = (numbers.next().unwrap_or(1), numbers.next().unwrap_or(1000));
    let mut cases = Cases::new(seed);
    let mut out = std::io::BufWriter::with_capacity(1 << 16, std::io::stdout().lock());
    for _ in 0..count {
        let (policy, person, password) = (cases.policy(), cases.person(), cases.password());
        let report = policy.check(&password, &person);
        let written = serde_json::to_string(&report).unwrap_or_default();
        if writeln!(out, "{written}").is_err() {
            return;
        }
    }
}

//! Proofs that run small with every test and large with `cargo xtask assurance`, which collects what they measured.

/// The variable that asks for the large run.
pub const FULL: &str = "REKEY_ASSURANCE";

/// Whether this is the large run.
pub fn is_full() -> bool {
    std::env::var_os(FULL).is_some_and(|value| value == "1")
}

/// How many of something: `usual` with every test, `full` where the promise is measured.
pub fn scale(usual: usize, full: usize) -> usize {
    if is_full() { full } else { usual }
}

/// Tells what was measured of a promise: a line that the build tool reads.
pub fn measured(promise: &str, figure: &str) {
    println!("measured {promise}: {figure}");
}

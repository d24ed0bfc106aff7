//! How many bare Argon2id hashes this build does in a second, on all cores: what sign-ins are measured against.
//! Prints one JSON object. `cargo xtask bench` runs it.
#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::cast_precision_loss,
    reason = "a measuring program reads the clock and rounds"
)]

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use argon2::{Algorithm, Argon2, Block, Params, Version};

const SPAN: Duration = Duration::from_secs(6);

fn main() {
    let params = Params::new(19 * 1024, 2, 1, None).expect("the default parameters");
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let (hashes, start) = (AtomicU64::new(0), Instant::now());
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| hash_until(start + SPAN, &params, &hashes));
        }
    });
    let rate = hashes.load(Ordering::Relaxed) as f64 / start.elapsed().as_secs_f64();
    println!("{{\"threads\":{threads},\"hashes_per_second\":{rate:.1}}}");
}

fn hash_until(end: Instant, params: &Params, hashes: &AtomicU64) {
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
    let mut memory = vec![Block::default(); params.block_count()];
    let mut out = [0; 32];
    while Instant::now() < end {
        argon2
            .hash_password_into_with_memory(b"four quiet words here", &[7; 16], &mut out, &mut memory[..])
            .expect("hashes");
        hashes.fetch_add(1, Ordering::Relaxed);
    }
}

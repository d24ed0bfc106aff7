//! Whether filters miss nothing and find little, on made-up entries, natively or in WebAssembly:
//! `cargo run --release -p rekey-breach --example shards [ENTRIES]`, five million unless told.
#![expect(clippy::expect_used, reason = "a measuring program stops at a fault")]

use rekey_breach::{Digest, Shard, Width};

/// About as many as a file has in one filter.
const ENTRIES_OF_A_SHARD: u64 = 3000;

fn main() {
    let entries: u64 = std::env::args().nth(1).map_or(5_000_000, |number| number.parse().expect("a number"));
    for width in [Width::Wide, Width::Narrow] {
        let (mut missed, mut found, mut asked, mut bytes) = (0_u64, 0_u64, 0_u64, 0_usize);
        for start in (0..entries).step_by(3000) {
            let these = start..entries.min(start + ENTRIES_OF_A_SHARD);
            let built = Shard::build(&mut these.clone().map(mixed).collect(), width);
            bytes += built.len();
            let filter = Shard::read(&built, width).expect("a shard");
            let holds = |number: u64| u64::from(filter.contains(Digest::from_bits(mixed(number))));
            missed += these.clone().map(|number| 1 - holds(number)).sum::<u64>();
            found += these.clone().map(|number| holds(number + (1 << 40)) + holds(number + (1 << 41))).sum::<u64>();
            asked += 2 * (these.end - these.start);
        }
        let rate = asked / found.max(1);
        println!(
            "{} bits: {entries} entries, {missed} missed, {bytes} bytes, one false answer in {rate} (promised {})",
            width.bits(),
            1_u32 << width.bits()
        );
        assert_eq!(missed, 0, "a filter has no false negatives");
    }
}

/// `SplitMix64` of a number: no two are alike.
fn mixed(number: u64) -> u64 {
    let state = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

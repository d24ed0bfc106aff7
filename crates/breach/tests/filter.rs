//! What a filter promises: nothing is missed, and little is found that is not there. Runs in WebAssembly, too.

use rekey_breach::{Digest, Shard, Width};

/// Numbers that look random and are the same in every run (`SplitMix64`).
fn numbers(seed: u64) -> impl Iterator<Item = u64> {
    let mut state = seed;
    std::iter::repeat_with(move || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    })
}

#[test]
fn nothing_is_missed_and_little_is_found_that_is_not_there() {
    for (width, entries, bytes_each) in [(Width::Wide, 60_000, 2.5), (Width::Narrow, 60_000, 1.4)] {
        let (mut missed, mut bytes) = (0, 0);
        let mut found = 0_u32;
        for shard in 0..20_u64 {
            let digests: Vec<u64> = numbers(shard).take(entries / 20).collect();
            let built = Shard::build(&mut digests.clone(), width);
            bytes += built.len();
            let filter = Shard::read(&built, width).expect("a shard");
            missed += digests.iter().filter(|digest| !filter.contains(Digest::from_bits(**digest))).count();
            let others = numbers(shard + 1_000_000).take(20_000);
            found += others.filter(|digest| filter.contains(Digest::from_bits(*digest))).map(|_| 1).sum::<u32>();
        }
        assert_eq!(missed, 0);
        let each = f64::from(u32::try_from(bytes).expect("small")) / 60_000.0;
        assert!(each <= bytes_each, "{width:?}: {each} bytes an entry");
        // 400,000 questions: 6.1 answers are expected of 16 bits, 1,562 of 8.
        let expected = 400_000.0 / f64::from(1_u32 << width.bits());
        let deviation = expected.sqrt() * 5.0;
        assert!((f64::from(found) - expected).abs() < deviation, "{width:?}: {found}, expected {expected}");
    }
}

/// Four hundred false answers are expected of each width. The digests are the same in every run, so a rate that was within
/// a tenth once is so for ever, unless the filters change.
#[test]
fn the_rate_of_false_answers_is_within_a_tenth_of_what_is_promised() {
    // The wide filter takes minutes in WebAssembly.
    let widths: &[Width] = if cfg!(target_family = "wasm") { &[Width::Narrow] } else { &[Width::Narrow, Width::Wide] };
    for &width in widths {
        let in_all = 400_u32 << width.bits();
        let (shards, mut found) = (20, 0_u32);
        for shard in 0..shards {
            let built = Shard::build(&mut numbers(u64::from(shard)).take(3_000).collect::<Vec<_>>(), width);
            let filter = Shard::read(&built, width).expect("a shard");
            let others = numbers(u64::from(shard) + 7_000_000).take((in_all / shards) as usize);
            found += others.map(|digest| u32::from(filter.contains(Digest::from_bits(digest)))).sum::<u32>();
        }
        let rate = f64::from(found) / f64::from(in_all) * f64::from(1_u32 << width.bits());
        assert!((0.9..=1.1).contains(&rate), "{width:?}: {rate} times the promised rate");
    }
}

#[test]
fn shards_of_a_few_are_shards() {
    for count in 0..40 {
        let digests: Vec<u64> = numbers(7).take(count).collect();
        // Twice each: what is there twice counts once.
        let built = Shard::build(&mut [digests.clone(), digests.clone()].concat(), Width::Wide);
        let filter = Shard::read(&built, Width::Wide).expect("a shard");
        assert!(digests.iter().all(|digest| filter.contains(Digest::from_bits(*digest))), "{count}");
    }
}

#[test]
fn any_bytes_are_answered_without_a_panic() {
    for seed in 0..300_u64 {
        let length = usize::try_from(seed % 90).expect("small");
        let bytes: Vec<u8> = numbers(seed).take(length).map(|number| number.to_be_bytes()[0]).collect();
        for width in [Width::Wide, Width::Narrow] {
            if let Some(shard) = Shard::read(&bytes, width) {
                let _ = shard.contains(Digest::from_bits(seed));
            }
        }
    }
}

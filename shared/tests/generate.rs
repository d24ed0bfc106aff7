//! Generated passwords are accepted, readable and fairly drawn.
#![cfg(feature = "strength")]

use std::collections::BTreeMap;

use rekey_shared::Lang;
use rekey_shared::password::{
    Charset, Class, Classes, Edges, Length, Matching, Occasion, Personal, PersonalRules, Policy, RuleId, generate,
    generated_bits, passphrase, passphrase_bits,
};

/// A small generator of bytes that look random and are the same in every run (`SplitMix64`).
fn seeded(mut state: u64) -> impl FnMut(&mut [u8]) {
    move |bytes| {
        for byte in bytes {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            *byte = mixed.to_be_bytes()[0];
        }
    }
}

fn strict() -> Policy {
    Policy {
        length: Length { min: 12, max: 40, max_bytes: 160 },
        classes: Classes {
            required: vec![Class::Upper, Class::Lower, Class::Digit, Class::Special],
            ..Classes::default()
        },
        edges: Edges::Alphanumeric,
        personal: PersonalRules::all(Matching::Contains),
        ..Policy::recommended()
    }
}

#[test]
fn what_is_made_meets_every_policy() {
    let mut random = seeded(1);
    let person = Personal { given_name: "Hana".to_owned(), ..Personal::default() };
    let short = |max| Policy { length: Length { min: 6, max, max_bytes: 64 }, ..strict() };
    let policies = [
        Policy::recommended(),
        Policy::commerce(),
        strict(),
        short(12),
        short(17),
        Policy { length: Length { min: 40, max: 40, max_bytes: 160 }, ..strict() },
    ];
    for policy in policies {
        for _ in 0..40 {
            let made = generate(&policy, &person, &mut random);
            assert!(policy.check(&made, &person).fits_so_far(), "{made} {policy:?}");
        }
    }
}

#[test]
fn what_is_made_for_a_preset_is_accepted_and_strong() {
    let mut random = seeded(2);
    let person = Personal { given_name: "Hana".to_owned(), family_name: "Sato".to_owned(), ..Personal::default() };
    for name in Policy::PRESETS {
        let policy = Policy::preset(name).expect("a preset").on(Occasion::Register);
        for _ in 0..60 {
            let made = generate(&policy, &person, &mut random);
            let mut report = policy.check(&made, &person);
            report.settle(RuleId::Breached, true);
            assert!(report.accepted(), "{name}: {made} {:?}", report.failed_rules());
            assert_eq!(report.strength.map(|strength| strength.score), Some(4), "{name}: {made}");
        }
        assert!(generated_bits(&policy) >= 77, "{name}: {}", generated_bits(&policy));
    }
}

#[test]
fn a_passphrase_for_a_preset_is_accepted_and_strong() {
    let mut random = seeded(8);
    let person = Personal { given_name: "Hana".to_owned(), family_name: "Sato".to_owned(), ..Personal::default() };
    for (name, lang) in Policy::PRESETS.into_iter().flat_map(|name| [(name, Lang::En), (name, Lang::Ja)]) {
        let policy = Policy::preset(name).expect("a preset").on(Occasion::Register);
        for _ in 0..40 {
            let made = passphrase(&policy, &person, lang, &mut random).expect("there is room");
            let mut report = policy.check(&made, &person);
            report.settle(RuleId::Breached, true);
            assert!(report.accepted(), "{name}: {made} {:?}", report.failed_rules());
            assert_eq!(report.strength.map(|strength| strength.score), Some(4), "{name}: {made}");
        }
        let bits = passphrase_bits(&policy, lang);
        assert!(bits >= if policy.length.max < 64 { 60 } else { 76 }, "{name} {lang:?}: {bits}");
    }
}

#[test]
fn the_entropy_is_what_can_be_counted() {
    let digits = Policy { charset: Charset::Custom("0123456789".to_owned()), ..Policy::at_least(6) };
    assert_eq!(generate(&digits, &Personal::default(), &mut seeded(9)).len(), 26);
    assert_eq!((generated_bits(&digits), passphrase_bits(&digits, Lang::En)), (78, 0));
    assert_eq!(passphrase(&digits, &Personal::default(), Lang::En, &mut seeded(9)), None);
    let short = Policy { length: Length { min: 6, max: 8, max_bytes: 64 }, ..digits };
    assert_eq!(generated_bits(&short), 24);
    assert_eq!((generated_bits(&Policy::recommended()), passphrase_bits(&Policy::recommended(), Lang::En)), (79, 77));
    assert_eq!(passphrase_bits(&Policy::recommended(), Lang::Ja), 76);
}

#[test]
fn every_word_is_as_likely_as_the_next() {
    let mut random = seeded(10);
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    for _ in 0..4000 {
        let made = passphrase(&Policy::recommended(), &Personal::default(), Lang::En, &mut random).expect("room");
        made.split('-').for_each(|word| *counts.entry(word.to_owned()).or_default() += 1);
    }
    let expected = f64::from(4000 * 7) / 2048.0;
    let chi_square: f64 = counts.values().map(|count| (f64::from(*count) - expected).powi(2) / expected).sum();
    // 2047 degrees of freedom: one fair run in a hundred thousand exceeds 2,325.
    assert!(counts.len() == 2048 && chi_square < 2325.0, "{} {chi_square}", counts.len());
}

#[test]
fn it_reads_as_four_groups_without_look_alikes() {
    let made = generate(&Policy::recommended(), &Personal::default(), &mut seeded(3));
    assert_eq!(made.split('-').map(str::len).collect::<Vec<_>>(), [4, 4, 4, 4], "{made}");
    assert!(!made.contains(['i', 'l', 'o', '0', '1', 'I', 'O']), "{made}");
    assert_ne!(made, generate(&Policy::recommended(), &Personal::default(), &mut seeded(4)));
}

#[test]
fn every_character_is_as_likely_as_the_next() {
    let mut random = seeded(5);
    let mut counts: BTreeMap<char, u32> = BTreeMap::new();
    for _ in 0..4000 {
        let made = generate(&Policy::commerce(), &Personal::default(), &mut random);
        made.chars().filter(|made| *made != '-').for_each(|made| *counts.entry(made).or_default() += 1);
    }
    assert_eq!(counts.len(), 31);
    let expected = f64::from(4000 * 16) / 31.0;
    let chi_square: f64 = counts.values().map(|count| (f64::from(*count) - expected).powi(2) / expected).sum();
    // 30 degrees of freedom: one fair run in a hundred thousand exceeds 73.
    assert!(chi_square < 73.0, "{chi_square}");
}

#[test]
fn a_broken_source_and_an_impossible_policy_do_not_hang() {
    for byte in [0, 255] {
        generate(&Policy::recommended(), &Personal::default(), &mut |bytes: &mut [u8]| bytes.fill(byte));
    }
    let impossible = Policy { length: Length { min: 20, max: 10, max_bytes: 5 }, ..strict() };
    generate(&impossible, &Personal::default(), &mut seeded(6));
    let huge = Policy { length: Length { min: u16::MAX, max: u16::MAX, max_bytes: u16::MAX }, ..strict() };
    generate(&huge, &Personal::default(), &mut seeded(7));
}

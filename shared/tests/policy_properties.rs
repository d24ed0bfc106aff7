//! What holds for every policy and every password.
#![cfg(all(feature = "strength", not(target_arch = "wasm32")))]

use proptest::prelude::*;
use proptest::sample::select;
use rekey_shared::password::{
    Blanks, Charset, Class, Classes, Edges, Length, MAX_INPUT_BYTES, Matching, Personal, PersonalRules, Policy,
    Specials, Verdict, estimate, normalise,
};
use unicode_normalization::UnicodeNormalization;

/// Passwords near the rules: short alphabets, blanks, marks, names, several scripts, controls.
fn passwords() -> impl Strategy<Value = String> {
    prop_oneof![
        "[aA0 :#-]{0,24}",
        "[a-zA-Z0-9 !-~]{0,40}",
        "(hana|sato|Hana Sato|hana@example.org|09012345678|[a-z]){0,6}",
        "[あ-んア-ヶ佐藤é\u{301}\u{3099}\u{3000}]{0,20}",
        any::<String>(),
    ]
}

fn people() -> impl Strategy<Value = Personal> {
    let value = || prop_oneof![Just(String::new()), Just("Hana".to_owned()), Just("佐藤".to_owned()), any::<String>()];
    let phone = prop_oneof![Just("+81 90-1234-5678".to_owned()), any::<String>()];
    let email = prop_oneof![Just("hana@example.org".to_owned()), any::<String>()];
    let lists = (prop::collection::vec(email, 0..3), prop::collection::vec(phone, 0..3));
    (value(), value(), value(), value(), lists).prop_map(|(given_name, family_name, username, organisation, lists)| {
        Personal { given_name, family_name, username, organisation, emails: lists.0, phones: lists.1 }
    })
}

fn matchings() -> impl Strategy<Value = Option<Matching>> {
    select(vec![None, Some(Matching::Equals), Some(Matching::Dominated), Some(Matching::Contains)])
}

fn personal_rules() -> impl Strategy<Value = PersonalRules> {
    (prop::array::uniform7(matchings()), 0_u8..6).prop_map(|(parts, min_word)| PersonalRules {
        given_name: parts[0],
        family_name: parts[1],
        name: parts[2],
        username: parts[3],
        email: parts[4],
        organisation: parts[5],
        phone: parts[6],
        min_word,
    })
}

fn classes() -> impl Strategy<Value = Classes> {
    let required = prop::collection::vec(select(Class::ALL.to_vec()), 0..3);
    (0_u8..=4, required, "[:#-]{0,2}", any::<bool>(), any::<bool>()).prop_map(
        |(required_kinds, required, uncounted, blanks, non_ascii)| Classes {
            required_kinds,
            required,
            specials: Specials { uncounted, blanks, non_ascii },
        },
    )
}

fn policies() -> impl Strategy<Value = Policy> {
    let length = (0_u16..20, 0_u16..60, 0_u16..200).prop_map(|(min, max, max_bytes)| Length { min, max, max_bytes });
    let blanks = select(vec![Blanks::Forbid, Blanks::Inner, Blanks::Allow, Blanks::Uncounted]);
    let charset = select(vec![Charset::Any, Charset::Ascii]);
    let edges = select(vec![Edges::Any, Edges::Alphanumeric]);
    let guessability = proptest::option::of(1_u8..=4);
    (length, blanks, classes(), charset, edges, personal_rules(), guessability).prop_map(
        |(length, blanks, classes, charset, edges, personal, guessability)| Policy {
            length,
            blanks,
            classes,
            charset,
            edges,
            personal,
            guessability,
        },
    )
}

/// A policy made stricter in one respect.
fn stricter(policy: &Policy, respect: usize) -> Policy {
    let mut next = policy.clone();
    match respect {
        0 => next.length.min += 1,
        1 => next.length.max = next.length.max.saturating_sub(1),
        2 => next.length.max_bytes = next.length.max_bytes.saturating_sub(1),
        3 => next.blanks = if policy.blanks == Blanks::Allow { Blanks::Inner } else { Blanks::Forbid },
        4 => next.classes.required_kinds = (policy.classes.required_kinds + 1).min(4),
        5 => next.classes.required.push(Class::Special),
        6 => next.classes.required.push(Class::Letter),
        7 => next.charset = Charset::Ascii,
        8 => next.edges = Edges::Alphanumeric,
        9 => next.personal.email = Some(narrower(policy.personal.email)),
        10 => next.personal.given_name = Some(narrower(policy.personal.given_name)),
        11 => next.personal.phone = Some(narrower(policy.personal.phone)),
        12 => next.personal.min_word = policy.personal.min_word.saturating_sub(1),
        _ => next.guessability = Some(policy.guessability.map_or(1, |floor| (floor + 1).min(4))),
    }
    next
}

const RESPECTS: usize = 14;

const fn narrower(matching: Option<Matching>) -> Matching {
    match matching {
        None => Matching::Equals,
        Some(Matching::Equals) => Matching::Dominated,
        Some(Matching::Dominated | Matching::Contains) => Matching::Contains,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn a_stricter_policy_never_accepts_more(
        policy in policies(), person in people(), password in passwords(), respect in 0..RESPECTS
    ) {
        if stricter(&policy, respect).check(&password, &person).accepted() {
            prop_assert!(policy.check(&password, &person).accepted());
        }
    }

    #[test]
    fn every_spelling_of_a_password_is_judged_alike(policy in policies(), person in people(), password in passwords()) {
        let composed: String = password.nfc().collect();
        let decomposed: String = password.nfd().collect();
        prop_assume!(decomposed.len() <= MAX_INPUT_BYTES);
        prop_assert_eq!(normalise(&composed), normalise(&decomposed));
        prop_assert_eq!(policy.check(&composed, &person), policy.check(&decomposed, &person));
    }

    #[test]
    fn normalising_twice_changes_nothing(password in any::<String>()) {
        let once = normalise(&password);
        prop_assert_eq!(normalise(&once), once);
    }

    #[test]
    fn the_rules_and_the_whole_check_say_the_same(policy in policies(), person in people(), password in passwords()) {
        let (rules, check) = (policy.rules(&password, &person), policy.check(&password, &person));
        for (early, last) in rules.rules.iter().zip(&check.rules) {
            prop_assert_eq!(early.requirement, last.requirement);
            prop_assert!(early.verdict == last.verdict || early.verdict == Verdict::Pending);
        }
    }

    #[test]
    fn an_accepted_password_has_no_failed_rule(policy in policies(), person in people(), password in passwords()) {
        let report = policy.check(&password, &person);
        prop_assert_eq!(report.accepted(), report.failed_rules().is_empty());
        let wire = serde_json::to_string(&report).expect("serialises");
        prop_assert_eq!(serde_json::from_str::<rekey_shared::password::Report>(&wire).expect("reads back"), report);
    }

    #[test]
    fn a_policy_survives_storage(policy in policies()) {
        let stored = serde_json::to_string(&policy).expect("serialises");
        prop_assert_eq!(serde_json::from_str::<Policy>(&stored).expect("reads back"), policy);
    }

    #[test]
    fn repetitions_do_not_confuse_the_estimator(password in "[ab1]{0,80}|(ab|ba|1a){0,60}|[a@4\\^]{0,80}") {
        prop_assert!(estimate(&password, &Personal::default()).score <= 4);
    }
}

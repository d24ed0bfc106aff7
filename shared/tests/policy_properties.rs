//! What holds for every policy and every password.
#![cfg(all(feature = "strength", not(target_arch = "wasm32")))]

use std::cell::Cell;

use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::TestRunner;
use rekey_shared::password::{
    Banned, Blanks, Charset, Class, Classes, Edges, Expiry, History, Length, MAX_INPUT_BYTES, Matching, NonAscii,
    Occasion, Personal, PersonalRules, Policy, Runs, Specials, Verdict, estimate, normalise,
};
use unicode_normalization::UnicodeNormalization;

/// Passwords near the rules: short alphabets, spaces, symbols, names, several scripts, controls.
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
    let all = [Matching::Equals, Matching::Dominated, Matching::Contains, Matching::Folded];
    proptest::option::of(select(all.to_vec()))
}

fn personal_rules() -> impl Strategy<Value = PersonalRules> {
    (prop::array::uniform7(matchings()), 0_u8..6, any::<bool>()).prop_map(|(parts, min_word, split)| PersonalRules {
        given_name: parts[0],
        family_name: parts[1],
        name: parts[2],
        username: parts[3],
        email: parts[4],
        organisation: parts[5],
        phone: parts[6],
        min_word,
        split,
    })
}

fn specials() -> impl Strategy<Value = Specials> {
    let counted = proptest::option::of("[:#-]{0,3}");
    let non_ascii = select(vec![NonAscii::Special, NonAscii::Nothing, NonAscii::Unicode]);
    (counted, "[:#-]{0,2}", "[:#x-]{0,2}", any::<bool>(), non_ascii).prop_map(
        |(counted, uncounted, forbidden, blanks, non_ascii)| Specials {
            counted,
            uncounted,
            forbidden,
            blanks,
            non_ascii,
        },
    )
}

fn classes() -> impl Strategy<Value = Classes> {
    let required = prop::collection::vec(select(Class::ALL.to_vec()), 0..3);
    (0_u8..=4, required, specials()).prop_map(|(required_kinds, required, specials)| Classes {
        required_kinds,
        required,
        specials,
    })
}

fn banned() -> impl Strategy<Value = Banned> {
    let term = prop_oneof![Just("hana".to_owned()), Just("S@t0".to_owned()), "[a-c0-1]{4,6}", any::<String>()];
    (any::<bool>(), prop::collection::vec(term, 0..6), 1_u8..8).prop_map(|(common, terms, points)| Banned {
        common,
        terms: terms.into(),
        points,
    })
}

fn runs() -> impl Strategy<Value = Runs> {
    let longest = || proptest::option::of(1_u8..6);
    (longest(), longest(), longest()).prop_map(|(repeated, sequence, keyboard)| Runs { repeated, sequence, keyboard })
}

/// The rules that look at the characters, and those that look at the past.
fn policies() -> impl Strategy<Value = Policy> {
    let length = (0_u16..20, 0_u16..60, 0_u16..200).prop_map(|(min, max, max_bytes)| Length { min, max, max_bytes });
    let blanks = select(vec![Blanks::Forbid, Blanks::Inner, Blanks::Allow, Blanks::Uncounted]);
    let custom = "[a-z0-9 あ#]{1,20}".prop_map(Charset::Custom);
    let charset = prop_oneof![select(vec![Charset::Any, Charset::Ascii, Charset::Latin]), custom];
    let edges = select(vec![Edges::Any, Edges::Alphanumeric]);
    let characters = (length, blanks, classes(), charset, edges, runs());
    let words = (personal_rules(), proptest::option::of(banned()), proptest::option::of(1_u8..=4), any::<bool>());
    let expiry = proptest::option::of((1_u16..400, 0_u8..30).prop_map(|(days, warn_days)| Expiry { days, warn_days }));
    let past = (0_u8..4, 0_u8..3, 0_u8..3, 0_u16..3, expiry);
    (characters, words, past).prop_map(|(characters, words, past)| Policy {
        length: characters.0,
        blanks: characters.1,
        classes: characters.2,
        charset: characters.3,
        edges: characters.4,
        runs: characters.5,
        personal: words.0,
        banned: words.1,
        guessability: words.2,
        breached: words.3,
        differs_by: past.0,
        history: History { on_change: past.1, on_reset: past.2 },
        min_age_hours: past.3,
        expiry: past.4,
    })
}

/// Policies of a rule or two. One with every rule accepts next to nothing: properties of what is accepted would hold of
/// any code.
fn policies_of_few_rules() -> impl Strategy<Value = Policy> {
    (policies(), prop::array::uniform9(prop::bool::weighted(0.2))).prop_map(|(all, kept)| Policy {
        length: if kept[0] { all.length } else { Length { min: 0, max: 200, max_bytes: 800 } },
        blanks: if kept[1] { all.blanks } else { Blanks::Allow },
        classes: if kept[2] { all.classes } else { Classes::default() },
        charset: if kept[3] { all.charset } else { Charset::Any },
        edges: if kept[4] { all.edges } else { Edges::Any },
        runs: if kept[5] { all.runs } else { Runs::default() },
        personal: if kept[6] { all.personal } else { PersonalRules::default() },
        banned: all.banned.filter(|_| kept[7]),
        guessability: all.guessability.filter(|_| kept[8]),
        ..all
    })
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
        7 => next.charset = policy.charset.both(&Charset::Ascii),
        8 => next.edges = Edges::Alphanumeric,
        9 => next.personal.email = Some(narrower(policy.personal.email)),
        10 => next.personal.given_name = Some(narrower(policy.personal.given_name)),
        11 => next.personal.phone = Some(narrower(policy.personal.phone)),
        12 => next.personal.min_word = policy.personal.min_word.saturating_sub(1),
        13 => next.personal.split = true,
        14 => next.runs.repeated = Some(policy.runs.repeated.map_or(9, |longest| longest.saturating_sub(1))),
        15 => next.runs.keyboard = Some(policy.runs.keyboard.map_or(9, |longest| longest.saturating_sub(1))),
        16 => next.classes.specials.forbidden.push('a'),
        17 => next.banned.get_or_insert_default().points += 1,
        18 => next.banned.get_or_insert_default().common = true,
        19 => next.charset = policy.charset.both(&Charset::Latin),
        _ => next.guessability = Some(policy.guessability.map_or(1, |floor| (floor + 1).min(4))),
    }
    next
}

const RESPECTS: usize = 21;

const fn narrower(matching: Option<Matching>) -> Matching {
    match matching {
        None => Matching::Equals,
        Some(Matching::Equals) => Matching::Dominated,
        Some(Matching::Dominated) => Matching::Contains,
        Some(Matching::Contains | Matching::Folded) => Matching::Folded,
    }
}

/// Whether a case said anything: a property about accepted passwords says nothing of one that is refused.
enum Case {
    Telling,
    Vacuous,
}

/// Holds a property against 600 cases, of which at least `telling` must have said something.
fn holds<S: Strategy>(telling: u32, cases: S, property: impl Fn(S::Value) -> Result<Case, TestCaseError>) {
    let config = ProptestConfig { source_file: Some(file!()), ..ProptestConfig::with_cases(600) };
    let told = Cell::new(0_u32);
    let count = |case| {
        if matches!(property(case)?, Case::Telling) {
            told.set(told.get() + 1);
        }
        Ok(())
    };
    if let Err(failure) = TestRunner::new(config).run(&cases, count) {
        panic!("{failure}");
    }
    assert!(told.get() >= telling, "only {} cases of 600 said anything", told.get());
}

#[test]
fn a_stricter_policy_never_accepts_more() {
    let cases = (policies_of_few_rules(), people(), passwords(), 0..RESPECTS);
    holds(180, cases, |(policy, person, password, respect)| {
        if !stricter(&policy, respect).check(&password, &person).fits_so_far() {
            return Ok(Case::Vacuous);
        }
        prop_assert!(policy.check(&password, &person).fits_so_far());
        Ok(Case::Telling)
    });
}

#[test]
fn what_the_strictest_of_two_accepts_both_accept() {
    let cases = (policies_of_few_rules(), policies_of_few_rules(), people(), passwords());
    holds(120, cases, |(one, other, person, password)| {
        if !one.strictest(&other).check(&password, &person).fits_so_far() {
            return Ok(Case::Vacuous);
        }
        prop_assert!(one.check(&password, &person).fits_so_far());
        prop_assert!(other.check(&password, &person).fits_so_far());
        Ok(Case::Telling)
    });
}

#[test]
fn any_order_of_typing_ends_in_the_same_report() {
    let cuts = prop::collection::vec(0_usize..40, 0..6);
    holds(240, (policies(), people(), passwords(), cuts), |(policy, person, password, cuts)| {
        let last = policy.check(&password, &person);
        let mut case = Case::Vacuous;
        // Typed in pieces, taken back, pasted: what was judged in between leaves nothing behind.
        for cut in cuts {
            let piece: String = password.chars().take(cut).collect();
            if policy.check(&piece, &person) != last {
                case = Case::Telling;
            }
            policy.rules(&password.chars().rev().collect::<String>(), &person);
        }
        prop_assert_eq!(policy.check(&password, &person), last);
        Ok(case)
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn an_occasion_asks_for_no_more_than_a_change(policy in policies(), password in passwords()) {
        let asked = |policy: &Policy| policy.rules(&password, &Personal::default()).rules.len();
        for occasion in [Occasion::Register, Occasion::Reset] {
            let policy = policy.on(occasion);
            prop_assert_eq!(&policy.on(occasion), &policy);
            let with_past = Policy { history: History::of(9), min_age_hours: 1, ..policy.clone() };
            prop_assert!(asked(&policy) <= asked(&with_past));
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
            prop_assert_eq!(&early.requirement, &last.requirement);
            prop_assert!(early.verdict == last.verdict || early.verdict == Verdict::Pending);
        }
    }

    #[test]
    fn an_accepted_password_has_no_failed_rule(policy in policies(), person in people(), password in passwords()) {
        let report = policy.check(&password, &person);
        prop_assert_eq!(report.fits_so_far(), report.failed_rules().is_empty());
        prop_assert!(report.fits_so_far() || !report.accepted());
        let wire = serde_json::to_string(&report).expect("serialises");
        prop_assert_eq!(serde_json::from_str::<rekey_shared::password::Report>(&wire).expect("reads back"), report);
    }

    #[test]
    fn a_suggestion_never_asks_for_more_than_the_policy_holds(
        policy in policies(), person in people(), password in passwords()
    ) {
        let suggestion = policy.suggest(&password, &person);
        if policy.rules(&password, &person).rules.iter().all(|rule| rule.verdict != Verdict::Fail) {
            prop_assert_eq!(suggestion, None);
        } else if let Some(suggestion) = suggestion {
            prop_assert!(suggestion.add <= policy.length.max);
        }
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

//! What people meet: two presets, their own names, and what a report says.
#![cfg(feature = "strength")]

use rekey_shared::password::{
    Advice, Blanks, CrackTime, Detail, MAX_INPUT_BYTES, Matching, Personal, PersonalRules, Policy, Position, Report,
    RuleId, Verdict, estimate, length_hint, passwordrules_attribute,
};

fn hana() -> Personal {
    Personal {
        given_name: "Hana Maria".to_owned(),
        family_name: "佐藤".to_owned(),
        username: "hsato42".to_owned(),
        organisation: "Example Trading".to_owned(),
        emails: vec!["Hana.Sato@example.org".to_owned()],
        phones: vec!["+81 90-1234-5678".to_owned()],
    }
}

fn fails(policy: &Policy, password: &str) -> Vec<&'static str> {
    policy.check(password, &hana()).failed_rules()
}

#[test]
fn a_password_that_is_mostly_the_person_is_refused() {
    for (password, rule) in [
        ("hana-HANA-hana-7x", "personal.given_name"),
        ("佐藤佐藤佐藤佐藤佐藤佐藤佐藤佐藤", "personal.family_name"),
        ("x佐藤.hana maria佐藤", "personal.name"),
        ("hsato42-hsato42!", "personal.username"),
        ("hana.sato@example.org", "personal.email"),
        ("my HANA.SATO login", "personal.email"),
        ("exampletrading2026", "personal.organisation"),
        ("+81 90 1234 5678 x", "personal.phone"),
        ("090-1234-5678 abcd", "personal.phone"),
    ] {
        assert!(fails(&Policy::recommended(), password).contains(&rule), "{password}");
    }
}

#[test]
fn a_name_in_a_long_password_does_no_harm() {
    for password in ["correct horse hana battery", "why would 佐藤 ever paint fences", "kettle 12345678 lantern moss"]
    {
        assert_eq!(fails(&Policy::recommended(), password), Vec::<&str>::new(), "{password}");
    }
}

#[test]
fn containing_is_stricter_than_dominating_and_equalling() {
    let with = |matching| Policy { personal: PersonalRules::all(matching), ..Policy::recommended() };
    let password = "correct horse hana battery";
    assert_eq!(fails(&with(Matching::Contains), password), ["personal.given_name"]);
    assert_eq!(fails(&with(Matching::Equals), password), Vec::<&str>::new());
    assert_eq!(fails(&with(Matching::Equals), "HANA.SATO@example.org"), ["personal.email", "guessable"]);
}

#[test]
fn short_words_are_not_looked_for() {
    let person = Personal { given_name: "Al".to_owned(), family_name: "林".to_owned(), ..Personal::default() };
    let policy = Policy { personal: PersonalRules::all(Matching::Contains), ..Policy::recommended() };
    assert_eq!(policy.check("always almond 林 salad", &person).failed_rules(), Vec::<&str>::new());
}

#[test]
fn spaces_of_all_scripts_count_as_spaces() {
    assert_eq!(fails(&Policy::commerce(), "quiet\u{3000}street"), ["spaces"]);
    let report = Policy::commerce().check("quiet\u{a0}", &Personal::default());
    assert_eq!(report.rule(RuleId::Spaces).map(|rule| rule.detail), Some(Detail::At { position: Position::Last }));
}

#[test]
fn uncounted_spaces_add_no_length() {
    let policy = Policy { blanks: Blanks::Uncounted, ..Policy::commerce() };
    assert_eq!(fails(&policy, "q u i e t"), ["length.min"]);
    assert_eq!(fails(&policy, "q u i e t s"), Vec::<&str>::new());
}

#[test]
fn controls_are_refused_everywhere_and_other_characters_nowhere() {
    for control in ["\0", "\t", "\r\n", "\u{1b}", "\u{7f}", "\u{85}", "\u{2028}"] {
        for policy in Policy::PRESETS.iter().filter_map(|name| Policy::preset(name)) {
            assert!(fails(&policy, &format!("four-quiet{control}words-here")).contains(&"charset"), "{control:?}");
        }
    }
    for fine in [
        "👩‍👩‍👧 four quiet words",
        "أربع كلمات هادئة هنا",
        "ｆｏｕｒ ｑｕｉｅｔ ｗｏｒｄｓ",
        "four\u{301} qui\u{308}et words",
    ] {
        assert_eq!(fails(&Policy::recommended(), fine), Vec::<&str>::new(), "{fine}");
    }
}

#[test]
fn nothing_typed_is_not_judged_and_not_accepted() {
    for policy in [Policy::recommended(), Policy { length: zero_length(), ..Policy::commerce() }] {
        let report = policy.check("", &hana());
        assert!(report.rules.iter().all(|rule| rule.verdict == Verdict::Pending));
        assert!(!report.accepted());
        assert_eq!(report.failed_rules(), ["length.min"]);
        assert_eq!(report.strength, None);
    }
}

fn zero_length() -> rekey_shared::password::Length {
    rekey_shared::password::Length { min: 0, max: 256, max_bytes: 1024 }
}

#[test]
fn lengths_are_counted_in_code_points_and_bytes() {
    let policy = Policy::recommended();
    let long = |count: usize| format!("4 quiet words, no names{}", "x".repeat(count - 23));
    assert_eq!(fails(&policy, &long(256)), Vec::<&str>::new());
    assert_eq!(fails(&policy, &long(257)), ["length.max"]);
    assert_eq!(fails(&policy, &format!("白い花と青い鳥が飛ぶ{}", "𠮷あ😀z".repeat(61))), Vec::<&str>::new());
    let report = policy.check(&"😀".repeat(259), &hana());
    assert_eq!(report.rule(RuleId::LengthMax).map(|rule| rule.detail), Some(Detail::Long { by: 3 }));
    let narrow = Policy { length: rekey_shared::password::Length { max_bytes: 71, ..policy.length }, ..policy };
    let report = narrow.check(&"あか さた".repeat(6), &hana());
    assert_eq!(report.rule(RuleId::LengthMax).map(|rule| rule.detail), Some(Detail::TooManyBytes));
}

#[test]
fn a_megabyte_is_refused_without_being_looked_at() {
    let report = Policy::recommended().check(&"e\u{301}".repeat(350_000), &hana());
    assert_eq!(report.failed_rules(), ["length.max"]);
    assert!(!report.accepted());
    assert!(!Policy::recommended().check(&"x".repeat(MAX_INPUT_BYTES + 1), &hana()).accepted());
}

#[test]
fn a_report_says_what_is_missing() {
    let report = Policy::recommended().rules("short", &hana());
    assert_eq!(report.rule(RuleId::LengthMin).map(|rule| rule.detail), Some(Detail::Short { by: 10 }));
    assert_eq!(report.rule(RuleId::Guessable).map(|rule| rule.verdict), Some(Verdict::Pending));
    assert_eq!(report.personal(), Some(Verdict::Pass));
    assert_eq!(Policy::recommended().check("hana hana hana hana", &hana()).personal(), Some(Verdict::Fail));
}

#[test]
fn neither_person_nor_password_is_printed() {
    let report: Report = Policy::recommended().check("hunter2 hana hunter2", &hana());
    let printed = format!("{:?} {report:?} {}", hana(), serde_json::to_string(&report).expect("serialises"));
    for secret in ["hunter2", "Hana", "hana", "佐藤", "hsato42", "1234", "Example"] {
        assert!(!printed.contains(secret), "{secret}");
    }
}

#[test]
fn advice_fits_the_weakness() {
    for (password, score, advice) in [
        ("aaaaaaaaaaaaaaaa", 0, Advice::AvoidRepeats),
        ("abcdefghijklmnop", 0, Advice::AvoidSequences),
        ("zxcvbnm,./", 1, Advice::AvoidKeyboardRows),
        ("passwordpassword", 0, Advice::AvoidRepeats),
        ("password1", 0, Advice::AvoidCommonWord),
        ("4 quiet words, no names", 4, Advice::Nothing),
    ] {
        let strength = estimate(password, &Personal::default());
        assert_eq!((strength.score, strength.advice), (score, advice), "{password}");
    }
    assert_eq!(estimate("four quiet words here", &Personal::default()).crack_time, CrackTime::Centuries);
    assert_eq!(estimate("password", &Personal::default()).crack_time, CrackTime::Instantly);
}

#[test]
fn the_estimator_knows_the_person() {
    let password = "hsato42hana.sato";
    assert!(estimate(password, &hana()).score < estimate(password, &Personal::default()).score);
}

#[test]
fn only_the_head_of_a_password_is_estimated() {
    let head = "ab9 Xq7-".repeat(9);
    assert_eq!(estimate(&head, &hana()), estimate(&format!("{head}{}", "x".repeat(180)), &hana()));
}

#[test]
fn a_misspelt_rule_is_an_error() {
    let stored = |extra: &str| format!(r#"{{"length":{{"min":8,"max":64,"max_bytes":256}}{extra}}}"#);
    let lenient: Policy = serde_json::from_str(&stored("")).expect("reads");
    assert_eq!((lenient.guessability, lenient.blanks), (None, Blanks::Allow));
    assert!(serde_json::from_str::<Policy>(&stored(r#","guessibility":3"#)).is_err());
    assert!(serde_json::from_str::<Policy>(&stored(r#","personal":{"surname":"equals"}"#)).is_err());
}

#[test]
fn browsers_and_password_managers_are_told() {
    let hint = length_hint(&Policy::recommended());
    assert_eq!((hint.min, hint.max), (15, 256));
    assert_eq!(
        passwordrules_attribute(&Policy::recommended()),
        "minlength: 15; maxlength: 256; allowed: lower, upper, digit, [-];"
    );
    let mut strict = Policy::commerce();
    strict.runs.repeated = Some(2);
    strict.classes.specials.uncounted = "-".to_owned();
    strict.classes.required_kinds = 3;
    assert_eq!(
        passwordrules_attribute(&strict),
        "minlength: 6; maxlength: 256; max-consecutive: 2; required: lower; required: digit; required: [_.!#%+=?*@$&]; \
         allowed: lower, upper, digit, [_.!#%+=?*@$&];"
    );
}

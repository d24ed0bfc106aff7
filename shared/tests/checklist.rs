//! The lines about a person's own data say the rule that holds, for every policy by name.

use rekey_shared::password::{
    Likeness, Matching, Personal, PersonalGroup, PersonalPart, PersonalRules, Policy, Verdict,
};
use rekey_shared::{Lang, text};

fn lines(policy: &Policy, lang: Lang) -> Vec<String> {
    PersonalGroup::all(&policy.requirements()).iter().map(|group| text::personal(group, lang)).collect()
}

#[test]
fn every_preset_says_its_own_rule() {
    for (name, en, ja) in [
        ("recommended", &["Not mostly your name, email, or phone number"][..], &["名前や連絡先が大半を占めない"][..]),
        ("nist-800-63b-4", &["Not your name, email, or phone number"], &["名前や連絡先と同じではない"]),
        ("asvs-5-l2", &["Not mostly your name, email, or phone number"], &["名前や連絡先が大半を占めない"]),
        ("commerce", &["Not your email address"], &["メールアドレスと同じではない"]),
        ("commerce-shipped", &["Not your email address"], &["メールアドレスと同じではない"]),
        ("commerce-admin", &[], &[]),
        ("entra", &["Doesn't contain your name or organization's name"], &["名前や組織名を含まない"]),
        ("entra-hybrid", &["Doesn't contain your name or organization's name"], &["名前や組織名を含まない"]),
        (
            "audience-manager",
            &["Doesn't contain your name, username, or email"],
            &["名前、ユーザー名、メールアドレスを含まない"],
        ),
        ("ad-complexity", &["Doesn't contain your name or username"], &["名前やユーザー名を含まない"]),
        ("pci-dss-4", &[], &[]),
    ] {
        let policy = Policy::preset(name).expect("a preset");
        assert_eq!(lines(&policy, Lang::En), en, "{name}");
        assert_eq!(lines(&policy, Lang::Ja), ja, "{name}");
    }
    assert_eq!(Policy::PRESETS.len(), 11, "a new one needs a row above");
}

#[test]
fn rules_that_compare_differently_are_lines_of_their_own() {
    let both = Policy::recommended().strictest(&Policy::audience_manager());
    assert_eq!(
        lines(&both, Lang::En),
        [
            "Not mostly your full name, organization's name, or phone number",
            "Doesn't contain your name, username, or email",
        ]
    );
    assert_eq!(
        lines(&both, Lang::Ja),
        ["氏名、組織名、電話番号が大半を占めない", "名前、ユーザー名、メールアドレスを含まない"]
    );
}

/// A person of whom nothing else is known, and what a password may hold too much of.
fn person(part: PersonalPart) -> (Personal, &'static str) {
    let nothing = Personal::default();
    match part {
        PersonalPart::GivenName => (Personal { given_name: "Wilhelmina".into(), ..nothing }, "wilhelmina"),
        PersonalPart::FamilyName => (Personal { family_name: "Oppenheimer".into(), ..nothing }, "oppenheimer"),
        PersonalPart::Name => (
            Personal { given_name: "Wilhelmina".into(), family_name: "Oppenheimer".into(), ..nothing },
            "wilhelminaoppenheimer",
        ),
        PersonalPart::Username => (Personal { username: "queenbee".into(), ..nothing }, "queenbee"),
        PersonalPart::Email => {
            (Personal { emails: vec!["queen@hive.example".into()], ..nothing }, "queen@hive.example")
        }
        PersonalPart::Organisation => (Personal { organisation: "Apiary".into(), ..nothing }, "apiary"),
        PersonalPart::Phone => (Personal { phones: vec!["+12025550123".into()], ..nothing }, "12025550123"),
    }
}

/// What the words of a line say of a password.
fn as_said(line: &str, password: &str, word: &str) -> Verdict {
    let broken = if line.starts_with("Doesn't contain") {
        password.contains(word)
    } else if line.starts_with("Not mostly") {
        password.contains(word) && 2 * word.len() >= password.len()
    } else {
        password == word
    };
    if broken { Verdict::Fail } else { Verdict::Pass }
}

#[test]
fn a_line_is_ticked_exactly_when_what_it_says_is_true() {
    let custom = |matching| Policy { personal: PersonalRules::all(matching), ..Policy::at_least(8) };
    let ours = [Matching::Equals, Matching::Dominated, Matching::Contains, Matching::Folded].map(custom);
    let mixed = Policy::recommended().strictest(&Policy::audience_manager());
    let mut seen = 0;
    for policy in Policy::PRESETS.into_iter().filter_map(Policy::preset).chain(ours).chain([mixed]) {
        for group in PersonalGroup::all(&policy.requirements()) {
            let line = text::personal(&group, Lang::En);
            for (part, _) in group.parts() {
                let (person, word) = person(*part);
                for password in [word.to_owned(), format!("{word}-7k"), format!("7k4-zv9-tq3-xw8-{word}-hj2-fd6")] {
                    let verdict = group.verdict(&policy.rules(&password, &person)).expect("a verdict");
                    assert_eq!(verdict, as_said(&line, &password, word), "{line}: {part:?}, {password}");
                    seen += 1;
                }
            }
        }
    }
    assert!(seen > 150, "{seen}");
}

#[test]
fn groups_hold_every_personal_rule_once() {
    for policy in Policy::PRESETS.into_iter().filter_map(Policy::preset) {
        let rules = policy.requirements();
        let personal = rules.iter().filter(|rule| rule.rule().is_personal()).count();
        let groups = PersonalGroup::all(&rules);
        assert_eq!(groups.iter().map(|group| group.parts().len()).sum::<usize>(), personal);
        assert!(groups.is_sorted_by_key(PersonalGroup::likeness));
        assert!(groups.iter().all(|group| group.likeness() <= Likeness::Within && !group.parts().is_empty()));
    }
}

//! The linter: what each preset departs from, and what contradicts itself.

use rekey_shared::password::{Banned, Blanks, Charset, Class, Code, Edges, Expiry, Level, NonAscii, Policy};

fn numbers(policy: &Policy) -> Vec<&'static str> {
    policy.lint().into_iter().map(|finding| finding.code.number()).collect()
}

#[test]
fn what_each_preset_departs_from_is_known() {
    for (preset, expected) in [
        ("recommended", &[][..]),
        ("nist-800-63b-4", &[]),
        ("asvs-5-l2", &[]),
        ("commerce", &["W-LEN-8", "W-LEN-15", "W-BLANKS", "W-BLOCKLIST"]),
        ("commerce-shipped", &["W-LEN-15", "W-COMP", "W-BLOCKLIST"]),
        ("commerce-admin", &["W-LEN-8", "W-LEN-15", "W-COMP", "W-BLOCKLIST", "W-EXPIRY"]),
        ("entra", &["W-LEN-15", "W-COMP", "W-UNICODE", "W-BLOCKLIST"]),
        ("entra-hybrid", &["W-LEN-15", "W-UNICODE", "W-BLOCKLIST"]),
        (
            "audience-manager",
            &["W-LEN-15", "W-MAX-64", "W-COMP", "W-COMP", "W-UNICODE", "W-BLOCKLIST", "W-HISTORY-COST"],
        ),
        ("ad-complexity", &["W-LEN-8", "W-LEN-15", "W-COMP", "W-BLOCKLIST", "W-HISTORY-COST", "W-EXPIRY", "W-MIN-AGE"]),
        ("pci-dss-4", &["W-LEN-15", "W-COMP", "W-BLOCKLIST", "W-EXPIRY"]),
    ] {
        let policy = Policy::preset(preset).unwrap_or_else(|| panic!("{preset}"));
        assert_eq!(numbers(&policy), expected, "{preset}");
        assert!(policy.floors().is_empty() && policy.check_ranges().is_ok(), "{preset}");
    }
}

fn eight(change: impl FnOnce(&mut Policy)) -> Policy {
    let mut policy = Policy::at_least(8);
    change(&mut policy);
    policy
}

fn of(listed: &str) -> Charset {
    Charset::Custom(listed.to_owned())
}

fn floors(policy: &Policy) -> Vec<Code> {
    let found = policy.floors();
    assert!(found.iter().all(|finding| finding.code.level() == Level::BelowFloor));
    found.into_iter().map(|finding| finding.code).collect()
}

#[test]
fn what_contradicts_itself_is_found() {
    assert_eq!(floors(&eight(|policy| policy.length.max = 7)), [Code::Lengths]);
    assert_eq!(floors(&eight(|policy| policy.length.max_bytes = 7)), [Code::Lengths]);
    let no_digit = eight(|policy| {
        policy.charset = of("abcdefghijklm");
        policy.classes.required = vec![Class::Digit];
    });
    assert_eq!(floors(&no_digit), [Code::NoSuchClass]);
    let no_special = eight(|policy| {
        policy.classes.specials.counted = Some("#".to_owned());
        policy.classes.specials.forbidden = "#".to_owned();
        policy.classes.specials.blanks = false;
        policy.classes.specials.non_ascii = NonAscii::Nothing;
        policy.classes.required = vec![Class::Special];
    });
    assert_eq!(floors(&no_special), [Code::NoSuchClass]);
    let two_kinds = eight(|policy| {
        policy.charset = of("abcdef012");
        policy.classes.required_kinds = 3;
    });
    assert_eq!(floors(&two_kinds), [Code::TooManyKinds]);
    let no_edge = eight(|policy| {
        policy.charset = of("-_.");
        policy.edges = Edges::Alphanumeric;
    });
    assert_eq!(floors(&no_edge), [Code::NoEdge]);
    let no_points = eight(|policy| {
        policy.length.max = 12;
        policy.banned = Some(Banned { points: 13, ..Banned::default() });
    });
    assert_eq!(floors(&no_points), [Code::TooManyPoints]);
}

#[test]
fn what_no_password_meets_or_anyone_guesses_is_found() {
    let no_run_fits = eight(|policy| {
        policy.charset = of("aA");
        policy.runs.repeated = Some(1);
    });
    assert_eq!(floors(&no_run_fits), [Code::Nothing]);
    assert_eq!(floors(&eight(|policy| policy.length.min = 5)), [Code::Len6]);
    let few = eight(|policy| {
        policy.length.min = 6;
        policy.charset = of("01234567");
    });
    assert_eq!(floors(&few), [Code::Space20]);
}

/// The warnings, once more and in another way: a table of conditions read off the standards.
#[test]
fn the_warnings_are_those_of_the_standards() {
    let mut seen = 0;
    for length in [(6, 20), (8, 64), (14, 63), (15, 256)] {
        for bits in 0_u32..128 {
            let on = |bit: u32| bits >> bit & 1 == 1;
            let mut policy = Policy::at_least(length.0);
            policy.length.max = length.1;
            policy.breached = on(0);
            policy.guessability = on(1).then_some(3);
            policy.classes.required_kinds = if on(2) { 2 } else { 1 };
            policy.charset = if on(3) { Charset::Ascii } else { Charset::Any };
            policy.blanks = if on(4) { Blanks::Forbid } else { Blanks::Inner };
            policy.expiry = on(5).then_some(Expiry::after(90));
            policy.history.on_reset = if on(6) { 6 } else { 5 };
            let expected = [
                (length.0 < 8, "W-LEN-8"),
                (length.0 < 15, "W-LEN-15"),
                (length.1 < 64, "W-MAX-64"),
                (on(2), "W-COMP"),
                (on(3), "W-UNICODE"),
                (on(4), "W-BLANKS"),
                (!on(0) && !on(1), "W-BLOCKLIST"),
                (on(6), "W-HISTORY-COST"),
                (on(5), "W-EXPIRY"),
            ];
            let expected: Vec<&str> = expected.into_iter().filter(|(wrong, _)| *wrong).map(|(_, code)| code).collect();
            assert_eq!(numbers(&policy), expected, "{policy:?}");
            seen += 1;
        }
    }
    assert_eq!(seen, 512);
}

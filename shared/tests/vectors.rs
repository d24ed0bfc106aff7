//! The test vectors that every implementation of the policy shares; the same file runs natively and in WebAssembly.
#![cfg(feature = "strength")]

use std::collections::BTreeMap;

use rekey_shared::password::{
    Blanks, Charset, Class, Classes, Edges, Length, Matching, Personal, PersonalRules, Policy, Specials,
};
use serde::Deserialize;

/// The rows of `vectors/policy.json`, a copy.
const VECTORS: &str = include_str!("../testdata/policy.json");

#[derive(Deserialize)]
struct Vectors {
    rows: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    preset: String,
    password: String,
    accepted: bool,
    fails: Vec<String>,
    context: Context,
    why: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Context {
    given_name: String,
    family_name: String,
    username: String,
    organisation: String,
    email: String,
}

impl Context {
    fn personal(&self) -> Personal {
        Personal {
            given_name: self.given_name.clone(),
            family_name: self.family_name.clone(),
            username: self.username.clone(),
            organisation: self.organisation.clone(),
            emails: vec![self.email.clone()],
            phones: Vec::new(),
        }
    }
}

/// Runs the rows whose policy is known; answers how many of each ran.
fn run(policy_of: fn(&str) -> Option<Policy>) -> BTreeMap<String, usize> {
    let vectors: Vectors =
        serde_json::from_str(VECTORS).unwrap_or_else(|error| panic!("the vectors are JSON: {error}"));
    let mut ran = BTreeMap::new();
    for row in vectors.rows {
        let Some(policy) = policy_of(&row.preset) else { continue };
        let report = policy.check(&row.password, &row.context.personal());
        let name = format!("{} {:?}: {}", row.preset, row.password, row.why);
        assert_eq!(report.failed_rules(), row.fails, "{name}");
        assert_eq!(report.accepted(), row.accepted, "{name}");
        *ran.entry(row.preset).or_default() += 1;
    }
    ran
}

fn counts(expected: &[(&str, usize)]) -> BTreeMap<String, usize> {
    expected.iter().map(|(preset, rows)| ((*preset).to_owned(), *rows)).collect()
}

#[test]
fn the_presets_judge_every_row_as_written() {
    // Counted, so that a renamed preset cannot pass by running nothing.
    assert_eq!(run(Policy::preset), counts(&[("commerce", 3), ("recommended", 5)]));
}

#[test]
fn the_rules_can_say_what_other_products_ask_for() {
    let expected = counts(&[("audience-manager", 18), ("commerce-admin", 4), ("commerce-shipped", 11)]);
    assert_eq!(run(product), expected);
}

/// Policies of other products (seed-systems.md §13.2) that need no more than the rules there are.
fn product(name: &str) -> Option<Policy> {
    let commerce = Policy::commerce();
    match name {
        "commerce-shipped" => Some(Policy {
            length: Length { min: 8, ..commerce.length },
            blanks: Blanks::Inner,
            classes: Classes { required_kinds: 3, ..Classes::default() },
            ..commerce
        }),
        "commerce-admin" => Some(Policy {
            length: Length { min: 7, ..commerce.length },
            blanks: Blanks::Inner,
            classes: Classes { required: vec![Class::Letter, Class::Digit], ..Classes::default() },
            ..commerce
        }),
        "audience-manager" => Some(audience_manager()),
        _ => None,
    }
}

fn audience_manager() -> Policy {
    let contains = Some(Matching::Contains);
    Policy {
        length: Length { min: 12, max: 40, max_bytes: 160 },
        blanks: Blanks::Inner,
        classes: Classes {
            required: vec![Class::Upper, Class::Lower, Class::Digit, Class::Special],
            specials: Specials { uncounted: ":".to_owned(), blanks: false, ..Specials::default() },
            ..Classes::default()
        },
        charset: Charset::Ascii,
        edges: Edges::Alphanumeric,
        personal: PersonalRules {
            given_name: contains,
            family_name: contains,
            username: contains,
            email: contains,
            ..PersonalRules::default()
        },
        guessability: None,
    }
}

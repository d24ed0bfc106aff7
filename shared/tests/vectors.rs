//! The test vectors that every implementation of the policy shares; the same file runs natively and in WebAssembly.
#![cfg(feature = "strength")]

use std::collections::BTreeMap;

use rekey_shared::password::{Banned, Occasion, Personal, Policy, RuleId};
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
    banned_terms: Vec<String>,
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

/// The policy of a row: for a new account, with the row's banned words.
fn policy_of(row: &Row) -> Policy {
    let mut policy = match row.preset.as_str() {
        "banned-only" => Policy { banned: Some(Banned { common: false, ..Banned::default() }), ..Policy::at_least(1) },
        preset => Policy::preset(preset).unwrap_or_else(|| panic!("{preset} is a preset")),
    };
    if let Some(banned) = &mut policy.banned {
        banned.terms = row.context.banned_terms.iter().cloned().collect();
    }
    policy.on(Occasion::Register)
}

#[test]
fn every_row_is_judged_as_written() {
    let vectors: Vectors =
        serde_json::from_str(VECTORS).unwrap_or_else(|error| panic!("the vectors are JSON: {error}"));
    let mut ran: BTreeMap<&str, usize> = BTreeMap::new();
    for row in &vectors.rows {
        let mut report = policy_of(row).check(&row.password, &row.context.personal());
        // No row is about breaches; the list of breached passwords is elsewhere.
        report.settle(RuleId::Breached, true);
        let name = format!("{} {:?}: {}", row.preset, row.password, row.why);
        assert_eq!(report.failed_rules(), row.fails, "{name}");
        assert_eq!(report.accepted(), row.accepted, "{name}");
        *ran.entry(&row.preset).or_default() += 1;
    }
    // Counted, so that a renamed preset cannot pass by running nothing.
    let expected = [
        ("audience-manager", 18),
        ("banned-only", 7),
        ("commerce", 3),
        ("commerce-admin", 4),
        ("commerce-shipped", 11),
        ("entra", 15),
        ("recommended", 5),
    ];
    let expected: BTreeMap<&str, usize> = expected.into_iter().collect();
    assert_eq!(ran, expected);
}

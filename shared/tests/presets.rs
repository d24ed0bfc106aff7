//! A table of passwords against every preset, worked out independently of the engine; the same file runs natively and
//! in WebAssembly.
#![cfg(feature = "strength")]

use std::collections::BTreeMap;

use rekey_shared::password::{Occasion, Personal, Policy, RuleId};
use serde::Deserialize;

const TABLE: &str = include_str!("../testdata/presets.json");

#[derive(Deserialize)]
struct Table {
    rows: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    password: String,
    context: Context,
    why: String,
    fails: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Context {
    given_name: String,
    family_name: String,
    username: String,
    organisation: String,
    email: String,
    phone: String,
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
            phones: vec![self.phone.clone()],
        }
    }
}

#[test]
fn every_preset_judges_every_row_as_written() {
    let table: Table = serde_json::from_str(TABLE).unwrap_or_else(|error| panic!("the table is JSON: {error}"));
    let mut ran: BTreeMap<&str, usize> = BTreeMap::new();
    for row in &table.rows {
        for (preset, fails) in &row.fails {
            let mut policy = Policy::preset(preset).unwrap_or_else(|| panic!("{preset} is a preset"));
            if let Some(banned) = &mut policy.banned {
                banned.terms = row.context.banned_terms.iter().cloned().collect();
            }
            let mut report = policy.on(Occasion::Register).check(&row.password, &row.context.personal());
            report.settle(RuleId::Breached, true);
            assert_eq!(&report.failed_rules(), fails, "{preset} {:?}: {}", row.password, row.why);
            *ran.entry(preset).or_default() += 1;
        }
    }
    assert_eq!(ran.keys().copied().collect::<Vec<_>>(), {
        let mut names = Policy::PRESETS.to_vec();
        names.sort_unstable();
        names
    });
    assert!(ran.values().all(|rows| *rows >= 40), "{ran:?}");
}

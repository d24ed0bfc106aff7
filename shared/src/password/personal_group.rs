//! The rules about a person's own data, as a checklist shows them: one line for each way of comparing.

use serde::{Deserialize, Serialize};

use super::personal::{Matching, PersonalPart};
use super::report::{Report, Verdict};
use super::requirement::Requirement;

/// How much of a person's data a password may hold, as it is put into words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Likeness {
    /// It must not be one of them.
    Same,
    /// They must not make up half of it.
    Mostly,
    /// None of them may occur in it.
    Within,
}

impl From<Matching> for Likeness {
    fn from(matching: Matching) -> Self {
        match matching {
            Matching::Equals => Self::Same,
            Matching::Dominated => Self::Mostly,
            Matching::Contains | Matching::Folded => Self::Within,
        }
    }
}

/// Rules about the person's own data that compare in the same way. Never empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonalGroup {
    likeness: Likeness,
    parts: Vec<(PersonalPart, Matching)>,
}

impl PersonalGroup {
    /// The groups of these rules, from the least strict, with their parts in rule order.
    pub fn all(rules: &[Requirement]) -> Vec<Self> {
        let group = |likeness: Likeness| {
            let part = |rule: &Requirement| part(rule).filter(|(_, matching)| Likeness::from(*matching) == likeness);
            let parts: Vec<_> = rules.iter().filter_map(part).collect();
            (!parts.is_empty()).then_some(Self { likeness, parts })
        };
        [Likeness::Same, Likeness::Mostly, Likeness::Within].into_iter().filter_map(group).collect()
    }

    /// How they compare.
    pub const fn likeness(&self) -> Likeness {
        self.likeness
    }

    /// Which data they compare with, each by its own rule.
    pub fn parts(&self) -> &[(PersonalPart, Matching)] {
        &self.parts
    }

    /// Whether all of them are met; `None` if the report is on other rules.
    pub fn verdict(&self, report: &Report) -> Option<Verdict> {
        let ours = |rule: &Requirement| part(rule).is_some_and(|part| self.parts.contains(&part));
        report.verdict_on(ours)
    }
}

const fn part(rule: &Requirement) -> Option<(PersonalPart, Matching)> {
    if let Requirement::Personal { part, matching } = rule { Some((*part, *matching)) } else { None }
}

//! What came out of judging a password.

use serde::{Deserialize, Serialize};

use super::requirement::{Requirement, RuleId};
use super::strength::Strength;
use super::suggest::Suggestion;

/// Whether a rule is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Met.
    Pass,
    /// Not met.
    Fail,
    /// Not judged yet: nothing is typed, or the estimator is not loaded.
    Pending,
    /// Only the server can tell (GX-41).
    Server,
}

/// Where in a password something is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Position {
    /// At the beginning.
    First,
    /// At the end.
    Last,
    /// In between.
    Inside,
}

/// What explains a failure. Says nothing that would help anyone who reads it to guess the password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Detail {
    /// Nothing to add.
    #[default]
    Nothing,
    /// Too short.
    Short {
        /// How many code points are missing.
        by: u16,
    },
    /// Too long.
    Long {
        /// How many code points are too many.
        by: u16,
    },
    /// Not too many characters, but too many bytes.
    TooManyBytes,
    /// Where the wrong character is.
    At {
        /// The place.
        position: Position,
    },
    /// A character that no policy allows: a control.
    Control,
    /// Characters that are not allowed.
    Foreign {
        /// How many.
        count: u16,
    },
    /// Too long a run.
    Run {
        /// How long it is.
        length: u16,
    },
    /// Too little beside banned words.
    Points {
        /// How many points there are.
        found: u8,
    },
    /// Too few kinds of characters.
    Kinds {
        /// How many there are.
        found: u8,
    },
}

/// One rule and how the password fares with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleReport {
    /// The rule.
    pub requirement: Requirement,
    /// Whether it is met.
    pub verdict: Verdict,
    /// Why not.
    pub detail: Detail,
}

/// Every rule of a policy with its verdict, in rule order. Holds nothing of the password.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Report {
    /// The rules.
    pub rules: Vec<RuleReport>,
    /// How hard the password is to guess; `None` until it was estimated.
    pub strength: Option<Strength>,
    /// The shortest change that would meet the rules that can be judged here; `None` until it was looked for.
    pub suggestion: Option<Suggestion>,
}

impl Report {
    /// Whether every rule is met. A rule that waits for the estimator or the server is not.
    pub fn accepted(&self) -> bool {
        self.rules.iter().all(|rule| rule.verdict == Verdict::Pass)
    }

    /// The names of the rules that are not met, in rule order.
    ///
    /// An empty password is too short, although a list that is shown before anything was typed says nothing yet.
    pub fn failed_rules(&self) -> Vec<&'static str> {
        self.rules.iter().filter(|rule| rule.is_failed()).map(|rule| rule.requirement.rule().id()).collect()
    }

    /// Fills in what only the server knows, or what a filter of breached passwords says. Does nothing if the policy lacks the rule.
    pub fn settle(&mut self, rule: RuleId, met: bool) {
        if let Some(report) = self.rules.iter_mut().find(|report| report.requirement.rule() == rule) {
            report.verdict = if met { Verdict::Pass } else { Verdict::Fail };
        }
    }

    /// Whether nothing is wrong so far: a rule that waits for the server may still fail.
    pub fn fits_so_far(&self) -> bool {
        self.rules.iter().all(|rule| matches!(rule.verdict, Verdict::Pass | Verdict::Server))
    }

    /// The report on one rule, if the policy has it.
    pub fn rule(&self, rule: RuleId) -> Option<&RuleReport> {
        self.rules.iter().find(|report| report.requirement.rule() == rule)
    }

    /// The rules about the person's own data as one verdict; `None` if the policy has none.
    pub fn personal(&self) -> Option<Verdict> {
        self.verdict_on(|rule| rule.rule().is_personal())
    }

    /// Some rules as one verdict; `None` if none of them is in the report.
    pub(super) fn verdict_on(&self, which: impl Fn(&Requirement) -> bool) -> Option<Verdict> {
        let verdicts = self.rules.iter().filter(|rule| which(&rule.requirement)).map(|rule| rule.verdict);
        verdicts.reduce(|one, other| match (one, other) {
            (Verdict::Fail, _) | (_, Verdict::Fail) => Verdict::Fail,
            (Verdict::Pass, other) => other,
            (waiting, _) => waiting,
        })
    }
}

impl RuleReport {
    fn is_failed(&self) -> bool {
        match self.verdict {
            Verdict::Fail => true,
            Verdict::Pending => self.requirement.rule() == RuleId::LengthMin,
            Verdict::Pass | Verdict::Server => false,
        }
    }
}

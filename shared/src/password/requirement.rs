//! The rules of a policy, each with what is needed to phrase it.

use serde::{Deserialize, Serialize};

use super::charset::Charset;
use super::classes::Class;
use super::personal::{Matching, PersonalPart};
use super::policy::{Blanks, Edges, Policy};
use super::runs::Run;

/// The name of a rule, in the order in which rules are judged and reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum RuleId {
    /// Long enough.
    #[serde(rename = "length.min")]
    LengthMin,
    /// Not too long.
    #[serde(rename = "length.max")]
    LengthMax,
    /// No spaces where they are not wanted.
    #[serde(rename = "spaces")]
    Spaces,
    /// The right first and last character.
    #[serde(rename = "edges")]
    Edges,
    /// Allowed characters only.
    #[serde(rename = "charset")]
    Charset,
    /// Enough kinds of characters.
    #[serde(rename = "classes")]
    Classes,
    /// A letter.
    #[serde(rename = "class.letter")]
    ClassLetter,
    /// An uppercase letter.
    #[serde(rename = "class.upper")]
    ClassUpper,
    /// A lowercase letter.
    #[serde(rename = "class.lower")]
    ClassLower,
    /// A digit.
    #[serde(rename = "class.digit")]
    ClassDigit,
    /// A special character.
    #[serde(rename = "class.special")]
    ClassSpecial,
    /// No character again and again.
    #[serde(rename = "runs.repeated")]
    RunsRepeated,
    /// No long piece of the alphabet or of counting.
    #[serde(rename = "runs.sequence")]
    RunsSequence,
    /// No long piece of a row of keys.
    #[serde(rename = "runs.keyboard")]
    RunsKeyboard,
    /// Not the given name.
    #[serde(rename = "personal.given_name")]
    PersonalGivenName,
    /// Not the family name.
    #[serde(rename = "personal.family_name")]
    PersonalFamilyName,
    /// Not the whole name.
    #[serde(rename = "personal.name")]
    PersonalName,
    /// Not the username.
    #[serde(rename = "personal.username")]
    PersonalUsername,
    /// Not an email address.
    #[serde(rename = "personal.email")]
    PersonalEmail,
    /// Not the organization.
    #[serde(rename = "personal.organisation")]
    PersonalOrganisation,
    /// Not a phone number.
    #[serde(rename = "personal.phone")]
    PersonalPhone,
    /// No banned word.
    #[serde(rename = "banned")]
    Banned,
    /// Hard enough to guess.
    #[serde(rename = "guessable")]
    Guessable,
    /// Not known from a breach.
    #[serde(rename = "breached")]
    Breached,
    /// Unlike the current one.
    #[serde(rename = "differs")]
    Differs,
    /// None of the past ones.
    #[serde(rename = "history")]
    History,
    /// Not changed again too soon.
    #[serde(rename = "age")]
    Age,
}

impl RuleId {
    /// The name on the wire and in the test vectors.
    pub const fn id(self) -> &'static str {
        match self {
            Self::LengthMin => "length.min",
            Self::LengthMax => "length.max",
            Self::Spaces => "spaces",
            Self::Edges => "edges",
            Self::Charset => "charset",
            Self::Classes => "classes",
            Self::ClassLetter => "class.letter",
            Self::ClassUpper => "class.upper",
            Self::ClassLower => "class.lower",
            Self::ClassDigit => "class.digit",
            Self::ClassSpecial => "class.special",
            Self::RunsRepeated => "runs.repeated",
            Self::RunsSequence => "runs.sequence",
            Self::RunsKeyboard => "runs.keyboard",
            Self::PersonalGivenName => "personal.given_name",
            Self::PersonalFamilyName => "personal.family_name",
            Self::PersonalName => "personal.name",
            Self::PersonalUsername => "personal.username",
            Self::PersonalEmail => "personal.email",
            Self::PersonalOrganisation => "personal.organisation",
            Self::PersonalPhone => "personal.phone",
            Self::Banned => "banned",
            Self::Guessable => "guessable",
            Self::Breached => "breached",
            Self::Differs => "differs",
            Self::History => "history",
            Self::Age => "age",
        }
    }

    /// Whether the rule is about the person's own data: a checklist groups these; see [`super::PersonalGroup`].
    pub const fn is_personal(self) -> bool {
        matches!(
            self,
            Self::PersonalGivenName
                | Self::PersonalFamilyName
                | Self::PersonalName
                | Self::PersonalUsername
                | Self::PersonalEmail
                | Self::PersonalOrganisation
                | Self::PersonalPhone
        )
    }
}

/// One rule and the data it takes to say it in words.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Requirement {
    /// At least this many characters.
    LengthMin {
        /// Code points.
        min: u16,
    },
    /// At most this many characters.
    LengthMax {
        /// Code points.
        max: u16,
    },
    /// Whether spaces are allowed and count. With [`Blanks::Uncounted`] this is a remark that every password meets.
    Spaces {
        /// Never [`Blanks::Allow`], which is no rule.
        blanks: Blanks,
    },
    /// What stands first and last.
    Edges {
        /// Never [`Edges::Any`], which is no rule.
        edges: Edges,
    },
    /// Which characters are allowed. Always there, because controls never are.
    Charset {
        /// Which.
        charset: Charset,
        /// And which not.
        forbidden: String,
    },
    /// This many of the kinds that there are.
    Classes {
        /// 1–5.
        kinds: u8,
        /// 4, or 5 where letters without case are a kind of their own.
        of: u8,
    },
    /// A character of this class.
    Class {
        /// Which.
        class: Class,
    },
    /// No longer run than this.
    Run {
        /// Of which kind.
        run: Run,
        /// In characters.
        longest: u8,
    },
    /// Unlike the person's own data.
    Personal {
        /// Which data.
        part: PersonalPart,
        /// How unlike.
        matching: Matching,
    },
    /// Enough beside banned words.
    Banned {
        /// The points that are needed.
        points: u8,
    },
    /// Hard enough to guess.
    Guessable {
        /// The lowest score that is accepted: 1–4.
        floor: u8,
    },
    /// Not known from a breach.
    Breached,
    /// Unlike the current one.
    Differs {
        /// By how many characters.
        by: u8,
    },
    /// None of the past ones.
    History {
        /// How many of them.
        depth: u8,
    },
    /// Not changed again too soon.
    Age {
        /// After how many hours.
        hours: u16,
    },
}

impl Requirement {
    /// The rule's name.
    pub const fn rule(&self) -> RuleId {
        match self {
            Self::LengthMin { .. } => RuleId::LengthMin,
            Self::LengthMax { .. } => RuleId::LengthMax,
            Self::Spaces { .. } => RuleId::Spaces,
            Self::Edges { .. } => RuleId::Edges,
            Self::Charset { .. } => RuleId::Charset,
            Self::Classes { .. } => RuleId::Classes,
            Self::Class { class } => class_rule(*class),
            Self::Run { run, .. } => run_rule(*run),
            Self::Personal { part, .. } => personal_rule(*part),
            Self::Banned { .. } => RuleId::Banned,
            Self::Guessable { .. } => RuleId::Guessable,
            Self::Breached => RuleId::Breached,
            Self::Differs { .. } => RuleId::Differs,
            Self::History { .. } => RuleId::History,
            Self::Age { .. } => RuleId::Age,
        }
    }

    /// Whether the rule is rarely broken, so that it takes a line only once it is.
    pub fn is_quiet(&self) -> bool {
        let unrestricted = matches!(self, Self::Charset { charset: Charset::Any, forbidden } if forbidden.is_empty());
        unrestricted || matches!(self, Self::LengthMax { .. } | Self::Age { .. })
    }
}

const fn class_rule(class: Class) -> RuleId {
    match class {
        Class::Letter => RuleId::ClassLetter,
        Class::Upper => RuleId::ClassUpper,
        Class::Lower => RuleId::ClassLower,
        Class::Digit => RuleId::ClassDigit,
        Class::Special => RuleId::ClassSpecial,
    }
}

const fn run_rule(run: Run) -> RuleId {
    match run {
        Run::Repeated => RuleId::RunsRepeated,
        Run::Sequence => RuleId::RunsSequence,
        Run::Keyboard => RuleId::RunsKeyboard,
    }
}

const fn personal_rule(part: PersonalPart) -> RuleId {
    match part {
        PersonalPart::GivenName => RuleId::PersonalGivenName,
        PersonalPart::FamilyName => RuleId::PersonalFamilyName,
        PersonalPart::Name => RuleId::PersonalName,
        PersonalPart::Username => RuleId::PersonalUsername,
        PersonalPart::Email => RuleId::PersonalEmail,
        PersonalPart::Organisation => RuleId::PersonalOrganisation,
        PersonalPart::Phone => RuleId::PersonalPhone,
    }
}

impl Policy {
    /// The rules in force, one value each, in rule order: for the list that is shown before anything is typed.
    /// Those on the past are as on a change; see [`Policy::on`].
    pub fn requirements(&self) -> Vec<Requirement> {
        let mut rules = vec![
            // An empty password is never accepted (PW-3), whatever an operator configured.
            Requirement::LengthMin { min: self.length.min.max(1) },
            Requirement::LengthMax { max: self.length.max },
        ];
        if self.blanks != Blanks::Allow {
            rules.push(Requirement::Spaces { blanks: self.blanks });
        }
        if self.edges != Edges::Any {
            rules.push(Requirement::Edges { edges: self.edges });
        }
        let forbidden = self.classes.specials.forbidden.clone();
        rules.push(Requirement::Charset { charset: self.charset.clone(), forbidden });
        self.require_classes(&mut rules);
        let longest = |run| self.runs.longest(run).map(|longest| Requirement::Run { run, longest: longest.max(1) });
        rules.extend(Run::ALL.into_iter().filter_map(longest));
        self.require_personal(&mut rules);
        self.require_obscurity(&mut rules);
        self.require_novelty(&mut rules);
        rules
    }

    fn require_obscurity(&self, rules: &mut Vec<Requirement>) {
        if let Some(banned) = &self.banned {
            rules.push(Requirement::Banned { points: banned.points });
        }
        if let Some(floor) = self.guessability {
            rules.push(Requirement::Guessable { floor });
        }
        if self.breached {
            rules.push(Requirement::Breached);
        }
    }

    fn require_novelty(&self, rules: &mut Vec<Requirement>) {
        if self.differs_by > 0 {
            rules.push(Requirement::Differs { by: self.differs_by });
        }
        if self.history.on_change > 0 {
            rules.push(Requirement::History { depth: self.history.on_change });
        }
        if self.min_age_hours > 0 {
            rules.push(Requirement::Age { hours: self.min_age_hours });
        }
    }

    fn require_classes(&self, rules: &mut Vec<Requirement>) {
        if self.classes.kinds_matter() {
            let of = self.classes.kinds_there_are();
            rules.push(Requirement::Classes { kinds: self.classes.required_kinds, of });
        }
        // In rule order and once each, however the policy lists them.
        let required = Class::ALL.into_iter().filter(|class| self.classes.required.contains(class));
        rules.extend(required.map(|class| Requirement::Class { class }));
    }

    fn require_personal(&self, rules: &mut Vec<Requirement>) {
        for part in PersonalPart::ALL {
            if let Some(matching) = self.personal.matching(part) {
                rules.push(Requirement::Personal { part, matching });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_called_the_same_everywhere() {
        for rule in Policy::recommended().requirements().iter().map(Requirement::rule) {
            assert_eq!(serde_json::to_value(rule).expect("serialises"), rule.id());
        }
    }

    #[test]
    fn rules_come_in_rule_order() {
        let mut policy = Policy::recommended();
        policy.classes.required = vec![Class::Special, Class::Upper, Class::Special, Class::Letter];
        policy.classes.required_kinds = 3;
        policy.edges = Edges::Alphanumeric;
        policy.blanks = Blanks::Inner;
        let rules: Vec<RuleId> = policy.requirements().iter().map(Requirement::rule).collect();
        assert!(rules.is_sorted_by(|one, next| one < next), "{rules:?}");
    }

    #[test]
    fn one_kind_of_four_is_no_rule_while_everything_counts() {
        let mut policy = Policy::commerce();
        let asks = |policy: &Policy| policy.requirements().contains(&Requirement::Classes { kinds: 1, of: 4 });
        assert!(!asks(&policy));
        policy.classes.specials.uncounted = ":".to_owned();
        assert!(asks(&policy));
    }
}

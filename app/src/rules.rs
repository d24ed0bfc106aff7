//! The rules of a password in words: for the first drawing on the server, and for the chunk that judges passwords.

use rekey_shared::password::{Personal, PersonalGroup, Report, Requirement, RuleReport, Verdict};
use rekey_shared::view::PolicyView;
use rekey_shared::{Lang, text};
use serde::{Deserialize, Serialize};

/// What the fields for a new password are drawn from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct NewPasswordView {
    /// Whose password it is.
    pub identifier: String,
    /// The fewest characters, for browsers.
    pub min: u16,
    /// The `passwordrules` attribute, for password managers.
    pub passwordrules: String,
    /// The rules in words.
    pub lines: Vec<LineText>,
    /// What was said of the last try.
    pub assessment: Assessment,
    /// The list of breached passwords that the browser may ask of, if the policy has the rule.
    pub breached: Option<String>,
    /// The policy and what is known of the account's owner, as JSON: only the chunk that judges passwords reads it.
    pub policy: String,
}

/// A line of the list of rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LineText {
    pub text: String,
    /// Only worth a line when it is broken.
    pub quiet: bool,
}

/// A report on a password in words. Holds nothing of the password.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Assessment {
    /// In the order of the lines; empty while nothing was judged.
    pub lines: Vec<LineAssessment>,
    /// Its strength; `None` until it is estimated.
    pub strength: Option<StrengthText>,
    /// The shortest change that would meet the rules, if one is needed and known.
    pub suggestion: Option<String>,
    /// All in one sentence, for screen readers.
    pub announcement: String,
}

impl Assessment {
    /// What is not estimated yet stays as it was judged last, so that nothing flickers between two keystrokes.
    pub(crate) fn keeping(mut self, last: Self) -> Self {
        for (line, last) in self.lines.iter_mut().zip(last.lines) {
            if line.verdict == Verdict::Pending {
                *line = last;
            }
        }
        Self { strength: last.strength, suggestion: last.suggestion, ..self }
    }
}

/// Whether a line is met, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LineAssessment {
    pub verdict: Verdict,
    pub advice: Option<String>,
}

/// The strength in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StrengthText {
    /// 0–4.
    pub score: u8,
    pub word: String,
    pub sentence: String,
}

/// The fields for a password under a policy, with the report on the last try if there was one.
#[cfg(feature = "ssr")]
pub(crate) fn new_password_view(view: &PolicyView, last: Option<&Report>, lang: Lang) -> NewPasswordView {
    use rekey_shared::password::{length_hint, passwordrules_attribute};

    let line = |line: &Line| LineText { text: line.text(lang), quiet: line.is_quiet() };
    NewPasswordView {
        identifier: view.identifier.clone(),
        min: length_hint(&view.policy).min,
        passwordrules: passwordrules_attribute(&view.policy),
        lines: lines(&view.policy.requirements()).iter().map(line).collect(),
        assessment: last.map(|report| in_words(report, lang)).unwrap_or_default(),
        breached: view.breached.clone().filter(|_| view.policy.breached),
        policy: serde_json::to_string(view).unwrap_or_default(),
    }
}

/// The names that were typed into the other fields of the same form.
#[derive(Debug, Clone, Default)]
pub(crate) struct TypedNames {
    pub given_name: String,
    pub family_name: String,
    pub username: String,
}

/// Reads a policy and adds the names that were typed beside the password.
pub(crate) fn read_policy(policy: &str, names: TypedNames) -> Option<PolicyView> {
    let mut view: PolicyView = serde_json::from_str(policy).ok()?;
    let Personal { given_name, family_name, username, .. } = &mut view.personal;
    let pairs = [(given_name, names.given_name), (family_name, names.family_name), (username, names.username)];
    for (known, typed) in pairs {
        if !typed.is_empty() {
            *known = typed;
        }
    }
    Some(view)
}

/// The report in an answer that refuses a password, in words.
pub(crate) fn read_refusal(answer: &str, lang: Lang) -> Option<Assessment> {
    /// The part of a [`rekey_shared::Problem`] that its reader in the first load leaves out.
    #[derive(Deserialize)]
    struct Refusal {
        detail: Report,
    }
    serde_json::from_str::<Refusal>(answer).ok().map(|refusal| in_words(&refusal.detail, lang))
}

/// A report in words.
pub(crate) fn in_words(report: &Report, lang: Lang) -> Assessment {
    let rules: Vec<Requirement> = report.rules.iter().map(|rule| rule.requirement.clone()).collect();
    let lines = lines(&rules);
    let strength = report.strength.map(|strength| {
        let (word, sentence) = text::strength(strength, lang);
        StrengthText { score: strength.score, word: word.to_owned(), sentence: sentence.to_owned() }
    });
    let loud: Vec<&Line> = lines.iter().filter(|line| !line.is_quiet()).collect();
    let met = loud.iter().filter(|line| line.verdict(report) == Verdict::Pass).count();
    let word = strength.as_ref().map_or("", |strength| &strength.word);
    let suggestion = report.suggestion.as_ref().map(|change| text::suggestion(change, lang));
    let last = suggestion.as_deref().unwrap_or(word);
    let announcement = format!("{} {last}", text::tally(met, loud.len(), lang));
    let assess = |line: &Line| LineAssessment { verdict: line.verdict(report), advice: line.advice(report, lang) };
    Assessment { lines: lines.iter().map(assess).collect(), strength, suggestion, announcement }
}

/// A line of the list. Rules about the owner's own data that compare in the same way are one line.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Line {
    Rule(Requirement),
    Personal(PersonalGroup),
}

impl Line {
    fn verdict(&self, report: &Report) -> Verdict {
        match self {
            Self::Personal(group) => group.verdict(report).unwrap_or(Verdict::Pass),
            Self::Rule(_) => self.find(report).map_or(Verdict::Pending, |rule| rule.verdict),
        }
    }

    fn find<'a>(&self, report: &'a Report) -> Option<&'a RuleReport> {
        match self {
            Self::Rule(rule) => report.rules.iter().find(|report| report.requirement == *rule),
            Self::Personal(_) => None,
        }
    }

    fn is_quiet(&self) -> bool {
        matches!(self, Self::Rule(rule) if rule.is_quiet())
    }

    fn text(&self, lang: Lang) -> String {
        match self {
            Self::Rule(rule) => text::requirement(rule, lang),
            Self::Personal(group) => text::personal(group, lang),
        }
    }

    /// What to do, when that is more than the line itself says.
    fn advice(&self, report: &Report, lang: Lang) -> Option<String> {
        let rule = self.find(report).filter(|rule| rule.verdict == Verdict::Fail)?;
        Some(text::failure(rule, lang)).filter(|advice| *advice != self.text(lang))
    }
}

fn lines(rules: &[Requirement]) -> Vec<Line> {
    let others = rules.iter().filter(|rule| !rule.rule().is_personal()).cloned().map(Line::Rule);
    others.chain(PersonalGroup::all(rules).into_iter().map(Line::Personal)).collect()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use rekey_shared::password::Policy;

    use super::*;

    fn view() -> PolicyView {
        PolicyView {
            identifier: String::new(),
            policy: Policy::recommended(),
            personal: Personal::default(),
            breached: None,
        }
    }

    #[test]
    fn the_lines_of_a_page_and_of_a_report_are_the_same() {
        let report = view().policy.check("four quiet", &Personal::default());
        let page = new_password_view(&view(), Some(&report), Lang::En);
        assert_eq!(page.lines.len(), page.assessment.lines.len());
        let (line, assessed) = (&page.lines[0], &page.assessment.lines[0]);
        assert_eq!(line.text, "At least 15 characters");
        assert_eq!(assessed.advice.as_deref(), Some("Add 5 more characters"));
    }

    #[test]
    fn what_is_not_estimated_yet_stays_as_it_was() {
        let view = view();
        let judged = in_words(&view.policy.check("four quiet words here", &Personal::default()), Lang::En);
        let rules = in_words(&view.policy.rules("four quiet", &Personal::default()), Lang::En);
        let pending = rules.lines.iter().position(|line| line.verdict == Verdict::Pending).expect("the estimate");
        let shown = rules.clone().keeping(judged.clone());
        assert_eq!(shown.lines[pending], judged.lines[pending]);
        assert_eq!((&shown.strength, &shown.suggestion), (&judged.strength, &judged.suggestion));
        assert_eq!((shown.lines[0].verdict, shown.announcement.clone()), (Verdict::Fail, rules.announcement.clone()));
        assert_eq!(rules.clone().keeping(Assessment::default()), rules);
    }

    #[test]
    fn what_the_server_refuses_is_read_from_its_answer() {
        use crate::error::AppError;

        let policy = Policy { history: rekey_shared::password::History::of(3), ..Policy::at_least(8) };
        let mut report = policy.check("Kw7m-Zt4q", &Personal::default());
        report.settle(rekey_shared::password::RuleId::History, false);
        let answer = AppError(rekey_shared::Problem::WeakPassword(Box::new(report.clone())));
        let answer = serde_json::to_string(&answer).expect("serialises");
        assert_eq!(read_refusal(&answer, Lang::En), Some(in_words(&report, Lang::En)));
        assert_eq!(read_refusal("{}", Lang::En), None);
    }

    #[test]
    fn the_names_in_the_same_form_count() {
        let policy = serde_json::to_string(&view()).expect("serialises");
        let names = TypedNames { family_name: "Lovelace".to_owned(), ..TypedNames::default() };
        let view = read_policy(&policy, names).expect("reads");
        let report = view.policy.rules("lovelacelovelace", &view.personal);
        assert_eq!(report.personal(), Some(Verdict::Fail));
    }
}

//! The rules of a password in the words of the page: for its first drawing on the server, and for the lazy chunk.

use rekey_shared::password::{Personal, PersonalGroup, Report, Requirement, RuleReport, Verdict};
use rekey_shared::view::PolicyView;
use rekey_shared::{Lang, text};
use serde::{Deserialize, Serialize};

/// What a page with a new password is drawn from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct PasswordPage {
    /// Whose password it is.
    pub identifier: String,
    /// The fewest characters, for browsers.
    pub min: u16,
    /// The `passwordrules` attribute, for password managers.
    pub passwordrules: String,
    /// The rules in words.
    pub lines: Vec<LineText>,
    /// How the last try fared.
    pub standing: Standing,
    /// The list of breached passwords that the browser may ask of, if the policy has the rule.
    pub breached: Option<String>,
    /// The policy and the person, as the chunk that judges reads them: the rest of the page need not.
    pub policy: String,
}

/// A line of the list of rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LineText {
    pub text: String,
    /// Only worth a line when it is broken.
    pub quiet: bool,
}

/// How what is typed fares. Holds nothing of the password.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Standing {
    /// In the order of the lines; empty while nothing was judged.
    pub lines: Vec<LineStanding>,
    /// Its strength; `None` while nobody estimated it.
    pub strength: Option<StrengthText>,
    /// The shortest change that would meet the rules, if one is needed and known.
    pub suggestion: Option<String>,
    /// All in one sentence, to be said aloud.
    pub said: String,
}

/// How a line fares, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LineStanding {
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

/// The page for a policy, with the report on the last try if there was one.
#[cfg(feature = "ssr")]
pub(crate) fn page(view: &PolicyView, last: Option<&Report>, lang: Lang) -> PasswordPage {
    use rekey_shared::password::{length_hint, passwordrules_attribute};

    let line = |line: &Line| LineText { text: line.text(lang), quiet: line.is_quiet() };
    PasswordPage {
        identifier: view.identifier.clone(),
        min: length_hint(&view.policy).min,
        passwordrules: passwordrules_attribute(&view.policy),
        lines: lines(&view.policy.requirements()).iter().map(line).collect(),
        standing: last.map(|report| standing(report, lang)).unwrap_or_default(),
        breached: view.breached.clone().filter(|_| view.policy.breached),
        policy: serde_json::to_string(view).unwrap_or_default(),
    }
}

/// What the rest of a form says of the person.
#[derive(Debug, Clone, Default)]
pub(crate) struct Beside {
    pub given_name: String,
    pub family_name: String,
    pub username: String,
}

/// Reads a policy and adds what the rest of the form says of the person.
pub(crate) fn read(policy: &str, beside: Beside) -> Option<PolicyView> {
    let mut view: PolicyView = serde_json::from_str(policy).ok()?;
    let Personal { given_name, family_name, username, .. } = &mut view.personal;
    let boxes = [(given_name, beside.given_name), (family_name, beside.family_name), (username, beside.username)];
    for (known, typed) in boxes {
        if !typed.is_empty() {
            *known = typed;
        }
    }
    Some(view)
}

/// The report in an answer that refuses a password, in words.
pub(crate) fn read_refusal(answer: &str, lang: Lang) -> Option<Standing> {
    /// The part of a [`rekey_shared::Problem`] that its reader in the first load leaves out.
    #[derive(Deserialize)]
    struct Refusal {
        detail: Report,
    }
    serde_json::from_str::<Refusal>(answer).ok().map(|refusal| standing(&refusal.detail, lang))
}

/// A report in words.
pub(crate) fn standing(report: &Report, lang: Lang) -> Standing {
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
    let said = format!("{} {last}", text::tally(met, loud.len(), lang));
    let fares = |line: &Line| LineStanding { verdict: line.verdict(report), advice: line.advice(report, lang) };
    Standing { lines: lines.iter().map(fares).collect(), strength, suggestion, said }
}

/// A line of the list. Rules about the person's own data that compare in the same way are one line.
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
        let page = page(&view(), Some(&report), Lang::En);
        assert_eq!(page.lines.len(), page.standing.lines.len());
        let (line, fares) = (&page.lines[0], &page.standing.lines[0]);
        assert_eq!(line.text, "At least 15 characters");
        assert_eq!(fares.advice.as_deref(), Some("Add 5 more characters"));
    }

    #[test]
    fn what_the_server_refuses_is_read_from_its_answer() {
        use crate::error::AppError;

        let policy = Policy { history: rekey_shared::password::History::of(3), ..Policy::at_least(8) };
        let mut report = policy.check("Kw7m-Zt4q", &Personal::default());
        report.settle(rekey_shared::password::RuleId::History, false);
        let answer = AppError(rekey_shared::Problem::WeakPassword(Box::new(report.clone())));
        let answer = serde_json::to_string(&answer).expect("serialises");
        assert_eq!(read_refusal(&answer, Lang::En), Some(standing(&report, Lang::En)));
        assert_eq!(read_refusal("{}", Lang::En), None);
    }

    #[test]
    fn the_names_in_the_same_form_count() {
        let policy = serde_json::to_string(&view()).expect("serialises");
        let beside = Beside { family_name: "Lovelace".to_owned(), ..Beside::default() };
        let view = read(&policy, beside).expect("reads");
        let report = view.policy.rules("lovelacelovelace", &view.personal);
        assert_eq!(report.personal(), Some(Verdict::Fail));
    }
}

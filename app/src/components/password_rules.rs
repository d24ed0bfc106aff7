//! The rules of a password, ticked off while somebody types, and its strength.

use std::sync::Arc;
use std::time::Duration;

use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::task::spawn_local;
use rekey_shared::password::{Report, Requirement, RuleReport, Strength, Verdict};
use rekey_shared::view::PolicyView;
use rekey_shared::{Field, Lang, MessageId, Problem, Secret, text};

use super::FormState;
use super::password_field::find;
use crate::lazy;

/// How long nobody types before the standing is said aloud.
const PAUSE: Duration = Duration::from_millis(700);

/// Watches what is typed. Holds verdicts, never the password.
#[derive(Clone, Copy)]
pub(super) struct Watch {
    report: RwSignal<Option<Report>>,
    said: RwSignal<String>,
    typing: StoredValue<(u32, Option<TimeoutHandle>)>,
    by: StoredValue<Arc<PolicyView>>,
    lang: Lang,
}

impl Watch {
    /// Begins with what the server said of the last try, if anything.
    pub(super) fn new(state: FormState, by: Arc<PolicyView>) -> Self {
        let told = |problem: &Problem| match problem {
            Problem::WeakPassword(report) => Some((**report).clone()),
            _ => None,
        };
        let watch = Self {
            report: RwSignal::new(state.problem.with_untracked(|problem| problem.as_ref().and_then(told))),
            said: RwSignal::new(String::new()),
            typing: StoredValue::new((0, None)),
            by: StoredValue::new(by),
            lang: state.lang,
        };
        Effect::new(move || {
            if let Some(report) = state.problem.with(|problem| problem.as_ref().and_then(told)) {
                watch.report.set(Some(report));
            }
        });
        watch
    }

    /// The rules, with the names that stand in the other boxes of the same form.
    pub(super) fn by(self) -> Arc<PolicyView> {
        let mut by = self.by.get_value();
        let beside = |field: Field| find(field.name()).map(|area| area.value()).filter(|typed| !typed.is_empty());
        let names = [Field::GivenName, Field::FamilyName, Field::Username].map(beside);
        if let [None, None, None] = names {
            return by;
        }
        let personal = &mut Arc::make_mut(&mut by).personal;
        let boxes = [&mut personal.given_name, &mut personal.family_name, &mut personal.username];
        for (known, typed) in boxes.into_iter().zip(names) {
            if let Some(typed) = typed {
                *known = typed;
            }
        }
        by
    }

    /// Fetches rules and estimator, so that they are there when the first letter is typed.
    pub(super) fn prepare(self) {
        if self.report.with_untracked(Option::is_none) {
            self.judge(Secret::default(), false);
        }
    }

    /// Judges what is typed now.
    pub(super) fn see(self, typed: String) {
        self.judge(Secret::new(typed), true);
    }

    fn judge(self, typed: Secret, aloud: bool) {
        let Some(turn) = self.typing.try_update_value(|(turn, _)| {
            *turn += 1;
            *turn
        }) else {
            return;
        };
        spawn_local(async move {
            let by = self.by();
            let mut report = lazy::judge_rules(typed.clone(), Arc::clone(&by)).await;
            report.strength = self.report.try_with_untracked(|last| last.as_ref()?.strength).flatten();
            self.show(turn, report);
            self.show(turn, lazy::judge_strength(typed, by).await);
            if aloud {
                self.tell_after_pause();
            }
        });
    }

    /// Shows a report unless something else was typed meanwhile.
    fn show(self, turn: u32, report: Report) {
        if self.typing.try_with_value(|(now, _)| *now == turn) == Some(true) {
            self.report.try_set(Some(report));
        }
    }

    /// Says how it stands once nobody types for a moment.
    fn tell_after_pause(self) {
        let say = move || {
            let standing =
                self.report.with_untracked(|report| report.as_ref().map(|report| standing(report, self.lang)));
            self.tell(standing.unwrap_or_default());
        };
        let timer = set_timeout_with_handle(say, PAUSE).ok();
        let last = self.typing.try_update_value(|(_, last)| std::mem::replace(last, timer)).flatten();
        if let Some(last) = last {
            last.clear();
        }
    }

    /// Says something aloud.
    pub(super) fn tell(self, what: String) {
        self.said.try_set(what);
    }

    fn strength(self) -> Option<Strength> {
        self.report.with(|report| report.as_ref()?.strength)
    }

    fn verdict(self, line: Line) -> Verdict {
        self.report.with(|report| report.as_ref().map_or(Verdict::Pending, |report| line.verdict(report)))
    }
}

/// How many lines are met, and the word for the strength.
fn standing(report: &Report, lang: Lang) -> String {
    let rules: Vec<Requirement> = report.rules.iter().map(|rule| rule.requirement).collect();
    let lines: Vec<Line> = lines(&rules).into_iter().filter(|line| !line.is_quiet()).collect();
    let met = lines.iter().filter(|line| line.verdict(report) == Verdict::Pass).count();
    let strength = report.strength.map_or("", |strength| text::strength(strength, lang).0);
    format!("{} {strength}", text::tally(met, lines.len(), lang))
}

/// A line of the list. All rules about the person's own data are one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Line {
    Rule(Requirement),
    Personal,
}

impl Line {
    fn verdict(self, report: &Report) -> Verdict {
        match self {
            Self::Personal => report.personal().unwrap_or(Verdict::Pass),
            Self::Rule(_) => self.find(report).map_or(Verdict::Pending, |rule| rule.verdict),
        }
    }

    fn find(self, report: &Report) -> Option<&RuleReport> {
        match self {
            Self::Rule(rule) => report.rules.iter().find(|report| report.requirement == rule),
            Self::Personal => None,
        }
    }

    fn is_quiet(self) -> bool {
        matches!(self, Self::Rule(rule) if rule.is_quiet())
    }

    fn text(self, lang: Lang) -> String {
        match self {
            Self::Rule(rule) => text::requirement(&rule, lang),
            Self::Personal => MessageId::PERSONAL_RULE.text(lang).to_owned(),
        }
    }

    /// What to do, when that is more than the line itself says.
    fn advice(self, report: &Report, lang: Lang) -> Option<String> {
        let rule = self.find(report).filter(|rule| rule.verdict == Verdict::Fail)?;
        Some(text::failure(rule, lang)).filter(|advice| *advice != self.text(lang))
    }
}

/// The lines for a policy's rules.
pub(super) fn lines(rules: &[Requirement]) -> Vec<Line> {
    let (personal, others): (Vec<Requirement>, Vec<_>) = rules.iter().partition(|rule| rule.rule().is_personal());
    let mut lines: Vec<Line> = others.into_iter().map(Line::Rule).collect();
    if !personal.is_empty() {
        lines.push(Line::Personal);
    }
    lines
}

/// The list of rules: there before anything is typed, ticked off while somebody types.
#[component]
pub(super) fn Rules(watch: Watch, lines: Vec<Line>, lang: Lang) -> impl IntoView {
    let rows = lines.into_iter().map(|line| view! { <Row watch line lang/> }).collect_view();
    view! {
        <div class="rules" id="new_password-rules">
            <p class="rules-title">{MessageId::RULES.text(lang)}</p>
            <ul>{rows}</ul>
        </div>
        <p class="unseen" role="status">{move || watch.said.get()}</p>
    }
}

#[component]
fn Row(watch: Watch, line: Line, lang: Lang) -> impl IntoView {
    let verdict = move || watch.verdict(line);
    let state = move || match verdict() {
        Verdict::Pass => ("met", MessageId::RULE_MET.text(lang)),
        Verdict::Fail => ("unmet", MessageId::RULE_NOT_MET.text(lang)),
        Verdict::Server => ("later", MessageId::RULE_LATER.text(lang)),
        Verdict::Pending => ("open", ""),
    };
    let advice = move || watch.report.with(|report| report.as_ref().and_then(|report| line.advice(report, lang)));
    view! {
        <li data-state=move || state().0 hidden=move || line.is_quiet() && verdict() != Verdict::Fail>
            <span class="unseen">{move || state().1}</span>
            <span>
                {line.text(lang)}
                <small>{advice}</small>
            </span>
        </li>
    }
}

/// Four segments, and the same in words.
#[component]
pub(super) fn Meter(watch: Watch, lang: Lang) -> impl IntoView {
    let score = move || watch.strength().map(|strength| strength.score.to_string());
    let word = move || watch.strength().map(|strength| text::strength(strength, lang).0);
    let sentence = move || match watch.strength() {
        Some(strength) => text::strength(strength, lang).1,
        None => MessageId::STRENGTH_UNTOLD.text(lang),
    };
    view! {
        <div class="strength" data-score=score>
            <p class="meter" aria-hidden="true"><i></i><i></i><i></i><i></i></p>
            <p class="hint" id="new_password-strength"><b>{word}</b> " " {sentence}</p>
        </div>
    }
}

//! The rules of a password, ticked off as it is typed, and its strength.

use std::sync::Arc;
use std::time::Duration;

use js_sys::Promise;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::task::spawn_local;
use rekey_shared::password::Verdict;
use rekey_shared::{Field, Lang, MessageId, Secret};
use wasm_bindgen_futures::JsFuture;
use web_sys::IdleRequestOptions;

use super::field::find;
use crate::lazy;
use crate::rules::{Assessment, LineText, StrengthText, TypedNames};

/// How long typing must pause before the assessment is announced.
const PAUSE: Duration = Duration::from_millis(700);

/// Judges a password as it is typed. Holds verdicts, never the password.
#[derive(Clone, Copy)]
pub(super) struct LiveCheck {
    assessment: RwSignal<Assessment>,
    announcement: RwSignal<String>,
    /// Whether the estimator has not yet judged what was typed last.
    estimating: RwSignal<bool>,
    /// How often something was typed, so that a late verdict is dropped; and the timer of the next announcement.
    typing: StoredValue<(u32, Option<TimeoutHandle>)>,
    policy: StoredValue<Arc<str>>,
    /// The list of breached passwords to ask of.
    list: StoredValue<Option<Arc<str>>>,
    lang: Lang,
}

impl LiveCheck {
    /// Begins with what the server said of the last try, if anything.
    pub(super) fn new(policy: String, list: Option<String>, before: Assessment, lang: Lang) -> Self {
        Self {
            assessment: RwSignal::new(before),
            announcement: RwSignal::new(String::new()),
            estimating: RwSignal::new(false),
            typing: StoredValue::new((0, None)),
            policy: StoredValue::new(policy.into()),
            list: StoredValue::new(list.map(Arc::from)),
            lang,
        }
    }

    /// The policy, and the names that stand in the other fields of the same form. `None` once the page was left:
    /// what is awaited here may come later than that.
    pub(super) fn inputs(self) -> Option<(Arc<str>, TypedNames)> {
        let typed = |field: Field| find(field.name()).map(|input| input.value()).unwrap_or_default();
        let names = TypedNames {
            given_name: typed(Field::GivenName),
            family_name: typed(Field::FamilyName),
            username: typed(Field::Username),
        };
        Some((self.policy.try_get_value()?, names))
    }

    /// Fetches rules and estimator, so that they are there when the first letter is typed.
    pub(super) fn preload(self) {
        if self.assessment.with_untracked(|assessment| assessment.lines.is_empty()) {
            self.judge(Secret::default(), false);
        }
    }

    /// Judges what is typed now.
    pub(super) fn judge_typed(self, typed: String) {
        self.judge(Secret::new(typed), true);
    }

    fn judge(self, typed: Secret, announce: bool) {
        let begun = self.typing.try_update_value(|(turn, _)| {
            *turn += 1;
            *turn
        });
        let Some(turn) = begun else { return };
        spawn_local(async move {
            let Some((policy, names)) = self.inputs() else { return };
            self.estimating.try_set(true);
            let first = lazy::judge_rules(typed.clone(), policy.clone(), names.clone(), self.lang).await;
            let last = self.assessment.try_get_untracked().unwrap_or_default();
            self.show(turn, first.keeping(last));
            // Typing never waits for the estimator: it works when nothing else is to be done, on what was typed last.
            idle().await;
            if !self.is_last(turn) {
                return;
            }
            self.show(turn, lazy::judge_strength(typed, policy, names, self.lang).await);
            // The chunk may have been fetched meanwhile, and something else typed.
            if !self.is_last(turn) {
                return;
            }
            self.estimating.try_set(false);
            if announce {
                self.finish_after_pause(turn);
            }
        });
    }

    /// Shows what the server said of what is in the field.
    pub(super) fn show_refusal(self, refusal: String) {
        let Some(turn) = self.typing.try_with_value(|(turn, _)| *turn) else { return };
        spawn_local(async move {
            if let Some(assessment) = lazy::read_refusal(refusal, self.lang).await {
                self.show(turn, assessment);
            }
        });
    }

    /// Looks the password up in the list of breached ones, if nothing else is wrong with it. Only the first bits of its hash
    /// are sent, and never while typing goes on.
    async fn look_up(self, turn: u32) {
        let open = self.assessment.try_with_untracked(|assessment| {
            let waits = |verdict| assessment.lines.iter().any(|line| line.verdict == verdict);
            waits(Verdict::Server) && !waits(Verdict::Fail)
        });
        let list = self.list.try_get_value().flatten().filter(|_| open == Some(true));
        let (Some(list), Some(input)) = (list, find(Field::NewPassword.name())) else { return };
        let typed = Secret::new(input.value());
        let Some(name) = lazy::shard_of(typed.clone(), list.clone()).await else { return };
        let Some(shard) = fetch_shard(&name, &list).await else { return };
        let Some((policy, names)) = self.inputs() else { return };
        self.show(turn, lazy::judge_breach(typed, policy, names, self.lang, list, shard).await);
    }

    /// Shows an assessment unless something else was typed meanwhile.
    fn show(self, turn: u32, assessment: Assessment) {
        if self.is_last(turn) {
            self.assessment.try_set(assessment);
        }
    }

    /// Whether nothing was typed since, and the page is still there.
    fn is_last(self, turn: u32) -> bool {
        self.typing.try_with_value(|(now, _)| *now == turn) == Some(true)
    }

    /// Once typing pauses: looks up what takes a request, and announces the assessment, once.
    fn finish_after_pause(self, turn: u32) {
        let finish = move || {
            spawn_local(async move {
                self.look_up(turn).await;
                if self.is_last(turn) {
                    let assessed = self.assessment.try_with_untracked(|assessment| assessment.announcement.clone());
                    self.announce(assessed.unwrap_or_default());
                }
            });
        };
        let timer = set_timeout_with_handle(finish, PAUSE).ok();
        let last = self.typing.try_update_value(|(_, last)| std::mem::replace(last, timer)).flatten();
        if let Some(last) = last {
            last.clear();
        }
    }

    /// Lets screen readers say something.
    pub(super) fn announce(self, what: String) {
        self.announcement.try_set(what);
    }

    fn verdict(self, line: usize) -> Verdict {
        self.assessment.with(|assessment| assessment.lines.get(line).map_or(Verdict::Pending, |line| line.verdict))
    }

    fn advice(self, line: usize) -> Option<String> {
        self.assessment.with(|assessment| assessment.lines.get(line)?.advice.clone())
    }
}

/// Waits until the browser has nothing else to do, or for a fifth of a second. Browsers without a word for that are left
/// a moment to draw.
async fn idle() {
    let ready = Promise::new(&mut |resolve, _| {
        let Some(window) = web_sys::window() else { return };
        let latest = IdleRequestOptions::new();
        latest.set_timeout(200);
        if window.request_idle_callback_with_options(&resolve, &latest).is_err() {
            let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, 20);
        }
    });
    let _ = JsFuture::from(ready).await;
}

/// A shard of the list of breached passwords. The browser keeps it for a day.
async fn fetch_shard(name: &str, list: &str) -> Option<Vec<u8>> {
    let address = format!("/api/v1/breached/{name}?list={list}");
    let answer = gloo_net::http::Request::get(&address).send().await.ok().filter(gloo_net::http::Response::ok)?;
    answer.binary().await.ok()
}

/// The list of rules: there before anything is typed, ticked off as something is typed.
#[component]
pub(super) fn Rules(check: LiveCheck, lines: Vec<LineText>) -> impl IntoView {
    let row = |(number, line)| view! { <Row check number line/> };
    view! {
        <div
            class="rules"
            id="new_password-rules"
            aria-busy=move || check.estimating.get().then_some("true")
        >
            <p class="rules-title">{MessageId::RULES.text(check.lang)}</p>
            <ul>{lines.into_iter().enumerate().map(row).collect_view()}</ul>
        </div>
        <p class="unseen" role="status">{move || check.announcement.get()}</p>
    }
}

#[component]
fn Row(check: LiveCheck, number: usize, line: LineText) -> impl IntoView {
    let lang = check.lang;
    let state = move || match check.verdict(number) {
        Verdict::Pass => ("met", MessageId::RULE_MET.text(lang)),
        Verdict::Fail => ("unmet", MessageId::RULE_NOT_MET.text(lang)),
        Verdict::Server => ("later", MessageId::RULE_LATER.text(lang)),
        Verdict::Pending => ("open", ""),
    };
    view! {
        <li data-state=move || state().0 hidden=move || line.quiet && check.verdict(number) != Verdict::Fail>
            <span class="unseen">{move || state().1}</span>
            <span>
                {line.text}
                <small>{move || check.advice(number)}</small>
            </span>
        </li>
    }
}

/// Four segments, and the same in words.
#[component]
pub(super) fn Meter(check: LiveCheck) -> impl IntoView {
    let of_strength = move |what: fn(&StrengthText) -> String| {
        move || check.assessment.with(|assessment| assessment.strength.as_ref().map(what))
    };
    let sentence = of_strength(|strength| strength.sentence.clone());
    // What is missing comes before how long it would last.
    let suggestion = move || check.assessment.with(|assessment| assessment.suggestion.clone());
    view! {
        <div class="strength" data-score=of_strength(|strength| strength.score.to_string())>
            <p class="meter" aria-hidden="true"><i></i><i></i><i></i><i></i></p>
            <p class="hint" id="new_password-strength">
                <b>{of_strength(|strength| strength.word.clone())}</b>
                " "
                {move || suggestion().or_else(sentence).unwrap_or_else(|| MessageId::STRENGTH_UNTOLD.text(check.lang).to_owned())}
            </p>
        </div>
    }
}

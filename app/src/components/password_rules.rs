//! The rules of a password, ticked off while somebody types, and its strength.

use std::sync::Arc;
use std::time::Duration;

use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::task::spawn_local;
use rekey_shared::password::Verdict;
use rekey_shared::{Field, Lang, MessageId, Secret};

use super::password_field::find;
use crate::lazy;
use crate::rules::{Beside, LineText, Standing};

/// How long nobody types before the standing is said aloud.
const PAUSE: Duration = Duration::from_millis(700);

/// Watches what is typed. Holds verdicts, never the password.
#[derive(Clone, Copy)]
pub(super) struct Watch {
    standing: RwSignal<Standing>,
    said: RwSignal<String>,
    /// How often something was typed, so that a late verdict is dropped; and what waits to be said.
    typing: StoredValue<(u32, Option<TimeoutHandle>)>,
    policy: StoredValue<Arc<str>>,
    /// The list of breached passwords to ask of.
    list: StoredValue<Option<Arc<str>>>,
    lang: Lang,
}

impl Watch {
    /// Begins with what the server said of the last try, if anything.
    pub(super) fn new(policy: String, list: Option<String>, before: Standing, lang: Lang) -> Self {
        Self {
            standing: RwSignal::new(before),
            said: RwSignal::new(String::new()),
            typing: StoredValue::new((0, None)),
            policy: StoredValue::new(policy.into()),
            list: StoredValue::new(list.map(Arc::from)),
            lang,
        }
    }

    /// The policy, and the names that stand in the other boxes of the same form. `None` once the page was left:
    /// what is awaited here may come later than that.
    pub(super) fn facts(self) -> Option<(Arc<str>, Beside)> {
        let typed = |field: Field| find(field.name()).map(|area| area.value()).unwrap_or_default();
        let beside = Beside {
            given_name: typed(Field::GivenName),
            family_name: typed(Field::FamilyName),
            username: typed(Field::Username),
        };
        Some((self.policy.try_get_value()?, beside))
    }

    /// Fetches rules and estimator, so that they are there when the first letter is typed.
    pub(super) fn prepare(self) {
        if self.standing.with_untracked(|standing| standing.lines.is_empty()) {
            self.judge(Secret::default(), false);
        }
    }

    /// Judges what is typed now.
    pub(super) fn see(self, typed: String) {
        self.judge(Secret::new(typed), true);
    }

    fn judge(self, typed: Secret, aloud: bool) {
        let begun = self.typing.try_update_value(|(turn, _)| {
            *turn += 1;
            *turn
        });
        let Some(turn) = begun else { return };
        spawn_local(async move {
            let Some((policy, beside)) = self.facts() else { return };
            let mut first = lazy::judge_rules(typed.clone(), policy.clone(), beside.clone(), self.lang).await;
            // The last strength and advice stay until the new ones are known, so that nothing flickers.
            let last = self.standing.try_with_untracked(|last| (last.strength.clone(), last.suggestion.clone()));
            (first.strength, first.suggestion) = last.unwrap_or_default();
            self.show(turn, first);
            self.show(turn, lazy::judge_strength(typed, policy, beside, self.lang).await);
            if aloud {
                self.go_on_after_pause(turn);
            }
        });
    }

    /// Shows what the server said of what is in the box.
    pub(super) fn hear(self, refusal: String) {
        let Some(turn) = self.typing.try_with_value(|(turn, _)| *turn) else { return };
        spawn_local(async move {
            if let Some(standing) = lazy::read_refusal(refusal, self.lang).await {
                self.show(turn, standing);
            }
        });
    }

    /// Looks the password up in the list of breached ones, if nothing else is wrong with it. Only the first bits of its hash
    /// are sent, and never while somebody types.
    async fn look_up(self, turn: u32) {
        let open = self.standing.try_with_untracked(|standing| {
            let waits = |verdict| standing.lines.iter().any(|line| line.verdict == verdict);
            waits(Verdict::Server) && !waits(Verdict::Fail)
        });
        let list = self.list.try_get_value().flatten().filter(|_| open == Some(true));
        let (Some(list), Some(area)) = (list, find(Field::NewPassword.name())) else { return };
        let typed = Secret::new(area.value());
        let Some(name) = lazy::shard_of(typed.clone(), list.clone()).await else { return };
        let Some(shard) = fetched(&name, &list).await else { return };
        let Some((policy, beside)) = self.facts() else { return };
        self.show(turn, lazy::judge_breach(typed, policy, beside, self.lang, list, shard).await);
    }

    /// Shows a standing unless something else was typed meanwhile.
    fn show(self, turn: u32, standing: Standing) {
        if self.typing.try_with_value(|(now, _)| *now == turn) == Some(true) {
            self.standing.try_set(standing);
        }
    }

    /// Once nobody types for a moment: asks what takes a request, and says how it stands, once.
    fn go_on_after_pause(self, turn: u32) {
        let say = move || {
            spawn_local(async move {
                self.look_up(turn).await;
                if self.typing.try_with_value(|(now, _)| *now == turn) == Some(true) {
                    self.tell(self.standing.try_with_untracked(|standing| standing.said.clone()).unwrap_or_default());
                }
            });
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

    fn verdict(self, line: usize) -> Verdict {
        self.standing.with(|standing| standing.lines.get(line).map_or(Verdict::Pending, |line| line.verdict))
    }

    fn advice(self, line: usize) -> Option<String> {
        self.standing.with(|standing| standing.lines.get(line)?.advice.clone())
    }
}

/// A shard of the list of breached passwords. The browser keeps it for a day.
async fn fetched(name: &str, list: &str) -> Option<Vec<u8>> {
    let address = format!("/api/v1/breached/{name}?list={list}");
    let answer = gloo_net::http::Request::get(&address).send().await.ok().filter(gloo_net::http::Response::ok)?;
    answer.binary().await.ok()
}

/// The list of rules: there before anything is typed, ticked off while somebody types.
#[component]
pub(super) fn Rules(watch: Watch, lines: Vec<LineText>) -> impl IntoView {
    let row = |(number, line)| view! { <Row watch number line/> };
    view! {
        <div class="rules" id="new_password-rules">
            <p class="rules-title">{MessageId::RULES.text(watch.lang)}</p>
            <ul>{lines.into_iter().enumerate().map(row).collect_view()}</ul>
        </div>
        <p class="unseen" role="status">{move || watch.said.get()}</p>
    }
}

#[component]
fn Row(watch: Watch, number: usize, line: LineText) -> impl IntoView {
    let lang = watch.lang;
    let state = move || match watch.verdict(number) {
        Verdict::Pass => ("met", MessageId::RULE_MET.text(lang)),
        Verdict::Fail => ("unmet", MessageId::RULE_NOT_MET.text(lang)),
        Verdict::Server => ("later", MessageId::RULE_LATER.text(lang)),
        Verdict::Pending => ("open", ""),
    };
    view! {
        <li data-state=move || state().0 hidden=move || line.quiet && watch.verdict(number) != Verdict::Fail>
            <span class="unseen">{move || state().1}</span>
            <span>
                {line.text}
                <small>{move || watch.advice(number)}</small>
            </span>
        </li>
    }
}

/// Four segments, and the same in words.
#[component]
pub(super) fn Meter(watch: Watch) -> impl IntoView {
    let told = move |what: fn(&crate::rules::StrengthText) -> String| {
        move || watch.standing.with(|standing| standing.strength.as_ref().map(what))
    };
    let sentence = told(|strength| strength.sentence.clone());
    // What is missing comes before how long it would last.
    let suggestion = move || watch.standing.with(|standing| standing.suggestion.clone());
    view! {
        <div class="strength" data-score=told(|strength| strength.score.to_string())>
            <p class="meter" aria-hidden="true"><i></i><i></i><i></i><i></i></p>
            <p class="hint" id="new_password-strength">
                <b>{told(|strength| strength.word.clone())}</b>
                " "
                {move || suggestion().or_else(sentence).unwrap_or_else(|| MessageId::STRENGTH_UNTOLD.text(watch.lang).to_owned())}
            </p>
        </div>
    }
}

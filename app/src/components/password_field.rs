//! Fields for passwords.

use leptos::attr::custom::custom_attribute;
use leptos::html::Input;
use leptos::prelude::*;
use leptos::task::spawn_local;
use rekey_shared::{Field, MessageId, Secret, text};

use super::FormState;
use super::field::{Fault, described_by, find};
use super::password_rules::{LiveCheck, Meter, Rules};
use crate::lazy::{self, MadePassword};
use crate::rules::NewPasswordView;

/// The field for a password that exists.
#[component]
pub(crate) fn ExistingPassword(state: FormState, field: Field, label: MessageId) -> impl IntoView {
    let (shown, hydrated) = (RwSignal::new(false), hydrated());
    let invalid = move || state.fault(field).is_some().then_some("true");
    view! {
        <div class="field">
            <label for=field.name()>{label.text(state.lang)}</label>
            <p class="hint" id=format!("{}-hint", field.name())></p>
            <div class="wrap">
                <input
                    id=field.name()
                    name=field.name()
                    type=kind(shown)
                    autocomplete="current-password"
                    autocapitalize="none"
                    spellcheck="false"
                    aria-describedby=described_by(field)
                    aria-invalid=invalid
                />
                <ShowButton state shown hydrated controls=field.name()/>
            </div>
            <Fault state field/>
        </div>
    }
}

/// The two fields for a password that is being chosen, with the rules and the strength.
#[component]
pub(crate) fn NewPassword(state: FormState, view: NewPasswordView) -> impl IntoView {
    let (shown, hydrated, made) = (RwSignal::new(false), hydrated(), RwSignal::new(None));
    let NewPasswordView { identifier, min, passwordrules: rules, lines, assessment, breached, policy } = view;
    let check = LiveCheck::new(policy, breached, assessment, state.lang);
    let input = NodeRef::<Input>::new();
    Effect::new(move || {
        // What was typed before the scripts came counts too.
        if let Some(typed) = input.get().map(|input| input.value()).filter(|typed| !typed.is_empty()) {
            check.judge_typed(typed);
        }
    });
    // What the server refused is shown as it said, until something else is typed.
    Effect::new(move || {
        if let Some(refusal) = state.refusal.get() {
            check.show_refusal(refusal);
        }
    });
    let field = Field::NewPassword;
    let invalid = move || state.fault(field).is_some().then_some("true");
    view! {
        // For password managers: whose password this is. Without a name it is not sent.
        <input type="text" autocomplete="username" value=identifier hidden=true readonly=true/>
        <div class="field">
            <div class="label-row">
                <label for=field.name()>{MessageId::NEW_PASSWORD.text(state.lang)}</label>
                <span class="makers">
                    <GenerateButton state check shown hydrated label=MessageId::MAKE_ONE words=false made/>
                    <GenerateButton state check shown hydrated label=MessageId::MAKE_OF_WORDS words=true made/>
                </span>
            </div>
            <div class="wrap">
                <input
                    id=field.name()
                    name=field.name()
                    type=kind(shown)
                    autocomplete="new-password"
                    autocapitalize="none"
                    spellcheck="false"
                    minlength={min}
                    {..custom_attribute("passwordrules", rules.clone())}
                    aria-describedby="new_password-fault new_password-strength new_password-rules"
                    aria-invalid=invalid
                    node_ref=input
                    on:focus=move |_| check.preload()
                    on:input=move |event| {
                        made.set(None);
                        check.judge_typed(event_target_value(&event));
                    }
                />
                <ShowButton state shown hydrated controls=field.name()/>
            </div>
            <Fault state field/>
            {move || made.get().map(|bits| view! { <p class="hint made">{text::made_one(bits, state.lang)}</p> })}
            <Meter check/>
            <Rules check lines/>
        </div>
        <ConfirmPassword state shown rules/>
    }
}

/// The field for typing it again.
#[component]
fn ConfirmPassword(state: FormState, shown: RwSignal<bool>, rules: String) -> impl IntoView {
    let field = Field::ConfirmPassword;
    let invalid = move || state.fault(field).is_some().then_some("true");
    view! {
        <div class="field">
            <label for=field.name()>{MessageId::CONFIRM_PASSWORD.text(state.lang)}</label>
            <input
                id=field.name()
                name=field.name()
                type=kind(shown)
                autocomplete="new-password"
                autocapitalize="none"
                spellcheck="false"
                {..custom_attribute("passwordrules", rules)}
                aria-describedby="confirm_password-fault"
                aria-invalid=invalid
            />
            <Fault state field/>
        </div>
    }
}

/// Shows what is typed, or hides it again. Not there before the scripts are.
#[component]
fn ShowButton(
    state: FormState,
    shown: RwSignal<bool>,
    hydrated: RwSignal<bool>,
    controls: &'static str,
) -> impl IntoView {
    let label = move || if shown.get() { MessageId::HIDE } else { MessageId::SHOW }.text(state.lang);
    view! {
        <button
            type="button"
            class="show"
            hidden=move || !hydrated.get()
            aria-controls=controls
            on:click=move |_| shown.update(|shown| *shown = !*shown)
        >
            {label}
        </button>
    }
}

/// Fills both fields with a password generated here, of characters or of words, and shows it.
#[component]
fn GenerateButton(
    state: FormState,
    check: LiveCheck,
    shown: RwSignal<bool>,
    hydrated: RwSignal<bool>,
    label: MessageId,
    words: bool,
    /// The entropy of the one that both fields show, in bits.
    made: RwSignal<Option<u16>>,
) -> impl IntoView {
    let generate = move |_| {
        spawn_local(async move {
            let Some((policy, names)) = check.inputs() else { return };
            let new = lazy::make_password(policy, names, words.then_some(state.lang)).await;
            let Some(MadePassword { password, bits }) = new else { return };
            shown.try_set(true);
            made.try_set(Some(bits));
            fill(Field::NewPassword, &password);
            fill(Field::ConfirmPassword, &password);
            state.clear_password_faults();
            check.judge_typed(password.expose().to_owned());
            check.announce(text::made_one(bits, state.lang));
        });
    };
    view! {
        <button type="button" class="link" class:inactive=move || !hydrated.get() on:click=generate>
            {label.text(state.lang)}
        </button>
    }
}

fn kind(shown: RwSignal<bool>) -> impl Fn() -> &'static str + Copy {
    move || if shown.get() { "text" } else { "password" }
}

/// Becomes true when the scripts have taken the page over.
fn hydrated() -> RwSignal<bool> {
    let hydrated = RwSignal::new(false);
    Effect::new(move || hydrated.set(true));
    hydrated
}

fn fill(field: Field, made: &Secret) {
    if let Some(input) = find(field.name()) {
        input.set_value(made.expose());
    }
}

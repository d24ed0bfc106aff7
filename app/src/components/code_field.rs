//! The field for a six-digit code.

use leptos::prelude::*;
use rekey_shared::view::Channel;
use rekey_shared::{Field, MessageId};

use super::field::{Fault, described_by};
use super::{FormState, code_from_text};

/// One field for all six digits, so that pasting, filling in and correcting work as everywhere else.
/// No `maxlength`: it would cut a code that is pasted with blanks.
#[component]
pub(crate) fn CodeField(
    state: FormState,
    /// How the code travels.
    channel: Channel,
) -> impl IntoView {
    let field = Field::Code;
    match channel {
        Channel::Sms => code_from_text::fill_in(field.name()),
        Channel::Email | Channel::OnFile => {}
    }
    let invalid = move || state.fault(field).is_some().then_some("true");
    view! {
        <div class="field">
            <label for="code">{MessageId::CODE.text(state.lang)}</label>
            <p class="hint" id="code-hint">{MessageId::CODE_HINT.text(state.lang)}</p>
            <input
                id="code"
                name="code"
                class="code"
                type="text"
                inputmode="numeric"
                autocomplete="one-time-code"
                autocapitalize="none"
                spellcheck="false"
                value=state.typed(field)
                aria-describedby=described_by(field)
                aria-invalid=invalid
            />
            <Fault state field/>
        </div>
    }
}

//! "Send the code again", with the time until that is possible.

use std::time::Duration;

use leptos::leptos_dom::helpers::IntervalHandle;
use leptos::prelude::*;
use rekey_shared::{MessageId, text};

use super::{ErrorSummary, FormState, Notice, PostForm, Submit, Work};

/// Seconds between two codes.
const PAUSE: u64 = 60;

/// The button, and when it works. Without scripts the button is always there, and the server keeps the time.
#[component]
pub(crate) fn Resend(
    /// The server function's path.
    to: &'static str,
    state: FormState,
    /// Seconds until a code may be sent again.
    wait: u64,
    /// Whether a code has just been sent.
    resent: Signal<bool>,
    /// The work that is done for a text message.
    work: Option<Work>,
) -> impl IntoView {
    let seconds = RwSignal::new(wait);
    let sent_here = RwSignal::new(false);
    count_down(seconds);
    let stay = Callback::new(move |()| {
        sent_here.set(true);
        seconds.set(PAUSE);
    });
    let lang = state.lang;
    let waiting = move || Some(seconds.get()).filter(|left| *left > 0).map(|left| text::resend_in(left, lang));
    let done = move || (resent.get() || sent_here.get()).then(|| MessageId::RESENT.text(lang));
    view! {
        <section class="resend">
            <Notice text=Signal::derive(done)/>
            <ErrorSummary state/>
            <h2>{MessageId::NOTHING_ARRIVED.text(lang)}</h2>
            <PostForm to state stay work>
                <Submit state label=MessageId::RESEND busy=MessageId::SENDING class="btn quiet"/>
            </PostForm>
            <p class="hint">{waiting}</p>
        </section>
    }
}

/// Counts down once a second, in the browser only.
fn count_down(seconds: RwSignal<u64>) {
    let handle = StoredValue::new(None::<IntervalHandle>);
    Effect::new(move || {
        let tick = move || {
            seconds.try_update(|left| *left = left.saturating_sub(1));
        };
        handle.set_value(set_interval_with_handle(tick, Duration::from_secs(1)).ok());
    });
    on_cleanup(move || {
        if let Some(handle) = handle.try_get_value().flatten() {
            handle.clear();
        }
    });
}

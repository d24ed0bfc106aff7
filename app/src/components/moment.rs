//! A date and time.

use leptos::prelude::*;
use rekey_shared::{Lang, Timestamp};

/// A moment on the reader's own clock. Which clock that is the browser knows alone: until scripts run, and where they
/// never do, it is a moment of UTC and says so.
#[component]
pub(crate) fn Moment(at: Timestamp, lang: Lang) -> impl IntoView {
    let minutes_ahead = RwSignal::new(None);
    // After hydration: what is drawn first must be what the server has drawn.
    Effect::new(move || minutes_ahead.set(Some(minutes_ahead_at(at))));
    let written = move || match minutes_ahead.get() {
        None => at.written(lang),
        Some(minutes) => at.written_at_offset(minutes, lang),
    };
    // The first text keeps its place when a shorter one takes it, so that nothing moves.
    view! {
        <time class="moment" datetime=at.rfc3339() data-reserve=at.written(lang)>
            <span>{written}</span>
        </time>
    }
}

/// How far the reader's clock is ahead of UTC then: summer time differs from winter time.
fn minutes_ahead_at(at: Timestamp) -> i32 {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of this age are exact in a double")]
    let date = web_sys::js_sys::Date::new(&wasm_bindgen::JsValue::from_f64(at.as_millis() as f64));
    #[expect(clippy::cast_possible_truncation, reason = "minutes of a day")]
    let behind = date.get_timezone_offset() as i32;
    -behind
}

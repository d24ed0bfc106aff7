//! The code of a text message that has just come, filled in by the browser (`WebOTP`): the message ends in a line that
//! names this host, and the browser asks the person before it hands the code over.

use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, CredentialRequestOptions};

use super::field::find;

/// The one way in which codes come that browsers know.
const TRANSPORT: &str = "sms";

/// Waits for a text message while the page is open, and puts its code into the field of that name. In the browser only,
/// and only where it can.
pub(super) fn fill_in(field: &'static str) {
    // All of it within the effect, which a server never runs: it draws a page on more than one thread, and what belongs
    // to one thread would end it.
    Effect::new(move || {
        let Some(controller) = can_read_texts().then(AbortController::new).and_then(Result::ok) else { return };
        let signal = controller.signal();
        let waiting = StoredValue::new_local(controller);
        // Else the browser would go on waiting, and refuse the page that asks next.
        on_cleanup(move || {
            if let Some(controller) = waiting.try_get_value() {
                controller.abort();
            }
        });
        spawn_local(async move {
            if let Some(code) = next_code(&signal).await {
                put(field, &code);
            }
        });
    });
}

fn can_read_texts() -> bool {
    js_sys::Reflect::has(&window(), &"OTPCredential".into()).unwrap_or(false)
}

/// `navigator.credentials.get({ otp: { transport: ["sms"] }, signal })`. `None` when the person said no, when nothing
/// came, and when the page was left.
async fn next_code(signal: &web_sys::AbortSignal) -> Option<String> {
    let otp = js_sys::Object::new();
    js_sys::Reflect::set(&otp, &"transport".into(), &js_sys::Array::of1(&TRANSPORT.into())).ok()?;
    let options = CredentialRequestOptions::new();
    js_sys::Reflect::set(&options, &"otp".into(), &otp).ok()?;
    options.set_signal(signal);
    let asked = window().navigator().credentials().get_with_options(&options).ok()?;
    let credential: JsValue = JsFuture::from(asked).await.ok()?;
    js_sys::Reflect::get(&credential, &"code".into()).ok()?.as_string()
}

/// Puts a code into the field, unless the person has begun to type one.
fn put(field: &str, code: &str) {
    if let Some(input) = find(field).filter(|input| input.value().is_empty()) {
        input.set_value(code);
        if let Ok(event) = web_sys::Event::new("input") {
            let _ = input.unchecked_ref::<web_sys::EventTarget>().dispatch_event(&event);
        }
    }
}

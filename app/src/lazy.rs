//! What a browser fetches only when it is needed: the rules of passwords (with the tables of Unicode) and the
//! estimator (with its dictionaries), three quarters of all the WebAssembly.
#![cfg_attr(feature = "ssr", expect(clippy::unused_async, reason = "a browser awaits the chunk that it is in"))]

use std::sync::Arc;

use rekey_shared::password;
use rekey_shared::{Lang, Secret};

use crate::rules::{self, Beside, Standing};

/// Judges everything but the strength.
#[leptos::lazy]
pub(crate) fn judge_rules(typed: Secret, policy: Arc<str>, beside: Beside, lang: Lang) -> Standing {
    let Some(by) = rules::read(&policy, beside) else { return Standing::default() };
    rules::standing(&by.policy.rules(typed.expose(), &by.personal), lang)
}

/// Judges everything: by the function that the server applies again.
#[leptos::lazy]
pub(crate) fn judge_strength(typed: Secret, policy: Arc<str>, beside: Beside, lang: Lang) -> Standing {
    let Some(by) = rules::read(&policy, beside) else { return Standing::default() };
    rules::standing(&by.policy.check(typed.expose(), &by.personal), lang)
}

/// Makes a password from the browser's own randomness, of characters or of words; nothing when the browser has none.
#[leptos::lazy]
pub(crate) fn make_password(policy: Arc<str>, beside: Beside, words: Option<Lang>) -> Secret {
    let crypto = web_sys::window().and_then(|window| window.crypto().ok());
    let (Some(by), Some(crypto)) = (rules::read(&policy, beside), crypto) else { return Secret::default() };
    let mut healthy = true;
    let mut random = |bytes: &mut [u8]| healthy &= crypto.get_random_values_with_u8_array(bytes).is_ok();
    let of_words = words.and_then(|lang| password::passphrase(&by.policy, &by.personal, lang, &mut random));
    let made = of_words.unwrap_or_else(|| password::generate(&by.policy, &by.personal, &mut random));
    if healthy { Secret::new(made) } else { Secret::default() }
}

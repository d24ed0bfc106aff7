//! What a browser fetches only when it is needed: the rules of passwords (with the tables of Unicode) and the
//! estimator (with its dictionaries), three quarters of all the WebAssembly.
#![cfg_attr(feature = "ssr", expect(clippy::unused_async, reason = "a browser awaits the chunk that it is in"))]

use std::sync::Arc;

use rekey_shared::password::{self, RuleId};
use rekey_shared::{Lang, Secret};

use crate::breach;
use crate::rules::{self, Assessment, TypedNames};

/// Judges everything but the strength.
#[leptos::lazy]
pub(crate) fn judge_rules(typed: Secret, policy: Arc<str>, names: TypedNames, lang: Lang) -> Assessment {
    let Some(by) = rules::read_policy(&policy, names) else { return Assessment::default() };
    rules::in_words(&by.policy.rules(typed.expose(), &by.personal), lang)
}

/// Judges everything: by the function that the server applies again.
#[leptos::lazy]
pub(crate) fn judge_strength(typed: Secret, policy: Arc<str>, names: TypedNames, lang: Lang) -> Assessment {
    let Some(by) = rules::read_policy(&policy, names) else { return Assessment::default() };
    rules::in_words(&by.policy.check(typed.expose(), &by.personal), lang)
}

/// The same, with what the list of breached passwords says: the shard's bytes are those that [`shard_of`] named.
#[leptos::lazy]
pub(crate) fn judge_breach(
    typed: Secret,
    policy: Arc<str>,
    names: TypedNames,
    lang: Lang,
    list: Arc<str>,
    shard: Vec<u8>,
) -> Assessment {
    let Some(by) = rules::read_policy(&policy, names) else { return Assessment::default() };
    let mut report = by.policy.check(typed.expose(), &by.personal);
    if let Some(found) = breach::found(&list, &shard, &password::normalise(typed.expose())) {
        report.settle(RuleId::Breached, !found);
    }
    rules::in_words(&report, lang)
}

/// What the server said of a password that it refused: it knows of past ones, which cannot be judged here.
#[leptos::lazy]
pub(crate) fn read_refusal(answer: String, lang: Lang) -> Option<Assessment> {
    rules::read_refusal(&answer, lang)
}

/// The name of the shard that would have a password; nothing for one that is too long to be looked up.
#[leptos::lazy]
pub(crate) fn shard_of(typed: Secret, list: Arc<str>) -> Option<String> {
    breach::shard_of(&list, typed.expose())
}

/// A password that was made here.
pub(crate) struct MadePassword {
    pub password: Secret,
    /// Its entropy, in whole bits.
    pub bits: u16,
}

/// Makes a password from the browser's own randomness, of characters or of words; `None` when the browser has none.
#[leptos::lazy]
pub(crate) fn make_password(policy: Arc<str>, names: TypedNames, words: Option<Lang>) -> Option<MadePassword> {
    let crypto = web_sys::window().and_then(|window| window.crypto().ok());
    let (by, crypto) = (rules::read_policy(&policy, names)?, crypto?);
    let mut healthy = true;
    let mut random = |bytes: &mut [u8]| healthy &= crypto.get_random_values_with_u8_array(bytes).is_ok();
    let of_words = words.and_then(|lang| {
        let made = password::passphrase(&by.policy, &by.personal, lang, &mut random)?;
        Some((made, password::passphrase_bits(&by.policy, lang)))
    });
    let (made, bits) = of_words.unwrap_or_else(|| {
        (password::generate(&by.policy, &by.personal, &mut random), password::generated_bits(&by.policy))
    });
    healthy.then(|| MadePassword { password: Secret::new(made), bits })
}

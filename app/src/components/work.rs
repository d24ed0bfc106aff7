//! The proof of work of a form that may lead to a text message: found in the background while the person types.
//!
//! Whatever goes wrong with it, the form is sent: without a proof the server counts the message among fewer.

use std::pin::Pin;

use gloo_net::http::Request;
use js_sys::Promise;
use leptos::prelude::*;
use leptos::task::spawn_local;
use rekey_shared::Field;
use rekey_shared::work::Puzzle;
use wasm_bindgen_futures::JsFuture;

use super::field::find;
use crate::paths;

/// Numbers that are tried before the page may draw again: some eight milliseconds of a phone.
const SLICE: u64 = 2048;
/// Slices after which it is given up: far more than the most bits need that can be set.
const MOST_SLICES: u64 = 1 << 17;
/// Digits from which on what is typed looks like a number.
const DIGITS: usize = 4;
/// How long a form waits for what is not found yet, in milliseconds.
const PATIENCE: f64 = 4000.0;
/// Between two looks whether it is found.
const LOOK_AGAIN: i32 = 50;

/// A proof that will be there, or nothing.
pub(crate) type Finding = Pin<Box<dyn Future<Output = Option<String>>>>;

/// The work beside a form. The form calls it by pointers, so that all of it stays in the chunk of the pages that have it.
#[derive(Clone, Copy)]
pub(crate) struct Work {
    /// Told what was typed.
    pub typed: Callback<String>,
    /// Asked for the proof when the form is sent.
    pub finish: Callback<(), Finding>,
}

#[derive(Clone, Copy)]
struct Search {
    journey: &'static str,
    started: StoredValue<bool>,
    finished: StoredValue<bool>,
    proof: StoredValue<Option<String>>,
}

impl Work {
    /// For a form with a field for an identifier: work is only done for what is no email address.
    pub(crate) fn for_identifier(journey: &'static str) -> Self {
        let search = Search::new(journey);
        let typed = move |typed: String| {
            if typed.chars().filter(|typed| typed.is_numeric()).count() >= DIGITS && !typed.contains('@') {
                search.start();
            }
        };
        let finish = move |()| -> Finding {
            let is_mail = find(Field::Identifier.name()).is_none_or(|input| input.value().contains('@'));
            Box::pin(async move { if is_mail { None } else { search.finish().await } })
        };
        Self { typed: Callback::new(typed), finish: Callback::new(finish) }
    }

    /// For a form that sends another message to what was typed before; `None` for an email address.
    pub(crate) fn for_resend(journey: &'static str, identifier: &str) -> Option<Self> {
        let search = Search::new(journey);
        let finish = move |()| -> Finding { Box::pin(search.finish()) };
        let work = || Self { typed: Callback::new(|_| ()), finish: Callback::new(finish) };
        (!identifier.contains('@')).then(work)
    }
}

impl Search {
    fn new(journey: &'static str) -> Self {
        Self {
            journey,
            started: StoredValue::new(false),
            finished: StoredValue::new(false),
            proof: StoredValue::new(None),
        }
    }

    fn start(self) {
        if self.started.try_get_value() != Some(false) {
            return;
        }
        self.started.set_value(true);
        spawn_local(async move {
            let found = self.solve().await;
            // The page may be gone.
            self.proof.try_update_value(|proof| *proof = found);
            self.finished.try_update_value(|finished| *finished = true);
        });
    }

    /// The proof, once: the next message needs another.
    async fn finish(self) -> Option<String> {
        self.start();
        let until = js_sys::Date::now() + PATIENCE;
        // In a page that is not shown timers hardly come: the form goes as it is.
        while self.finished.try_get_value() == Some(false) && js_sys::Date::now() < until && !document().hidden() {
            pause(LOOK_AGAIN).await?;
        }
        let found = self.proof.try_update_value(Option::take)?;
        if self.finished.try_get_value() == Some(true) {
            self.finished.set_value(false);
            self.started.set_value(false);
        }
        found
    }

    /// Asks for a challenge and looks for its solution, a slice at a time, so that typing never waits for it.
    async fn solve(self) -> Option<String> {
        let answer = Request::get(&format!("{}/{}", paths::WORK, self.journey)).send().await.ok()?;
        let challenge = answer.text().await.ok().filter(|_| answer.status() == 200)?;
        let (bits, challenge) = challenge.split_once(' ')?;
        let puzzle = Puzzle::new(challenge, bits.parse().ok()?);
        for slice in 0..MOST_SLICES {
            // The page may be gone.
            if self.finished.is_disposed() {
                return None;
            }
            if let Some(number) = puzzle.search(slice * SLICE..(slice + 1) * SLICE) {
                return Some(format!("{challenge}.{number}"));
            }
            pause(0).await?;
        }
        None
    }
}

async fn pause(millis: i32) -> Option<()> {
    let after = Promise::new(&mut |done, _| {
        let _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(&done, millis);
    });
    JsFuture::from(after).await.ok().map(drop)
}

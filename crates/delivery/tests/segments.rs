//! How long text messages get, with names and hosts as long as they are promised to fit.
#![expect(clippy::expect_used, reason = "a helper that cannot go on must stop the test")]

mod support;

use rekey_shared::Lang;
use support::{brand_of, messages};

/// Characters of one segment, and of two, when not all of them are in the GSM alphabet.
const ONE: usize = 70;
const TWO: usize = 134;
/// Characters of one segment in the GSM alphabet.
const ONE_GSM: usize = 160;

/// As many characters as a text message shows of an organization's name.
const NAME: &str = "Example Telecoms";
/// With a name of 16 characters, as long as a host may be: 39 together.
const HOST: &str = "https://accounts.example-xy.org";
/// As long as the token of a link is.
const TOKEN: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ";

/// Every text message at the limits, by kind.
fn texts(lang: Lang, organisation: &str) -> Vec<(&'static str, String)> {
    let brand = brand_of(organisation, HOST);
    let every = messages::every("Ada", HOST, TOKEN).into_iter();
    every.map(|(kind, content)| (kind, messages::sms(lang, content, &brand))).collect()
}

fn length(text: &str) -> usize {
    text.encode_utf16().count()
}

#[test]
fn the_limits_are_the_promised_ones() {
    let host = HOST.strip_prefix("https://").expect("a host");
    assert_eq!((NAME.len(), NAME.len() + host.len(), TOKEN.len()), (16, 39, 43));
}

#[test]
fn english_is_one_segment_of_the_gsm_alphabet() {
    for (kind, text) in texts(Lang::En, NAME) {
        // Of ASCII, all but these are one place each in the GSM alphabet.
        assert!(text.is_ascii() && !text.contains(['^', '{', '}', '\\', '[', '~', ']', '|', '`']), "{kind}: {text}");
        assert!(text.len() <= ONE_GSM, "{kind}: {} in {text}", text.len());
    }
}

#[test]
fn a_code_in_japanese_is_one_segment_and_anything_else_two_at_most() {
    for (kind, text) in texts(Lang::Ja, NAME) {
        let most = if matches!(kind, "registration" | "recovery" | "already") { ONE } else { TWO };
        assert!(length(&text) <= most, "{kind}: {} in {text}", length(&text));
    }
}

#[test]
fn only_the_name_is_cut_and_only_as_far_as_needed() {
    for lang in Lang::ALL {
        for (kind, text) in texts(lang, NAME) {
            let links = text.matches(HOST).count();
            let bound = text.matches("@accounts.example-xy.org #042913").count();
            assert_eq!(links + bound, 1, "{kind}: {text}");
            let whole = text.contains(NAME);
            let full = length(&text) >= TWO - 1 || length(&text) >= ONE - 1;
            assert!(text.contains("Exam") && (whole || full), "{kind}: {text}");
        }
    }
}

#[test]
fn a_code_ends_its_message_on_a_line_of_its_own() {
    for lang in Lang::ALL {
        for (kind, text) in
            texts(lang, NAME).into_iter().filter(|(kind, _)| matches!(*kind, "registration" | "recovery"))
        {
            let lines: Vec<_> = text.split('\n').collect();
            assert_eq!((lines.len(), lines[1]), (2, "@accounts.example-xy.org #042913"), "{kind}: {text}");
        }
    }
}

//! Every mail and text message, held to `docs/words.md`.
#![expect(clippy::expect_used, reason = "a helper that cannot go on must stop the test")]

mod support;

use rekey_delivery::render::test_message;
use rekey_service::message::compose::{MessageBody, Recipient};
use rekey_shared::Lang;
use rekey_shared::text::style::{self, Kind};
use support::{brand, messages};

const BASE: &str = "https://id.example.org";

/// A name for a greeting, without a space inside.
const fn name(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "Ada",
        Lang::Ja => "花子",
    }
}

/// Every message with its lives as they are, and with each of them 1.
fn every(lang: Lang) -> Vec<(&'static str, MessageBody)> {
    let mut every = messages::every(name(lang), BASE, "TOKEN");
    every.push(("registration", MessageBody::RegistrationCode { code: messages::code(), minutes: 1 }));
    let not_me = messages::url(BASE, "/not-me/TOKEN");
    every.push(("changed", MessageBody::PasswordChanged { name: String::new(), at: messages::AT, not_me, days: 1 }));
    let link = None;
    let code = messages::code();
    every.push((
        "recovery",
        MessageBody::Recovery { name: String::new(), code, code_minutes: 1, link, link_minutes: 1 },
    ));
    every
}

#[track_caller]
fn assert_clean(faults: &[String]) {
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Lines of a mail that are no words: links, codes, the line above the small print, and who writes.
fn is_words(line: &str) -> bool {
    !(line.is_empty()
        || line == "--"
        || line.starts_with("https://")
        || line.starts_with("    ")
        || line.contains("id.example.org"))
}

#[test]
fn a_test_message_keeps_to_the_words() {
    for lang in Lang::ALL {
        let to = Recipient::Email("ada@example.org".to_owned());
        let mail = test_message("0199aaaa".to_owned(), to, lang, messages::AT, &brand());
        assert_clean(&style::faults(&mail.subject, lang, Kind::Subject));
        for (nth, line) in mail.text.lines().filter(|line| is_words(line)).enumerate() {
            let kind = if nth > 0 { Kind::Sentence } else { Kind::Label };
            assert_clean(&style::faults(line, lang, kind));
        }
    }
}

#[test]
fn mails_keep_to_the_words() {
    for lang in Lang::ALL {
        for (_, content) in every(lang) {
            let mail = messages::mail(lang, content, &brand());
            assert_clean(&style::faults(&mail.subject, lang, Kind::Subject));
            for (nth, line) in mail.text.lines().filter(|line| is_words(line)).enumerate() {
                // The first line is the heading; other lines without an end are buttons.
                let is_sentence = nth > 0 && line.ends_with(['.', '。', ':', '：']);
                let kind = if is_sentence { Kind::Sentence } else { Kind::Label };
                assert_clean(&style::faults(line, lang, kind));
            }
        }
    }
}

#[test]
fn the_small_print_keeps_to_the_words() {
    for (lang, help) in [(Lang::En, "Help desk: "), (Lang::Ja, "お困りの場合はお問い合わせ窓口へ： ")]
    {
        let brand = support::brand_with_help("https://help.example.org/");
        let mail = messages::mail(lang, messages::every("", BASE, "TOKEN").swap_remove(0).1, &brand);
        let line = mail.text.lines().find(|line| line.contains("help.example.org")).expect("a help desk");
        assert_eq!(line, format!("{help}https://help.example.org/"));
        assert_clean(&style::faults(line, lang, Kind::Part));
    }
}

#[test]
fn text_messages_keep_to_the_words() {
    for lang in Lang::ALL {
        for (_, content) in every(lang) {
            let text = messages::sms(lang, content, &brand());
            for line in text.lines().filter(|line| !line.starts_with('@')) {
                assert_clean(&style::faults(line, lang, Kind::Part));
            }
        }
    }
}

#[test]
fn a_link_ends_its_line() {
    for lang in Lang::ALL {
        for (kind, content) in every(lang) {
            let mail = messages::mail(lang, content.clone(), &brand()).text;
            let text = messages::sms(lang, content, &brand());
            for line in mail.lines().chain(text.lines()) {
                let after = line.split_once("https://").map_or("", |(_, link)| link);
                assert!(!after.contains(' ') && after.is_ascii(), "{kind}: {line}");
            }
        }
    }
}

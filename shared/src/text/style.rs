//! Holds texts to `docs/words.md`: its tables say which terms are avoided, this file knows its typography.
//!
//! Only for tests, of this crate and of those that write texts of their own.

use std::sync::LazyLock;

use crate::Lang;

/// What a text is, for what depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A title, label, button or item of a checklist: no period.
    Label,
    /// One sentence or several.
    Sentence,
    /// Begins or ends in the middle of a sentence, or next to a link.
    Part,
    /// The subject of a mail.
    Subject,
    /// On the command line: terms of administrators are allowed.
    Console,
}

/// The tables of `docs/words.md`.
struct Glossary {
    avoided_en: Vec<String>,
    avoided_ja: Vec<String>,
    allowed: Vec<String>,
    allowed_on_console: Vec<String>,
}

static GLOSSARY: LazyLock<Glossary> = LazyLock::new(|| Glossary::read(include_str!("../../../docs/words.md")));

impl Glossary {
    fn read(document: &str) -> Self {
        // | say | in Japanese | avoid | avoid in Japanese |
        let column = |number: usize| {
            let rows = document.lines().filter(|line| line.starts_with('|'));
            rows.filter_map(|row| row.split('|').nth(number)).flat_map(quoted).collect()
        };
        let line = |start| document.lines().find_map(|line| line.strip_prefix(start)).map(quoted).unwrap_or_default();
        Self {
            avoided_en: column(3),
            avoided_ja: column(4),
            allowed: line("Allowed as a whole"),
            allowed_on_console: line("Allowed on the command line"),
        }
    }
}

/// What stands between backticks.
fn quoted(text: &str) -> Vec<String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// Everything that `docs/words.md` has against a text; empty for a good one.
pub fn faults(text: &str, lang: Lang, kind: Kind) -> Vec<String> {
    let mut found = avoided(text, lang, kind);
    found.extend(match lang {
        Lang::En => english(text, kind),
        Lang::Ja => japanese(text, kind),
    });
    if text.contains("  ") || (kind != Kind::Part && text.trim() != text) {
        found.push("has spaces too many".to_owned());
    }
    found.into_iter().map(|fault| format!("{text:?} {fault}")).collect()
}

fn avoided(text: &str, lang: Lang, kind: Kind) -> Vec<String> {
    // Japanese has no letters with case; English terms stand at the beginning of a sentence, too.
    let text = text.to_lowercase();
    let rest = GLOSSARY.allowed.iter().fold(text, |rest, allowed| rest.replace(&allowed.to_lowercase(), "§"));
    let terms = match lang {
        Lang::En => &GLOSSARY.avoided_en,
        Lang::Ja => &GLOSSARY.avoided_ja,
    };
    let hits = terms.iter().filter(|term| match lang {
        Lang::En => has_word(&rest, &term.to_lowercase()),
        Lang::Ja => rest.contains(&term.to_lowercase()),
    });
    let hits = hits.filter(|term| kind != Kind::Console || !GLOSSARY.allowed_on_console.contains(term));
    hits.map(|term| format!("says {term:?}")).collect()
}

fn has_word(text: &str, word: &str) -> bool {
    let edge = |c: Option<char>| !c.is_some_and(char::is_alphanumeric);
    text.match_indices(word)
        .any(|(at, _)| edge(text[..at].chars().next_back()) && edge(text[at + word.len()..].chars().next()))
}

fn english(text: &str, kind: Kind) -> Vec<String> {
    let mut found = Vec::new();
    let mut when = |wrong: bool, what: &str| found.extend(wrong.then(|| what.to_owned()));
    let plain = text.strip_suffix('…').unwrap_or(text).trim_end_matches(" – Rekey");
    when(!plain.is_ascii(), "has a character beyond ASCII");
    when(text.contains('!'), "shouts");
    when(lacks_serial_comma(text), "lacks the comma before the last of a list");
    when(miscounts(text), "is wrong at 1");
    let ends = text.ends_with(['.', '?', ':']);
    match kind {
        Kind::Label | Kind::Subject => when(text.ends_with('.') || text.contains(". "), "is a label with a period"),
        Kind::Sentence => when(!ends, "is a sentence without its end"),
        Kind::Part | Kind::Console => {}
    }
    found
}

/// `a, b and c`: short parts, of which the last is not set off.
fn lacks_serial_comma(text: &str) -> bool {
    [" and ", " or "].iter().flat_map(|word| text.match_indices(word)).any(|(at, _)| {
        let sentence = text[..at].rsplit(['.', ':', ';', '?']).next().unwrap_or_default();
        let last = sentence.rsplit_once(", ").map(|(_, last)| last);
        last.is_some_and(|last| !last.ends_with(',') && last.split(' ').count() <= 2)
    })
}

fn miscounts(text: &str) -> bool {
    let nouns = ["minutes", "seconds", "hours", "days", "tries", "characters", "devices", "messages", "entries"];
    nouns.iter().any(|noun| has_word(text, &format!("1 {noun}")))
}

/// As many characters as a Japanese sentence may have.
const LONGEST_SENTENCE: usize = 50;
/// As many characters as a Japanese subject may have.
const LONGEST_SUBJECT: usize = 30;
/// Each is followed by ー.
const LONG_ENDINGS: [&str; 5] = ["ユーザ", "ブラウザ", "サーバ", "フォルダ", "コンピュータ"];

fn japanese(text: &str, kind: Kind) -> Vec<String> {
    let mut found = Vec::new();
    let mut when = |wrong: bool, what: &str| found.extend(wrong.then(|| what.to_owned()));
    when(text.contains(is_wrong_width), "has a half-width kana or a full-width letter, digit or space");
    when(has_narrow_punctuation(text), "has half-width punctuation beside Japanese");
    when(has_stray_space(text), "has a space beside Japanese");
    when(text.trim_end_matches("中…").contains('…'), "has … other than after 中");
    when(
        LONG_ENDINGS.iter().any(|stem| text.matches(stem).count() > text.matches(&format!("{stem}ー")).count()),
        "lacks ー",
    );
    when(text.contains("分間以内"), "says 分間以内");
    let longest = text.split(['。', '\n']).map(|sentence| sentence.chars().count()).max();
    match kind {
        Kind::Label => when(text.contains('。'), "is a label with 。"),
        Kind::Subject => {
            when(text.contains('。') || !text.starts_with('【'), "is no subject");
            when(text.chars().count() > LONGEST_SUBJECT, "is too long for a subject");
        }
        Kind::Sentence => {
            when(!text.ends_with(['。', '？', '：']), "is a sentence without its end");
            when(longest > Some(LONGEST_SENTENCE), "has too long a sentence");
        }
        Kind::Part | Kind::Console => {}
    }
    found
}

/// Letters, kana and punctuation of Japanese.
fn is_japanese(c: char) -> bool {
    matches!(c, '\u{3001}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}' | '（' | '）' | '：' | '？' | '！' | '，')
}

fn is_wrong_width(c: char) -> bool {
    matches!(c, '\u{3000}' | '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' | '\u{ff61}'..='\u{ff9f}')
}

fn has_narrow_punctuation(text: &str) -> bool {
    let beside = |c: Option<char>| c.is_some_and(is_japanese);
    text.match_indices(['(', ')', ',', '.', '?', '!', ':', ';'])
        .any(|(at, mark)| beside(text[..at].chars().next_back()) || beside(text[at + mark.len()..].chars().next()))
}

/// A space belongs beside addresses, phone numbers, links, times and passwords, and before 様.
fn has_stray_space(text: &str) -> bool {
    text.match_indices(' ').any(|(at, _)| {
        let (left, right) = (&text[..at], &text[at + 1..]);
        let touches =
            left.chars().next_back().is_some_and(is_japanese) || right.chars().next().is_some_and(is_japanese);
        let before = left.rsplit([' ', '\n']).next().unwrap_or_default();
        let after = right.split([' ', '\n']).next().unwrap_or_default();
        let apart = is_apart(before) || is_apart(after) || is_phone(left) || after.starts_with('様');
        touches && !apart
    })
}

/// Whether a word begins as an address, a link, a time, a password in groups or a phone number does.
fn is_apart(word: &str) -> bool {
    let head: String = word.chars().take_while(char::is_ascii).collect();
    head.contains('@')
        || head.contains("://")
        || head.matches('-').count() >= 3
        || head.split_once(':').is_some_and(|(hour, _)| hour.parse::<u8>().is_ok())
        || head.strip_prefix('+').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

/// Whether a text ends in a phone number, which has spaces inside.
fn is_phone(text: &str) -> bool {
    let number = text.rsplit_once('+').map(|(_, number)| number);
    number.is_some_and(|number| number.chars().all(|c| c.is_ascii_digit() || c == ' '))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rule_finds_what_breaks_it() {
        for (text, lang, kind, found) in [
            ("Please sign in", Lang::En, Kind::Label, "says \"please\""),
            ("Use your E-mail", Lang::En, Kind::Label, "says \"e-mail\""),
            ("That is not right.", Lang::En, Kind::Sentence, "says \"is not\""),
            ("Another address", Lang::En, Kind::Label, "says \"address\""),
            ("It’s yours", Lang::En, Kind::Label, "beyond ASCII"),
            ("Wait — then sign in.", Lang::En, Kind::Sentence, "beyond ASCII"),
            ("Welcome!", Lang::En, Kind::Label, "shouts"),
            ("Use letters, numbers and dots.", Lang::En, Kind::Sentence, "lacks the comma"),
            ("It expires in 1 minutes.", Lang::En, Kind::Sentence, "wrong at 1"),
            ("Sign in.", Lang::En, Kind::Label, "label with a period"),
            ("Sign in now", Lang::En, Kind::Sentence, "without its end"),
            ("Sign  in", Lang::En, Kind::Label, "spaces too many"),
            ("ログイン", Lang::Ja, Kind::Label, "says \"ログイン\""),
            ("コードは６桁です。", Lang::Ja, Kind::Sentence, "full-width"),
            ("ﾊﾟｽﾜｰﾄﾞ", Lang::Ja, Kind::Label, "half-width kana"),
            ("名前(任意)", Lang::Ja, Kind::Label, "half-width punctuation"),
            ("Rekey の登録", Lang::Ja, Kind::Label, "space beside Japanese"),
            ("送信します…", Lang::Ja, Kind::Label, "other than after 中"),
            ("ブラウザの設定", Lang::Ja, Kind::Label, "lacks ー"),
            ("10分間以内に入力してください。", Lang::Ja, Kind::Sentence, "分間以内"),
            ("保存します。", Lang::Ja, Kind::Label, "label with 。"),
            ("保存します", Lang::Ja, Kind::Sentence, "without its end"),
            ("確認コード", Lang::Ja, Kind::Subject, "no subject"),
        ] {
            let faults = faults(text, lang, kind);
            assert!(faults.iter().any(|fault| fault.contains(found)), "{text}: {faults:?}");
        }
    }

    #[test]
    fn what_is_right_is_left_alone() {
        for (text, lang, kind) in [
            ("Enter your email address, phone number, or username.", Lang::En, Kind::Sentence),
            ("Signing in…", Lang::En, Kind::Label),
            ("Sign in – Rekey", Lang::En, Kind::Label),
            ("That code isn't right. 1 try left.", Lang::En, Kind::Sentence),
            ("Ends all sessions of the address", Lang::En, Kind::Console),
            ("サインイン中…", Lang::Ja, Kind::Label),
            ("ada@example.org のアカウントがあれば、確認コードをお送りしました。", Lang::Ja, Kind::Sentence),
            ("+81 90 1234 5678 のように入力してください。", Lang::Ja, Kind::Sentence),
            ("2026年11月20日 9:05（UTC）に変更されました。", Lang::Ja, Kind::Sentence),
            ("再設定 https://id.example.org/forgot", Lang::Ja, Kind::Part),
            ("【Rekey】確認コードのお知らせ", Lang::Ja, Kind::Subject),
            ("花子 様", Lang::Ja, Kind::Label),
        ] {
            assert_eq!(faults(text, lang, kind), [""; 0], "{text}");
        }
    }

    #[test]
    fn the_glossary_is_read_from_its_document() {
        assert!(GLOSSARY.avoided_en.len() > 80 && GLOSSARY.avoided_ja.len() > 60);
        assert!(GLOSSARY.avoided_en.iter().any(|term| term == "please"));
        assert!(GLOSSARY.avoided_ja.iter().any(|term| term == "凍結"));
        assert!(GLOSSARY.allowed.iter().any(|phrase| phrase == "email address"));
        assert!(GLOSSARY.allowed_on_console.iter().any(|term| term == "sessions"));
    }
}

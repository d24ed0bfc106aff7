//! The shortest change, as one sentence; and a rule with its verdict, as it is read aloud.

use super::password::{failure, requirement};
use super::pick;
use crate::Lang;
use crate::password::{Class, PersonalPart, Position, Replace, RuleReport, Run, Suggestion, Verdict};

/// What to do so that every rule is met: "Add 3 characters, including a number."
pub fn suggestion(suggestion: &Suggestion, lang: Lang) -> String {
    let mut steps: Vec<String> = suggestion.replace.iter().map(|what| replace(*what, lang)).collect();
    if suggestion.remove > 0 {
        steps.push(remove(suggestion.remove, lang));
    }
    steps.extend(suggestion.ends.iter().map(|position| end(*position, lang).to_owned()));
    if suggestion.add > 0 {
        steps.push(add(suggestion, lang));
    }
    match lang {
        Lang::En => capital(&format!("{}.", steps.join(", then "))),
        Lang::Ja => format!("{}。", steps.join("。")),
    }
}

fn capital(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn replace(what: Replace, lang: Lang) -> String {
    match (what, lang) {
        (Replace::Foreign(1), Lang::En) => "replace the character that isn't allowed".to_owned(),
        (Replace::Foreign(count), Lang::En) => {
            format!("replace the {count} characters that aren't allowed")
        }
        (Replace::Foreign(count), Lang::Ja) => format!("使えない文字（{count}文字）を別の文字に置き換えてください"),
        (Replace::Blanks, _) => {
            pick(lang, "replace each space with another character", "スペースを別の文字に置き換えてください").to_owned()
        }
        (Replace::Own(part), Lang::En) => format!("replace {} with something unrelated", own(part, lang)),
        (Replace::Own(part), Lang::Ja) => format!("{}を関係のない単語に置き換えてください", own(part, lang)),
        (Replace::Run(run), _) => break_up(run, lang).to_owned(),
    }
}

const fn own(part: PersonalPart, lang: Lang) -> &'static str {
    match part {
        PersonalPart::GivenName | PersonalPart::FamilyName | PersonalPart::Name => pick(lang, "your name", "名前"),
        PersonalPart::Username => pick(lang, "your username", "ユーザー名"),
        PersonalPart::Email => pick(lang, "your email address", "メールアドレス"),
        PersonalPart::Organisation => pick(lang, "your organization's name", "組織名"),
        PersonalPart::Phone => pick(lang, "your phone number", "電話番号"),
    }
}

const fn break_up(run: Run, lang: Lang) -> &'static str {
    match run {
        Run::Repeated => pick(lang, "vary the repeated character", "繰り返しの文字に変化をつけてください"),
        Run::Sequence => pick(lang, "break up the sequence", "順番どおりの並びを崩してください"),
        Run::Keyboard => pick(lang, "break up the row of keys", "キーの並びを崩してください"),
    }
}

fn remove(count: u16, lang: Lang) -> String {
    match (count, lang) {
        (1, Lang::En) => "remove 1 character".to_owned(),
        (_, Lang::En) => format!("remove {count} characters"),
        (_, Lang::Ja) => format!("{count}文字減らしてください"),
    }
}

const fn end(position: Position, lang: Lang) -> &'static str {
    match position {
        Position::First => pick(lang, "start with a letter or number", "先頭に半角の英数字を足してください"),
        Position::Last | Position::Inside => {
            pick(lang, "end with a letter or number", "末尾に半角の英数字を足してください")
        }
    }
}

fn add(suggestion: &Suggestion, lang: Lang) -> String {
    let kinds: Vec<&str> = suggestion.with.iter().map(|class| kind(*class, lang)).collect();
    let count = suggestion.add;
    match (lang, kinds.as_slice()) {
        (Lang::En, []) if count == 1 => "add 1 character".to_owned(),
        (Lang::En, []) => format!("add {count} characters"),
        (Lang::En, kinds) if usize::from(count) == kinds.len() => format!("add {}", listed(kinds, "and")),
        (Lang::En, kinds) => format!("add {count} characters, including {}", listed(kinds, "and")),
        (Lang::Ja, []) => format!("あと{count}文字足してください"),
        (Lang::Ja, kinds) if usize::from(count) == kinds.len() => format!("{}を足してください", kinds.join("と")),
        (Lang::Ja, kinds) => format!("{}を含めて、あと{count}文字足してください", kinds.join("と")),
    }
}

/// `a`, `a and b`, `a, b, and c`: with the serial comma.
pub(super) fn listed(parts: &[&str], word: &str) -> String {
    match parts {
        [first, second] => format!("{first} {word} {second}"),
        [rest @ .., last] if !rest.is_empty() => format!("{}, {word} {last}", rest.join(", ")),
        parts => parts.concat(),
    }
}

const fn kind(class: Class, lang: Lang) -> &'static str {
    match class {
        Class::Letter => pick(lang, "a letter", "英字"),
        Class::Upper => pick(lang, "an uppercase letter", "英大文字"),
        Class::Lower => pick(lang, "a lowercase letter", "英小文字"),
        Class::Digit => pick(lang, "a number", "数字"),
        Class::Special => pick(lang, "a symbol", "記号"),
    }
}

/// A rule and its verdict in one sentence, for screen readers, which read each item by itself.
pub fn rule_aloud(report: &RuleReport, lang: Lang) -> String {
    let rule = requirement(&report.requirement, lang);
    match (report.verdict, lang) {
        (Verdict::Pass, Lang::En) => format!("{rule}: met."),
        (Verdict::Pass, Lang::Ja) => format!("{rule}：満たしています。"),
        (Verdict::Server, Lang::En) => format!("{rule}: checked when you save."),
        (Verdict::Server, Lang::Ja) => format!("{rule}：保存するときに確認します。"),
        (Verdict::Pending, Lang::En) => format!("{rule}."),
        (Verdict::Pending, Lang::Ja) => format!("{rule}。"),
        (Verdict::Fail, _) => {
            let advice = failure(report, lang);
            match lang {
                Lang::En if advice == rule => format!("{rule}: not met."),
                Lang::En => format!("{rule}: not met. {advice}."),
                Lang::Ja if advice == rule => format!("{rule}：満たしていません。"),
                Lang::Ja => format!("{rule}：満たしていません。{advice}。"),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_suggestion_is_one_sentence() {
        let nothing = Suggestion::default;
        for (what, en, ja) in [
            (Suggestion { add: 1, ..nothing() }, "Add 1 character.", "あと1文字足してください。"),
            (Suggestion { add: 3, ..nothing() }, "Add 3 characters.", "あと3文字足してください。"),
            (Suggestion { add: 1, with: vec![Class::Digit], ..nothing() }, "Add a number.", "数字を足してください。"),
            (
                Suggestion { add: 4, with: vec![Class::Digit], ..nothing() },
                "Add 4 characters, including a number.",
                "数字を含めて、あと4文字足してください。",
            ),
            (
                Suggestion { add: 7, with: vec![Class::Upper, Class::Digit, Class::Special], ..nothing() },
                "Add 7 characters, including an uppercase letter, a number, and a symbol.",
                "英大文字と数字と記号を含めて、あと7文字足してください。",
            ),
            (
                Suggestion { replace: vec![Replace::Blanks], remove: 2, ..nothing() },
                "Replace each space with another character, then remove 2 characters.",
                "スペースを別の文字に置き換えてください。2文字減らしてください。",
            ),
            (
                Suggestion { ends: vec![Position::First], ..nothing() },
                "Start with a letter or number.",
                "先頭に半角の英数字を足してください。",
            ),
        ] {
            assert_eq!(suggestion(&what, Lang::En), en);
            assert_eq!(suggestion(&what, Lang::Ja), ja);
        }
    }
}

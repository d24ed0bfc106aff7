//! The rules of a password in words.

use super::pick;
use crate::Lang;
use crate::password::{
    Advice, Blanks, Charset, Class, CrackTime, Detail, Edges, Matching, PersonalPart, Place, Requirement, RuleReport,
    Strength,
};

super::messages! {
    NEW_PASSWORD: "New password", "新しいパスワード";
    CONFIRM_PASSWORD: "Type it again", "もう一度入力";
    MAKE_ONE: "Make one for me", "自動で作る";
    MADE_ONE: "Made. It is shown in both boxes: keep it in your password manager.",
        "作りました。両方の欄に表示しています。パスワード管理アプリなどに保存してください。";
    RULES: "It needs", "パスワードの条件";
    PERSONAL_RULE: "Not mostly your own name, address or number", "名前や連絡先が大半を占めないこと";
    RULE_MET: "Met:", "満たしています：";
    RULE_NOT_MET: "Not met:", "まだです：";
    RULE_LATER: "Checked when you save:", "保存するときに確かめます：";
    SEE_RULES: "Something is missing: see the list below.", "まだ足りないものがあります。下の一覧をご覧ください。";
    STRENGTH_UNTOLD: "Longer is stronger. Several unrelated words are easy to type.",
        "長いほど強くなります。関係のない言葉を並べると打ちやすいです。";
}

/// A rule, as it stands in the list before anything is typed.
pub fn requirement(rule: &Requirement, lang: Lang) -> String {
    match (*rule, lang) {
        (Requirement::LengthMin { min }, Lang::En) => format!("At least {min} {}", characters(min)),
        (Requirement::LengthMin { min }, Lang::Ja) => format!("{min}文字以上"),
        (Requirement::LengthMax { max }, Lang::En) => format!("At most {max} {}", characters(max)),
        (Requirement::LengthMax { max }, Lang::Ja) => format!("{max}文字以下"),
        (Requirement::Classes { kinds }, Lang::En) => {
            format!("At least {kinds} of: capital letters, small letters, digits, special characters")
        }
        (Requirement::Classes { kinds }, Lang::Ja) => {
            format!("英大文字・英小文字・数字・記号のうち{kinds}種類以上")
        }
        (Requirement::Spaces { blanks }, _) => spaces(blanks, lang).to_owned(),
        (Requirement::Edges { edges }, _) => edge(edges, lang).to_owned(),
        (Requirement::Charset { charset }, _) => allowed(charset, lang).to_owned(),
        (Requirement::Class { class }, _) => kind(class, lang).to_owned(),
        (Requirement::Personal { part, matching }, Lang::En) => {
            format!("{} {}", unlike(matching, lang), own(part, lang))
        }
        (Requirement::Personal { part, matching }, Lang::Ja) => {
            format!("{}{}", own(part, lang), unlike(matching, lang))
        }
        (Requirement::Guessable { .. }, _) => pick(lang, "Hard to guess", "推測されにくいこと").to_owned(),
    }
}

const fn characters(count: u16) -> &'static str {
    if count == 1 { "character" } else { "characters" }
}

const fn spaces(blanks: Blanks, lang: Lang) -> &'static str {
    match blanks {
        Blanks::Forbid => pick(lang, "No blanks", "空白を使わないこと"),
        Blanks::Inner => pick(lang, "No blank at the beginning or end", "最初と最後に空白を置かないこと"),
        Blanks::Allow => pick(lang, "Blanks are fine", "空白も使えます"),
        Blanks::Uncounted => pick(lang, "Blanks are fine but do not count", "空白も使えますが、文字数には数えません"),
    }
}

const fn edge(edges: Edges, lang: Lang) -> &'static str {
    match edges {
        Edges::Any => pick(lang, "Any first and last character", "最初と最後の文字は自由です"),
        Edges::Alphanumeric => pick(lang, "A letter or digit first and last", "最初と最後は半角の英字か数字にすること"),
    }
}

const fn allowed(charset: Charset, lang: Lang) -> &'static str {
    match charset {
        Charset::Any => pick(lang, "No control characters", "制御文字を使わないこと"),
        Charset::Ascii => {
            pick(lang, "Plain letters, digits and marks only (ASCII)", "半角の英数字と記号だけを使うこと")
        }
    }
}

const fn kind(class: Class, lang: Lang) -> &'static str {
    match class {
        Class::Letter => pick(lang, "A letter (a–z)", "英字を1文字以上"),
        Class::Upper => pick(lang, "A capital letter", "英大文字を1文字以上"),
        Class::Lower => pick(lang, "A small letter", "英小文字を1文字以上"),
        Class::Digit => pick(lang, "A digit", "数字を1文字以上"),
        Class::Special => pick(lang, "A special character", "記号を1文字以上"),
    }
}

const fn own(part: PersonalPart, lang: Lang) -> &'static str {
    match part {
        PersonalPart::GivenName => pick(lang, "your given name", "名"),
        PersonalPart::FamilyName => pick(lang, "your family name", "姓"),
        PersonalPart::Name => pick(lang, "your full name", "氏名"),
        PersonalPart::Username => pick(lang, "your user name", "ユーザー名"),
        PersonalPart::Email => pick(lang, "your email address", "メールアドレス"),
        PersonalPart::Organisation => pick(lang, "the name of the organisation", "組織の名前"),
        PersonalPart::Phone => pick(lang, "your phone number", "電話番号"),
    }
}

const fn unlike(matching: Matching, lang: Lang) -> &'static str {
    match matching {
        Matching::Equals => pick(lang, "Not", "と同じでないこと"),
        Matching::Dominated => pick(lang, "Not mostly", "が大半を占めないこと"),
        Matching::Contains => pick(lang, "Without", "を含まないこと"),
    }
}

/// What to do about a rule that is not met.
pub fn failure(report: &RuleReport, lang: Lang) -> String {
    match (report.detail, lang) {
        (Detail::Short { by }, Lang::En) => format!("Add {by} more {}", characters(by)),
        (Detail::Short { by }, Lang::Ja) => format!("あと{by}文字必要です"),
        (Detail::Long { by }, Lang::En) => format!("Remove {by} {}", characters(by)),
        (Detail::Long { by }, Lang::Ja) => format!("{by}文字減らしてください"),
        (Detail::TooManyBytes, _) => pick(lang, "Make it shorter", "もっと短くしてください").to_owned(),
        (Detail::At { place }, _) => at(place, lang).to_owned(),
        (Detail::Control, _) => {
            pick(lang, "Remove the invisible control character", "目に見えない制御文字を取り除いてください").to_owned()
        }
        (Detail::Kinds { found }, Lang::En) => {
            format!("{} (so far {found})", requirement(&report.requirement, lang))
        }
        (Detail::Kinds { found }, Lang::Ja) => {
            format!("{}（いまは{found}種類）", requirement(&report.requirement, lang))
        }
        (Detail::Nothing, _) if matches!(report.requirement, Requirement::Guessable { .. }) => {
            pick(lang, "Too easy to guess", "推測されやすいパスワードです").to_owned()
        }
        (Detail::Nothing, _) => requirement(&report.requirement, lang),
    }
}

const fn at(place: Place, lang: Lang) -> &'static str {
    match place {
        Place::First => pick(lang, "Change the first character", "最初の文字を変えてください"),
        Place::Last => pick(lang, "Change the last character", "最後の文字を変えてください"),
        Place::Inside => pick(lang, "Remove the blanks", "途中の空白を取り除いてください"),
    }
}

/// How strong a password is: a word, and one plain sentence on how long it lasts or what would help.
pub fn strength(strength: Strength, lang: Lang) -> (&'static str, &'static str) {
    let word = match strength.score {
        0 => pick(lang, "Very weak.", "とても弱い"),
        1 => pick(lang, "Weak.", "弱い"),
        2 => pick(lang, "Fair.", "もう少し"),
        3 => pick(lang, "Strong.", "強い"),
        _ => pick(lang, "Very strong.", "とても強い"),
    };
    let sentence = match strength.advice {
        Advice::Nothing => lasts(strength.crack_time, lang),
        advice => advise(advice, lang),
    };
    (word, sentence)
}

/// What falls within days is not praised for it.
const fn lasts(time: CrackTime, lang: Lang) -> &'static str {
    match time {
        CrackTime::Centuries => pick(lang, "It would last for centuries.", "何百年ももちます。"),
        CrackTime::Years => pick(lang, "It would last for years.", "何年ももちます。"),
        CrackTime::Months => pick(lang, "It would last for months.", "数か月はもちます。"),
        _ => advise(Advice::AddWord, lang),
    }
}

const fn advise(advice: Advice, lang: Lang) -> &'static str {
    match advice {
        Advice::Nothing | Advice::AddWord => {
            pick(lang, "One more unrelated word would help most.", "関係のない言葉をもう1つ足すと強くなります。")
        }
        Advice::AvoidRepeats => {
            pick(lang, "Repetitions are guessed early: vary it.", "くり返しはすぐに試されます。変化をつけてください。")
        }
        Advice::AvoidSequences => {
            pick(lang, "Sequences like 1234 are guessed early.", "1234のような並びはすぐに試されます。")
        }
        Advice::AvoidKeyboardRows => {
            pick(lang, "Neighbouring keys are guessed early.", "キーの並びのままの文字はすぐに試されます。")
        }
        Advice::AvoidNamesAndDates => {
            pick(lang, "Names and dates are guessed early.", "名前や日付はすぐに試されます。")
        }
        Advice::AvoidCommonWord => {
            pick(lang, "It is close to a word that many people use.", "多くの人が使う言葉に近いものです。")
        }
        Advice::CapsDoNotHelp => pick(
            lang,
            "Capitals help little: add a word instead.",
            "大文字にしても効果はわずかです。言葉を足してください。",
        ),
    }
}

/// How many rules are met: said aloud after a pause in typing.
pub fn tally(met: usize, of: usize, lang: Lang) -> String {
    match lang {
        Lang::En if met == of => "All requirements are met.".to_owned(),
        Lang::En => format!("{met} of {of} requirements are met."),
        Lang::Ja if met == of => "すべての条件を満たしています。".to_owned(),
        Lang::Ja => format!("{of}個の条件のうち{met}個を満たしています。"),
    }
}

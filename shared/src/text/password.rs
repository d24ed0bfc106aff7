//! The rules of a password in words.

use super::personal::one_part;
use super::pick;
use crate::Lang;
use crate::password::{
    Advice, Blanks, Charset, Class, CrackTime, Detail, Edges, Position, Requirement, RuleReport, Run, Strength,
};

super::messages! {
    NEW_PASSWORD: "New password", "新しいパスワード";
    CONFIRM_PASSWORD: "Confirm new password", "新しいパスワード（確認用）";
    MAKE_ONE: "Suggest one", "自動生成";
    MAKE_OF_WORDS: "Passphrase", "パスフレーズ";
    RULES: "Password requirements", "パスワードの条件";
    RULE_MET: "Met:", "満たしています：";
    RULE_NOT_MET: "Not met:", "満たしていません：";
    RULE_LATER: "Checked when you save:", "保存するときに確認します：";
    SEE_RULES: "Some requirements aren't met. See the list below.",
        "満たしていない条件があります。下の一覧をご覧ください。";
    STRENGTH_UNTOLD: "Longer is stronger. Several unrelated words are easy to type.",
        "長いほど強くなります。関係のない単語を並べると入力しやすくなります。";
}

/// A rule, as it stands in the list before anything is typed.
pub fn requirement(rule: &Requirement, lang: Lang) -> String {
    match (rule, lang) {
        (Requirement::LengthMin { min }, Lang::En) => format!("At least {min} {}", characters(*min)),
        (Requirement::LengthMin { min }, Lang::Ja) => format!("{min}文字以上"),
        (Requirement::LengthMax { max }, Lang::En) => format!("At most {max} {}", characters(*max)),
        (Requirement::LengthMax { max }, Lang::Ja) => format!("{max}文字以下"),
        (Requirement::Classes { kinds, of }, _) => kinds_of(*kinds, *of, lang),
        (Requirement::Spaces { blanks }, _) => spaces(*blanks, lang).to_owned(),
        (Requirement::Edges { edges }, _) => edge(*edges, lang).to_owned(),
        (Requirement::Charset { charset, forbidden }, _) => allowed(charset, forbidden, lang),
        (Requirement::Class { class }, _) => kind(*class, lang).to_owned(),
        (Requirement::Run { run, longest }, _) => run_of(*run, *longest, lang),
        (Requirement::Personal { part, matching }, _) => one_part(*part, *matching, lang),
        (Requirement::Banned { .. }, _) => {
            pick(lang, "Not mostly a common word", "よく使われる単語が大半を占めない").to_owned()
        }
        (Requirement::Guessable { .. }, _) => pick(lang, "Hard to guess", "推測されにくい").to_owned(),
        (Requirement::Breached, _) => pick(lang, "Not in a known data breach", "流出したパスワードではない").to_owned(),
        (Requirement::Differs { by }, Lang::En) => {
            format!("At least {by} {} different from your current password", characters(u16::from(*by)))
        }
        (Requirement::Differs { by }, Lang::Ja) => format!("現在のパスワードと{by}文字以上違う"),
        (Requirement::History { depth }, _) => past(*depth, lang),
        (Requirement::Age { hours }, _) => too_soon(*hours, lang),
    }
}

fn kinds_of(kinds: u8, of: u8, lang: Lang) -> String {
    match (lang, of) {
        (Lang::En, 5) => format!(
            "At least {kinds} of: uppercase letters, lowercase letters, letters of other scripts, numbers, symbols"
        ),
        (Lang::En, _) => format!("At least {kinds} of: uppercase letters, lowercase letters, numbers, symbols"),
        (Lang::Ja, 5) => format!("英大文字・英小文字・かな漢字など・数字・記号のうち{kinds}種類以上"),
        (Lang::Ja, _) => format!("英大文字・英小文字・数字・記号のうち{kinds}種類以上"),
    }
}

fn run_of(run: Run, longest: u8, lang: Lang) -> String {
    let one_more = u16::from(longest) + 1;
    match (run, lang) {
        (Run::Repeated, Lang::En) => format!("No character {one_more} times in a row"),
        (Run::Repeated, Lang::Ja) => format!("同じ文字を{one_more}つ以上続けない"),
        (Run::Sequence, Lang::En) => format!("No sequence of {one_more} like abc or 321"),
        (Run::Sequence, Lang::Ja) => format!("abcや321のような並びを{one_more}文字以上続けない"),
        (Run::Keyboard, Lang::En) => format!("No {one_more} neighboring keys like qwe"),
        (Run::Keyboard, Lang::Ja) => format!("qweのようなキーの並びを{one_more}文字以上続けない"),
    }
}

fn past(depth: u8, lang: Lang) -> String {
    match (depth, lang) {
        (1, Lang::En) => "Not your current password".to_owned(),
        (1, Lang::Ja) => "現在のパスワードと違う".to_owned(),
        (_, Lang::En) => format!("None of your last {depth} passwords"),
        (_, Lang::Ja) => format!("過去{depth}回のパスワードと違う"),
    }
}

fn too_soon(hours: u16, lang: Lang) -> String {
    match lang {
        Lang::En if hours == 1 => "At least 1 hour since the last change".to_owned(),
        Lang::En => format!("At least {hours} hours since the last change"),
        Lang::Ja => format!("前回の変更から{hours}時間以上たっている"),
    }
}

const fn characters(count: u16) -> &'static str {
    if count == 1 { "character" } else { "characters" }
}

const fn spaces(blanks: Blanks, lang: Lang) -> &'static str {
    match blanks {
        Blanks::Forbid => pick(lang, "No spaces", "スペースを使わない"),
        Blanks::Inner => pick(lang, "No space at the start or end", "先頭と末尾にスペースを置かない"),
        Blanks::Allow => pick(lang, "Spaces are allowed", "スペースも使えます"),
        Blanks::Uncounted => {
            pick(lang, "Spaces are allowed but don't count", "スペースも使えますが、文字数には数えません")
        }
    }
}

const fn edge(edges: Edges, lang: Lang) -> &'static str {
    match edges {
        Edges::Any => pick(lang, "Any first and last character", "先頭と末尾の文字は自由です"),
        Edges::Alphanumeric => pick(lang, "Starts and ends with a letter or number", "先頭と末尾は半角の英数字"),
    }
}

fn allowed(charset: &Charset, forbidden: &str, lang: Lang) -> String {
    let allowed = match (charset, lang) {
        (Charset::Any, _) => pick(lang, "No control characters", "制御文字を使わない").to_owned(),
        (Charset::Ascii, _) => {
            pick(lang, "Only English letters, numbers, and symbols (ASCII)", "半角の英数字と記号だけを使う").to_owned()
        }
        (Charset::Latin, _) => {
            pick(lang, "No letters outside the Latin alphabet", "文字はラテン文字（英字など）だけを使う").to_owned()
        }
        (Charset::Custom(listed), Lang::En) => format!("Only these characters: {listed}"),
        (Charset::Custom(listed), Lang::Ja) => format!("次の文字だけを使う：{listed}"),
    };
    match (forbidden.is_empty(), charset, lang) {
        (true, ..) => allowed,
        (false, Charset::Any, Lang::En) => format!("None of these characters: {forbidden}"),
        (false, Charset::Any, Lang::Ja) => format!("次の文字を使わない：{forbidden}"),
        (false, _, Lang::En) => format!("{allowed}, except {forbidden}"),
        (false, _, Lang::Ja) => format!("{allowed}（ただし{forbidden}を除く）"),
    }
}

const fn kind(class: Class, lang: Lang) -> &'static str {
    match class {
        Class::Letter => pick(lang, "A letter (a-z)", "英字を1文字以上"),
        Class::Upper => pick(lang, "An uppercase letter", "英大文字を1文字以上"),
        Class::Lower => pick(lang, "A lowercase letter", "英小文字を1文字以上"),
        Class::Digit => pick(lang, "A number", "数字を1文字以上"),
        Class::Special => pick(lang, "A symbol", "記号を1文字以上"),
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
        (Detail::At { position }, _) => at(position, lang).to_owned(),
        (Detail::Control, _) => {
            pick(lang, "Remove the invisible control character", "目に見えない制御文字を取り除いてください").to_owned()
        }
        (Detail::Foreign { count: 1 }, Lang::En) => "Replace 1 character that isn't allowed".to_owned(),
        (Detail::Foreign { count }, Lang::En) => format!("Replace {count} characters that aren't allowed"),
        (Detail::Foreign { count }, Lang::Ja) => format!("使えない文字が{count}文字あります。置き換えてください"),
        (Detail::Run { length }, Lang::En) => format!("Break up the run of {length}"),
        (Detail::Run { length }, Lang::Ja) => format!("{length}文字続いています。間に別の文字を入れてください"),
        (Detail::Points { .. } | Detail::Nothing, _) => plain_failure(&report.requirement, lang),
        (Detail::Kinds { found }, Lang::En) => {
            format!("{} ({found} so far)", requirement(&report.requirement, lang))
        }
        (Detail::Kinds { found }, Lang::Ja) => {
            format!("{}（現在は{found}種類）", requirement(&report.requirement, lang))
        }
    }
}

/// For rules whose failure needs no number.
fn plain_failure(rule: &Requirement, lang: Lang) -> String {
    match rule {
        Requirement::Guessable { .. } => pick(lang, "Too easy to guess", "推測されやすいパスワードです").to_owned(),
        Requirement::Banned { .. } => {
            pick(lang, "Mostly a common word. Add something unrelated", "関係のない文字をもっと足してください")
                .to_owned()
        }
        Requirement::Breached => {
            pick(lang, "Found in a data breach. Choose another", "流出したパスワードです。別のものにしてください")
                .to_owned()
        }
        Requirement::History { .. } => {
            pick(lang, "Used before. Choose another", "前に使ったパスワードです。別のものにしてください").to_owned()
        }
        Requirement::Differs { .. } => {
            pick(lang, "Too similar to your current password", "現在のパスワードに似すぎています").to_owned()
        }
        Requirement::LengthMin { .. }
        | Requirement::LengthMax { .. }
        | Requirement::Spaces { .. }
        | Requirement::Edges { .. }
        | Requirement::Charset { .. }
        | Requirement::Classes { .. }
        | Requirement::Class { .. }
        | Requirement::Run { .. }
        | Requirement::Personal { .. }
        | Requirement::Age { .. } => requirement(rule, lang),
    }
}

const fn at(position: Position, lang: Lang) -> &'static str {
    match position {
        Position::First => pick(lang, "Change the first character", "先頭の文字を変えてください"),
        Position::Last => pick(lang, "Change the last character", "末尾の文字を変えてください"),
        Position::Inside => pick(lang, "Remove the spaces", "途中のスペースを取り除いてください"),
    }
}

/// How strong a password is: a word, and one plain sentence on how long it lasts or what would help.
pub fn strength(strength: Strength, lang: Lang) -> (&'static str, &'static str) {
    let word = match strength.score {
        0 => pick(lang, "Very weak.", "とても弱い"),
        1 => pick(lang, "Weak.", "弱い"),
        2 => pick(lang, "Fair.", "ふつう"),
        3 => pick(lang, "Strong.", "強い"),
        _ => pick(lang, "Very strong.", "とても強い"),
    };
    let praised = strength.advice == Advice::Nothing;
    let sentence = if praised { lasts(strength.crack_time, lang) } else { advise(strength.advice, lang) };
    (word, sentence)
}

/// A password that would be guessed within days gets advice instead of praise.
const fn lasts(time: CrackTime, lang: Lang) -> &'static str {
    match time {
        CrackTime::Centuries => pick(lang, "It would take centuries to guess.", "推測に数百年かかります。"),
        CrackTime::Years => pick(lang, "It would take years to guess.", "推測に数年かかります。"),
        CrackTime::Months => pick(lang, "It would take months to guess.", "推測に数か月かかります。"),
        CrackTime::Days | CrackTime::Hours | CrackTime::Minutes | CrackTime::Seconds | CrackTime::Instantly => {
            advise(Advice::AddWord, lang)
        }
    }
}

const fn advise(advice: Advice, lang: Lang) -> &'static str {
    match advice {
        Advice::Nothing | Advice::AddWord => {
            pick(lang, "One more unrelated word would help most.", "関係のない単語をもう1つ足すと強くなります。")
        }
        Advice::AvoidRepeats => {
            pick(lang, "Repeated characters are easy to guess.", "文字の繰り返しは推測されやすくなります。")
        }
        Advice::AvoidSequences => {
            pick(lang, "Sequences like 1234 are easy to guess.", "1234のような並びは推測されやすくなります。")
        }
        Advice::AvoidKeyboardRows => {
            pick(lang, "Rows of keys are easy to guess.", "キーの並びのままの文字は推測されやすくなります。")
        }
        Advice::AvoidNamesAndDates => {
            pick(lang, "Names and dates are easy to guess.", "名前や日付は推測されやすくなります。")
        }
        Advice::AvoidCommonWord => {
            pick(lang, "It's close to a word that many people use.", "多くの人が使う単語に近いものです。")
        }
        Advice::CapsDoNotHelp => pick(
            lang,
            "Uppercase letters help little. Add a word instead.",
            "大文字にしても効果はわずかです。単語を足してください。",
        ),
    }
}

/// How many rules are met: said aloud after a pause in typing.
pub fn tally(met: usize, of: usize, lang: Lang) -> String {
    match lang {
        Lang::En if met == of => "All requirements are met.".to_owned(),
        Lang::En if of == 1 => "The requirement isn't met.".to_owned(),
        Lang::En if met == 1 => format!("1 of {of} requirements is met."),
        Lang::En => format!("{met} of {of} requirements are met."),
        Lang::Ja if met == of => "すべての条件を満たしています。".to_owned(),
        Lang::Ja => format!("{of}個の条件のうち{met}個を満たしています。"),
    }
}

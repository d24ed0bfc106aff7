//! What did not work: what happened, what it means, what to do.

use super::pick;
use crate::{Lang, Problem};

/// A short heading for a problem.
pub const fn problem_title(problem: &Problem, lang: Lang) -> &'static str {
    match problem {
        Problem::Fields(_) | Problem::WeakPassword(_) => {
            pick(lang, "Please look at this again", "もう一度ご確認ください")
        }
        Problem::SignInRefused => pick(lang, "You are not signed in", "サインインできませんでした"),
        Problem::CodeWrong { .. } => pick(lang, "Please check the code", "コードをご確認ください"),
        Problem::CodeDead => pick(lang, "This code no longer works", "この確認コードは使えません"),
        Problem::ResendTooSoon | Problem::TooFrequent => pick(lang, "Just a moment", "少しお待ちください"),
        Problem::TooManyRequests | Problem::SlowDown => pick(lang, "Too many tries", "回数が多すぎます"),
        Problem::LinkNotValid => pick(lang, "This link no longer works", "このリンクは使えません"),
        Problem::JourneyOver => pick(lang, "Please start again", "最初からやり直してください"),
        Problem::RegistrationClosed => pick(lang, "Registration is closed", "新規登録は受け付けていません"),
        Problem::ChangePasswordFirst => {
            pick(lang, "Please change your password first", "先にパスワードを変更してください")
        }
        Problem::NotSignedIn => pick(lang, "Please sign in", "サインインしてください"),
        Problem::Busy => pick(lang, "Very busy just now", "たいへん混み合っています"),
        Problem::Forbidden => pick(lang, "This was stopped", "操作を止めました"),
        Problem::BadRequest => pick(lang, "We could not read that", "内容を読み取れませんでした"),
        Problem::Offline => pick(lang, "No connection", "つながりません"),
        Problem::Unexpected(_) => pick(lang, "Something broke on our side", "こちらの不具合です"),
    }
}

/// The whole sentence: what it means and what to do.
pub fn problem(problem: &Problem, lang: Lang) -> String {
    match problem {
        Problem::CodeWrong { tries_left } => code_wrong(*tries_left, lang),
        Problem::Unexpected(reference) => unexpected(reference.as_str(), lang),
        other => fixed(other, lang).to_owned(),
    }
}

fn code_wrong(tries_left: u8, lang: Lang) -> String {
    match (lang, tries_left) {
        (Lang::En, 1) => "That code is not right. One try is left.".to_owned(),
        (Lang::En, _) => format!("That code is not right. {tries_left} tries left."),
        (Lang::Ja, _) => format!("確認コードが違います。あと{tries_left}回試せます。"),
    }
}

fn unexpected(reference: &str, lang: Lang) -> String {
    match lang {
        Lang::En => format!(
            "It did not work, and it is not your fault. Try again; if it stays so, tell the help desk this reference: {reference}."
        ),
        Lang::Ja => format!(
            "うまくいきませんでした。お客様の操作のせいではありません。もう一度試しても直らなければ、窓口に次の番号をお伝えください：{reference}"
        ),
    }
}

const fn fixed(problem: &Problem, lang: Lang) -> &'static str {
    match problem {
        Problem::Fields(_) => {
            pick(lang, "Some of what you typed needs another look.", "入力した内容をもう一度ご確認ください。")
        }
        Problem::WeakPassword(_) => pick(
            lang,
            "The password does not meet all requirements yet. They are listed below it.",
            "パスワードがまだ条件を満たしていません。入力欄の下の一覧をご覧ください。",
        ),
        Problem::SignInRefused => pick(
            lang,
            "Name and password do not fit, or sign-in is paused after several tries. Check both, or choose a new password.",
            "入力した内容が合わないか、まちがいが続いたため一時的に止まっています。内容を確かめるか、新しいパスワードを決めてください。",
        ),
        Problem::CodeDead => pick(
            lang,
            "It was mistyped too often or its time is over. Start again to get a new one.",
            "打ち間違いが多すぎたか、期限が切れました。最初から始めると、新しいコードが届きます。",
        ),
        Problem::ResendTooSoon => pick(
            lang,
            "A code was sent a moment ago. Look for it, also in the spam folder, and ask again in a minute.",
            "コードは送ったばかりです。迷惑メールも確かめて、1分ほどたってからもう一度お試しください。",
        ),
        Problem::LinkNotValid => pick(
            lang,
            "It was used already, is too old, or a newer one was sent. Ask for a new one.",
            "すでに使われたか、期限が切れたか、新しいものが送られています。もう一度お求めください。",
        ),
        Problem::JourneyOver => pick(
            lang,
            "The steps took too long or were begun in another browser. Nothing was changed.",
            "時間がたちすぎたか、別のブラウザーで始めたようです。何も変更していません。",
        ),
        Problem::TooManyRequests | Problem::TooFrequent | Problem::SlowDown => too_much(problem, lang),
        other => stopped(other, lang),
    }
}

const fn too_much(problem: &Problem, lang: Lang) -> &'static str {
    match problem {
        Problem::TooManyRequests => pick(
            lang,
            "There were too many requests within the hour. Please try again later.",
            "1時間の回数の上限に達しました。時間をおいてお試しください。",
        ),
        Problem::TooFrequent => pick(
            lang,
            "The last request was a moment ago. Please wait some minutes and try again.",
            "直前にも手続きがありました。数分おいてからお試しください。",
        ),
        _ => pick(
            lang,
            "Too much is coming from your network. Please wait a few minutes and try again.",
            "お使いのネットワークからの回数が多すぎます。数分おいてからお試しください。",
        ),
    }
}

const fn stopped(problem: &Problem, lang: Lang) -> &'static str {
    match problem {
        Problem::RegistrationClosed => pick(
            lang,
            "Accounts are made for you here. If you should have one, ask the help desk.",
            "アカウントは担当者が作成します。必要な方は窓口へお問い合わせください。",
        ),
        Problem::ChangePasswordFirst => pick(
            lang,
            "Until then nothing else can be done with your account. Nothing was changed.",
            "変更がすむまで、ほかの操作はできません。何も変更していません。",
        ),
        Problem::NotSignedIn => pick(
            lang,
            "Your session is over, perhaps because the password was changed. Sign in to go on.",
            "サインインの期限が切れたか、パスワードが変更されました。続けるにはサインインしてください。",
        ),
        Problem::Busy => pick(
            lang,
            "Nothing was changed. Please try again in a moment.",
            "何も変更していません。少したってからもう一度お試しください。",
        ),
        Problem::Forbidden => pick(
            lang,
            "The request did not come from this site. Open the page again and repeat it here.",
            "このサイト以外からの操作でした。ページを開き直して、もう一度お試しください。",
        ),
        Problem::BadRequest => pick(
            lang,
            "Open the page again and repeat it. Nothing was changed.",
            "ページを開き直して、もう一度お試しください。何も変更していません。",
        ),
        _ => pick(
            lang,
            "The server did not answer. Check your connection and try again; what you typed is still here.",
            "サーバーから返事がありません。接続を確かめて、もう一度お試しください。入力した内容は残っています。",
        ),
    }
}

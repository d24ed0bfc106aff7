//! What did not work: what happened, what it means, what to do.

use super::pick;
use crate::{Lang, Problem};

/// A short heading for a problem.
pub const fn problem_title(problem: &Problem, lang: Lang) -> &'static str {
    match problem {
        Problem::Fields(_) | Problem::WeakPassword(_) => {
            pick(lang, "Check what you entered", "入力内容をご確認ください")
        }
        Problem::SignInRefused => pick(lang, "Couldn't sign you in", "サインインできませんでした"),
        Problem::CodeWrong { .. } => pick(lang, "Check the code", "コードをご確認ください"),
        Problem::CodeDead => pick(lang, "This code no longer works", "この確認コードは使えません"),
        Problem::LinkFirst => pick(lang, "Use the link in the message", "メッセージのリンクを開いてください"),
        Problem::ResendTooSoon | Problem::TooFrequent => pick(lang, "Wait a moment", "少しお待ちください"),
        Problem::TooManyRequests | Problem::SlowDown => pick(lang, "Too many tries", "回数が多すぎます"),
        Problem::LinkNotValid => pick(lang, "This link no longer works", "このリンクは使えません"),
        Problem::OtherJourney => pick(lang, "Check the account", "アカウントをご確認ください"),
        Problem::JourneyOver => pick(lang, "Start over", "最初からやり直してください"),
        Problem::TextsStopped => pick(lang, "Text messages aren't available", "SMSを送信できません"),
        Problem::RegistrationClosed => pick(lang, "Registration is closed", "新規登録は受け付けていません"),
        Problem::ChangePasswordFirst => pick(lang, "Change your password first", "先にパスワードを変更してください"),
        Problem::NotSignedIn => pick(lang, "Sign in to continue", "サインインしてください"),
        Problem::Busy => pick(lang, "Very busy just now", "たいへん混み合っています"),
        Problem::Forbidden => pick(lang, "Request blocked", "この操作は実行できません"),
        Problem::BadRequest => pick(lang, "We couldn't read that", "内容を読み取れませんでした"),
        Problem::Offline => pick(lang, "Can't connect", "接続できません"),
        Problem::Unexpected(_) => pick(lang, "Something went wrong on our side", "エラーが発生しました"),
    }
}

/// The whole sentence: what it means and what to do.
pub fn problem(problem: &Problem, lang: Lang) -> String {
    match lang {
        Lang::En => in_english(problem),
        Lang::Ja => in_japanese(problem),
    }
}

fn in_english(problem: &Problem) -> String {
    let fixed = match problem {
        Problem::Fields(_) => "Some details need a fix. Check them and try again.",
        Problem::WeakPassword(_) => "Your password doesn't meet all requirements yet. See the list below it.",
        Problem::SignInRefused => {
            "What you entered doesn't match, or sign-in is locked for a while. \
             Check it, wait a little, or reset your password."
        }
        Problem::CodeWrong { tries_left: 1 } => "That code isn't right. 1 try left.",
        Problem::CodeWrong { tries_left } => return format!("That code isn't right. {tries_left} tries left."),
        Problem::CodeDead => "It expired or was entered wrong too many times. Start over to request a new one.",
        Problem::LinkFirst => {
            "To keep accounts safe, codes can't be used just now. Open the link in the same message. \
             If there's no link in it, start over with your phone number."
        }
        Problem::ResendTooSoon => {
            "A code was requested a moment ago. Check your spam folder too, and try again in a minute. \
             After several requests, wait an hour."
        }
        Problem::LinkNotValid => "It expired, was used already, or was replaced by a newer one. Request a new one.",
        Problem::OtherJourney => {
            "Another recovery link was opened in this browser. Nothing was changed. \
             Reload this page and check which account the password is for."
        }
        Problem::JourneyOver => "Too much time has passed, or the steps began in another browser. Nothing was changed.",
        Problem::TooManyRequests => "There were too many requests within the hour. Try again later.",
        Problem::TooFrequent => "The last request was a moment ago. Wait a few minutes and try again.",
        Problem::SlowDown => "We're getting too many requests from your network. Wait a few minutes and try again.",
        Problem::TextsStopped => {
            "We can't send a text message to this number just now. Enter an email address instead, or try again later."
        }
        Problem::RegistrationClosed => "Accounts are created for you here. If you need one, contact the help desk.",
        Problem::ChangePasswordFirst => "Until then, you can't do anything else here. Nothing was changed.",
        Problem::NotSignedIn => "You've been signed out, perhaps because the password was changed.",
        Problem::Busy => "Nothing was changed. Try again in a moment.",
        Problem::Forbidden => "The request didn't come from this site. Open the page again and repeat it here.",
        Problem::BadRequest => "Open the page again and repeat it. Nothing was changed.",
        Problem::Offline => {
            "The server isn't responding. Check your connection and try again. What you entered is still here."
        }
        Problem::Unexpected(reference) => {
            let reference = reference.as_str();
            return format!("Try again. If it keeps happening, give the help desk this support code: {reference}");
        }
    };
    fixed.to_owned()
}

fn in_japanese(problem: &Problem) -> String {
    let fixed = match problem {
        Problem::Fields(_) => "直すところがあります。確認して、もう一度お試しください。",
        Problem::WeakPassword(_) => "パスワードがまだ条件を満たしていません。入力欄の下の一覧をご覧ください。",
        Problem::SignInRefused => {
            "入力内容が正しくないか、一時的にロックされています。\
             内容を確認するか、しばらく待つか、パスワードを再設定してください。"
        }
        Problem::CodeWrong { tries_left } => {
            return format!("確認コードが正しくありません。あと{tries_left}回入力できます。");
        }
        Problem::CodeDead => {
            "期限が切れたか、間違いが上限に達しました。最初からやり直して、新しいコードをリクエストしてください。"
        }
        Problem::LinkFirst => {
            "安全のため、現在は確認コードを使えません。同じメッセージのリンクを開いてください。\
             リンクがない場合は、電話番号で最初からやり直してください。"
        }
        Problem::ResendTooSoon => {
            "少し前にリクエストがありました。迷惑メールも確認し、1分ほどたってからお試しください。\
             何度も続いた場合は、1時間お待ちください。"
        }
        Problem::LinkNotValid => {
            "期限が切れたか、使用済みか、新しいものに置き換えられています。もう一度リクエストしてください。"
        }
        Problem::OtherJourney => {
            "このブラウザーで別の再設定リンクが開かれました。何も変更していません。\
             ページを再読み込みして、どのアカウントのパスワードかをご確認ください。"
        }
        Problem::JourneyOver => "時間切れか、別のブラウザーで始められています。何も変更していません。",
        Problem::TooManyRequests => "1時間の回数の上限に達しました。時間をおいてお試しください。",
        Problem::TooFrequent => "直前にも手続きがありました。数分おいてからお試しください。",
        Problem::SlowDown => "お使いのネットワークからの回数が多すぎます。数分おいてからお試しください。",
        Problem::TextsStopped => {
            "現在、この電話番号にはSMSを送信できません。メールアドレスを入力するか、時間をおいてお試しください。"
        }
        Problem::RegistrationClosed => "アカウントは担当者が作成します。必要な方はお問い合わせ窓口へご連絡ください。",
        Problem::ChangePasswordFirst => "変更がすむまで、ほかの操作はできません。何も変更していません。",
        Problem::NotSignedIn => {
            "サインインの期限が切れたか、パスワードが変更されました。続けるにはサインインしてください。"
        }
        Problem::Busy => "何も変更していません。少したってからもう一度お試しください。",
        Problem::Forbidden => "このサイト以外からの操作でした。ページを開き直して、もう一度お試しください。",
        Problem::BadRequest => "ページを開き直して、もう一度お試しください。何も変更していません。",
        Problem::Offline => {
            "サーバーから応答がありません。接続を確認して、もう一度お試しください。入力した内容は残っています。"
        }
        Problem::Unexpected(reference) => {
            let reference = reference.as_str();
            return format!(
                "申し訳ありません。もう一度お試しください。\
                 解決しない場合は、お問い合わせ窓口にサポートコードをお伝えください：{reference}"
            );
        }
    };
    fixed.to_owned()
}

//! Texts with values in them.

use super::pick;
use crate::Lang;
use crate::view::Channel;

/// Where the code went, if it went anywhere: the same sentence whether or not there is an account.
pub fn code_sent(identifier: &str, channel: Channel, minutes: u64, lang: Lang) -> String {
    let how = match channel {
        Channel::Email => pick(lang, " by email", "メールで"),
        Channel::Sms => pick(lang, " by text message", "SMSで"),
        Channel::OnFile => pick(lang, "", "登録の連絡先へ"),
    };
    match lang {
        Lang::En => {
            let within = in_minutes(minutes);
            format!("If there's an account for {identifier}, we've sent it a code{how}. It expires in {within}.")
        }
        Lang::Ja => {
            format!("{identifier} のアカウントがあれば、{how}確認コードをお送りしました。{minutes}分間有効です。")
        }
    }
}

/// Where the temporary password went, if it went anywhere: the same sentence whether or not there is an account.
pub fn temporary_sent(identifier: &str, lang: Lang) -> String {
    match lang {
        Lang::En => format!(
            "If there's an account for {identifier}, we've emailed it a temporary password. \
             Use it instead of your own to sign in within 24 hours. It works once."
        ),
        Lang::Ja => format!(
            "{identifier} のアカウントがあれば、仮パスワードをメールでお送りしました。\
             いつものパスワードの代わりに入力してサインインしてください。24時間以内に1回だけ使えます。"
        ),
    }
}

/// Where the registration code went.
pub fn registration_code_sent(identifier: &str, channel: Channel, minutes: u64, lang: Lang) -> String {
    let what = match channel {
        Channel::Email | Channel::OnFile => pick(lang, "an email", "メール"),
        Channel::Sms => pick(lang, "a text message", "SMS"),
    };
    match lang {
        Lang::En => {
            let within = in_minutes(minutes);
            format!("We've sent {what} to {identifier}. Enter the code from it within {within}.")
        }
        Lang::Ja => {
            format!("{identifier} へ{what}をお送りしました。届いた確認コードを{minutes}分以内に入力してください。")
        }
    }
}

/// A number of minutes in English, right at 1.
fn in_minutes(minutes: u64) -> String {
    if minutes == 1 { "1 minute".to_owned() } else { format!("{minutes} minutes") }
}

/// Which organization's accounts these are.
pub fn account_at(organisation: &str, lang: Lang) -> String {
    match lang {
        Lang::En => format!("Use your {organisation} account."),
        Lang::Ja => format!("{organisation}のアカウントを使います。"),
    }
}

/// A device by the label of its session: `Firefox on Windows`.
pub fn device(label: &str, lang: Lang) -> String {
    match (lang, label.split_once(" on ")) {
        (_, None) if label.is_empty() => super::MessageId::UNKNOWN_DEVICE.text(lang).to_owned(),
        (Lang::Ja, Some((browser, system))) => format!("{browser}（{system}）"),
        _ => label.to_owned(),
    }
}

/// When the password expires.
pub fn password_ends_in(days: u16, lang: Lang) -> String {
    match (lang, days) {
        (Lang::En, 1) => "Your password expires within a day.".to_owned(),
        (Lang::En, _) => format!("Your password expires in {days} days."),
        (Lang::Ja, 1) => "パスワードの有効期限は、あと1日以内です。".to_owned(),
        (Lang::Ja, _) => format!("パスワードの有効期限まで、あと{days}日です。"),
    }
}

/// What stands before the time at which the terms of use were accepted, in which version.
pub fn terms_accepted(version: Option<&str>, lang: Lang) -> String {
    match (version, lang) {
        (None, Lang::En) => "Terms of use accepted:".to_owned(),
        (Some(version), Lang::En) => format!("Terms of use (version {version}) accepted:"),
        (None, Lang::Ja) => "利用規約に同意した日時：".to_owned(),
        (Some(version), Lang::Ja) => format!("利用規約（{version}版）に同意した日時："),
    }
}

/// That a password was made, of so much entropy in bits.
pub fn made_one(bits: u16, lang: Lang) -> String {
    match lang {
        Lang::En => {
            format!(
                "Created with {bits} bits of randomness and shown in both fields. Save it in your password manager."
            )
        }
        Lang::Ja => {
            format!(
                "{bits}ビットの乱数から作成し、両方の欄に表示しました。パスワード管理アプリなどに保存してください。"
            )
        }
    }
}

/// The account that a password is being chosen for.
pub fn password_for(identifier: &str, lang: Lang) -> String {
    match lang {
        Lang::En => format!("For {identifier}."),
        Lang::Ja => format!("{identifier} のパスワードです。"),
    }
}

/// When the code may be sent again: while counting down, or without scripts.
pub fn resend_in(seconds: u64, lang: Lang) -> String {
    match (lang, seconds) {
        (Lang::En, 1) => "You can resend it in 1 second.".to_owned(),
        (Lang::En, _) => format!("You can resend it in {seconds} seconds."),
        (Lang::Ja, _) => format!("あと{seconds}秒で、再送信できます。"),
    }
}

/// Which step of how many.
pub fn step_of(step: u8, of: u8, lang: Lang) -> String {
    match lang {
        Lang::En => format!("Step {step} of {of}"),
        Lang::Ja => format!("ステップ{step}（全{of}ステップ）"),
    }
}

/// Greets a person by name; the family name first and with respect in Japanese.
pub fn greeting(given_name: &str, family_name: &str, lang: Lang) -> String {
    let name = if family_name.is_empty() { given_name } else { family_name };
    match lang {
        Lang::En if given_name.is_empty() => "Your account".to_owned(),
        Lang::En => format!("Hello, {given_name}"),
        Lang::Ja if name.is_empty() => "アカウント".to_owned(),
        Lang::Ja => format!("{name}さん、こんにちは"),
    }
}

/// A person's full name in the order of the language.
pub fn full_name(given_name: &str, family_name: &str, lang: Lang) -> String {
    let (first, second) = match lang {
        Lang::En => (given_name, family_name),
        Lang::Ja => (family_name, given_name),
    };
    [first, second].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// On how many devices the account is signed in.
pub fn browsers(count: usize, lang: Lang) -> String {
    match (lang, count) {
        (Lang::En, 1) => "1 device".to_owned(),
        (Lang::En, _) => format!("{count} devices"),
        (Lang::Ja, _) => format!("{count}台"),
    }
}

/// The label of a button that signs out one of several devices, for people who only hear it.
pub fn end_session(device: &str, lang: Lang) -> String {
    match lang {
        Lang::En => format!("Sign out {device}"),
        Lang::Ja => format!("{device}をサインアウト"),
    }
}

/// A page's title in the browser's tab.
pub fn page_title(title: &str, wrong: bool, lang: Lang) -> String {
    let prefix = if wrong { super::MessageId::ERROR_PREFIX.text(lang) } else { "" };
    format!("{prefix}{title} – Rekey")
}

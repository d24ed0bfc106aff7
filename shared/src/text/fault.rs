//! What is wrong with a field.

use super::pick;
use crate::{Field, FieldFault, Lang};

/// The sentence beside a field: what is wrong and what to do.
pub const fn fault(field: Field, fault: FieldFault, lang: Lang) -> &'static str {
    match fault {
        FieldFault::Missing => missing(field, lang),
        FieldFault::TooLong => pick(lang, "This is too long. Shorten it.", "長すぎます。短くしてください。"),
        FieldFault::BadCharacters => pick(
            lang,
            "This has a character that can't be used here. Remove it.",
            "使えない文字が含まれています。取り除いてください。",
        ),
        FieldFault::MissingContact => {
            pick(lang, "Enter your email address or phone number.", "メールアドレスまたは電話番号を入力してください。")
        }
        FieldFault::NotAnAddress => pick(
            lang,
            "That doesn't look like an email address or phone number. Check for typos.",
            "メールアドレスまたは電話番号の形式ではありません。入力ミスがないか確認してください。",
        ),
        FieldFault::NotAPhone => pick(
            lang,
            "That doesn't look like a valid phone number. Add the country code, for example +81 90 1234 5678.",
            "電話番号の形式が正しくないようです。+81 90 1234 5678 のように国番号を付けると確実です。",
        ),
        FieldFault::CountryNotServed => pick(
            lang,
            "We can't send text messages to that country. Enter an email address instead.",
            "この国の電話番号にはSMSを送信できません。メールアドレスを入力してください。",
        ),
        FieldFault::EmailOnly => pick(
            lang,
            "Enter your email address. A phone number doesn't work here.",
            "メールアドレスを入力してください。電話番号は使えません。",
        ),
        FieldFault::NotACode => pick(
            lang,
            "The code has 6 digits. Copy it from the message.",
            "確認コードは6桁の数字です。メッセージを見て入力してください。",
        ),
        FieldFault::Differs => pick(
            lang,
            "The passwords don't match. Enter the same one twice.",
            "パスワードが一致しません。同じものを入力してください。",
        ),
        FieldFault::NotRight => pick(
            lang,
            "That isn't your current password. Try again.",
            "現在のパスワードが正しくありません。もう一度入力してください。",
        ),
        FieldFault::Taken => pick(
            lang,
            "That username is taken. Choose another, or leave it empty.",
            "このユーザー名はすでに使われています。別のものにするか、空欄にしてください。",
        ),
        FieldFault::NotAUsername => not_a_username(lang),
        FieldFault::MustAccept => accept(lang),
        FieldFault::NotALink => pick(
            lang,
            "This isn't the whole link. Copy it from the message again.",
            "リンクの一部が欠けています。メッセージからもう一度コピーしてください。",
        ),
    }
}

const fn not_a_username(lang: Lang) -> &'static str {
    pick(
        lang,
        "Use 3 to 32 letters, numbers, dots, hyphens, or underscores. \
         Start and end with a letter or number. Numbers alone don't work.",
        "半角の英数字、ピリオド、ハイフン、アンダースコアで3〜32文字。\
         先頭と末尾は英数字にしてください。数字だけの名前は使えません。",
    )
}

const fn missing(field: Field, lang: Lang) -> &'static str {
    match field {
        Field::Identifier => pick(
            lang,
            "Enter your email address, phone number, or username.",
            "メールアドレス、電話番号、またはユーザー名を入力してください。",
        ),
        Field::Password => pick(lang, "Enter your password.", "パスワードを入力してください。"),
        Field::NewPassword => pick(lang, "Choose a password.", "パスワードを設定してください。"),
        Field::ConfirmPassword => pick(lang, "Enter the password again.", "確認のため、もう一度入力してください。"),
        Field::CurrentPassword => pick(lang, "Enter your current password.", "現在のパスワードを入力してください。"),
        Field::Code => pick(lang, "Enter the code from the message.", "届いた確認コードを入力してください。"),
        Field::GivenName => pick(lang, "Enter your given name.", "名を入力してください。"),
        Field::FamilyName => pick(lang, "Enter your family name.", "姓を入力してください。"),
        Field::Username => pick(lang, "Enter a username.", "ユーザー名を入力してください。"),
        Field::Consent => accept(lang),
        Field::Link => pick(lang, "Paste the link from the message.", "メッセージにあるリンクを貼り付けてください。"),
    }
}

const fn accept(lang: Lang) -> &'static str {
    pick(lang, "Accept the terms of use to continue.", "続けるには、利用規約に同意してください。")
}

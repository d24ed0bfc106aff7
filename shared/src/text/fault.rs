//! What is wrong with a field.

use super::pick;
use crate::{Field, FieldFault, Lang};

/// The sentence beside a field: what is wrong and what to do.
pub const fn fault(field: Field, fault: FieldFault, lang: Lang) -> &'static str {
    match fault {
        FieldFault::Missing => missing(field, lang),
        FieldFault::TooLong => pick(lang, "This is too long. Please shorten it.", "長すぎます。短くしてください。"),
        FieldFault::BadCharacters => {
            pick(lang, "There is a character in it that cannot be used here.", "ここでは使えない文字が入っています。")
        }
        FieldFault::MissingContact => {
            pick(lang, "Type your email address or phone number.", "メールアドレスまたは電話番号を入力してください。")
        }
        FieldFault::NotAnAddress => pick(
            lang,
            "This is neither an email address nor a phone number. Look for a typing error.",
            "メールアドレスにも電話番号にも見えません。打ち間違いがないか確かめてください。",
        ),
        FieldFault::NotAPhone => pick(
            lang,
            "There is no such phone number. With the country code it always works, for example +81 90 1234 5678.",
            "この電話番号は存在しないようです。+81 90 1234 5678 のように国番号を付けると確実です。",
        ),
        FieldFault::NotACode => pick(
            lang,
            "The code has six digits. Copy it from the message.",
            "確認コードは6桁の数字です。メッセージから写してください。",
        ),
        FieldFault::Differs => pick(
            lang,
            "The two passwords differ. Type the same one twice.",
            "2つのパスワードが違います。同じものを入力してください。",
        ),
        FieldFault::NotRight => pick(lang, "This is not your current password.", "いまのパスワードと違います。"),
        FieldFault::Taken => pick(
            lang,
            "Somebody has this user name. Choose another, or leave it empty.",
            "このユーザー名はすでに使われています。別のものにするか、空欄にしてください。",
        ),
        FieldFault::NotAUsername => pick(
            lang,
            "Use 3 to 32 letters, digits, dots, hyphens or underscores, with a letter or digit first and last.",
            "半角の英数字、ピリオド、ハイフン、下線で3〜32文字。最初と最後は英字か数字にしてください。",
        ),
        FieldFault::MustAccept => {
            pick(lang, "Please accept the terms to go on.", "先へ進むには、利用規約への同意が必要です。")
        }
    }
}

const fn missing(field: Field, lang: Lang) -> &'static str {
    match field {
        Field::Identifier => pick(
            lang,
            "Type your email address, phone number or user name.",
            "メールアドレス、電話番号、またはユーザー名を入力してください。",
        ),
        Field::Password => pick(lang, "Type your password.", "パスワードを入力してください。"),
        Field::NewPassword => pick(lang, "Choose a password.", "パスワードを決めて入力してください。"),
        Field::ConfirmPassword => pick(lang, "Type the password once more.", "確認のため、もう一度入力してください。"),
        Field::CurrentPassword => pick(lang, "Type your current password.", "いまのパスワードを入力してください。"),
        Field::Code => pick(lang, "Type the code from the message.", "届いた確認コードを入力してください。"),
        Field::GivenName => pick(lang, "Type your given name.", "名を入力してください。"),
        Field::FamilyName => pick(lang, "Type your family name.", "姓を入力してください。"),
        Field::Username => pick(lang, "Type a user name.", "ユーザー名を入力してください。"),
        Field::Consent => pick(lang, "Please accept the terms to go on.", "先へ進むには、利用規約への同意が必要です。"),
    }
}

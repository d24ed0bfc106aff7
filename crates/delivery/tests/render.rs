//! Every message, word for word, in both languages.
#![expect(clippy::expect_used, reason = "a helper that cannot go on must stop the test")]

mod support;

use jiff::tz::TimeZone;
use rekey_delivery::{Brand, Rendered};
use rekey_service::links::Links;
use rekey_service::message::compose::MessageBody;
use rekey_service::setting::Settings;
use rekey_shared::Lang;
use support::{brand, messages};
use url::Url;

const BASE: &str = "https://id.example.org";

fn recovery(name: &str) -> MessageBody {
    MessageBody::Recovery {
        name: name.to_owned(),
        code: messages::code(),
        code_minutes: 10,
        link: None,
        link_minutes: 1440,
    }
}

fn mail(lang: Lang, content: MessageBody) -> Rendered {
    messages::mail(lang, content, &brand())
}

/// Subject, blank line, text.
fn mailed(kind: &str, lang: Lang) -> String {
    let mail = mail(lang, content(kind, lang));
    format!("{}\n\n{}", mail.subject, mail.text)
}

fn texted(kind: &str, lang: Lang) -> String {
    messages::sms(lang, content(kind, lang), &brand())
}

fn content(kind: &str, lang: Lang) -> MessageBody {
    let name = if lang == Lang::En { "Ada Example" } else { "山田 花子" };
    let every = messages::every(name, BASE, "TOKEN");
    every.into_iter().find_map(|(known, content)| (known == kind).then_some(content)).expect("a kind")
}

#[test]
fn a_code_to_register() {
    assert_eq!(
        mailed("registration", Lang::En),
        "\
Your Rekey verification code

Confirm your email address

Enter this code to create your Rekey account:

    042913

The code expires in 10 minutes. Don't share it with anyone.

Didn't request this? Ignore this email. No one can register your email address without the code.

--
Rekey, id.example.org
Sent automatically. Replies aren't read.
"
    );
    assert_eq!(
        mailed("registration", Lang::Ja),
        "\
【Rekey】確認コードのお知らせ

メールアドレスの確認

Rekeyの登録画面に、次の確認コードを入力してください。

    042913

10分間有効です。誰にも教えないでください。

お心当たりがない場合は、このメールを破棄してください。コードがなければ、ほかの人がこのメールアドレスで登録することはできません。

--
Rekey（id.example.org）
このメールは自動で送信されています。返信はお受けできません。
"
    );
    assert_eq!(
        texted("registration", Lang::En),
        "\
042913 is your Rekey code. It expires in 10 minutes. Don't share it.
@id.example.org #042913"
    );
    assert_eq!(
        texted("registration", Lang::Ja),
        "\
Rekeyの確認コード：042913（10分間有効）
@id.example.org #042913"
    );
}

#[test]
fn a_temporary_password() {
    assert_eq!(
        mailed("temporary", Lang::En),
        "\
Your temporary Rekey password

Your temporary password

Hello Ada Example,

We got a request to reset your Rekey password. Sign in with this one in place of your own:

    ABCD-EFGH-JKLM-NPQR

Sign in
https://id.example.org/

It works once and expires in 24 hours. Then choose your own password.

Uppercase letters, spaces, and hyphens don't matter. Don't share it with anyone. We'll never ask for it.

Didn't request this? Ignore this email. Your password stays the same.

--
Rekey, id.example.org
Sent automatically. Replies aren't read.
"
    );
    assert_eq!(
        mailed("temporary", Lang::Ja),
        "\
【Rekey】仮パスワードのお知らせ

仮パスワードのお知らせ

山田 花子 様

Rekeyのパスワードを再設定するリクエストがありました。いつものパスワードの代わりに、次の仮パスワードでサインインしてください。

    ABCD-EFGH-JKLM-NPQR

サインイン
https://id.example.org/

1回だけ使えます（有効期間：24時間）。サインインしたら、ご自分のパスワードを設定してください。

大文字と小文字、スペース、ハイフンの違いは問いません。誰にも教えないでください。担当者が仮パスワードをお尋ねすることはありません。

お心当たりがない場合は、このメールを破棄してください。パスワードは変わりません。

--
Rekey（id.example.org）
このメールは自動で送信されています。返信はお受けできません。
"
    );
}

#[test]
fn times_are_on_the_organizations_clock() {
    for (zone, lang, expected) in [
        ("Asia/Tokyo", Lang::En, "on Nov 20, 2026, 6:05 PM JST."),
        ("Asia/Tokyo", Lang::Ja, "2026年11月20日 18:05（JST）です"),
        ("America/New_York", Lang::En, "on Nov 20, 2026, 4:05 AM EST."),
        ("Asia/Kolkata", Lang::Ja, "2026年11月20日 14:35（IST）です"),
    ] {
        let settings = Settings { time_zone: TimeZone::get(zone).expect("a zone"), ..Settings::recommended() };
        let brand = Brand::new(&settings, &Links::new(Url::parse(BASE).expect("a URL")));
        let text = messages::sms(lang, content("expires", lang), &brand);
        assert!(text.contains(expected), "{zone}: {text}");
    }
}

#[test]
fn word_that_a_password_ends_soon() {
    assert_eq!(
        mailed("expires", Lang::En),
        "\
Your Rekey password expires soon

Your password expires soon

Hello Ada Example,

Your Rekey password works until Nov 20, 2026, 9:05 AM UTC. Change it before then.

Change password
https://id.example.org/account/password

If you don't, you'll choose a new one when you next sign in. Nothing else changes.

--
Rekey, id.example.org
Sent automatically. Replies aren't read.
"
    );
    assert_eq!(
        mailed("expires", Lang::Ja),
        "\
【Rekey】パスワードの有効期限が近づいています

パスワードの有効期限が近づいています

山田 花子 様

Rekeyのパスワードは2026年11月20日 9:05（UTC）まで使えます。それまでに新しいものへ変更してください。

パスワードを変更
https://id.example.org/account/password

期限を過ぎても、サインインのときに新しいパスワードを設定すれば、そのまま使い続けられます。

--
Rekey（id.example.org）
このメールは自動で送信されています。返信はお受けできません。
"
    );
    assert_eq!(
        texted("expires", Lang::En),
        "Rekey: your password expires on Nov 20, 2026, 9:05 AM UTC. Change it: https://id.example.org/account/password"
    );
    assert_eq!(
        texted("expires", Lang::Ja),
        "Rekey：パスワードの有効期限は2026年11月20日 9:05（UTC）です。変更 https://id.example.org/account/password"
    );
}

#[test]
fn word_that_there_is_an_account_already() {
    assert_eq!(
        mailed("already", Lang::En),
        "\
You already have a Rekey account

You already have an account

Someone, probably you, tried to create a Rekey account with this email address. It already has one.

Sign in
https://id.example.org/

Forgot your password? Reset it:
https://id.example.org/forgot

If it wasn't you, no action is needed. Nothing was changed.

--
Rekey, id.example.org
Sent automatically. Replies aren't read.
"
    );
    assert_eq!(
        mailed("already", Lang::Ja),
        "\
【Rekey】アカウントはすでにあります

アカウントはすでにあります

このメールアドレスでRekeyに登録する操作がありましたが、アカウントはすでにあります。

サインイン
https://id.example.org/

パスワードを忘れた場合は、こちらから再設定できます。
https://id.example.org/forgot

お心当たりがない場合も、お手続きは必要ありません。変更されたものはありません。

--
Rekey（id.example.org）
このメールは自動で送信されています。返信はお受けできません。
"
    );
    assert_eq!(
        texted("already", Lang::En),
        "Rekey: this number already has an account. Sign in or reset your password: https://id.example.org/"
    );
    assert_eq!(
        texted("already", Lang::Ja),
        "Rekey：この番号は登録済みです。サインイン・再設定 https://id.example.org/"
    );
}

#[test]
fn a_link_and_code_to_recover() {
    assert_eq!(
        mailed("recovery", Lang::En),
        "\
Reset your Rekey password

Reset your password

Hello Ada Example,

We got a request to reset your Rekey password.

Reset password
https://id.example.org/recover/link/TOKEN

The link works once and expires in 24 hours.

Or enter this code on the page where you started:

    042913

The code expires in 10 minutes. Don't share it with anyone. We'll never ask for it.

Didn't request this? Ignore this email. Your password stays the same.

--
Rekey, id.example.org
Sent automatically. Replies aren't read.
"
    );
    assert_eq!(
        mailed("recovery", Lang::Ja),
        "\
【Rekey】パスワードの再設定

パスワードの再設定

山田 花子 様

Rekeyのパスワードを再設定するリクエストがありました。

パスワードを再設定
https://id.example.org/recover/link/TOKEN

リンクは1回だけ使えます（有効期間：24時間）。

または、もとの画面に次の確認コードを入力してください。

    042913

コードは10分間有効です。誰にも教えないでください。担当者がコードをお尋ねすることはありません。

お心当たりがない場合は、このメールを破棄してください。パスワードは変わりません。

--
Rekey（id.example.org）
このメールは自動で送信されています。返信はお受けできません。
"
    );
    assert_eq!(
        texted("recovery", Lang::En),
        "\
042913 is your Rekey code. It expires in 10 minutes. Don't share it.
@id.example.org #042913"
    );
    assert_eq!(
        texted("recovery", Lang::Ja),
        "\
Rekeyの確認コード：042913（10分間有効）
@id.example.org #042913"
    );
}

#[test]
fn word_that_the_password_was_changed() {
    assert_eq!(
        mailed("changed", Lang::En),
        "\
Your Rekey password was changed

Your password was changed

Hello Ada Example,

Your Rekey password was changed on Nov 20, 2026, 9:05 AM UTC. If that was you, no action is needed.

If it wasn't you, freeze your account now. No one can sign in until the password is reset.

It wasn't me
https://id.example.org/not-me/TOKEN

The link works for 7 days. You'll be asked to confirm.

--
Rekey, id.example.org
Sent automatically. Replies aren't read.
"
    );
    assert_eq!(
        mailed("changed", Lang::Ja),
        "\
【Rekey】パスワードが変更されました

パスワードが変更されました

山田 花子 様

2026年11月20日 9:05（UTC）に、Rekeyのパスワードが変更されました。ご自分で変更した場合は、お手続きは必要ありません。

お心当たりがない場合は、すぐにアカウントの利用を停止してください。パスワードを再設定するまで、誰もサインインできなくなります。

心当たりがありません
https://id.example.org/not-me/TOKEN

リンクは7日間使えます。開いた画面で、もう一度お尋ねします。

--
Rekey（id.example.org）
このメールは自動で送信されています。返信はお受けできません。
"
    );
    assert_eq!(
        texted("changed", Lang::En),
        "\
Rekey: password changed on Nov 20, 2026, 9:05 AM UTC. Not you? https://id.example.org/not-me/TOKEN"
    );
    assert_eq!(
        texted("changed", Lang::Ja),
        "\
Rekey：2026年11月20日 9:05（UTC）にパスワードが変更されました。心当たりがない場合 https://id.example.org/not-me/TOKEN"
    );
}

#[test]
fn word_that_sign_in_is_locked() {
    assert_eq!(
        mailed("paused", Lang::En),
        "\
Sign-in to Rekey is locked for a while

Sign-in is locked for a while

Hello Ada Example,

Someone entered wrong passwords for your Rekey account several times. To protect it, sign-in is locked for a while. Your password is the same as before.

If it was you and you forgot the password, reset it:

Reset password
https://id.example.org/forgot

If it wasn't you, no action is needed: wrong passwords don't open your account.

--
Rekey, id.example.org
Sent automatically. Replies aren't read.
"
    );
    assert_eq!(
        mailed("paused", Lang::Ja),
        "\
【Rekey】サインインを一時的にロックしています

サインインを一時的にロックしています

山田 花子 様

Rekeyのアカウントで、パスワードの間違いが続きました。安全のため、サインインを一時的にロックしています。パスワードはもとのままです。

ご自分で入力していて、パスワードを忘れた場合は、再設定してください。

パスワードを再設定
https://id.example.org/forgot

お心当たりがない場合も、お手続きは必要ありません。間違ったパスワードではサインインできません。

--
Rekey（id.example.org）
このメールは自動で送信されています。返信はお受けできません。
"
    );
    assert_eq!(
        texted("paused", Lang::En),
        "\
Rekey: sign-in is locked for a while after wrong passwords. Forgot yours? https://id.example.org/forgot"
    );
    assert_eq!(
        texted("paused", Lang::Ja),
        "\
Rekey：サインインを一時的にロックしました。再設定 https://id.example.org/forgot"
    );
}

#[test]
fn word_that_the_account_is_frozen() {
    assert_eq!(
        mailed("frozen", Lang::En),
        "\
Your Rekey account is frozen

Your account is frozen

Hello Ada Example,

Your Rekey account is frozen, as you asked. Every device is signed out and no one can sign in.

To use it again, reset your password. If it was changed with a code or link, enter a different email or phone:

Reset password
https://id.example.org/forgot

No other email or phone? Contact the help desk. After confirming it's you, they can give you a one-time link.

--
Rekey, id.example.org
Sent automatically. Replies aren't read.
"
    );
    assert_eq!(
        mailed("frozen", Lang::Ja),
        "\
【Rekey】アカウントの利用を停止しました

アカウントの利用を停止しました

山田 花子 様

お申し出により、Rekeyのアカウントの利用を停止しました。すべての端末からサインアウトし、現在は誰もサインインできません。

再開するには、パスワードを再設定してください。届いたコードやリンクで変更されていた場合は、別の連絡先を入力してください。

パスワードを再設定
https://id.example.org/forgot

ほかの連絡先がない場合は、お問い合わせ窓口にご連絡ください。ご本人と確認できれば、ワンタイムリンクをお渡しできます。

--
Rekey（id.example.org）
このメールは自動で送信されています。返信はお受けできません。
"
    );
    assert_eq!(
        texted("frozen", Lang::En),
        "\
Rekey: your account is frozen. To use it again, reset your password: https://id.example.org/forgot"
    );
    assert_eq!(
        texted("frozen", Lang::Ja),
        "\
Rekey：アカウントの利用を停止しました。再開 https://id.example.org/forgot"
    );
}

#[test]
fn a_recovery_without_a_link_asks_for_the_code_alone() {
    let en = mail(Lang::En, recovery("")).text;
    assert!(
        en.contains("Hello,\n\nWe got a request") && en.contains("\nEnter this code") && !en.contains("https://"),
        "{en}"
    );
    let ja = mail(Lang::Ja, recovery("")).text;
    assert!(ja.contains("\nもとの画面に") && !ja.contains(" 様") && !ja.contains("https://"), "{ja}");
}

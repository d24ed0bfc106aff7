//! Every message, word for word, in both languages.
#![expect(clippy::expect_used, reason = "a helper that cannot go on must stop the test")]

mod support;

use rekey_delivery::{Brand, Rendered, render};
use rekey_service::message::compose::{Message, MessageBody, Recipient};
use rekey_service::temporary::TemporaryPassword;
use rekey_shared::{Lang, OneTimeCode, Timestamp};
use support::brand;
use url::Url;

const AT: Timestamp = Timestamp::from_millis(1_795_165_505_000);

fn url(path: &str) -> Url {
    Url::parse("https://id.example.org").and_then(|base| base.join(path)).expect("a URL")
}

fn code() -> OneTimeCode {
    OneTimeCode::from_value(42_913)
}

fn recovery(name: &str, link: Option<&str>) -> MessageBody {
    let (name, link) = (name.to_owned(), link.map(url));
    MessageBody::Recovery { name, code: code(), code_minutes: 10, link, link_minutes: 1440 }
}

fn contents(name: &str) -> [(&'static str, MessageBody); 8] {
    let (name, forgot) = (name.to_owned(), url("/forgot"));
    [
        ("registration", MessageBody::RegistrationCode { code: code(), minutes: 10 }),
        ("already", MessageBody::AlreadyRegistered { sign_in: url("/"), forgot: forgot.clone() }),
        ("recovery", recovery(&name, Some("/recover/link/TOKEN"))),
        ("changed", MessageBody::PasswordChanged { name: name.clone(), at: AT, not_me: url("/not-me/TOKEN"), days: 7 }),
        ("paused", MessageBody::SignInPaused { name: name.clone(), forgot: forgot.clone() }),
        (
            "temporary",
            MessageBody::TemporaryPassword {
                name: name.clone(),
                password: TemporaryPassword::from_bytes([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]),
                minutes: 1440,
                sign_in: url("/"),
            },
        ),
        ("expires", MessageBody::PasswordExpires { name: name.clone(), ends_at: AT, change: url("/account/password") }),
        ("frozen", MessageBody::AccountFrozen { name, forgot }),
    ]
}

fn write(to: Recipient, lang: Lang, content: MessageBody, brand: &Brand) -> Rendered {
    render::render(Message { to, lang, message_id: "0199aaaa".to_owned(), created_at: AT, content }, brand)
}

fn mail(lang: Lang, content: MessageBody) -> Rendered {
    write(Recipient::Email("ada@example.org".to_owned()), lang, content, &brand())
}

fn sms(lang: Lang, content: MessageBody) -> String {
    write(Recipient::Phone("+12025550123".to_owned()), lang, content, &brand()).text
}

/// Subject, blank line, text.
fn mailed(kind: &str, lang: Lang) -> String {
    let mail = mail(lang, content(kind, lang));
    format!("{}\n\n{}", mail.subject, mail.text)
}

fn texted(kind: &str, lang: Lang) -> String {
    sms(lang, content(kind, lang))
}

fn content(kind: &str, lang: Lang) -> MessageBody {
    let name = if lang == Lang::En { "Ada Example" } else { "山田 花子" };
    contents(name).into_iter().find_map(|(known, content)| (known == kind).then_some(content)).expect("a kind")
}

#[test]
fn a_code_to_register() {
    assert_eq!(
        mailed("registration", Lang::En),
        "\
Your Rekey code

Confirm your address

Type this code on the page where you are registering with Rekey:

    042913

It works for 10 minutes.

Did you not ask for it? Then ignore this mail. Without the code nobody can register with your address.

--
Rekey, id.example.org
Sent automatically. Nobody reads replies.
"
    );
    assert_eq!(
        mailed("registration", Lang::Ja),
        "\
【Rekey】確認コードのお知らせ

メールアドレスの確認

Rekeyの登録画面に、次の確認コードを入力してください。

    042913

10分間有効です。

お心当たりがないときは、このメールをそのままにしておいてください。コードがなければ、ほかの人があなたのアドレスで登録することはできません。

--
Rekey（id.example.org）
このメールは自動で送られています。返信はお受けできません。
"
    );
    assert_eq!(
        texted("registration", Lang::En),
        "\
042913 is your Rekey code. It works for 10 minutes. Never give it to anyone.

@id.example.org #042913"
    );
    assert_eq!(
        texted("registration", Lang::Ja),
        "\
042913 がRekeyの確認コードです（10分間有効）。他人に教えないでください。

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

You asked for a new Rekey password. Sign in with this one in place of your own:

    ABCD-EFGH-JKLM-NPQR

Sign in
https://id.example.org/

It works once, within 24 hours. Then you choose a password of your own.

Capitals, blanks and hyphens do not matter. Never give it to anyone; we never ask for it.

Did you not ask for this? Then ignore this mail. Your password stays as it is.

--
Rekey, id.example.org
Sent automatically. Nobody reads replies.
"
    );
    assert_eq!(
        mailed("temporary", Lang::Ja),
        "\
【Rekey】仮パスワードのお知らせ

仮パスワードのお知らせ

山田 花子 様

Rekeyのパスワードを決め直すお申し込みがありました。いつものパスワードの代わりに、次の仮パスワードでサインインしてください。

    ABCD-EFGH-JKLM-NPQR

サインイン
https://id.example.org/

24時間以内に1回だけ使えます。サインインしたら、ご自分のパスワードを決めてください。

大文字と小文字、空白、ハイフンの違いは問いません。誰にも教えないでください。窓口が仮パスワードをうかがうことはありません。

お心当たりがないときは、このメールをそのままにしておいてください。パスワードは変わりません。

--
Rekey（id.example.org）
このメールは自動で送られています。返信はお受けできません。
"
    );
}

#[test]
fn word_that_a_password_ends_soon() {
    assert_eq!(
        mailed("expires", Lang::En),
        "\
Your Rekey password expires soon

Your password expires soon

Hello Ada Example,

Your Rekey password works until 20 Nov 2026, 09:05 UTC. Change it before then.

Change password
https://id.example.org/account/password

If you do not, signing in begins with choosing a new one. Nothing else changes.

--
Rekey, id.example.org
Sent automatically. Nobody reads replies.
"
    );
    assert_eq!(
        mailed("expires", Lang::Ja),
        "\
【Rekey】パスワードの有効期限が近づいています

パスワードの有効期限が近づいています

山田 花子 様

Rekeyのパスワードは2026年11月20日 9:05 UTCまで使えます。それまでに新しいものへ変更してください。

パスワードを変更
https://id.example.org/account/password

期限を過ぎても、サインインのときに新しいパスワードを決めれば、そのまま使い続けられます。

--
Rekey（id.example.org）
このメールは自動で送られています。返信はお受けできません。
"
    );
    assert_eq!(
        texted("expires", Lang::En),
        "Rekey: your password works until 20 Nov 2026, 09:05 UTC. Change it before then: https://id.example.org/account/password"
    );
    assert_eq!(
        texted("expires", Lang::Ja),
        "Rekey：パスワードは2026年11月20日 9:05 UTCまで使えます。それまでに変更してください。 https://id.example.org/account/password"
    );
}

#[test]
fn word_that_there_is_an_account_already() {
    assert_eq!(
        mailed("already", Lang::En),
        "\
You already have a Rekey account

You already have an account

Somebody, probably you, tried to register this address with Rekey. It has an account already.

Sign in
https://id.example.org/

Forgot your password? Choose a new one:
https://id.example.org/forgot

If it was not you, there is nothing to do. Nothing was changed.

--
Rekey, id.example.org
Sent automatically. Nobody reads replies.
"
    );
    assert_eq!(
        mailed("already", Lang::Ja),
        "\
【Rekey】アカウントはすでにあります

アカウントはすでにあります

このメールアドレスでRekeyに登録する手続きがありましたが、アカウントはすでに作られています。

サインイン
https://id.example.org/

パスワードを忘れたときは、こちらから新しく決められます。
https://id.example.org/forgot

お心当たりがなくても、何もする必要はありません。変更されたものはありません。

--
Rekey（id.example.org）
このメールは自動で送られています。返信はお受けできません。
"
    );
    assert_eq!(
        texted("already", Lang::En),
        "\
Rekey: this number has an account already. Sign in: https://id.example.org/ Forgot the password? https://id.example.org/forgot"
    );
    assert_eq!(
        texted("already", Lang::Ja),
        "\
Rekey：この番号のアカウントはすでにあります。サインイン https://id.example.org/ パスワードを忘れたとき https://id.example.org/forgot"
    );
}

#[test]
fn a_link_and_code_to_recover() {
    assert_eq!(
        mailed("recovery", Lang::En),
        "\
Choose a new Rekey password

Choose a new password

Hello Ada Example,

You asked for a new Rekey password.

Choose a new password
https://id.example.org/recover/link/TOKEN

The link works once, within 24 hours.

Or type this code on the page where you asked:

    042913

The code works for 10 minutes. Never give it to anyone; we never ask for it.

Did you not ask for this? Then ignore this mail. Your password stays as it is.

--
Rekey, id.example.org
Sent automatically. Nobody reads replies.
"
    );
    assert_eq!(
        mailed("recovery", Lang::Ja),
        "\
【Rekey】新しいパスワードを決める

新しいパスワードを決める

山田 花子 様

Rekeyのパスワードを決め直すお申し込みがありました。

新しいパスワードを決める
https://id.example.org/recover/link/TOKEN

リンクは24時間以内に1回だけ使えます。

または、もとの画面に次の確認コードを入力してください。

    042913

コードは10分間有効です。誰にも教えないでください。窓口がコードをうかがうことはありません。

お心当たりがないときは、このメールをそのままにしておいてください。パスワードは変わりません。

--
Rekey（id.example.org）
このメールは自動で送られています。返信はお受けできません。
"
    );
    assert_eq!(
        texted("recovery", Lang::En),
        "\
042913 is your Rekey code. It works for 10 minutes. Never give it to anyone.

@id.example.org #042913"
    );
    assert_eq!(
        texted("recovery", Lang::Ja),
        "\
042913 がRekeyの確認コードです（10分間有効）。他人に教えないでください。

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

Your Rekey password was changed on 20 Nov 2026, 09:05 UTC. If that was you, there is nothing to do.

If it was not you, freeze your account now. Nobody can sign in then until you choose a new password.

It was not me
https://id.example.org/not-me/TOKEN

The link works for 7 days. The page asks again before it does anything.

--
Rekey, id.example.org
Sent automatically. Nobody reads replies.
"
    );
    assert_eq!(
        mailed("changed", Lang::Ja),
        "\
【Rekey】パスワードが変更されました

パスワードが変更されました

山田 花子 様

2026年11月20日 9:05 UTCに、Rekeyのパスワードが変更されました。ご自分で変更した場合は、何もする必要はありません。

お心当たりがないときは、すぐにアカウントを凍結してください。新しいパスワードを決めるまで、誰もサインインできなくなります。

自分ではありません
https://id.example.org/not-me/TOKEN

リンクは7日間使えます。開いた画面で、もう一度お尋ねします。

--
Rekey（id.example.org）
このメールは自動で送られています。返信はお受けできません。
"
    );
    assert_eq!(
        texted("changed", Lang::En),
        "\
Rekey: your password was changed on 20 Nov 2026, 09:05 UTC. Was it not you? https://id.example.org/not-me/TOKEN"
    );
    assert_eq!(
        texted("changed", Lang::Ja),
        "\
Rekey：2026年11月20日 9:05 UTCにパスワードが変更されました。心当たりがないときは https://id.example.org/not-me/TOKEN"
    );
}

#[test]
fn word_that_sign_in_is_paused() {
    assert_eq!(
        mailed("paused", Lang::En),
        "\
Sign-in to Rekey is paused for a while

Sign-in is paused for a while

Hello Ada Example,

Somebody typed wrong passwords for your Rekey account several times. To protect it, signing in is paused for a while. Your password is the same as before.

If it was you and you forgot the password, choose a new one:

Choose a new password
https://id.example.org/forgot

If it was not you, there is nothing to do: wrong passwords do not open your account.

--
Rekey, id.example.org
Sent automatically. Nobody reads replies.
"
    );
    assert_eq!(
        mailed("paused", Lang::Ja),
        "\
【Rekey】サインインを一時止めています

サインインを一時止めています

山田 花子 様

Rekeyのアカウントで、パスワードの間違いが続きました。安全のため、しばらくのあいだサインインを止めています。パスワードはもとのままです。

ご自分で入力していて、パスワードを忘れたときは、新しく決めてください。

新しいパスワードを決める
https://id.example.org/forgot

お心当たりがなくても、何もする必要はありません。間違ったパスワードではサインインできません。

--
Rekey（id.example.org）
このメールは自動で送られています。返信はお受けできません。
"
    );
    assert_eq!(
        texted("paused", Lang::En),
        "\
Rekey: somebody typed wrong passwords for your account, so sign-in is paused for a while. Forgot yours? https://id.example.org/forgot"
    );
    assert_eq!(
        texted("paused", Lang::Ja),
        "\
Rekey：パスワードの間違いが続いたため、サインインを一時止めています。忘れたときは https://id.example.org/forgot"
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

Your Rekey account is frozen, as you asked. Every device is signed out and nobody can sign in.

To use it again, choose a new password:

Choose a new password
https://id.example.org/forgot

--
Rekey, id.example.org
Sent automatically. Nobody reads replies.
"
    );
    assert_eq!(
        mailed("frozen", Lang::Ja),
        "\
【Rekey】アカウントを凍結しました

アカウントを凍結しました

山田 花子 様

お申し出により、Rekeyのアカウントを凍結しました。すべての端末でサインアウトし、いまは誰もサインインできません。

また使うときは、新しいパスワードを決めてください。

新しいパスワードを決める
https://id.example.org/forgot

--
Rekey（id.example.org）
このメールは自動で送られています。返信はお受けできません。
"
    );
    assert_eq!(
        texted("frozen", Lang::En),
        "\
Rekey: your account is frozen. Nobody can sign in until you choose a new password: https://id.example.org/forgot"
    );
    assert_eq!(
        texted("frozen", Lang::Ja),
        "\
Rekey：アカウントを凍結しました。また使うには、新しいパスワードを決めてください。 https://id.example.org/forgot"
    );
}

#[test]
fn a_recovery_without_a_link_asks_for_the_code_alone() {
    let en = mail(Lang::En, recovery("", None)).text;
    assert!(en.contains("Hello,\n\nYou asked") && en.contains("\nType this code") && !en.contains("https://"), "{en}");
    let ja = mail(Lang::Ja, recovery("", None)).text;
    assert!(ja.contains("\nもとの画面に") && !ja.contains(" 様") && !ja.contains("https://"), "{ja}");
}

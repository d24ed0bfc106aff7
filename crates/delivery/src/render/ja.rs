//! 日本語。Words as the pages use them: 確認コード, サインイン, 凍結.

use rekey_service::message::compose::MessageBody;
use rekey_service::temporary::TemporaryPassword;
use rekey_shared::{Lang, OneTimeCode, Timestamp};
use url::Url;

use super::page::Page;
use super::{Brand, tidy};

/// A mail.
pub(super) fn page_of(content: &MessageBody, brand: &Brand) -> Page {
    let org = brand.organisation.as_str();
    let page = match content {
        MessageBody::RegistrationCode { code, minutes } => registration_code(org, code, *minutes),
        MessageBody::AlreadyRegistered { sign_in, forgot } => already_registered(org, sign_in, forgot),
        MessageBody::Recovery { name, code, code_minutes, link, link_minutes } => {
            recovery(org, name, (code, *code_minutes), link.as_ref().map(|link| (link, *link_minutes)))
        }
        MessageBody::TemporaryPassword { name, password, minutes, sign_in } => {
            temporary_password(org, name, (password, *minutes), sign_in)
        }
        MessageBody::PasswordChanged { name, at, not_me, days } => password_changed(org, name, *at, (not_me, *days)),
        MessageBody::SignInPaused { name, forgot } => sign_in_paused(org, name, forgot),
        MessageBody::PasswordExpires { name, ends_at, change } => password_expires(org, name, *ends_at, change),
        MessageBody::AccountFrozen { name, forgot } => account_frozen(org, name, forgot),
    };
    Page { foot: foot(brand), ..page }
}

/// A text message: seventy characters make one, so every word counts.
pub(super) fn short(content: &MessageBody, brand: &Brand) -> String {
    let org = brand.short.as_str();
    match content {
        MessageBody::RegistrationCode { code, minutes } => code_message(brand, code, *minutes),
        MessageBody::Recovery { code, code_minutes, .. } => code_message(brand, code, *code_minutes),
        MessageBody::AlreadyRegistered { sign_in, forgot } => {
            format!("{org}：この番号のアカウントはすでにあります。サインイン {sign_in} パスワードを忘れたとき {forgot}")
        }
        MessageBody::TemporaryPassword { password, minutes, sign_in, .. } => {
            format!(
                "{org}：仮パスワードは {} です（{}以内に1回だけ有効）。 {sign_in}",
                password.expose(),
                span(*minutes)
            )
        }
        MessageBody::PasswordChanged { at, not_me, .. } => {
            format!("{org}：{}にパスワードが変更されました。心当たりがないときは {not_me}", at.written(Lang::Ja))
        }
        MessageBody::SignInPaused { forgot, .. } => {
            format!("{org}：パスワードの間違いが続いたため、サインインを一時止めています。忘れたときは {forgot}")
        }
        MessageBody::PasswordExpires { ends_at, change, .. } => {
            format!(
                "{org}：パスワードは{}まで使えます。それまでに変更してください。 {change}",
                ends_at.written(Lang::Ja)
            )
        }
        MessageBody::AccountFrozen { forgot, .. } => {
            format!("{org}：アカウントを凍結しました。また使うには、新しいパスワードを決めてください。 {forgot}")
        }
    }
}

fn code_message(brand: &Brand, code: &OneTimeCode, minutes: u32) -> String {
    let (code, org) = (code.expose(), brand.short.as_str());
    let bound = brand.bind(code);
    format!("{code} が{org}の確認コードです（{}有効）。他人に教えないでください。{bound}", span(minutes))
}

fn registration_code(org: &str, digits: &OneTimeCode, minutes: u32) -> Page {
    Page::new(format!("【{org}】確認コードのお知らせ"), "メールアドレスの確認")
        .words(format!("{org}の登録画面に、次の確認コードを入力してください。"))
        .code(digits.expose())
        .words(format!("{}有効です。", span(minutes)))
        .words(
            "お心当たりがないときは、このメールをそのままにしておいてください。\
             コードがなければ、ほかの人があなたのアドレスで登録することはできません。",
        )
}

fn already_registered(org: &str, sign_in: &Url, forgot: &Url) -> Page {
    Page::new(format!("【{org}】アカウントはすでにあります"), "アカウントはすでにあります")
        .words(format!("このメールアドレスで{org}に登録する手続きがありましたが、アカウントはすでに作られています。"))
        .button("サインイン", sign_in)
        .link("パスワードを忘れたときは、こちらから新しく決められます。", forgot)
        .words("お心当たりがなくても、何もする必要はありません。変更されたものはありません。")
}

fn recovery(org: &str, name: &str, (digits, minutes): (&OneTimeCode, u32), way: Option<(&Url, u32)>) -> Page {
    let page = Page::new(format!("【{org}】新しいパスワードを決める"), "新しいパスワードを決める")
        .words_if(dear(name))
        .words(format!("{org}のパスワードを決め直すお申し込みがありました。"));
    let (page, by_code) = match way {
        Some((url, minutes)) => {
            let page = page.button("新しいパスワードを決める", url);
            (page.words(format!("リンクは{}以内に1回だけ使えます。", span(minutes))), "または、もとの画面に")
        }
        None => (page, "もとの画面に"),
    };
    page.words(format!("{by_code}次の確認コードを入力してください。"))
        .code(digits.expose())
        .words(format!(
            "コードは{}有効です。誰にも教えないでください。窓口がコードをうかがうことはありません。",
            span(minutes)
        ))
        .words("お心当たりがないときは、このメールをそのままにしておいてください。パスワードは変わりません。")
}

fn temporary_password(org: &str, name: &str, (password, minutes): (&TemporaryPassword, u32), sign_in: &Url) -> Page {
    Page::new(format!("【{org}】仮パスワードのお知らせ"), "仮パスワードのお知らせ")
        .words_if(dear(name))
        .words(format!(
            "{org}のパスワードを決め直すお申し込みがありました。いつものパスワードの代わりに、次の仮パスワードでサインインしてください。"
        ))
        .code(&password.expose())
        .button("サインイン", sign_in)
        .words(format!("{}以内に1回だけ使えます。サインインしたら、ご自分のパスワードを決めてください。", span(minutes)))
        .words(
            "大文字と小文字、空白、ハイフンの違いは問いません。\
             誰にも教えないでください。窓口が仮パスワードをうかがうことはありません。",
        )
        .words("お心当たりがないときは、このメールをそのままにしておいてください。パスワードは変わりません。")
}

fn password_changed(org: &str, name: &str, at: Timestamp, (not_me, days): (&Url, u32)) -> Page {
    Page::new(format!("【{org}】パスワードが変更されました"), "パスワードが変更されました")
        .words_if(dear(name))
        .words(format!(
            "{}に、{org}のパスワードが変更されました。ご自分で変更した場合は、何もする必要はありません。",
            at.written(Lang::Ja)
        ))
        .words(
            "お心当たりがないときは、すぐにアカウントを凍結してください。\
             新しいパスワードを決めるまで、誰もサインインできなくなります。",
        )
        .button("自分ではありません", not_me)
        .words(format!("リンクは{days}日間使えます。開いた画面で、もう一度お尋ねします。"))
}

fn sign_in_paused(org: &str, name: &str, forgot: &Url) -> Page {
    Page::new(format!("【{org}】サインインを一時止めています"), "サインインを一時止めています")
        .words_if(dear(name))
        .words(format!(
            "{org}のアカウントで、パスワードの間違いが続きました。\
             安全のため、しばらくのあいだサインインを止めています。パスワードはもとのままです。"
        ))
        .words("ご自分で入力していて、パスワードを忘れたときは、新しく決めてください。")
        .button("新しいパスワードを決める", forgot)
        .words("お心当たりがなくても、何もする必要はありません。間違ったパスワードではサインインできません。")
}

fn password_expires(org: &str, name: &str, ends_at: Timestamp, change: &Url) -> Page {
    Page::new(format!("【{org}】パスワードの有効期限が近づいています"), "パスワードの有効期限が近づいています")
        .words_if(dear(name))
        .words(format!(
            "{org}のパスワードは{}まで使えます。それまでに新しいものへ変更してください。",
            ends_at.written(Lang::Ja)
        ))
        .button("パスワードを変更", change)
        .words("期限を過ぎても、サインインのときに新しいパスワードを決めれば、そのまま使い続けられます。")
}

fn account_frozen(org: &str, name: &str, forgot: &Url) -> Page {
    Page::new(format!("【{org}】アカウントを凍結しました"), "アカウントを凍結しました")
        .words_if(dear(name))
        .words(format!(
            "お申し出により、{org}のアカウントを凍結しました。\
             すべての端末でサインアウトし、いまは誰もサインインできません。"
        ))
        .words("また使うときは、新しいパスワードを決めてください。")
        .button("新しいパスワードを決める", forgot)
}

/// A mail to somebody without a name begins with what it is about.
fn dear(name: &str) -> Option<String> {
    tidy::name(name).map(|name| format!("{name} 様"))
}

/// A number of minutes as people say it: whole hours from three hours on.
fn span(minutes: u32) -> String {
    match minutes {
        60 | 120 | 180.. => format!("{}時間", minutes.saturating_add(30) / 60),
        other => format!("{other}分間"),
    }
}

fn foot(brand: &Brand) -> Vec<String> {
    let mut foot = vec![format!("{}（{}）", brand.organisation, brand.host)];
    foot.push("このメールは自動で送られています。返信はお受けできません。".to_owned());
    foot.extend(brand.help.iter().map(|help| format!("お困りのときは窓口へ： {help}")));
    foot
}

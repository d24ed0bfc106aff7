//! 日本語。Words as the pages use them: 確認コード, サインイン, 利用停止.

use rekey_service::message::compose::MessageBody;
use rekey_service::temporary::TemporaryPassword;
use rekey_shared::{Lang, OneTimeCode};
use url::Url;

use super::page::Page;
use super::{Brand, tidy};

/// A mail.
pub(super) fn page_of(content: &MessageBody, brand: &Brand) -> Page {
    let org = brand.organisation.as_str();
    let when = |at| brand.written(at, Lang::Ja);
    let page = match content {
        MessageBody::RegistrationCode { code, minutes } => registration_code(org, code, *minutes),
        MessageBody::AlreadyRegistered { sign_in, forgot } => already_registered(org, sign_in, forgot),
        MessageBody::Recovery { name, code, code_minutes, link, link_minutes } => {
            recovery(org, name, (code, *code_minutes), link.as_ref().map(|link| (link, *link_minutes)))
        }
        MessageBody::TemporaryPassword { name, password, minutes, sign_in } => {
            temporary_password(org, name, (password, *minutes), sign_in)
        }
        MessageBody::Welcome { name, sign_in, forgot } => welcome(org, name, sign_in, forgot),
        MessageBody::PasswordChanged { name, at, not_me, days } => {
            password_changed(org, name, &when(*at), (not_me, *days))
        }
        MessageBody::SignInPaused { name, forgot } => sign_in_paused(org, name, forgot),
        MessageBody::NewDevice { name, device, at, forgot } => new_device(org, name, (device, &when(*at)), forgot),
        MessageBody::PasswordExpires { name, ends_at, change } => password_expires(org, name, &when(*ends_at), change),
        MessageBody::AccountFrozen { name, forgot } => account_frozen(org, name, forgot),
    };
    Page { foot: foot(brand), ..page }
}

/// A text message: 70 characters make one segment, so every word counts.
pub(super) fn short(content: &MessageBody, org: &str, brand: &Brand) -> String {
    match content {
        MessageBody::RegistrationCode { code, minutes } => code_message(org, code, *minutes, brand),
        MessageBody::Recovery { code, code_minutes, .. } => code_message(org, code, *code_minutes, brand),
        MessageBody::AlreadyRegistered { sign_in, .. } => {
            format!("{org}：この番号は登録済みです。サインイン・再設定 {sign_in}")
        }
        MessageBody::TemporaryPassword { password, minutes, sign_in, .. } => {
            let (password, life) = (password.expose(), span(*minutes));
            format!("{org}：仮パスワード {password}（1回限り、{life}有効） {sign_in}")
        }
        MessageBody::Welcome { sign_in, .. } => format!("{org}：アカウントの登録が完了しました。サインイン {sign_in}"),
        MessageBody::PasswordChanged { at, not_me, .. } => {
            format!("{org}：{}にパスワードが変更されました。心当たりがない場合 {not_me}", brand.written(*at, Lang::Ja))
        }
        MessageBody::SignInPaused { forgot, .. } => {
            format!("{org}：サインインを一時的にロックしました。再設定 {forgot}")
        }
        MessageBody::NewDevice { at, forgot, .. } => {
            format!(
                "{org}：{}に新しい端末からサインインがありました。心当たりがない場合 {forgot}",
                brand.written(*at, Lang::Ja)
            )
        }
        MessageBody::PasswordExpires { ends_at, change, .. } => {
            format!("{org}：パスワードの有効期限は{}です。変更 {change}", brand.written(*ends_at, Lang::Ja))
        }
        MessageBody::AccountFrozen { forgot, .. } => format!("{org}：アカウントの利用を停止しました。再開 {forgot}"),
    }
}

fn code_message(org: &str, code: &OneTimeCode, minutes: u32, brand: &Brand) -> String {
    let (code, bound, life) = (code.expose(), brand.bind(code.expose()), span(minutes));
    format!("{org}の確認コード：{code}（{life}有効）{bound}")
}

fn registration_code(org: &str, digits: &OneTimeCode, minutes: u32) -> Page {
    Page::new(format!("【{org}】確認コードのお知らせ"), "メールアドレスの確認")
        .words(format!("{org}の登録画面に、次の確認コードを入力してください。"))
        .code(digits.expose())
        .words(format!("{}有効です。誰にも教えないでください。", span(minutes)))
        .words(
            "お心当たりがない場合は、このメールを破棄してください。\
             コードがなければ、ほかの人がこのメールアドレスで登録することはできません。",
        )
}

fn already_registered(org: &str, sign_in: &Url, forgot: &Url) -> Page {
    Page::new(format!("【{org}】アカウントはすでにあります"), "アカウントはすでにあります")
        .words(format!("このメールアドレスで{org}に登録する操作がありましたが、アカウントはすでにあります。"))
        .button("サインイン", sign_in)
        .link("パスワードを忘れた場合は、こちらから再設定できます。", forgot)
        .words("お心当たりがない場合も、お手続きは必要ありません。変更されたものはありません。")
}

fn recovery(org: &str, name: &str, (digits, minutes): (&OneTimeCode, u32), way: Option<(&Url, u32)>) -> Page {
    let page = Page::new(format!("【{org}】パスワードの再設定"), "パスワードの再設定")
        .words_if(dear(name))
        .words(format!("{org}のパスワードを再設定するリクエストがありました。"));
    let (page, by_code) = match way {
        Some((url, minutes)) => {
            let page = page.button("パスワードを再設定", url);
            (page.words(format!("リンクは1回だけ使えます（有効期間：{}）。", span(minutes))), "または、もとの画面に")
        }
        None => (page, "もとの画面に"),
    };
    page.words(format!("{by_code}次の確認コードを入力してください。"))
        .code(digits.expose())
        .words(format!(
            "コードは{}有効です。誰にも教えないでください。担当者がコードをお尋ねすることはありません。",
            span(minutes)
        ))
        .words("お心当たりがない場合は、このメールを破棄してください。パスワードは変わりません。")
}

fn temporary_password(org: &str, name: &str, (password, minutes): (&TemporaryPassword, u32), sign_in: &Url) -> Page {
    Page::new(format!("【{org}】仮パスワードのお知らせ"), "仮パスワードのお知らせ")
        .words_if(dear(name))
        .words(format!(
            "{org}のパスワードを再設定するリクエストがありました。いつものパスワードの代わりに、次の仮パスワードでサインインしてください。"
        ))
        .code(&password.expose())
        .button("サインイン", sign_in)
        .words(format!(
            "1回だけ使えます（有効期間：{}）。サインインしたら、ご自分のパスワードを設定してください。",
            span(minutes)
        ))
        .words(
            "大文字と小文字、スペース、ハイフンの違いは問いません。\
             誰にも教えないでください。担当者が仮パスワードをお尋ねすることはありません。",
        )
        .words("お心当たりがない場合は、このメールを破棄してください。パスワードは変わりません。")
}

fn welcome(org: &str, name: &str, sign_in: &Url, forgot: &Url) -> Page {
    Page::new(format!("【{org}】登録が完了しました"), "登録が完了しました")
        .words_if(dear(name))
        .words(format!(
            "{org}のアカウントをご利用いただけます。このメールアドレスと、設定したパスワードでサインインしてください。"
        ))
        .button("サインイン", sign_in)
        .link("パスワードを忘れた場合は、こちらから再設定できます。", forgot)
}

fn new_device(org: &str, name: &str, (device, at): (&str, &str), forgot: &Url) -> Page {
    let browser =
        if device.is_empty() { String::new() } else { format!("（{}）", tidy::name(device).unwrap_or_default()) };
    Page::new(format!("【{org}】新しい端末からサインインがありました"), "新しい端末からサインインがありました")
        .words_if(dear(name))
        .words(format!(
            "{at}に、{org}のアカウントへのサインインがありました。\
             これまでに使われていない端末です{browser}。ご自分でサインインした場合は、お手続きは必要ありません。"
        ))
        .words(
            "お心当たりがない場合は、すぐにパスワードを再設定してください。\
             すべての端末からサインアウトし、もとのパスワードは使えなくなります。",
        )
        .button("パスワードを再設定", forgot)
}

fn password_changed(org: &str, name: &str, at: &str, (not_me, days): (&Url, u32)) -> Page {
    Page::new(format!("【{org}】パスワードが変更されました"), "パスワードが変更されました")
        .words_if(dear(name))
        .words(format!("{at}に、{org}のパスワードが変更されました。ご自分で変更した場合は、お手続きは必要ありません。"))
        .words(
            "お心当たりがない場合は、すぐにアカウントの利用を停止してください。\
             パスワードを再設定するまで、誰もサインインできなくなります。",
        )
        .button("心当たりがありません", not_me)
        .words(format!("リンクは{days}日間使えます。開いた画面で、もう一度お尋ねします。"))
}

fn sign_in_paused(org: &str, name: &str, forgot: &Url) -> Page {
    Page::new(format!("【{org}】サインインを一時的にロックしています"), "サインインを一時的にロックしています")
        .words_if(dear(name))
        .words(format!(
            "{org}のアカウントで、パスワードの間違いが続きました。\
             安全のため、サインインを一時的にロックしています。パスワードはもとのままです。"
        ))
        .words("ご自分で入力していて、パスワードを忘れた場合は、再設定してください。")
        .button("パスワードを再設定", forgot)
        .words("お心当たりがない場合も、お手続きは必要ありません。間違ったパスワードではサインインできません。")
}

fn password_expires(org: &str, name: &str, ends_at: &str, change: &Url) -> Page {
    Page::new(format!("【{org}】パスワードの有効期限が近づいています"), "パスワードの有効期限が近づいています")
        .words_if(dear(name))
        .words(format!("{org}のパスワードは{ends_at}まで使えます。それまでに新しいものへ変更してください。"))
        .button("パスワードを変更", change)
        .words("期限を過ぎても、サインインのときに新しいパスワードを設定すれば、そのまま使い続けられます。")
}

fn account_frozen(org: &str, name: &str, forgot: &Url) -> Page {
    Page::new(format!("【{org}】アカウントの利用を停止しました"), "アカウントの利用を停止しました")
        .words_if(dear(name))
        .words(format!(
            "お申し出により、{org}のアカウントの利用を停止しました。\
             すべての端末からサインアウトし、現在は誰もサインインできません。"
        ))
        .words(
            "再開するには、パスワードを再設定してください。\
             届いたコードやリンクで変更されていた場合は、別の連絡先を入力してください。",
        )
        .button("パスワードを再設定", forgot)
        .words(
            "ほかの連絡先がない場合は、お問い合わせ窓口にご連絡ください。\
             ご本人と確認できれば、ワンタイムリンクをお渡しできます。",
        )
}

/// A message that was asked for at the command line.
pub(super) fn test(brand: &Brand) -> Page {
    let org = &brand.organisation;
    let mut page = Page::new(format!("【{org}】テストメッセージ"), "送信できました")
        .words(format!("{org}の設定を確認するためのテストです。お手続きは必要ありません。"));
    page.foot = foot(brand);
    page
}

/// A mail to a person without a known name begins with what it is about.
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
    foot.push("このメールは自動で送信されています。返信はお受けできません。".to_owned());
    foot.extend(brand.help.iter().map(|help| format!("お困りの場合はお問い合わせ窓口へ： {help}")));
    foot
}

//! HTML parts, names that strangers chose, and the size of text messages.
#![expect(clippy::expect_used, reason = "a helper that cannot go on must stop the test")]

mod support;

use rekey_delivery::{Brand, Rendered, render};
use rekey_service::links::Links;
use rekey_service::message::compose::{Message, MessageBody, Recipient};
use rekey_service::setting::Settings;
use rekey_shared::{Lang, OneTimeCode, Timestamp};
use support::{brand, brand_at};
use url::Url;

const HOSTILE: [&str; 20] = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\"><a href=\"https://evil.example\">Click</a>",
    "' onmouseover='x",
    "&lt;b&gt;",
    "Ada\r\nBcc: eve@evil.example",
    "Ada\nSubject: You won",
    "Ada\r\n\r\n<h1>body</h1>",
    "Ada\0\u{1b}[31m",
    "https://evil.example/win",
    "www.evil.example",
    "evil.example",
    "evil。example",
    "eve@evil.example",
    "Your code is 999999",
    "Call +1 202 555 0199 now",
    "\u{202e}moc.elpmaxe.live",
    "=?utf-8?q?Bcc:_eve@evil.example?=",
    "{{forgot}} %s ${x}",
    "\u{2028}https://evil.example",
];

fn url(path: &str) -> Url {
    Url::parse("https://id.example.org").and_then(|base| base.join(path)).expect("a URL")
}

fn recovery(name: &str) -> MessageBody {
    let (name, link) = (name.to_owned(), Some(url("/recover/link/TOKEN?a=1&b=2")));
    MessageBody::Recovery { name, code: OneTimeCode::from_value(42_913), code_minutes: 10, link, link_minutes: 1437 }
}

fn write(to: Recipient, lang: Lang, content: MessageBody, brand: &Brand) -> Rendered {
    let created_at = Timestamp::from_millis(1_795_165_505_000);
    render::render(Message { to, lang, message_id: "0199aaaa".to_owned(), created_at, content }, brand)
}

fn mail(lang: Lang, content: MessageBody, brand: &Brand) -> Rendered {
    write(Recipient::Email("ada@example.org".to_owned()), lang, content, brand)
}

fn sms(lang: Lang, content: MessageBody, brand: &Brand) -> String {
    write(Recipient::Phone("+12025550123".to_owned()), lang, content, brand).text
}

fn code_sms(lang: Lang, brand: &Brand) -> String {
    sms(lang, MessageBody::RegistrationCode { code: OneTimeCode::from_value(42_913), minutes: 10 }, brand)
}

#[test]
fn html_is_simple_and_escaped() {
    let html = mail(Lang::En, recovery("Ada O'Brien"), &brand()).html;
    let start = html.find("<h1").expect("a heading");
    let end = html.find("</div>").expect("an end");
    assert_eq!(
        &html[start..end],
        "\
<h1 style=\"margin:0 0 16px;font-size:22px;line-height:1.3\">Reset your password</h1>
<p style=\"margin:0 0 16px\">Hello Ada O&#39;Brien,</p>
<p style=\"margin:0 0 16px\">We got a request to reset your Rekey password.</p>
<p style=\"margin:0 0 16px\"><a href=\"https://id.example.org/recover/link/TOKEN?a=1&amp;b=2\" style=\"display:inline-block;padding:13px 22px;border-radius:10px;background-color:#0b6477;color:#ffffff;font-weight:600;text-decoration:none\">Reset password</a></p>
<p style=\"margin:0 0 16px\">The link works once and expires in 24 hours.</p>
<p style=\"margin:0 0 16px\">Or enter this code on the page where you started:</p>
<p style=\"margin:0 0 16px;padding:16px;border:1px solid #7a8a90;border-radius:10px;text-align:center;font-family:ui-monospace,Menlo,Consolas,monospace;font-size:32px;line-height:1.2;letter-spacing:6px\"><strong>042913</strong></p>
<p style=\"margin:0 0 16px\">The code expires in 10 minutes. Don&#39;t share it with anyone. We&#39;ll never ask for it.</p>
<p style=\"margin:0 0 16px\">Didn&#39;t request this? Ignore this email. Your password stays the same.</p>
<p style=\"margin:24px 0 0;padding:16px 0 0;border-top:1px solid #7a8a90;font-size:13px\">Rekey, id.example.org<br>
Sent automatically. Replies aren&#39;t read.</p>
"
    );
}

#[test]
fn html_fetches_nothing_and_says_its_language() {
    for (lang, tag) in [(Lang::En, "<html lang=\"en\">"), (Lang::Ja, "<html lang=\"ja\">")] {
        let html = mail(lang, recovery("Ada"), &brand()).html;
        assert!(html.contains(tag) && html.contains("content=\"light dark\""));
        for fetched in ["<img", "<script", "<link", "<style", "@import", "url(", " src=", "<iframe"] {
            assert!(!html.contains(fetched), "{fetched}");
        }
        assert_eq!(html.matches("href=").count(), 1, "one button");
    }
}

#[test]
fn a_hostile_name_changes_no_header_and_adds_no_link() {
    for lang in Lang::ALL {
        let (harmless, brand) = (mail(lang, recovery("Ada"), &brand()), brand());
        for name in HOSTILE {
            let mail = mail(lang, recovery(name), &brand);
            assert_eq!(mail.subject, harmless.subject, "{name:?}");
            assert_eq!(mail.html.matches('<').count().abs_diff(harmless.html.matches('<').count()) % 2, 0, "{name:?}");
            for part in [&mail.text, &mail.html] {
                let words = part.replace("https://id.example.org", "");
                for bad in
                    ["evil.example", "://", "999999", "0199", "<script", "<img", "onerror=", "Bcc:", "@", "\r", "\0"]
                {
                    assert!(!words.contains(bad), "{name:?} brought {bad:?} into {words}");
                }
            }
        }
    }
}

#[test]
fn a_hostile_organisation_stays_text() {
    let mut settings = Settings::recommended();
    settings.organisation = "<b>Smith & Sons</b>\r\nBcc: x".to_owned();
    settings.help_url = Some("javascript:alert(1)".to_owned());
    let brand = Brand::new(&settings, &Links::new(url("/")));
    let mail = mail(Lang::En, recovery("Ada"), &brand);
    assert_eq!(mail.subject, "Reset your <b>Smith & Sons</b> Bcc: x password");
    assert!(mail.html.contains("&lt;b&gt;Smith &amp; Sons&lt;/b&gt; Bcc: x") && !mail.html.contains("<b>"));
    assert!(!mail.html.contains("javascript"));
}

#[test]
fn the_help_desk_is_named_when_there_is_one() {
    let mut settings = Settings::recommended();
    settings.help_url = Some("https://help.example.org/".to_owned());
    let brand = Brand::new(&settings, &Links::new(url("/")));
    assert!(mail(Lang::En, recovery("Ada"), &brand).text.contains("Help desk: https://help.example.org/\n"));
    assert!(
        mail(Lang::Ja, recovery("Ada"), &brand)
            .text
            .contains("お困りの場合はお問い合わせ窓口へ： https://help.example.org/\n")
    );
}

#[test]
fn a_code_is_bound_to_a_host_that_a_phone_can_check() {
    let last_line = |at| code_sms(Lang::En, &brand_at(at)).lines().last().expect("a line").to_owned();
    assert_eq!(last_line("https://id.example.org"), "@id.example.org #042913");
    assert_eq!(last_line("https://id.example.org:8443"), "@id.example.org #042913");
    for unbound in ["http://localhost:3000", "http://id.example.org", "https://10.0.0.7", "https://[::1]"] {
        assert!(!last_line(unbound).contains('@'), "{unbound}");
    }
}

#[test]
fn a_text_message_holds_no_name() {
    for lang in Lang::ALL {
        for name in HOSTILE {
            assert_eq!(sms(lang, recovery(name), &brand()), sms(lang, recovery(""), &brand()));
        }
    }
}

#[test]
fn a_message_prints_nothing_of_itself() {
    let mail = mail(Lang::En, recovery("Ada"), &brand());
    assert_eq!(format!("{mail:?}"), "Rendered { message_id: \"0199aaaa\", .. }");
}

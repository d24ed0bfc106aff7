//! English.

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

/// A text message. Plain characters only, so that it costs one message and not three; no names for the same reason.
pub(super) fn short(content: &MessageBody, brand: &Brand) -> String {
    let org = brand.short.as_str();
    match content {
        MessageBody::RegistrationCode { code, minutes } => code_message(brand, code, *minutes),
        MessageBody::Recovery { code, code_minutes, .. } => code_message(brand, code, *code_minutes),
        MessageBody::AlreadyRegistered { sign_in, forgot } => {
            format!("{org}: this number has an account already. Sign in: {sign_in} Forgot the password? {forgot}")
        }
        MessageBody::TemporaryPassword { password, minutes, sign_in, .. } => {
            let password = password.expose();
            format!("{password} is your temporary {org} password. It works once, within {}: {sign_in}", span(*minutes))
        }
        MessageBody::PasswordChanged { at, not_me, .. } => {
            format!("{org}: your password was changed on {}. Was it not you? {not_me}", at.written(Lang::En))
        }
        MessageBody::SignInPaused { forgot, .. } => format!(
            "{org}: somebody typed wrong passwords for your account, so sign-in is paused for a while. \
             Forgot yours? {forgot}"
        ),
        MessageBody::PasswordExpires { ends_at, change, .. } => {
            format!("{org}: your password works until {}. Change it before then: {change}", ends_at.written(Lang::En))
        }
        MessageBody::AccountFrozen { forgot, .. } => {
            format!("{org}: your account is frozen. Nobody can sign in until you choose a new password: {forgot}")
        }
    }
}

fn code_message(brand: &Brand, code: &OneTimeCode, minutes: u32) -> String {
    let (code, org) = (code.expose(), brand.short.as_str());
    let bound = brand.bind(code);
    format!("{code} is your {org} code. It works for {}. Never give it to anyone.{bound}", span(minutes))
}

fn registration_code(org: &str, digits: &OneTimeCode, minutes: u32) -> Page {
    Page::new(format!("Your {org} code"), "Confirm your address")
        .words(format!("Type this code on the page where you are registering with {org}:"))
        .code(digits.expose())
        .words(format!("It works for {}.", span(minutes)))
        .words("Did you not ask for it? Then ignore this mail. Without the code nobody can register with your address.")
}

fn already_registered(org: &str, sign_in: &Url, forgot: &Url) -> Page {
    Page::new(format!("You already have a {org} account"), "You already have an account")
        .words(format!("Somebody, probably you, tried to register this address with {org}. It has an account already."))
        .button("Sign in", sign_in)
        .link("Forgot your password? Choose a new one:", forgot)
        .words("If it was not you, there is nothing to do. Nothing was changed.")
}

fn recovery(org: &str, name: &str, (digits, minutes): (&OneTimeCode, u32), way: Option<(&Url, u32)>) -> Page {
    let page = Page::new(format!("Choose a new {org} password"), "Choose a new password")
        .words(hello(name))
        .words(format!("You asked for a new {org} password."));
    let (page, by_code) = match way {
        Some((url, minutes)) => {
            let page = page.button("Choose a new password", url);
            (page.words(format!("The link works once, within {}.", span(minutes))), "Or type this code")
        }
        None => (page, "Type this code"),
    };
    page.words(format!("{by_code} on the page where you asked:"))
        .code(digits.expose())
        .words(format!("The code works for {}. Never give it to anyone; we never ask for it.", span(minutes)))
        .words("Did you not ask for this? Then ignore this mail. Your password stays as it is.")
}

fn temporary_password(org: &str, name: &str, (password, minutes): (&TemporaryPassword, u32), sign_in: &Url) -> Page {
    Page::new(format!("Your temporary {org} password"), "Your temporary password")
        .words(hello(name))
        .words(format!("You asked for a new {org} password. Sign in with this one in place of your own:"))
        .code(&password.expose())
        .button("Sign in", sign_in)
        .words(format!("It works once, within {}. Then you choose a password of your own.", span(minutes)))
        .words("Capitals, blanks and hyphens do not matter. Never give it to anyone; we never ask for it.")
        .words("Did you not ask for this? Then ignore this mail. Your password stays as it is.")
}

fn password_changed(org: &str, name: &str, at: Timestamp, (not_me, days): (&Url, u32)) -> Page {
    let days = if days == 1 { "1 day".to_owned() } else { format!("{days} days") };
    Page::new(format!("Your {org} password was changed"), "Your password was changed")
        .words(hello(name))
        .words(format!(
            "Your {org} password was changed on {}. If that was you, there is nothing to do.",
            at.written(Lang::En)
        ))
        .words("If it was not you, freeze your account now. Nobody can sign in then until you choose a new password.")
        .button("It was not me", not_me)
        .words(format!("The link works for {days}. The page asks again before it does anything."))
}

fn sign_in_paused(org: &str, name: &str, forgot: &Url) -> Page {
    Page::new(format!("Sign-in to {org} is paused for a while"), "Sign-in is paused for a while")
        .words(hello(name))
        .words(format!(
            "Somebody typed wrong passwords for your {org} account several times. \
             To protect it, signing in is paused for a while. Your password is the same as before."
        ))
        .words("If it was you and you forgot the password, choose a new one:")
        .button("Choose a new password", forgot)
        .words("If it was not you, there is nothing to do: wrong passwords do not open your account.")
}

fn password_expires(org: &str, name: &str, ends_at: Timestamp, change: &Url) -> Page {
    Page::new(format!("Your {org} password expires soon"), "Your password expires soon")
        .words(hello(name))
        .words(format!("Your {org} password works until {}. Change it before then.", ends_at.written(Lang::En)))
        .button("Change password", change)
        .words("If you do not, signing in begins with choosing a new one. Nothing else changes.")
}

fn account_frozen(org: &str, name: &str, forgot: &Url) -> Page {
    Page::new(format!("Your {org} account is frozen"), "Your account is frozen")
        .words(hello(name))
        .words(format!(
            "Your {org} account is frozen, as you asked. Every device is signed out and nobody can sign in."
        ))
        .words("To use it again, choose a new password:")
        .button("Choose a new password", forgot)
}

fn hello(name: &str) -> String {
    tidy::name(name).map_or_else(|| "Hello,".to_owned(), |name| format!("Hello {name},"))
}

/// A number of minutes as people say it: whole hours from three hours on.
fn span(minutes: u32) -> String {
    match minutes {
        1 => "1 minute".to_owned(),
        60 => "1 hour".to_owned(),
        120 | 180.. => format!("{} hours", minutes.saturating_add(30) / 60),
        other => format!("{other} minutes"),
    }
}

fn foot(brand: &Brand) -> Vec<String> {
    let mut foot = vec![format!("{}, {}", brand.organisation, brand.host)];
    foot.push("Sent automatically. Nobody reads replies.".to_owned());
    foot.extend(brand.help.iter().map(|help| format!("Ask the help desk: {help}")));
    foot
}

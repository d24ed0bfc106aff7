//! English.

use rekey_service::message::compose::MessageBody;
use rekey_service::temporary::TemporaryPassword;
use rekey_shared::{Lang, OneTimeCode};
use url::Url;

use super::page::Page;
use super::{Brand, tidy};

/// A mail.
pub(super) fn page_of(content: &MessageBody, brand: &Brand) -> Page {
    let org = brand.organisation.as_str();
    let when = |at| brand.written(at, Lang::En);
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

/// A text message. Plain characters only, so that it costs one message and not three; no names for the same reason.
pub(super) fn short(content: &MessageBody, org: &str, brand: &Brand) -> String {
    match content {
        MessageBody::RegistrationCode { code, minutes } => code_message(org, code, *minutes, brand),
        MessageBody::Recovery { code, code_minutes, .. } => code_message(org, code, *code_minutes, brand),
        MessageBody::AlreadyRegistered { sign_in, .. } => {
            format!("{org}: this number already has an account. Sign in or reset your password: {sign_in}")
        }
        MessageBody::TemporaryPassword { password, minutes, sign_in, .. } => {
            let (password, life) = (password.expose(), span(*minutes));
            format!("{password} is your temporary {org} password. It works once and expires in {life}: {sign_in}")
        }
        MessageBody::Welcome { sign_in, .. } => format!("Your {org} account is ready. Sign in: {sign_in}"),
        MessageBody::PasswordChanged { at, not_me, .. } => {
            format!("{org}: password changed on {}. Not you? {not_me}", brand.written(*at, Lang::En))
        }
        MessageBody::SignInPaused { forgot, .. } => {
            format!("{org}: sign-in is locked for a while after wrong passwords. Forgot yours? {forgot}")
        }
        MessageBody::NewDevice { at, forgot, .. } => {
            format!("{org}: new sign-in on {}. Not you? Reset your password: {forgot}", brand.written(*at, Lang::En))
        }
        MessageBody::PasswordExpires { ends_at, change, .. } => {
            format!("{org}: your password expires on {}. Change it: {change}", brand.written(*ends_at, Lang::En))
        }
        MessageBody::AccountFrozen { forgot, .. } => {
            format!("{org}: your account is frozen. To use it again, reset your password: {forgot}")
        }
    }
}

fn code_message(org: &str, code: &OneTimeCode, minutes: u32, brand: &Brand) -> String {
    let (code, bound, life) = (code.expose(), brand.bind(code.expose()), span(minutes));
    format!("{code} is your {org} code. It expires in {life}. Don't share it.{bound}")
}

fn registration_code(org: &str, digits: &OneTimeCode, minutes: u32) -> Page {
    Page::new(format!("Your {org} verification code"), "Confirm your email address")
        .words(format!("Enter this code to create your {org} account:"))
        .code(digits.expose())
        .words(format!("The code expires in {}. Don't share it with anyone.", span(minutes)))
        .words("Didn't request this? Ignore this email. No one can register your email address without the code.")
}

fn already_registered(org: &str, sign_in: &Url, forgot: &Url) -> Page {
    Page::new(format!("You already have a {org} account"), "You already have an account")
        .words(format!(
            "Someone, probably you, tried to create a {org} account with this email address. It already has one."
        ))
        .button("Sign in", sign_in)
        .link("Forgot your password? Reset it:", forgot)
        .words("If it wasn't you, no action is needed. Nothing was changed.")
}

fn recovery(org: &str, name: &str, (digits, minutes): (&OneTimeCode, u32), way: Option<(&Url, u32)>) -> Page {
    let page = Page::new(format!("Reset your {org} password"), "Reset your password")
        .words(hello(name))
        .words(format!("We got a request to reset your {org} password."));
    let (page, by_code) = match way {
        Some((url, minutes)) => {
            let page = page.button("Reset password", url);
            (page.words(format!("The link works once and expires in {}.", span(minutes))), "Or enter this code")
        }
        None => (page, "Enter this code"),
    };
    page.words(format!("{by_code} on the page where you started:"))
        .code(digits.expose())
        .words(format!("The code expires in {}. Don't share it with anyone. We'll never ask for it.", span(minutes)))
        .words("Didn't request this? Ignore this email. Your password stays the same.")
}

fn temporary_password(org: &str, name: &str, (password, minutes): (&TemporaryPassword, u32), sign_in: &Url) -> Page {
    Page::new(format!("Your temporary {org} password"), "Your temporary password")
        .words(hello(name))
        .words(format!("We got a request to reset your {org} password. Sign in with this one in place of your own:"))
        .code(&password.expose())
        .button("Sign in", sign_in)
        .words(format!("It works once and expires in {}. Then choose your own password.", span(minutes)))
        .words(
            "Uppercase letters, spaces, and hyphens don't matter. Don't share it with anyone. We'll never ask for it.",
        )
        .words("Didn't request this? Ignore this email. Your password stays the same.")
}

fn welcome(org: &str, name: &str, sign_in: &Url, forgot: &Url) -> Page {
    Page::new(format!("Your {org} account is ready"), "Your account is ready")
        .words(hello(name))
        .words(format!("Your {org} account is ready. Sign in with this email address and the password that you chose."))
        .button("Sign in", sign_in)
        .link("If you ever forget your password, reset it:", forgot)
}

fn new_device(org: &str, name: &str, (device, at): (&str, &str), forgot: &Url) -> Page {
    let browser =
        if device.is_empty() { String::new() } else { format!(" ({})", tidy::name(device).unwrap_or_default()) };
    Page::new(format!("New sign-in to your {org} account"), "New sign-in to your account")
        .words(hello(name))
        .words(format!(
            "Someone signed in to your {org} account on {at} with a browser that you hadn't used before{browser}. \
             If that was you, no action is needed."
        ))
        .words("If it wasn't you, reset your password now. Every device is then signed out, and only the new password works.")
        .button("Reset password", forgot)
}

fn password_changed(org: &str, name: &str, at: &str, (not_me, days): (&Url, u32)) -> Page {
    let days = if days == 1 { "1 day".to_owned() } else { format!("{days} days") };
    Page::new(format!("Your {org} password was changed"), "Your password was changed")
        .words(hello(name))
        .words(format!("Your {org} password was changed on {at}. If that was you, no action is needed."))
        .words("If it wasn't you, freeze your account now. No one can sign in until the password is reset.")
        .button("It wasn't me", not_me)
        .words(format!("The link works for {days}. You'll be asked to confirm."))
}

fn sign_in_paused(org: &str, name: &str, forgot: &Url) -> Page {
    Page::new(format!("Sign-in to {org} is locked for a while"), "Sign-in is locked for a while")
        .words(hello(name))
        .words(format!(
            "Someone entered wrong passwords for your {org} account several times. \
             To protect it, sign-in is locked for a while. Your password is the same as before."
        ))
        .words("If it was you and you forgot the password, reset it:")
        .button("Reset password", forgot)
        .words("If it wasn't you, no action is needed: wrong passwords don't open your account.")
}

fn password_expires(org: &str, name: &str, ends_at: &str, change: &Url) -> Page {
    Page::new(format!("Your {org} password expires soon"), "Your password expires soon")
        .words(hello(name))
        .words(format!("Your {org} password works until {ends_at}. Change it before then."))
        .button("Change password", change)
        .words("If you don't, you'll choose a new one when you next sign in. Nothing else changes.")
}

fn account_frozen(org: &str, name: &str, forgot: &Url) -> Page {
    Page::new(format!("Your {org} account is frozen"), "Your account is frozen")
        .words(hello(name))
        .words(format!(
            "Your {org} account is frozen, as you asked. Every device is signed out and no one can sign in."
        ))
        .words(
            "To use it again, reset your password. \
             If it was changed with a code or link, enter a different email or phone:",
        )
        .button("Reset password", forgot)
        .words(
            "No other email or phone? Contact the help desk. \
             After confirming it's you, they can give you a one-time link.",
        )
}

/// A message that was asked for at the command line.
pub(super) fn test(brand: &Brand) -> Page {
    let org = &brand.organisation;
    let mut page = Page::new(format!("Test message from {org}"), "It works")
        .words(format!("This is a test of the settings of {org}. No action is needed."));
    page.foot = foot(brand);
    page
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
    foot.push("Sent automatically. Replies aren't read.".to_owned());
    foot.extend(brand.help.iter().map(|help| format!("Help desk: {help}")));
    foot
}

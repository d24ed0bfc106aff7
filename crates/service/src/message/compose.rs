//! What a queued message says and to whom it goes: read when it is sent, away from any waiting page.
//!
//! Only reads. Whom a journey is for was found out before, see [`crate::journey::resolve`]; so a second call for the same
//! row, after a crash or a failed send, gives the same message.

use rekey_domain::journey::challenge::Challenge;
use rekey_domain::journey::owner::Owner;
use rekey_domain::journey::{Journey, Subject};
use rekey_domain::message::{Notification, OutboxItem};
use rekey_domain::{Account, AccountId, AccountIdentifier, ActionTokenId, FactorId, IdentifierId, JourneyId};
use rekey_shared::identifier::IdentifierKind;
use rekey_shared::{Lang, OneTimeCode, Timestamp};
use url::Url;

use crate::message::notices::NOT_ME_LIFETIME;
use crate::temporary::{self, TemporaryPassword};
use crate::{Services, Unexpected, policies};

/// What is to be done with a queued message.
#[derive(Debug, Clone)]
pub enum Prepared {
    /// Send this.
    Send(Box<Message>),
    /// Nothing: no one to send it to, or its secret is dead.
    Drop,
}

/// A message before it is put into words.
#[derive(Debug, Clone)]
pub struct Message {
    /// Where it goes.
    pub to: Recipient,
    /// The language it is written in.
    pub lang: Lang,
    /// The local part of its Message-ID: the same at every try.
    pub message_id: String,
    /// When it was caused; its Date.
    pub created_at: Timestamp,
    /// What it says.
    pub content: MessageBody,
}

/// An address or number.
#[derive(Clone)]
pub enum Recipient {
    /// A mail address, as its owner wrote it.
    Email(String),
    /// A number in E.164.
    Phone(String),
}

impl std::fmt::Debug for Recipient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Email(_) => "Email(…)",
            Self::Phone(_) => "Phone(…)",
        })
    }
}

/// What a message says.
#[derive(Clone)]
pub enum MessageBody {
    /// The code of a registration.
    RegistrationCode {
        /// Six digits.
        code: OneTimeCode,
        /// Minutes that it lives.
        minutes: u32,
    },
    /// Someone tried to register an identifier that has an account.
    AlreadyRegistered {
        /// The sign-in page.
        sign_in: Url,
        /// The recovery page.
        forgot: Url,
    },
    /// Link and code of a recovery.
    Recovery {
        /// What to call the person; may be empty.
        name: String,
        /// Six digits.
        code: OneTimeCode,
        /// Minutes that the code lives.
        code_minutes: u32,
        /// The link; `None` in a text message.
        link: Option<Url>,
        /// Minutes that the link lives.
        link_minutes: u32,
    },
    /// A temporary password.
    TemporaryPassword {
        /// What to call the person; may be empty.
        name: String,
        /// What to type in place of the password.
        password: TemporaryPassword,
        /// Minutes that it lives.
        minutes: u32,
        /// Where to type it.
        sign_in: Url,
    },
    /// The account is ready.
    Welcome {
        /// What to call the person; may be empty.
        name: String,
        /// The sign-in page.
        sign_in: Url,
        /// The recovery page.
        forgot: Url,
    },
    /// The password was changed.
    PasswordChanged {
        /// What to call the person; may be empty.
        name: String,
        /// When it was changed.
        at: Timestamp,
        /// "This was not me".
        not_me: Url,
        /// Days that the link lives.
        days: u32,
    },
    /// Sign-in is paused after wrong passwords.
    SignInPaused {
        /// What to call the person; may be empty.
        name: String,
        /// The recovery page.
        forgot: Url,
    },
    /// The account was signed in to with a browser that was not known.
    NewDevice {
        /// What to call the person; may be empty.
        name: String,
        /// Browser and system; empty when neither is known.
        device: String,
        /// When.
        at: Timestamp,
        /// The recovery page.
        forgot: Url,
    },
    /// The password ends soon.
    PasswordExpires {
        /// What to call the person; may be empty.
        name: String,
        /// When it ends.
        ends_at: Timestamp,
        /// The page where it is changed.
        change: Url,
    },
    /// The account was frozen.
    AccountFrozen {
        /// What to call the person; may be empty.
        name: String,
        /// The recovery page.
        forgot: Url,
    },
}

impl std::fmt::Debug for MessageBody {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::RegistrationCode { .. } => "RegistrationCode",
            Self::AlreadyRegistered { .. } => "AlreadyRegistered",
            Self::Recovery { .. } => "Recovery",
            Self::TemporaryPassword { .. } => "TemporaryPassword",
            Self::Welcome { .. } => "Welcome",
            Self::PasswordChanged { .. } => "PasswordChanged",
            Self::SignInPaused { .. } => "SignInPaused",
            Self::NewDevice { .. } => "NewDevice",
            Self::PasswordExpires { .. } => "PasswordExpires",
            Self::AccountFrozen { .. } => "AccountFrozen",
        })
    }
}

/// Finds out what to send for a queued message.
pub async fn prepare(cx: &Services, item: &OutboxItem) -> Result<Prepared, Unexpected> {
    if cx.now() >= item.expires_at {
        return Ok(Prepared::Drop);
    }
    let message = match item.notification {
        Notification::RegistrationSecret { journey } => registration(cx, item, journey).await?,
        Notification::RecoverySecret { journey } => recovery(cx, item, journey).await?,
        Notification::Welcome { account, to } => {
            let (sign_in, forgot) = (cx.links.sign_in(), cx.links.forgot());
            notice(cx, item, account, to, |name| MessageBody::Welcome { name, sign_in, forgot }).await?
        }
        Notification::PasswordChanged { account, to, action_token } => {
            changed(cx, item, account, to, action_token).await?
        }
        Notification::SignInPaused { account, to } => {
            let forgot = cx.links.forgot();
            notice(cx, item, account, to, |name| MessageBody::SignInPaused { name, forgot }).await?
        }
        Notification::NewDevice { account, to, device } => {
            let Some(device) = cx.store.find_known_device_by_id(device).await? else { return Ok(Prepared::Drop) };
            let (device, at, forgot) = (device.label, item.created_at, cx.links.forgot());
            notice(cx, item, account, to, |name| MessageBody::NewDevice { name, device, at, forgot }).await?
        }
        Notification::PasswordExpires { account, to } => expires(cx, item, account, to).await?,
        Notification::AccountFrozen { account, to } => {
            let forgot = cx.links.forgot();
            notice(cx, item, account, to, |name| MessageBody::AccountFrozen { name, forgot }).await?
        }
    };
    Ok(message.map_or(Prepared::Drop, |message| Prepared::Send(Box::new(message))))
}

async fn registration(cx: &Services, item: &OutboxItem, id: JourneyId) -> Result<Option<Message>, Unexpected> {
    let now = cx.now();
    let Some((journey, asked)) = find_journey(cx, id).await? else { return Ok(None) };
    if journey.subject == Subject::Newcomer {
        let Some(to) = recipient(journey.target_kind, &journey.target, &journey.target_shown) else { return Ok(None) };
        let code = cx.keys.code_of(&asked)?;
        let content = MessageBody::RegistrationCode { code, minutes: minutes(asked.expires_at, now) };
        return Ok((now < asked.expires_at).then(|| message(item, journey.lang, to, content)));
    }
    // The identifier has an account. Word goes to the address as its owner wrote it, never as it was typed now (RC-4).
    let owner = cx.store.find_account_by(journey.target_kind, &journey.target).await?;
    let Some((account, known)) = owner else { return Ok(None) };
    let content = MessageBody::AlreadyRegistered { sign_in: cx.links.sign_in(), forgot: cx.links.forgot() };
    let to = recipient(known.kind, &known.canonical, &known.shown);
    Ok(to.map(|to| message(item, account.lang, to, content)))
}

/// The open journey behind a message, and what it asked for first.
async fn find_journey(cx: &Services, id: JourneyId) -> Result<Option<(Journey, Challenge)>, Unexpected> {
    let found = cx.store.find_journey_by_id(id).await?.filter(|journey| journey.is_open(cx.now()));
    let Some(journey) = found else { return Ok(None) };
    let challenges = cx.store.list_challenges(id).await?;
    let first = |asked: &Challenge| {
        asked.owner == Owner::Journey(id) && asked.gate == 1 && asked.method.is_sent() && asked.spent_at.is_none()
    };
    Ok(challenges.into_iter().find(first).map(|asked| (journey, asked)))
}

async fn recovery(cx: &Services, item: &OutboxItem, id: JourneyId) -> Result<Option<Message>, Unexpected> {
    let now = cx.now();
    let Some((journey, asked)) = find_journey(cx, id).await? else { return Ok(None) };
    let Subject::Account { id, epoch } = journey.subject else {
        return with_temporary(cx, item, &journey).await;
    };
    // An account that has changed since the first message: that journey is dead, a new start is needed.
    let account = cx.store.find_account(id).await?.filter(|account| account.epoch == epoch);
    let Some(account) = account else { return Ok(None) };
    let Some(channel) = find_identifier(cx, id, asked.factor).await? else { return Ok(None) };
    if channel.verified_at.is_none() || !account.may_recover_by(channel.id) {
        return Ok(None);
    }
    let Some(to) = recipient(channel.kind, &channel.canonical, &channel.shown) else { return Ok(None) };
    let token = asked.link.is_some().then(|| cx.keys.link_of(&asked)).transpose()?;
    let content = MessageBody::Recovery {
        name: name_of(&account),
        code: cx.keys.code_of(&asked)?,
        code_minutes: minutes(asked.expires_at, now),
        link: token.map(|token| cx.links.recovery(&token, cx.settings().link_form)),
        link_minutes: minutes(asked.link_expires_at.unwrap_or(asked.expires_at), now),
    };
    Ok(Some(message(item, account.lang, to, content)))
}

async fn find_identifier(
    cx: &Services,
    account: AccountId,
    factor: Option<FactorId>,
) -> Result<Option<AccountIdentifier>, Unexpected> {
    let known = cx.store.list_identifiers(account).await?;
    Ok(known.into_iter().find(|known| Some(FactorId::from(known.id)) == factor))
}

/// A recovery that was answered with a temporary password, or that is for no account.
async fn with_temporary(cx: &Services, item: &OutboxItem, journey: &Journey) -> Result<Option<Message>, Unexpected> {
    let Some((password, action_token)) = temporary::find(cx, journey).await? else { return Ok(None) };
    let Some(id) = action_token.account else { return Ok(None) };
    let Some(account) = cx.store.find_account(id).await? else { return Ok(None) };
    // A role may have been granted since it was issued.
    if !temporary::may_have(cx, &account).await? {
        return Ok(None);
    }
    let Some(channel) = find_identifier(cx, id, action_token.disputed.map(FactorId::from)).await? else {
        return Ok(None);
    };
    let (minutes, sign_in) = (minutes(action_token.expires_at, cx.now()), cx.links.sign_in());
    let content = MessageBody::TemporaryPassword { name: name_of(&account), password, minutes, sign_in };
    let to = recipient(channel.kind, &channel.canonical, &channel.shown);
    Ok(to.map(|to| message(item, account.lang, to, content)))
}

async fn changed(
    cx: &Services,
    item: &OutboxItem,
    account: AccountId,
    to: IdentifierId,
    action_token: ActionTokenId,
) -> Result<Option<Message>, Unexpected> {
    let Some(action_token) = cx.store.find_action_token_by_id(action_token).await? else { return Ok(None) };
    let not_me = cx.links.not_me(&cx.keys.token_of(&action_token)?, cx.settings().link_form);
    let days = u32::try_from(NOT_ME_LIFETIME.as_secs() / 86_400).unwrap_or(7);
    notice(cx, item, account, to, |name| MessageBody::PasswordChanged { name, at: item.created_at, not_me, days }).await
}

/// Nothing once the password was changed, or does not end any more.
async fn expires(
    cx: &Services,
    item: &OutboxItem,
    id: AccountId,
    to: IdentifierId,
) -> Result<Option<Message>, Unexpected> {
    let Some(account) = cx.store.find_account(id).await?.filter(Account::may_sign_in) else { return Ok(None) };
    // One whose time is not known was not set since: that would be known.
    let is_same = account.password_changed_at.is_none_or(|set_at| set_at <= item.created_at);
    let ends_at = account.password_expires_at(policies::of(cx, &account).await?.expiry);
    let Some(ends_at) = ends_at.filter(|ends_at| is_same && cx.now() < *ends_at) else { return Ok(None) };
    let change = cx.links.change_password();
    notice(cx, item, id, to, |name| MessageBody::PasswordExpires { name, ends_at, change }).await
}

async fn notice(
    cx: &Services,
    item: &OutboxItem,
    account: AccountId,
    to: IdentifierId,
    content: impl FnOnce(String) -> MessageBody,
) -> Result<Option<Message>, Unexpected> {
    let Some(account) = cx.store.find_account(account).await? else { return Ok(None) };
    let known = cx.store.list_identifiers(account.id).await?;
    let Some(identifier) = known.into_iter().find(|identifier| identifier.id == to) else { return Ok(None) };
    let to = recipient(identifier.kind, &identifier.canonical, &identifier.shown);
    let Some(to) = to else { return Ok(None) };
    Ok(Some(message(item, account.lang, to, content(name_of(&account)))))
}

fn message(item: &OutboxItem, lang: Lang, to: Recipient, content: MessageBody) -> Message {
    Message { to, lang, message_id: item.id.0.simple().to_string(), created_at: item.created_at, content }
}

fn recipient(kind: IdentifierKind, canonical: &str, shown: &str) -> Option<Recipient> {
    match kind {
        IdentifierKind::Email => Some(Recipient::Email(shown.to_owned())),
        IdentifierKind::Phone => Some(Recipient::Phone(canonical.to_owned())),
        IdentifierKind::Username => None,
    }
}

fn name_of(account: &Account) -> String {
    match account.lang {
        Lang::Ja => format!("{} {}", account.family_name, account.given_name).trim().to_owned(),
        Lang::En => format!("{} {}", account.given_name, account.family_name).trim().to_owned(),
    }
}

/// Whole minutes left, at least one.
fn minutes(until: Timestamp, now: Timestamp) -> u32 {
    u32::try_from(until.since(now).as_secs().div_ceil(60)).unwrap_or(u32::MAX).max(1)
}

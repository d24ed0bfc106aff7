//! Notifications to be sent. Rows outlive journeys and action tokens, so they hold ids without foreign keys.

use rekey_domain::message::{Notification, OutboxItem};
use rekey_domain::{AccountId, ActionTokenId, IdentifierId, JourneyId, KnownDeviceId, OutboxId};
use rekey_shared::Timestamp;
use sea_orm::entity::prelude::*;

use crate::Unexpected;
use crate::text::{Text, count, digest};

/// The kind column of [`Notification::SignInPaused`].
pub const SIGN_IN_PAUSED: &str = "sign_in_paused";

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "outbox")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub kind: String,
    pub journey: Option<Uuid>,
    pub account: Option<Uuid>,
    pub recipient: Option<Uuid>,
    pub action_token: Option<Uuid>,
    pub known_device: Option<Uuid>,
    pub lang: String,
    pub created_at: i64,
    pub expires_at: i64,
    /// `waiting`, `sent`, `dropped` or `dead`.
    pub state: String,
    pub dead_cause: Option<String>,
    pub not_before: i64,
    pub attempts: i64,
    pub lease_owner: Option<Uuid>,
    pub lease_until: Option<i64>,
    pub finished_at: Option<i64>,
    pub network: Option<Vec<u8>>,
    /// When it was counted against the limits on text messages: once, however often it is tried.
    pub text_counted_at: Option<i64>,
    /// Whether the browser that asked for it has proven its work.
    pub with_work: bool,
}

impl ActiveModelBehavior for ActiveModel {}

/// A notification as columns.
#[derive(Default)]
struct Columns {
    kind: &'static str,
    journey: Option<Uuid>,
    account: Option<Uuid>,
    recipient: Option<Uuid>,
    action_token: Option<Uuid>,
    known_device: Option<Uuid>,
}

impl From<Notification> for Columns {
    fn from(notification: Notification) -> Self {
        let about = |kind, account: AccountId, to: IdentifierId| Self {
            kind,
            account: Some(account.0),
            recipient: Some(to.0),
            ..Self::default()
        };
        let secret = |kind, journey: JourneyId| Self { kind, journey: Some(journey.0), ..Self::default() };
        match notification {
            Notification::RegistrationSecret { journey } => secret("registration_secret", journey),
            Notification::RecoverySecret { journey } => secret("recovery_secret", journey),
            Notification::Welcome { account, to } => about("welcome", account, to),
            Notification::PasswordChanged { account, to, action_token } => {
                Self { action_token: Some(action_token.0), ..about("password_changed", account, to) }
            }
            Notification::SignInPaused { account, to } => about(SIGN_IN_PAUSED, account, to),
            Notification::NewDevice { account, to, device } => {
                Self { known_device: Some(device.0), ..about("new_device", account, to) }
            }
            Notification::PasswordExpires { account, to } => about("password_expires", account, to),
            Notification::AccountFrozen { account, to } => about("account_frozen", account, to),
        }
    }
}

impl Model {
    /// A new message: due at once, never tried.
    pub fn of(item: &OutboxItem) -> Self {
        let Columns { kind, journey, account, recipient, action_token, known_device } = item.notification.into();
        Self {
            id: item.id.0,
            kind: kind.to_owned(),
            journey,
            account,
            recipient,
            action_token,
            known_device,
            lang: item.lang.text().to_owned(),
            created_at: item.created_at.as_millis(),
            expires_at: item.expires_at.as_millis(),
            state: "waiting".to_owned(),
            dead_cause: None,
            not_before: item.created_at.as_millis(),
            attempts: item.attempts.into(),
            lease_owner: None,
            lease_until: None,
            finished_at: None,
            network: item.network.map(|network| network.0.to_vec()),
            text_counted_at: None,
            with_work: item.with_work,
        }
    }

    fn notification(&self) -> Result<Notification, Unexpected> {
        let journey = || self.journey.map(JourneyId).ok_or(Unexpected::row("outbox", "journey"));
        let account = || self.account.map(AccountId).ok_or(Unexpected::row("outbox", "account"));
        let to = || self.recipient.map(IdentifierId).ok_or(Unexpected::row("outbox", "recipient"));
        let action_token = || self.action_token.map(ActionTokenId).ok_or(Unexpected::row("outbox", "action_token"));
        let device = || self.known_device.map(KnownDeviceId).ok_or(Unexpected::row("outbox", "known_device"));
        Ok(match self.kind.as_str() {
            "registration_secret" => Notification::RegistrationSecret { journey: journey()? },
            "recovery_secret" => Notification::RecoverySecret { journey: journey()? },
            "welcome" => Notification::Welcome { account: account()?, to: to()? },
            "password_changed" => {
                Notification::PasswordChanged { account: account()?, to: to()?, action_token: action_token()? }
            }
            SIGN_IN_PAUSED => Notification::SignInPaused { account: account()?, to: to()? },
            "new_device" => Notification::NewDevice { account: account()?, to: to()?, device: device()? },
            "password_expires" => Notification::PasswordExpires { account: account()?, to: to()? },
            "account_frozen" => Notification::AccountFrozen { account: account()?, to: to()? },
            _ => return Err(Unexpected::row("outbox", "kind")),
        })
    }
}

impl TryFrom<Model> for OutboxItem {
    type Error = Unexpected;

    fn try_from(row: Model) -> Result<Self, Unexpected> {
        Ok(Self {
            id: OutboxId(row.id),
            notification: row.notification()?,
            lang: Text::read(&row.lang, "outbox", "lang")?,
            created_at: Timestamp::from_millis(row.created_at),
            expires_at: Timestamp::from_millis(row.expires_at),
            attempts: count(row.attempts, "outbox", "attempts")?,
            network: row.network.map(|bytes| digest(&bytes, "outbox", "network")).transpose()?,
            with_work: row.with_work,
        })
    }
}

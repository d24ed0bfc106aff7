//! Tokens for a mail server that takes no passwords: fetched from a token endpoint, kept sealed in the database, and
//! renewed by one node before they end.
//!
//! ```mermaid
//! sequenceDiagram
//!     worker->>database: the token?
//!     alt good for a while
//!         database->>worker: it
//!     else it ends soon, or there is none
//!         worker->>database: claim the renewal
//!         worker->>token endpoint: secret, refresh token or signed assertion
//!         token endpoint->>worker: a token
//!         worker->>database: seal and keep it
//!     end
//!     worker->>mail server: AUTH with it
//!     mail server->>worker: refused: it is dropped, and the mail waits for the next
//! ```

mod assertion;
mod request;
mod settings;

use rekey_service::Services;
use rekey_service::message::mail_token::{self, MailToken, Renewal};
use rekey_shared::Secret;
use tokio::sync::Mutex;
use ureq::Agent;
use uuid::Uuid;

pub use settings::{Grant, OAuthKeys, OAuthSettings};

use super::sasl::Mechanism;
use crate::SendError;

/// Tokens for one mailbox.
pub(super) struct Tokens {
    settings: OAuthSettings,
    agent: Agent,
    services: Services,
    /// Names the row: another mailbox, client or endpoint has a token of its own.
    name: String,
    /// Mails of this process wait for the renewal that one of them has begun.
    turn: Mutex<()>,
}

const NO_TOKEN: SendError = SendError::NotNow { class: "oauth.database" };

impl Tokens {
    pub(super) fn new(settings: OAuthSettings, services: Services) -> Self {
        let name = format!("{} {} {}", settings.token_url, settings.client_id, settings.user);
        Self { agent: request::agent(&settings), settings, services, name, turn: Mutex::default() }
    }

    pub(super) fn user(&self) -> &str {
        &self.settings.user
    }

    pub(super) fn mechanism(&self) -> Mechanism {
        self.settings.mechanism
    }

    /// A token that is good for a while, fetched when there is none.
    pub(super) async fn current(&self) -> Result<Secret, SendError> {
        let _turn = self.turn.lock().await;
        let renewal = mail_token::claim_renewal(&self.services, &self.name).await;
        match renewal.map_err(|failure| self.failed(&failure))? {
            Renewal::NotNeeded(token) => Ok(token.access),
            // Another node is asking: it is there when the mail is tried again.
            Renewal::Elsewhere => Err(SendError::NotNow { class: "oauth.renewal" }),
            Renewal::Claimed(before) => self.renew(before).await,
        }
    }

    /// The server has refused this token: the next mail gets another one.
    pub(super) async fn drop_refused(&self, token: &Secret) {
        if let Err(failure) = mail_token::drop_refused(&self.services, &self.name, token).await {
            self.services.report(&failure);
        }
    }

    async fn renew(&self, before: Option<MailToken>) -> Result<Secret, SendError> {
        match self.ask(before.as_ref()).await {
            Ok(token) => {
                let access = token.access.clone();
                mail_token::keep(&self.services, &self.name, &token).await.map_err(|failure| self.failed(&failure))?;
                Ok(access)
            }
            Err(error) => {
                // The endpoint may be away for longer than the token lives, and may not.
                mail_token::give_up_renewal(&self.services, &self.name)
                    .await
                    .map_err(|failure| self.failed(&failure))?;
                let now = self.services.clock.now();
                before.filter(|token| now < token.expires_at).map(|token| token.access).ok_or(error)
            }
        }
    }

    async fn ask(&self, before: Option<&MailToken>) -> Result<MailToken, SendError> {
        let (mut random, now) = ([0; 16], self.services.clock.now());
        self.services.entropy.fill(&mut random);
        let id = Uuid::from_bytes(random).simple().to_string();
        let refresh = before.and_then(|token| token.refresh.clone());
        let form = request::form(&self.settings, refresh.as_ref(), id, now);
        let form = form.ok_or(SendError::NotNow { class: "oauth.key" })?;
        let (agent, url) = (self.agent.clone(), self.settings.token_url.clone());
        let asked = tokio::task::spawn_blocking(move || request::ask(&agent, &url, &form)).await;
        let granted = asked.unwrap_or(Err(SendError::NotNow { class: "oauth.thread" }))?;
        Ok(MailToken {
            access: granted.access,
            obtained_at: now,
            expires_at: now.plus(granted.lifetime),
            // A server that does not replace it goes on taking the one before.
            refresh: granted.refresh.or(refresh),
        })
    }

    fn failed(&self, failure: &rekey_service::Unexpected) -> SendError {
        self.services.report(failure);
        NO_TOKEN
    }
}

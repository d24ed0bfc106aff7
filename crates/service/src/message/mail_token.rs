//! Tokens that are shown to a mail server in place of a password: kept sealed, so that every node and the next start has
//! them, and renewed by one node at a time before they end.

use std::time::Duration;

use rekey_domain::key::{SealContext, SealedColumn};
use rekey_shared::{Secret, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{Services, Unexpected};

/// How long a node may take to ask for the next token; then another one may.
const RENEWAL: Duration = Duration::from_secs(30);
/// How long before its end a token is renewed at the earliest.
const EARLY: Duration = Duration::from_secs(300);

/// A token, and what brings the next one.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MailToken {
    /// What is shown to the mail server.
    pub access: Secret,
    /// When it was fetched.
    pub obtained_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// What the next one is asked for with, where the endpoint has replaced the first one.
    pub refresh: Option<Secret>,
}

impl MailToken {
    /// Whether the next one should be fetched: during the last fifth of its life, and not more than five minutes.
    fn is_due(&self, now: Timestamp) -> bool {
        let early = (self.expires_at.since(self.obtained_at) / 5).min(EARLY);
        now.plus(early) >= self.expires_at
    }
}

/// What is to be done for a token.
#[derive(Debug)]
pub enum Renewal {
    /// Nothing: it is good for a while.
    NotNeeded(MailToken),
    /// Nothing here: another node is asking, and there is none that is good.
    Elsewhere,
    /// The next one is to be asked for, with what there was before.
    Claimed(Option<MailToken>),
}

/// Finds a token, and claims its renewal when it ends soon.
pub async fn claim_renewal(cx: &Services, name: &str) -> Result<Renewal, Unexpected> {
    let now = cx.now();
    let before = find(cx, name).await?;
    if let Some(token) = before.as_ref().filter(|token| !token.is_due(now)) {
        return Ok(Renewal::NotNeeded(token.clone()));
    }
    if !cx.store.claim_mail_token(name, now, now.plus(RENEWAL)).await? {
        let good = before.filter(|token| now < token.expires_at);
        return Ok(good.map_or(Renewal::Elsewhere, Renewal::NotNeeded));
    }
    // Since it was read another node may have fetched one.
    match find(cx, name).await? {
        Some(token) if !token.is_due(now) => {
            cx.store.release_mail_token(name).await?;
            Ok(Renewal::NotNeeded(token))
        }
        before => Ok(Renewal::Claimed(before)),
    }
}

/// Keeps a token that was just fetched.
pub async fn keep(cx: &Services, name: &str, token: &MailToken) -> Result<(), Unexpected> {
    let sealed = seal(cx, name, token)?;
    Ok(cx.store.keep_mail_token(name, sealed, cx.now()).await?)
}

/// Lets another node, or the next mail, ask again.
pub async fn give_up_renewal(cx: &Services, name: &str) -> Result<(), Unexpected> {
    Ok(cx.store.release_mail_token(name).await?)
}

/// Ends a token that the mail server has refused, unless another one has taken its place. What brings the next one stays.
pub async fn drop_refused(cx: &Services, name: &str, refused: &Secret) -> Result<(), Unexpected> {
    let Some(seen) = cx.store.find_mail_token(name).await? else { return Ok(()) };
    let Some(token) = open(cx, name, &seen).filter(|token| token.access == *refused) else { return Ok(()) };
    let ended = seal(cx, name, &MailToken { expires_at: token.obtained_at, ..token })?;
    cx.store.swap_mail_token(name, &seen, ended).await?;
    Ok(())
}

async fn find(cx: &Services, name: &str) -> Result<Option<MailToken>, Unexpected> {
    let sealed = cx.store.find_mail_token(name).await?;
    Ok(sealed.and_then(|sealed| open(cx, name, &sealed)))
}

/// One that does not open, because its key was given up, is as good as none: the next one is asked for.
fn open(cx: &Services, name: &str, sealed: &[u8]) -> Option<MailToken> {
    let plain = cx.keys.open(place(name), sealed).ok()?;
    serde_json::from_slice(&plain).ok()
}

fn seal(cx: &Services, name: &str, token: &MailToken) -> Result<Vec<u8>, Unexpected> {
    let plain = zeroize::Zeroizing::new(serde_json::to_vec(token).map_err(Unexpected::new)?);
    cx.seal(place(name), &plain)
}

pub(crate) fn place(name: &str) -> SealContext<'_> {
    SealContext { column: SealedColumn::MailToken, row: name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_renewed_in_the_last_fifth_of_its_life_or_five_minutes() {
        let at = |seconds| Timestamp::from_millis(1_795_165_505_000).plus(Duration::from_secs(seconds));
        let due = |lifetime, now| {
            let (access, refresh) = (Secret::new("a"), None);
            MailToken { access, obtained_at: at(0), expires_at: at(lifetime), refresh }.is_due(at(now))
        };
        assert_eq!((due(3600, 3299), due(3600, 3300)), (false, true));
        assert_eq!((due(60, 47), due(60, 48)), (false, true));
        assert!(due(0, 0), "one that was refused");
    }
}

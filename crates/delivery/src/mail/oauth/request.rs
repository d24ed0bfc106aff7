//! Asking a token endpoint (RFC 6749 §4–6).

use std::time::Duration;

use rekey_shared::{Secret, Timestamp};
use serde::Deserialize;
use ureq::Agent;
use ureq::tls::{RootCerts, TlsConfig};

use super::assertion::Claims;
use super::settings::{Grant, OAuthSettings};
use crate::SendError;

/// How long the endpoint may take, connecting included: a message waits meanwhile, within its own time.
const TIMEOUT: Duration = Duration::from_secs(8);
/// An answer is a few kilobytes at most.
const LONGEST_ANSWER: u64 = 256 * 1024;
/// How long a token is taken to live whose answer does not say.
const USUAL_LIFETIME: u64 = 300;

/// A token as the endpoint gave it.
pub(super) struct Granted {
    pub access: Secret,
    pub lifetime: Duration,
    /// What the refresh token was replaced by.
    pub refresh: Option<Secret>,
}

#[derive(Deserialize)]
struct Answer {
    access_token: Secret,
    #[serde(default)]
    expires_in: Option<serde_json::Number>,
    #[serde(default)]
    refresh_token: Option<Secret>,
}

/// What asks.
pub(super) fn agent(settings: &OAuthSettings) -> Agent {
    let tls = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build();
    let config = Agent::config_builder()
        .tls_config(tls)
        .timeout_global(Some(TIMEOUT))
        .max_redirects(0) // a redirect would carry our credentials elsewhere
        .http_status_as_error(false)
        .user_agent("rekey");
    let config = if settings.on_this_machine { config.proxy(None) } else { config };
    config.build().new_agent()
}

/// The form that asks for a token. `refresh` is the refresh token that was given last.
pub(super) fn form(
    settings: &OAuthSettings,
    refresh: Option<&Secret>,
    id: String,
    now: Timestamp,
) -> Option<Vec<(&'static str, Secret)>> {
    let text = |text: &str| Secret::new(text);
    let client = ("client_id", text(&settings.client_id));
    let mut form = match &settings.grant {
        Grant::ClientCredentials { secret } => {
            vec![("grant_type", text("client_credentials")), client, ("client_secret", secret.clone())]
        }
        Grant::RefreshToken { token, secret } => {
            let token = refresh.unwrap_or(token).clone();
            let mut form = vec![("grant_type", text("refresh_token")), client, ("refresh_token", token)];
            form.extend(secret.clone().map(|secret| ("client_secret", secret)));
            form
        }
        Grant::Assertion { key } => {
            let (issuer, subject) = (settings.client_id.as_str(), settings.user.as_str());
            let scope = settings.scope.as_deref();
            let claims = Claims { issuer, subject, audience: &settings.token_url, scope, id };
            let assertion = Secret::new(key.sign(&claims, now)?);
            vec![("grant_type", text("urn:ietf:params:oauth:grant-type:jwt-bearer")), ("assertion", assertion)]
        }
    };
    form.extend(settings.scope.as_deref().map(|scope| ("scope", text(scope))));
    Some(form)
}

/// Asks. Blocks.
pub(super) fn ask(agent: &Agent, url: &str, form: &[(&'static str, Secret)]) -> Result<Granted, SendError> {
    let not_now = |class| SendError::NotNow { class };
    let fields = form.iter().map(|(name, value)| (*name, value.expose()));
    let answer = agent.post(url).header("Accept", "application/json").send_form(fields);
    let mut answer = match answer {
        Ok(answer) => answer,
        Err(ureq::Error::Timeout(_)) => return Err(not_now("oauth.timeout")),
        Err(ureq::Error::Tls(_) | ureq::Error::Rustls(_)) => return Err(not_now("oauth.tls")),
        Err(_) => return Err(not_now("oauth.connection")),
    };
    match answer.status().as_u16() {
        200..=299 => {}
        // About our credentials: the operator can correct them, so the mail waits.
        400..=499 => return Err(not_now("oauth.refused")),
        _ => return Err(not_now("oauth.5xx")),
    }
    let body = answer.body_mut().with_config().limit(LONGEST_ANSWER).read_to_vec();
    let answer = body.ok().and_then(|body| serde_json::from_slice::<Answer>(&body).ok());
    let Answer { access_token, expires_in, refresh_token } = answer.ok_or(not_now("oauth.protocol"))?;
    // A line break would end the command that shows the token.
    if access_token.is_empty() || access_token.expose().contains(char::is_control) {
        return Err(not_now("oauth.protocol"));
    }
    let seconds = expires_in.and_then(|seconds| seconds.as_u64()).unwrap_or(USUAL_LIFETIME);
    Ok(Granted { access: access_token, lifetime: Duration::from_secs(seconds), refresh: refresh_token })
}

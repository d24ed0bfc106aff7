//! Signing in to a mail server with a bearer token: XOAUTH2, and OAUTHBEARER (RFC 7628).
//!
//! lettre knows XOAUTH2, but takes a refusal with details for a fault of the server, and then no one learns that the
//! token was refused.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use rekey_shared::Secret;

/// How a token is shown to the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mechanism {
    /// What large mail services began with, and what all of them take.
    Xoauth2,
    /// The standard.
    OauthBearer,
}

impl Mechanism {
    /// Its name in `AUTH`.
    const fn name(self) -> &'static str {
        match self {
            Self::Xoauth2 => "XOAUTH2",
            Self::OauthBearer => "OAUTHBEARER",
        }
    }

    /// What is said with `AUTH`.
    fn initial(self, user: &str, (host, port): (&str, u16), token: &Secret) -> Secret {
        let token = token.expose();
        Secret::new(match self {
            Self::Xoauth2 => format!("user={user}\x01auth=Bearer {token}\x01\x01"),
            Self::OauthBearer => {
                // "=" and "," have a meaning in a GS2 header (RFC 5801 §4).
                let user = user.replace('=', "=3D").replace(',', "=2C");
                format!("n,a={user},\x01host={host}\x01port={port}\x01auth=Bearer {token}\x01\x01")
            }
        })
    }

    /// What is said to a refusal with details, so that the refusal itself comes.
    const fn after_refusal(self) -> &'static str {
        match self {
            Self::Xoauth2 => "",
            // One %x01 (RFC 7628 §3.2.3).
            Self::OauthBearer => "AQ==",
        }
    }
}

/// A line of the conversation.
struct Said(Secret);

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\r\n", self.0.expose())
    }
}

/// Signs in. A refusal is the server's own: 535.
pub(super) async fn sign_in(
    connection: &mut AsyncSmtpConnection,
    mechanism: Mechanism,
    user: &str,
    server: (&str, u16),
    token: &Secret,
) -> Result<(), Error> {
    let initial = BASE64.encode(mechanism.initial(user, server, token).expose());
    let begin = Said(Secret::new(format!("AUTH {} {initial}", mechanism.name())));
    let answer = connection.command(begin).await?;
    if answer.has_code(334) {
        connection.command(Said(Secret::new(mechanism.after_refusal()))).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_mechanism_says_what_its_description_says() {
        let said = |mechanism: Mechanism, user| {
            mechanism.initial(user, ("server.example.com", 587), &Secret::new("vF9dft4qmT")).expose().to_owned()
        };
        assert_eq!(
            said(Mechanism::Xoauth2, "user@example.com"),
            "user=user@example.com\u{1}auth=Bearer vF9dft4qmT\u{1}\u{1}"
        );
        // RFC 7628 §4.1, with its port.
        assert_eq!(
            said(Mechanism::OauthBearer, "user@example.com"),
            "n,a=user@example.com,\u{1}host=server.example.com\u{1}port=587\u{1}auth=Bearer vF9dft4qmT\u{1}\u{1}"
        );
        assert!(said(Mechanism::OauthBearer, "a=b,c").starts_with("n,a=a=3Db=2Cc,"));
    }
}

//! Signed assertions: a JWT that says who asks for a token (RFC 7523 §3).

use std::path::Path;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use rekey_shared::Timestamp;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject as _;
use serde_json::json;

/// How long an assertion is good for: long enough for clocks that differ by minutes.
const LIFETIME_SECONDS: i64 = 300;

/// A private key that signs assertions. Never prints itself.
#[derive(Clone)]
pub struct SigningKey {
    pair: Arc<KeyPair>,
    id: Option<String>,
}

enum KeyPair {
    Rsa(RsaKeyPair),
    Ecdsa(EcdsaKeyPair),
}

/// What an assertion says.
pub(super) struct Claims<'a> {
    /// Who asks.
    pub issuer: &'a str,
    /// For whom.
    pub subject: &'a str,
    /// Whom it is for: the token endpoint.
    pub audience: &'a str,
    /// What for.
    pub scope: Option<&'a str>,
    /// Names this assertion; a server may refuse to take one twice.
    pub id: String,
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SigningKey(…)")
    }
}

impl SigningKey {
    /// Reads a private key in PEM: RSA of 2,048 bits and more (RS256), or P-256 (ES256). `id` is its name at the server.
    pub fn read(path: &Path, id: Option<String>) -> Result<Self, &'static str> {
        let der = PrivateKeyDer::from_pem_file(path).map_err(|_| "cannot be read, or is no private key in PEM")?;
        let unusable = "is no RSA key of 2,048 bits or more and no P-256 key in PKCS#8";
        let pair = if let PrivateKeyDer::Pkcs1(key) = &der {
            RsaKeyPair::from_der(key.secret_pkcs1_der()).ok().map(KeyPair::Rsa)
        } else if let PrivateKeyDer::Pkcs8(key) = &der {
            from_pkcs8(key.secret_pkcs8_der())
        } else {
            None
        };
        Ok(Self { pair: Arc::new(pair.ok_or(unusable)?), id })
    }

    /// An assertion as it is sent.
    pub(super) fn sign(&self, claims: &Claims<'_>, now: Timestamp) -> Option<String> {
        let issued_at = now.as_millis() / 1000;
        let mut head = json!({ "alg": self.algorithm(), "typ": "JWT" });
        if let Some(id) = &self.id {
            head["kid"] = json!(id);
        }
        let mut body = json!({
            "iss": claims.issuer,
            "sub": claims.subject,
            "aud": claims.audience,
            "iat": issued_at,
            "exp": issued_at + LIFETIME_SECONDS,
            "jti": claims.id,
        });
        if let Some(scope) = claims.scope {
            body["scope"] = json!(scope);
        }
        let signed = format!("{}.{}", BASE64.encode(head.to_string()), BASE64.encode(body.to_string()));
        let signature = self.signature(signed.as_bytes())?;
        Some(format!("{signed}.{}", BASE64.encode(signature)))
    }

    fn algorithm(&self) -> &'static str {
        match &*self.pair {
            KeyPair::Rsa(_) => "RS256",
            KeyPair::Ecdsa(_) => "ES256",
        }
    }

    fn signature(&self, message: &[u8]) -> Option<Vec<u8>> {
        let random = SystemRandom::new();
        match &*self.pair {
            KeyPair::Rsa(pair) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature).ok()?;
                Some(signature)
            }
            KeyPair::Ecdsa(pair) => Some(pair.sign(&random, message).ok()?.as_ref().to_vec()),
        }
    }
}

fn from_pkcs8(der: &[u8]) -> Option<KeyPair> {
    let ecdsa = || EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der, &SystemRandom::new()).ok();
    RsaKeyPair::from_pkcs8(der).ok().map(KeyPair::Rsa).or_else(|| ecdsa().map(KeyPair::Ecdsa))
}

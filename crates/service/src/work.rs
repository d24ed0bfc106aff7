//! Proof of work before a text message: what a flood would have to pay, and a person's browser pays while they type.
//!
//! A challenge is no row: it holds what it is for, how hard it is and until when it is good, under a keyed hash. What
//! cannot be checked afterwards is whether it was used before, so a solution is a row, once on any number of nodes, from
//! the moment on that it buys a message (docs/adr/0018-work-before-text-messages.md).

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rekey_domain::journey::{Journey, JourneyKind};
use rekey_shared::Timestamp;
use rekey_shared::identifier::IdentifierKind;
use rekey_shared::work::Puzzle;
use rekey_store::Write;
use subtle::ConstantTimeEq as _;

use crate::{RequestMeta, Services, Unexpected};

/// How long a challenge is good for: as long as a form may be left open, and no longer than it has to, since solutions can
/// be made in advance.
pub const LIFETIME: Duration = Duration::from_secs(30 * 60);

/// Bytes of a challenge: kind, bits, expiry, nonce.
const BODY: usize = 1 + 1 + 8 + 16;
/// Bytes of the keyed hash behind them.
const MAC: usize = 32;

/// What a browser is asked to solve.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    /// What is hashed, and sent back with the solution.
    pub text: String,
    /// Zero bits that the hash must begin with.
    pub bits: u8,
}

/// A proof that was found to be right, and not spent yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Solved {
    nonce: String,
    expires_at: Timestamp,
}

/// A new challenge for a kind of journey; `None` when the settings ask for none. Writes nothing.
pub fn issue(cx: &Services, kind: JourneyKind) -> Option<Challenge> {
    let work = cx.settings().texts.work;
    let body = Body { kind, bits: work.bits, expires_at: cx.now().plus(LIFETIME), nonce: cx.random() };
    work.on.then(|| Challenge { text: body.sign(cx), bits: work.bits })
}

/// What a browser sends back: the challenge and the number.
pub fn proof(challenge: &Challenge, number: u64) -> String {
    format!("{}.{number}", challenge.text)
}

/// Whether a request counts as one with a proof of work, as far as can be said without spending it.
pub(crate) fn is_shown(cx: &Services, meta: &RequestMeta, kind: JourneyKind) -> bool {
    !cx.settings().texts.work.on || check(cx, meta, kind).is_some()
}

/// The same for the message of a journey, and spends the proof. The last statement before the rows of the message: other
/// requests with the same proof wait until this transaction ends.
///
/// Says nothing of accounts: it looks at what was typed alone. A message to an email address costs nothing, so nothing is
/// spent on it.
pub(crate) async fn spend(
    cx: &Services,
    tx: &Write,
    meta: &RequestMeta,
    journey: &Journey,
) -> Result<bool, Unexpected> {
    if !cx.settings().texts.work.on {
        return Ok(true);
    }
    let may_be_text = matches!(journey.target_kind, IdentifierKind::Phone | IdentifierKind::Username);
    match check(cx, meta, journey.kind).filter(|_| may_be_text) {
        Some(solved) => Ok(tx.spend_work(&solved.nonce, solved.expires_at).await?),
        None => Ok(false),
    }
}

/// Checks the proof of a request. `None` for none, and for one that is not right: which it was changes nothing.
fn check(cx: &Services, meta: &RequestMeta, kind: JourneyKind) -> Option<Solved> {
    let (challenge, number) = meta.work.as_deref()?.split_once('.')?;
    let body = Body::read(cx, challenge)?;
    if body.kind != kind || body.expires_at <= cx.now() {
        return None;
    }
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let number = is_number.then(|| number.parse().ok())??;
    Puzzle::new(challenge, body.bits)
        .is_solved_by(number)
        .then(|| Solved { nonce: URL_SAFE_NO_PAD.encode(body.nonce), expires_at: body.expires_at })
}

/// What a challenge says.
struct Body {
    kind: JourneyKind,
    bits: u8,
    expires_at: Timestamp,
    nonce: [u8; 16],
}

impl Body {
    fn sign(&self, cx: &Services) -> String {
        let kind = match self.kind {
            JourneyKind::Registration => 1,
            JourneyKind::Recovery => 2,
        };
        let mut bytes = vec![kind, self.bits];
        bytes.extend(self.expires_at.as_millis().to_be_bytes());
        bytes.extend(self.nonce);
        bytes.extend(cx.keys.work_mac(&bytes).0);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    fn read(cx: &Services, text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok().filter(|bytes| bytes.len() == BODY + MAC)?;
        let (body, mac) = bytes.split_at(BODY);
        if !bool::from(cx.keys.work_mac(body).0.ct_eq(mac)) {
            return None;
        }
        let kind = match body.first()? {
            1 => JourneyKind::Registration,
            2 => JourneyKind::Recovery,
            _ => return None,
        };
        Some(Self {
            kind,
            bits: *body.get(1)?,
            expires_at: Timestamp::from_millis(i64::from_be_bytes(*body.get(2..)?.first_chunk()?)),
            nonce: *body.get(10..)?.first_chunk()?,
        })
    }
}

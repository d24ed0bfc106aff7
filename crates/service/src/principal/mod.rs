//! Who a request comes from: resolved once, held against what a route asks for, handed on as typed proof.
//!
//! ```text
//! credentials ──resolve──▶ Requester ──admit(row's access)──▶ Admitted ──▶ Person, Officer, …
//! ```
//!
//! The proofs of [`proofs`] have private fields and no constructor outside this module, so an operation that takes
//! one cannot be reached by a request that [`rekey_domain::access`] refused.

mod proofs;

use std::sync::Arc;

use rekey_domain::access::{self, Access, Denial, Identity, SessionState};
use rekey_domain::journey::JourneyKind;
use rekey_domain::session::assurance::Level;
use rekey_shared::{Secret, Timestamp};

pub use self::proofs::{FreshPerson, HalfSignedIn, JourneyHolder, Officer, PasswordChanger, Person, Program, Visitor};
use crate::sign_in::{self, Caller};
use crate::{PlainToken, RequestMeta, Services, Unexpected, right};

/// What a request brings to say who it comes from. Of one class only: a request with credentials of a program has no
/// cookies here, so that a stolen token cannot be topped up with a browser's session or the other way round.
#[derive(Debug)]
pub enum Credentials {
    /// Nothing that is looked at.
    None,
    /// A browser's cookies.
    Browser(BrowserSecrets),
    /// The `Authorization` of a program. No program has credentials yet, so none is good.
    Program(Secret),
}

/// The secrets in a browser's cookies; empty where it has none.
#[derive(Debug, Default)]
pub struct BrowserSecrets {
    /// Of the session.
    pub session: Secret,
    /// The handle of a registration.
    pub registration: Secret,
    /// The handle of a recovery.
    pub recovery: Secret,
    /// The token of a mailed recovery link.
    pub recovery_link: Secret,
    /// The token of an owner's link.
    pub owner_link: Secret,
    /// The token of an "it was not me" link.
    pub not_me_link: Secret,
}

/// Who a request comes from, found out once.
#[derive(Debug, Clone)]
pub struct Requester(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    principal: access::Principal,
    caller: Option<Caller>,
    secrets: BrowserSecrets,
    at: Timestamp,
}

/// A requester that met one of the requirements of a route.
#[derive(Debug, Clone)]
pub struct Admitted {
    requester: Requester,
    by: Access,
}

/// Finds out who a request comes from. Reads the session with its account and the journeys that the cookies name;
/// writes nothing but when a session was last used.
pub async fn resolve(cx: &Services, credentials: Credentials, reads_metrics: bool) -> Result<Requester, Unexpected> {
    let at = cx.now();
    let (identity, caller, secrets) = match credentials {
        Credentials::None => (anonymous(), None, BrowserSecrets::default()),
        Credentials::Program(_) => (Identity::RefusedProgram, None, BrowserSecrets::default()),
        Credentials::Browser(secrets) => {
            let caller = sign_in::authenticate(cx, secrets.session.expose()).await?;
            let session = match &caller {
                Some(caller) => session_state(cx, caller).await?,
                None => SessionState::None,
            };
            let identity = Identity::Browser { session, journeys: journeys_of(cx, &secrets).await? };
            (identity, caller, secrets)
        }
    };
    let principal = access::Principal { identity, reads_metrics };
    Ok(Requester(Arc::new(Inner { principal, caller, secrets, at })))
}

const fn anonymous() -> Identity {
    Identity::Browser { session: SessionState::None, journeys: Vec::new() }
}

/// How far a session goes: the one place where a session is turned into what access depends on.
async fn session_state(cx: &Services, caller: &Caller) -> Result<SessionState, Unexpected> {
    Ok(match (caller.assurance.level(), caller.must_change) {
        // Before everything else: what the account must do is none of the business of one half signed in.
        (Level::Half, _) => SessionState::Half,
        (Level::TemporaryPassword, _) | (Level::SignedIn, Some(_)) => SessionState::MustChange,
        (Level::SignedIn, None) => {
            let proven_at = caller.assurance.proven_at().unwrap_or(caller.session.created_at);
            SessionState::Full { proven_at, rights: right::rights_of(cx, caller.account.id).await? }
        }
    })
}

/// The journeys that a browser may go on with.
///
/// A handle must name a journey; whether that one is still open is for its own state machine, which says so in the
/// audit record. A link counts unread, for the same reason: the operation that takes it is its one verifier.
async fn journeys_of(cx: &Services, secrets: &BrowserSecrets) -> Result<Vec<JourneyKind>, Unexpected> {
    let mut held = Vec::new();
    if names_journey(cx, JourneyKind::Registration, &secrets.registration).await? {
        held.push(JourneyKind::Registration);
    }
    if !secrets.recovery_link.is_empty() || names_journey(cx, JourneyKind::Recovery, &secrets.recovery).await? {
        held.push(JourneyKind::Recovery);
    }
    Ok(held)
}

async fn names_journey(cx: &Services, kind: JourneyKind, handle: &Secret) -> Result<bool, Unexpected> {
    let Some(handle) = PlainToken::parse(handle.expose()) else { return Ok(false) };
    Ok(cx.store.find_journey(kind, handle.digest()).await?.is_some())
}

/// Ends the session of a visitor who has one; having none is no error.
pub async fn sign_out(cx: &Services, meta: &RequestMeta, visitor: &Visitor) -> Result<(), Unexpected> {
    match visitor.caller() {
        Some(caller) => sign_in::sign_out(cx, meta, caller).await,
        None => Ok(()),
    }
}

impl Requester {
    /// Holds the requester against what a route asks for.
    pub fn admit(&self, accesses: &[Access]) -> Result<Admitted, Denial> {
        let by = access::admits_any(accesses, &self.0.principal, self.0.at)?;
        Ok(Admitted { requester: self.clone(), by })
    }
}

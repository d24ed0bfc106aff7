//! Who may use a route: the closed list of requirements, and the one function that holds a principal against them.
//!
//! A route names what it asks for ([`Access`]); what is known of the requester is [`Principal`];
//! [`admits`] decides. Nothing else in the product decides whether a request reaches its handler.

use std::time::Duration;

use rekey_shared::Timestamp;

use crate::journey::JourneyKind;
pub use crate::right::Right;

/// How long after a sign-in a session may do what needs a fresh one (SE-7).
pub const FRESH_FOR: Duration = Duration::from_secs(300);

/// What a route asks of a requester. A route may name several; one that is met is enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Access {
    /// Nothing: anyone may.
    Anyone,
    /// The browser that began a journey of this kind, or that brings the link of one.
    Journey(JourneyKind),
    /// A session whose password was right and whose second factor is still asked for.
    HalfSignedIn,
    /// A session that may do whatever its account may.
    SignedIn,
    /// A session that may do nothing but choose a new password.
    MustChangeOnly,
    /// As [`Access::SignedIn`], with the last proof at most [`FRESH_FOR`] ago.
    Fresh,
    /// As [`Access::SignedIn`], with this right.
    Right(Right),
    /// A program whose credentials hold this scope.
    Program(Scope),
    /// What scrapes the counters.
    MetricsReader,
}

/// What a program may do (OAuth 2.0, RFC 6749 §3.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Read accounts.
    AccountsRead,
    /// Make and change accounts.
    AccountsWrite,
}

/// What is known of a requester, as far as access depends on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// By what the request is authenticated.
    pub identity: Identity,
    /// Whether it may read the counters: depends on where the request comes from, not on its cookies.
    pub reads_metrics: bool,
}

/// By what a request is authenticated. The two classes never mix: a request with credentials of a program is not
/// looked at for cookies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identity {
    /// A browser, by its cookies.
    Browser {
        /// How far its session goes.
        session: SessionState,
        /// The journeys that it holds a handle or a link of.
        journeys: Vec<JourneyKind>,
    },
    /// A program, by a token or by client authentication.
    Program {
        /// What its credentials are good for.
        scopes: Vec<Scope>,
    },
    /// Credentials of a program that are not good.
    RefusedProgram,
}

/// How far a session goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SessionState {
    /// There is none.
    None,
    /// The second factor is still asked for.
    Half,
    /// Nothing is open but the new password.
    MustChange,
    /// Whatever the account may.
    Full {
        /// When its account's owner last authenticated.
        proven_at: Timestamp,
        /// What its account may do.
        rights: Vec<Right>,
    },
}

/// Why a request does not reach its handler, and thereby what would help.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Denial {
    /// Signing in would help.
    NotSignedIn,
    /// The second factor would help.
    SecondFactorFirst,
    /// A new password would help.
    ChangePasswordFirst,
    /// It is for a step of signing in that this session has behind it.
    AlreadySignedIn,
    /// Authenticating anew would help.
    NotFresh,
    /// The account has not the right.
    RightMissing(Right),
    /// The browser neither began such a journey nor brings the link of one.
    NoJourney(JourneyKind),
    /// It is for programs, and a browser asks.
    ProgramsOnly,
    /// It is for browsers, and a program asks.
    BrowsersOnly,
    /// The program's credentials are not good.
    CredentialsRefused,
    /// The program's credentials have not the scope.
    ScopeMissing(Scope),
    /// Counters are not read from there.
    NotMetricsReader,
}

/// Decides whether a principal meets what a route asks for.
pub fn admits(access: Access, principal: &Principal, now: Timestamp) -> Result<(), Denial> {
    match access {
        Access::Anyone => Ok(()),
        Access::MetricsReader => principal.reads_metrics.then_some(()).ok_or(Denial::NotMetricsReader),
        Access::Program(scope) => program(scope, &principal.identity),
        Access::Journey(kind) => journey(kind, &principal.identity),
        Access::HalfSignedIn => half(session(&principal.identity)?),
        Access::MustChangeOnly => must_change(session(&principal.identity)?),
        Access::SignedIn => full(session(&principal.identity)?).map(drop),
        Access::Fresh => fresh(full(session(&principal.identity)?)?, now),
        Access::Right(right) => has_right(full(session(&principal.identity)?)?, right),
    }
}

/// The first of several requirements that is met. When none is, the denial that speaks to this class of principal.
pub fn admits_any(accesses: &[Access], principal: &Principal, now: Timestamp) -> Result<Access, Denial> {
    let mut denials = Vec::with_capacity(accesses.len());
    for access in accesses {
        match admits(*access, principal, now) {
            Ok(()) => return Ok(*access),
            Err(denial) => denials.push(denial),
        }
    }
    let of_other_class = |denial: &Denial| matches!(denial, Denial::ProgramsOnly | Denial::BrowsersOnly);
    let speaks = denials.iter().copied().find(|denial| !of_other_class(denial));
    // A route that names nothing is closed.
    Err(speaks.or_else(|| denials.first().copied()).unwrap_or(Denial::NotSignedIn))
}

fn session(identity: &Identity) -> Result<&SessionState, Denial> {
    match identity {
        Identity::Browser { session, .. } => Ok(session),
        Identity::Program { .. } => Err(Denial::BrowsersOnly),
        Identity::RefusedProgram => Err(Denial::CredentialsRefused),
    }
}

fn journey(kind: JourneyKind, identity: &Identity) -> Result<(), Denial> {
    match identity {
        Identity::Browser { journeys, .. } if journeys.contains(&kind) => Ok(()),
        Identity::Browser { .. } => Err(Denial::NoJourney(kind)),
        Identity::Program { .. } => Err(Denial::BrowsersOnly),
        Identity::RefusedProgram => Err(Denial::CredentialsRefused),
    }
}

fn program(scope: Scope, identity: &Identity) -> Result<(), Denial> {
    match identity {
        Identity::Program { scopes } if scopes.contains(&scope) => Ok(()),
        Identity::Program { .. } => Err(Denial::ScopeMissing(scope)),
        Identity::RefusedProgram => Err(Denial::CredentialsRefused),
        Identity::Browser { .. } => Err(Denial::ProgramsOnly),
    }
}

fn half(session: &SessionState) -> Result<(), Denial> {
    match session {
        SessionState::Half => Ok(()),
        SessionState::None => Err(Denial::NotSignedIn),
        SessionState::MustChange => Err(Denial::ChangePasswordFirst),
        SessionState::Full { .. } => Err(Denial::AlreadySignedIn),
    }
}

fn must_change(session: &SessionState) -> Result<(), Denial> {
    match session {
        SessionState::MustChange => Ok(()),
        SessionState::None => Err(Denial::NotSignedIn),
        SessionState::Half => Err(Denial::SecondFactorFirst),
        SessionState::Full { .. } => Err(Denial::AlreadySignedIn),
    }
}

fn full(session: &SessionState) -> Result<(Timestamp, &[Right]), Denial> {
    match session {
        SessionState::Full { proven_at, rights } => Ok((*proven_at, rights)),
        SessionState::None => Err(Denial::NotSignedIn),
        SessionState::Half => Err(Denial::SecondFactorFirst),
        SessionState::MustChange => Err(Denial::ChangePasswordFirst),
    }
}

fn fresh((proven_at, _): (Timestamp, &[Right]), now: Timestamp) -> Result<(), Denial> {
    if now.since(proven_at) <= FRESH_FOR { Ok(()) } else { Err(Denial::NotFresh) }
}

fn has_right((_, rights): (Timestamp, &[Right]), right: Right) -> Result<(), Denial> {
    if rights.contains(&right) { Ok(()) } else { Err(Denial::RightMissing(right)) }
}

#[cfg(test)]
mod tests;

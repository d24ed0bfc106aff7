//! Proofs of who a request comes from. Each is made here, from a requester that was admitted, and nowhere else.

use rekey_domain::access::{Access, Identity, Right, Scope, SessionState};
use rekey_domain::journey::JourneyKind;

use super::{Admitted, Requester};
use crate::recovery::ProofSource;
use crate::sign_in::Caller;

/// A browser, signed in or not.
#[derive(Debug, Clone)]
pub struct Visitor(Requester);

/// A browser whose session may do whatever its account may.
#[derive(Debug, Clone)]
pub struct Person(Caller);

/// As [`Person`], authenticated within the last minutes (`rekey_domain::access::FRESH_FOR`).
#[derive(Debug, Clone)]
pub struct FreshPerson(Caller);

/// As [`Person`], with a right beyond looking after the account.
#[derive(Debug, Clone)]
pub struct Officer(Caller, Right);

/// A browser that has still to give the second factor.
#[derive(Debug, Clone)]
pub struct HalfSignedIn(Caller);

/// A browser that may choose a new password for its account: a [`Person`], or a session that may do nothing else.
#[derive(Debug, Clone)]
pub struct PasswordChanger(Caller);

/// A browser that may go on with a journey.
#[derive(Debug, Clone)]
pub struct JourneyHolder(Requester, JourneyKind);

/// A program whose credentials hold a scope.
#[derive(Debug, Clone)]
pub struct Program(Scope);

impl Admitted {
    /// The browser; `None` for a program.
    pub fn visitor(&self) -> Option<Visitor> {
        match self.requester.0.principal.identity {
            Identity::Browser { .. } => Some(Visitor(self.requester.clone())),
            Identity::Program { .. } | Identity::RefusedProgram => None,
        }
    }

    /// The signed-in person, on routes for them.
    pub fn person(&self) -> Option<Person> {
        self.caller_if(matches!(self.by, Access::SignedIn | Access::Fresh | Access::Right(_))).map(Person)
    }

    /// The freshly authenticated person, on routes for them.
    pub fn fresh_person(&self) -> Option<FreshPerson> {
        self.caller_if(matches!(self.by, Access::Fresh)).map(FreshPerson)
    }

    /// The person with the right that the route asks for.
    pub fn officer(&self) -> Option<Officer> {
        let Access::Right(right) = self.by else { return None };
        self.caller_if(true).map(|caller| Officer(caller, right))
    }

    /// The half signed-in browser, on routes for the second factor.
    pub fn half_signed_in(&self) -> Option<HalfSignedIn> {
        self.caller_if(matches!(self.by, Access::HalfSignedIn)).map(HalfSignedIn)
    }

    /// Who may choose a new password, on routes for that.
    pub fn password_changer(&self) -> Option<PasswordChanger> {
        self.caller_if(matches!(self.by, Access::SignedIn | Access::MustChangeOnly)).map(PasswordChanger)
    }

    /// The holder of the journey that the route is a step of.
    pub fn journey(&self) -> Option<JourneyHolder> {
        let Access::Journey(kind) = self.by else { return None };
        Some(JourneyHolder(self.requester.clone(), kind))
    }

    /// The program, on routes for programs.
    pub fn program(&self) -> Option<Program> {
        let Access::Program(scope) = self.by else { return None };
        Some(Program(scope))
    }

    /// The requester, to be held against what another route asks for.
    pub fn requester(&self) -> &Requester {
        &self.requester
    }

    fn caller_if(&self, admitted: bool) -> Option<Caller> {
        self.requester.0.caller.clone().filter(|_| admitted)
    }
}

impl Visitor {
    /// How far the browser's session goes: for pages that lead people on who have one. Opens nothing.
    pub fn session(&self) -> &SessionState {
        match &self.0.0.principal.identity {
            Identity::Browser { session, .. } => session,
            Identity::Program { .. } | Identity::RefusedProgram => &SessionState::None,
        }
    }

    /// The token of an owner's link; empty when the browser brings none.
    pub fn owner_link(&self) -> &str {
        self.0.0.secrets.owner_link.expose()
    }

    /// The token of an "it was not me" link; empty when the browser brings none.
    pub fn not_me_link(&self) -> &str {
        self.0.0.secrets.not_me_link.expose()
    }

    pub(super) fn caller(&self) -> Option<&Caller> {
        self.0.0.caller.as_ref()
    }
}

impl Person {
    /// The session and the account.
    pub fn caller(&self) -> &Caller {
        &self.0
    }
}

impl FreshPerson {
    /// The session and the account.
    pub fn caller(&self) -> &Caller {
        &self.0
    }
}

impl Officer {
    /// The session and the account.
    pub fn caller(&self) -> &Caller {
        &self.0
    }

    /// The right that opened the route.
    pub fn right(&self) -> Right {
        self.1
    }
}

impl HalfSignedIn {
    /// The session and the account.
    pub fn caller(&self) -> &Caller {
        &self.0
    }
}

impl PasswordChanger {
    /// The session and the account.
    pub fn caller(&self) -> &Caller {
        &self.0
    }
}

impl JourneyHolder {
    /// The handle in the browser's cookie; empty when it came by a link alone.
    pub fn handle(&self) -> &str {
        let secrets = &self.0.0.secrets;
        match self.1 {
            JourneyKind::Registration => secrets.registration.expose(),
            JourneyKind::Recovery => secrets.recovery.expose(),
        }
    }

    /// What brings the browser to the new password. A link wins over a handle: it was followed later.
    pub fn proof_source(&self) -> ProofSource<'_> {
        let link = self.0.0.secrets.recovery_link.expose();
        if link.is_empty() { ProofSource::Journey(self.handle()) } else { ProofSource::Link(link) }
    }
}

impl Program {
    /// The scope that opened the route.
    pub fn scope(&self) -> Scope {
        self.0
    }
}

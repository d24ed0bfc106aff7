//! What challenges and proofs belong to: one word and the row it names, so that they go when that row goes.

use rekey_domain::journey::owner::Owner;
use rekey_domain::{FactorId, JourneyId, SessionId};
use sea_orm::entity::prelude::Uuid;

use crate::Unexpected;

/// An owner as columns. A factor that is being added is named by the column of the factor itself.
pub struct Columns {
    pub owner: &'static str,
    pub journey: Option<Uuid>,
    pub session: Option<Uuid>,
}

/// An owner as columns.
pub fn columns(owner: Owner) -> Columns {
    let name = match owner {
        Owner::Journey(_) => "journey",
        Owner::Link(_) => "link",
        Owner::SignIn(_) => "sign_in",
        Owner::Reauthentication(_) => "reauthentication",
        Owner::Enrolment(_) => "enrolment",
    };
    Columns { owner: name, journey: owner.journey().map(|id| id.0), session: owner.session().map(|id| id.0) }
}

/// Reads an owner.
pub fn read(
    table: &'static str,
    owner: &str,
    journey: Option<Uuid>,
    session: Option<Uuid>,
    factor: Option<Uuid>,
) -> Result<Owner, Unexpected> {
    match (owner, journey, session, factor) {
        ("journey", Some(id), None, _) => Ok(Owner::Journey(JourneyId(id))),
        ("link", Some(id), None, _) => Ok(Owner::Link(JourneyId(id))),
        ("sign_in", None, Some(id), _) => Ok(Owner::SignIn(SessionId(id))),
        ("reauthentication", None, Some(id), _) => Ok(Owner::Reauthentication(SessionId(id))),
        ("enrolment", None, None, Some(id)) => Ok(Owner::Enrolment(FactorId(id))),
        _ => Err(Unexpected::row(table, "owner")),
    }
}

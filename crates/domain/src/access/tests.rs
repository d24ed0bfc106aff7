//! Every requirement against every kind of principal, held against a table that was written by hand.

use super::*;

const NOW: Timestamp = Timestamp::from_millis(1_795_165_505_000);

/// The kinds of principals, in the order of the table's columns.
const KINDS: [&str; 13] = [
    "anonymous",
    "registers",
    "recovers",
    "half",
    "half, recovers",
    "must change",
    "signed in",
    "fresh",
    "owner",
    "program r",
    "program rw",
    "refused program",
    "scraper",
];

fn browser(session: SessionState, journeys: &[JourneyKind]) -> Principal {
    Principal { identity: Identity::Browser { session, journeys: journeys.to_vec() }, reads_metrics: false }
}

fn full(seconds_ago: u64, rights: &[Right]) -> SessionState {
    SessionState::Full { proven_at: NOW.minus(Duration::from_secs(seconds_ago)), rights: rights.to_vec() }
}

fn program(scopes: &[Scope]) -> Principal {
    Principal { identity: Identity::Program { scopes: scopes.to_vec() }, reads_metrics: false }
}

fn principal(kind: &str) -> Principal {
    match kind {
        "anonymous" => browser(SessionState::None, &[]),
        "registers" => browser(SessionState::None, &[JourneyKind::Registration]),
        "recovers" => browser(SessionState::None, &[JourneyKind::Recovery]),
        "half" => browser(SessionState::Half, &[]),
        "half, recovers" => browser(SessionState::Half, &[JourneyKind::Recovery]),
        "must change" => browser(SessionState::MustChange, &[]),
        "signed in" => browser(full(301, &[]), &[]),
        "fresh" => browser(full(300, &[]), &[]),
        "owner" => browser(full(3600, &[Right::ManageSettings]), &[]),
        "program r" => program(&[Scope::AccountsRead]),
        "program rw" => program(&[Scope::AccountsRead, Scope::AccountsWrite]),
        "refused program" => Principal { identity: Identity::RefusedProgram, reads_metrics: false },
        "scraper" => Principal { reads_metrics: true, ..browser(SessionState::None, &[]) },
        other => panic!("no such principal: {other}"),
    }
}

/// One row for each requirement; a word for each column of [`KINDS`].
const TABLE: &[(Access, [&str; 13])] = &[
    (Access::Anyone, ["ok", "ok", "ok", "ok", "ok", "ok", "ok", "ok", "ok", "ok", "ok", "ok", "ok"]),
    (
        Access::Journey(JourneyKind::Registration),
        ["reg", "ok", "reg", "reg", "reg", "reg", "reg", "reg", "reg", "browser", "browser", "bad", "reg"],
    ),
    (
        Access::Journey(JourneyKind::Recovery),
        ["rec", "rec", "ok", "rec", "ok", "rec", "rec", "rec", "rec", "browser", "browser", "bad", "rec"],
    ),
    (
        Access::HalfSignedIn,
        ["in", "in", "in", "ok", "ok", "change", "done", "done", "done", "browser", "browser", "bad", "in"],
    ),
    (Access::SignedIn, ["in", "in", "in", "2nd", "2nd", "change", "ok", "ok", "ok", "browser", "browser", "bad", "in"]),
    (
        Access::MustChangeOnly,
        ["in", "in", "in", "2nd", "2nd", "ok", "done", "done", "done", "browser", "browser", "bad", "in"],
    ),
    (
        Access::Fresh,
        ["in", "in", "in", "2nd", "2nd", "change", "stale", "ok", "stale", "browser", "browser", "bad", "in"],
    ),
    (
        Access::Right(Right::ManageSettings),
        ["in", "in", "in", "2nd", "2nd", "change", "right", "right", "ok", "browser", "browser", "bad", "in"],
    ),
    (
        Access::Program(Scope::AccountsRead),
        ["prog", "prog", "prog", "prog", "prog", "prog", "prog", "prog", "prog", "ok", "ok", "bad", "prog"],
    ),
    (
        Access::Program(Scope::AccountsWrite),
        ["prog", "prog", "prog", "prog", "prog", "prog", "prog", "prog", "prog", "scope", "ok", "bad", "prog"],
    ),
    (Access::MetricsReader, ["far", "far", "far", "far", "far", "far", "far", "far", "far", "far", "far", "far", "ok"]),
];

fn word(outcome: Result<(), Denial>) -> &'static str {
    match outcome {
        Ok(()) => "ok",
        Err(Denial::NotSignedIn) => "in",
        Err(Denial::SecondFactorFirst) => "2nd",
        Err(Denial::ChangePasswordFirst) => "change",
        Err(Denial::AlreadySignedIn) => "done",
        Err(Denial::NotFresh) => "stale",
        Err(Denial::RightMissing(Right::ManageSettings)) => "right",
        Err(Denial::RightMissing(_)) => "another right",
        Err(Denial::NoJourney(JourneyKind::Registration)) => "reg",
        Err(Denial::NoJourney(JourneyKind::Recovery)) => "rec",
        Err(Denial::ProgramsOnly) => "prog",
        Err(Denial::BrowsersOnly) => "browser",
        Err(Denial::CredentialsRefused) => "bad",
        Err(Denial::ScopeMissing(Scope::AccountsRead | Scope::AccountsWrite)) => "scope",
        Err(Denial::NotMetricsReader) => "far",
    }
}

/// Where a requirement stands in the table. A new variant does not compile until it has a place.
fn place(access: Access) -> usize {
    match access {
        Access::Anyone => 0,
        Access::Journey(JourneyKind::Registration) => 1,
        Access::Journey(JourneyKind::Recovery) => 2,
        Access::HalfSignedIn => 3,
        Access::SignedIn => 4,
        Access::MustChangeOnly => 5,
        Access::Fresh => 6,
        Access::Right(_) => 7,
        Access::Program(Scope::AccountsRead) => 8,
        Access::Program(Scope::AccountsWrite) => 9,
        Access::MetricsReader => 10,
    }
}

#[test]
fn every_requirement_admits_and_refuses_as_the_table_says() {
    for (nth, (access, expected)) in TABLE.iter().enumerate() {
        assert_eq!(place(*access), nth, "{access:?} stands once in the table");
        for (kind, expected) in KINDS.iter().zip(expected) {
            assert_eq!(word(admits(*access, &principal(kind), NOW)), *expected, "{access:?} for {kind}");
        }
    }
}

#[test]
fn of_several_requirements_one_is_enough() {
    for (first, firsts) in TABLE {
        for (second, seconds) in TABLE {
            for (column, kind) in KINDS.iter().enumerate() {
                let admitted = admits_any(&[*first, *second], &principal(kind), NOW);
                let expected = match (firsts[column], seconds[column]) {
                    ("ok", _) => Some(*first),
                    (_, "ok") => Some(*second),
                    _ => None,
                };
                assert_eq!(admitted.ok(), expected, "{first:?} or {second:?} for {kind}");
            }
        }
    }
}

#[test]
fn a_refused_principal_hears_what_would_help_one_of_its_class() {
    let both = [Access::Program(Scope::AccountsWrite), Access::Right(Right::ManageSettings)];
    let heard = |kind| admits_any(&both, &principal(kind), NOW);
    assert_eq!(heard("anonymous"), Err(Denial::NotSignedIn));
    assert_eq!(heard("program r"), Err(Denial::ScopeMissing(Scope::AccountsWrite)));
    assert_eq!(heard("refused program"), Err(Denial::CredentialsRefused));
    let people = [Access::SignedIn, Access::MustChangeOnly];
    assert_eq!(admits_any(&people, &principal("program rw"), NOW), Err(Denial::BrowsersOnly));
    assert_eq!(admits_any(&people, &principal("half"), NOW), Err(Denial::SecondFactorFirst));
}

#[test]
fn a_route_that_names_nothing_is_closed() {
    for kind in KINDS {
        assert_eq!(admits_any(&[], &principal(kind), NOW), Err(Denial::NotSignedIn), "{kind}");
    }
}

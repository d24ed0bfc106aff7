//! No order of actions skips a gate: every walk to depth 6 over two gates and three methods.
//!
//! Worlds that are equal are walked once, which covers every order of actions without repeating any. What must be true
//! when a password is set is said by the model in plain rules of its own, see `World::judge`.

#[allow(dead_code, reason = "the walks through the services, which share it, need more of it")]
mod model;

use std::collections::HashSet;
use std::time::Duration;

use model::{Bearer, Cast, Event, Outcome, Typed, World, events};
use rekey_domain::journey::challenge::CODE_TRIES;
use rekey_domain::journey::method::Method;

const DEPTH: usize = 6;
/// Two gates, by different methods.
const TWO_GATES: usize = 1;

/// Walks everything from some worlds on and says how many worlds there are, and how many steps ended a journey.
fn walk(cast: Cast, from: &[World]) -> (usize, u64) {
    let events = events(cast, &[Typed::Right, Typed::Wrong]);
    let mut seen: HashSet<_> = from.iter().copied().collect();
    let mut frontier = from.to_vec();
    let mut finished = 0_u64;
    for depth in 1..=DEPTH {
        let mut next = Vec::new();
        for world in &frontier {
            for event in &events {
                let reached = world.apply(*event).0;
                finished += u64::from(reached.completions() > world.completions());
                // What the last step reaches was judged on the way; nothing is done from there.
                if depth < DEPTH && reached != *world {
                    let reached = reached.canonical();
                    if seen.insert(reached) {
                        next.push(reached);
                    }
                }
            }
        }
        frontier = next;
    }
    println!("{cast:?}: {} worlds, {finished} ends", seen.len());
    (seen.len(), finished)
}

fn fresh(cast: Cast) -> World {
    World::new(cast, TWO_GATES)
}

/// Both messages have gone out.
fn resolved(cast: Cast) -> World {
    fresh(cast).after(&[Event::Resolve(0), Event::Resolve(1)])
}

#[test]
fn no_walk_over_journeys_of_two_accounts_skips_a_gate() {
    let cast = [Some(0), Some(1)];
    let (worlds, ends) = walk(cast, &[fresh(cast), resolved(cast)]);
    assert!(worlds > 100_000 && ends > 10_000, "the walk is a walk, and reaches passwords by honest ways");
}

#[test]
fn no_walk_over_two_journeys_of_one_account_skips_a_gate() {
    let cast = [Some(0), Some(0)];
    let (worlds, ends) = walk(cast, &[fresh(cast), resolved(cast)]);
    assert!(worlds > 50_000 && ends > 5_000, "the walk is a walk, and reaches passwords by honest ways");
}

#[test]
fn no_walk_over_a_recovery_and_a_registration_skips_a_gate() {
    let cast = [Some(0), None];
    let (worlds, ends) = walk(cast, &[fresh(cast)]);
    assert!(worlds > 10_000 && ends > 1_000, "the walk is a walk, and reaches accounts by honest ways");
}

fn answer(bearer: Bearer, method: Method, typed: Typed) -> Event {
    Event::Answer { at: 0, bearer, method, typed }
}

fn choose(bearer: Bearer, method: Method) -> Event {
    Event::Choose { at: 0, bearer, method }
}

fn complete(bearer: Bearer) -> Event {
    Event::Complete { at: 0, bearer }
}

#[test]
fn two_gates_are_passed_by_two_methods() {
    let world = resolved([Some(0), Some(1)]);
    let first = world.after(&[answer(Bearer::Handle, Method::Mail, Typed::Right)]);
    assert_eq!(first.apply(complete(Bearer::Handle)).1, Outcome::Refused, "one of two");
    let second =
        first.after(&[choose(Bearer::Handle, Method::Passkey), answer(Bearer::Handle, Method::Passkey, Typed::Right)]);
    assert_eq!(second.apply(complete(Bearer::Handle)).1, Outcome::Done);
    let fewer = second.after(&[Event::Policy(0)]);
    assert_eq!(fewer.apply(complete(Bearer::Handle)).1, Outcome::Done, "more than enough");
}

#[test]
fn the_policy_that_counts_is_the_one_that_holds_at_the_end() {
    let one_gate = World::new([Some(0), Some(1)], 0);
    let proven = one_gate.after(&[Event::Resolve(0), answer(Bearer::Handle, Method::Mail, Typed::Right)]);
    assert_eq!(proven.apply(complete(Bearer::Handle)).1, Outcome::Done);
    assert_eq!(proven.after(&[Event::Policy(1)]).apply(complete(Bearer::Handle)).1, Outcome::Refused);
}

#[test]
fn the_browser_that_began_it_gains_nothing_from_what_is_proven_behind_the_link() {
    // Its mailbox is read, its owner follows the unexpected link and passes the second gate there.
    let world = resolved([Some(0), Some(1)]).after(&[
        answer(Bearer::Handle, Method::Mail, Typed::Right),
        choose(Bearer::Link, Method::Passkey),
        answer(Bearer::Link, Method::Passkey, Typed::Right),
    ]);
    assert_eq!(world.apply(complete(Bearer::Handle)).1, Outcome::Refused);
    assert_eq!(world.apply(complete(Bearer::Link)).1, Outcome::Done);
}

#[test]
fn five_wrong_codes_end_the_code_and_a_new_one_brings_no_new_tries() {
    let wrong = answer(Bearer::Handle, Method::Mail, Typed::Wrong);
    let mut world = resolved([Some(0), Some(1)]);
    for tries_left in (1..CODE_TRIES).rev() {
        let (next, outcome) = world.apply(wrong);
        assert_eq!(outcome, Outcome::Wrong { tries_left });
        world = next;
    }
    let lapsed = world.after(&[Event::Wait(Duration::from_secs(700)), Event::Resend(0)]);
    assert_eq!(lapsed.apply(answer(Bearer::Handle, Method::Mail, Typed::Right)).1, Outcome::Proven, "the last try");
    let (spent, outcome) = lapsed.apply(wrong);
    assert_eq!(outcome, Outcome::Dead);
    let later = spent.after(&[Event::Wait(Duration::from_secs(700))]);
    assert_eq!(later.apply(Event::Resend(0)).1, Outcome::Dead);
    assert_eq!(later.apply(answer(Bearer::Handle, Method::Mail, Typed::Right)).1, Outcome::Dead);
}

#[test]
fn codes_links_and_proofs_die_at_their_exact_moments() {
    let second = Duration::from_secs(1);
    let right = answer(Bearer::Handle, Method::Mail, Typed::Right);
    let at = |seconds| resolved([Some(0), Some(1)]).after(&[Event::Policy(0), Event::Wait(second * seconds)]);
    assert_eq!(at(599).apply(right).1, Outcome::Proven);
    assert_eq!(at(600).apply(right).1, Outcome::Dead);
    assert_eq!(at(24 * 3600 - 1).apply(complete(Bearer::Link)).1, Outcome::Done);
    assert_eq!(at(24 * 3600).apply(complete(Bearer::Link)).1, Outcome::Refused);
    let proven = at(0).after(&[right]);
    assert_eq!(proven.after(&[Event::Wait(second * 1799)]).apply(complete(Bearer::Handle)).1, Outcome::Done);
    assert_eq!(proven.after(&[Event::Wait(second * 1800)]).apply(complete(Bearer::Handle)).1, Outcome::Refused);
}

#[test]
fn a_claimed_completion_is_left_alone_until_it_runs_out() {
    let claim = Event::Claim { at: 0, bearer: Bearer::Link };
    let claimed = resolved([Some(0), Some(0)].map(|_: Option<usize>| Some(0))).after(&[Event::Policy(0)]);
    // Of two journeys of one account the newer one lives.
    assert_eq!(claimed.apply(claim).1, Outcome::Refused, "revoked");
    let claimed = resolved([Some(0), Some(1)]).after(&[Event::Policy(0), claim]);
    assert_eq!(claimed.apply(claim).1, Outcome::Refused);
    assert_eq!(claimed.apply(complete(Bearer::Link)).1, Outcome::Refused);
    assert_eq!(claimed.apply(Event::Finish(0)).1, Outcome::Done);
    assert_eq!(claimed.after(&[Event::GiveBack(0)]).apply(complete(Bearer::Link)).1, Outcome::Done);
    assert_eq!(claimed.after(&[Event::Bump(0)]).apply(Event::Finish(0)).1, Outcome::Refused, "overtaken");
    // The process died: another one takes over, and the first may not come back.
    let late = claimed.after(&[Event::Wait(Duration::from_secs(60))]);
    assert_eq!(late.apply(complete(Bearer::Link)).1, Outcome::Done);
    assert_eq!(late.after(&[claim, Event::GiveBack(0)]).apply(Event::Finish(0)).1, Outcome::Refused);
}

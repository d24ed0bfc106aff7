//! Everything that can be done.

use super::*;

/// Which browser acts: the one that began the journey, or the one that came by its mailed link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bearer {
    Handle,
    Link,
}

/// What is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Typed {
    /// The right answer.
    Right,
    /// A guess.
    Wrong,
    /// The right answer to the same question of the other journey.
    OtherJourneys,
    /// The right answer of this journey, by this method, at the other gate or in the other browser.
    OtherGates,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Event {
    /// The worker finds out whom the journey is for.
    Resolve(usize),
    Resend(usize),
    /// "I want another method."
    Choose {
        at: usize,
        bearer: Bearer,
        method: Method,
    },
    Answer {
        at: usize,
        bearer: Bearer,
        method: Method,
        typed: Typed,
    },
    Complete {
        at: usize,
        bearer: Bearer,
    },
    /// The first half of a completion that needs two transactions.
    Claim {
        at: usize,
        bearer: Bearer,
    },
    Finish(usize),
    GiveBack(usize),
    /// The account's credentials change by another way.
    Bump(usize),
    /// Its owner objects to what came through its mail address.
    Freeze(usize),
    Disable(usize),
    Wait(Duration),
    /// Another policy holds from now on.
    Policy(usize),
}

/// What an event led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Something happened that cannot fail.
    Happened,
    Resolved(bool),
    Sent,
    TooSoon,
    Asked,
    Proven,
    AlreadyProven,
    Wrong {
        tries_left: u8,
    },
    Dead,
    Done,
    /// Nothing can be done so, now or ever.
    Refused,
}

/// Everything that can be done, with these texts typed.
pub fn events(cast: Cast, typed: &[Typed]) -> Vec<Event> {
    let mut events = Vec::new();
    for (at, account) in cast.into_iter().enumerate() {
        events.extend([Event::Resolve(at), Event::Resend(at), Event::Finish(at), Event::GiveBack(at)]);
        for bearer in [Bearer::Handle, Bearer::Link] {
            if bearer == Bearer::Link && account.is_none() {
                continue;
            }
            events.extend([Event::Complete { at, bearer }, Event::Claim { at, bearer }]);
            for method in [Method::Mail, Method::Authenticator, Method::Passkey] {
                if method != Method::Mail {
                    events.push(Event::Choose { at, bearer, method });
                }
                events.extend(typed.iter().map(|typed| Event::Answer { at, bearer, method, typed: *typed }));
            }
        }
    }
    for account in cast.into_iter().flatten().collect::<std::collections::BTreeSet<_>>() {
        events.extend([Event::Bump(account), Event::Freeze(account), Event::Disable(account)]);
    }
    events.extend([60, 601, 1801, 24 * 3600].map(|seconds| Event::Wait(Duration::from_secs(seconds))));
    events.push(Event::Wait(COMPLETION_LEASE + Duration::from_secs(1)));
    events.extend((0..policies().len()).map(Event::Policy));
    events
}

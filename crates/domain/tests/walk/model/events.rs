//! Everything that can be done.

use super::*;

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

//! The one verifier of each kind of secret, with its budget inside it: there is no second door (T-18).
//!
//! A try is claimed in the database, in a statement of its own, before anything is compared (P2).

use std::sync::atomic::Ordering;

use subtle::ConstantTimeEq as _;

use rekey_domain::guess::{Budget, Lockout, Window};
use rekey_domain::journey::Journey;
use rekey_domain::ticket::{Ticket, TicketKind};
use rekey_domain::{Account, AccountId, Digest, PasswordHash};
use rekey_shared::identifier::IdentifierKind;
use rekey_shared::{OneTimeCode, Secret, Timestamp};

use crate::hasher::Place;
use crate::temporary::{self, TemporaryPassword};
use crate::{Services, Unexpected};

/// What came of a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Checked {
    /// It is right, and a try was left for it.
    Right,
    /// It is wrong, or there is nothing that it could fit.
    Wrong {
        /// Whether this very failure began the waiting.
        just_locked: bool,
    },
    /// No try was left: nothing was compared.
    Waiting,
}

/// The guess budget of an account's password: the same for all its aliases and for every form that asks for it.
pub(crate) fn password_budget(cx: &Services, account: &Account) -> Digest {
    cx.keys.budget_key("password", account.id.0.as_bytes())
}

/// Verifies a password. Costs the same whatever comes of it.
pub(crate) async fn password(
    cx: &Services,
    place: Place,
    budget: Digest,
    account: Option<&Account>,
    typed: &Secret,
) -> Result<Checked, Unexpected> {
    let lockout = cx.settings.sign_in.lockout;
    let Some(reserved) = reserve(cx, budget, cx.now(), |seen, now| lockout.reserve(seen, now)).await? else {
        reserve_nothing(cx).await?;
        cx.hasher.verify_decoy(place, typed).await?;
        return Ok(Checked::Waiting);
    };
    let right = match account.and_then(|account| account.password.as_ref()) {
        Some(stored) => cx.hasher.verify(place, typed, stored).await?,
        None => cx.hasher.verify_decoy(place, typed).await?,
    };
    Ok(if right { Checked::Right } else { Checked::Wrong { just_locked: lockout.just_locked(reserved) } })
}

/// What opens a session.
#[derive(Debug, Clone)]
pub(crate) enum Opened {
    /// The password.
    ByPassword,
    /// A temporary password: not spent yet.
    ByTemporary(Box<Ticket>),
}

/// Verifies what was typed at sign-in: the password or, where they are in use, a temporary one. One budget for both,
/// and the same work whether or not there is one.
pub(crate) async fn password_or_temporary(
    cx: &Services,
    place: Place,
    (budget, nobody): (Digest, AccountId),
    account: Option<&Account>,
    typed: &Secret,
) -> Result<Result<Opened, Checked>, Unexpected> {
    let sent = if temporary::in_use(cx) {
        let id = account.map_or(nobody, |account| account.id);
        let typed = TemporaryPassword::parse(typed.expose()).map(|typed| cx.keys.temporary_digest(id, &typed));
        (cx.store.find_latest_ticket(TicketKind::TemporaryPassword, id).await?, typed)
    } else {
        (None, None)
    };
    Ok(match (password(cx, place, budget, account, typed).await?, sent) {
        (Checked::Right, _) => Ok(Opened::ByPassword),
        (Checked::Wrong { .. }, (Some(ticket), Some(typed))) if fits(cx, &ticket, account, typed) => {
            Ok(Opened::ByTemporary(Box::new(ticket)))
        }
        (checked, _) => Err(checked),
    })
}

fn fits(cx: &Services, ticket: &Ticket, account: Option<&Account>, typed: Digest) -> bool {
    let same: bool = typed.0.ct_eq(&ticket.digest.0).into();
    same && account.is_some_and(Account::may_have_temporary_password)
        && ticket.is_open(TicketKind::TemporaryPassword, cx.now())
}

/// What came of a typed code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CodeTry {
    /// Compared.
    Compared {
        /// Whether it fits.
        fits: bool,
    },
    /// No try was left, or its time is over: nothing was compared.
    Dead,
}

/// The guess budget of all codes sent to one target, over all its journeys (TH-3).
pub(crate) fn code_budget(cx: &Services, journey: &Journey) -> Digest {
    cx.keys.budget_key(kind_name(journey.target_kind), journey.target.as_bytes())
}

/// Verifies a code of a journey.
pub(crate) async fn code(cx: &Services, journey: &Journey, typed: &OneTimeCode) -> Result<CodeTry, Unexpected> {
    let now = cx.now();
    if cx.store.claim_code_try(journey.id, now).await?.is_none() {
        return Ok(CodeTry::Dead);
    }
    if reserve(cx, code_budget(cx, journey), now, |seen, now| Lockout::CODES.reserve(seen, now)).await?.is_none() {
        return Ok(CodeTry::Dead);
    }
    cx.codes_evaluated.fetch_add(1, Ordering::Relaxed);
    let live = cx.keys.code_of(journey);
    Ok(CodeTry::Compared { fits: live.expose().as_bytes().ct_eq(typed.expose().as_bytes()).into() })
}

/// What came of comparing a new password with past ones.
pub(crate) enum Novelty {
    /// It is none of them: this is its hash.
    New(PasswordHash),
    /// It is one of them.
    Used,
    /// No try was left: nothing was compared.
    NoTryLeft,
}

/// Compares a new password with past ones and hashes it, in one place of the queue.
pub(crate) async fn novelty(
    cx: &Services,
    place: Place,
    account: &Account,
    typed: &Secret,
    against: Vec<PasswordHash>,
) -> Result<Novelty, Unexpected> {
    if against.is_empty() {
        return Ok(Novelty::New(cx.hasher.hash(place, typed).await?));
    }
    let key = cx.keys.budget_key("past passwords", account.id.0.as_bytes());
    let rule = |seen, now| Window::PAST_PASSWORDS.reserve(seen, now);
    if reserve(cx, key, cx.now(), rule).await?.is_none() {
        return Ok(Novelty::NoTryLeft);
    }
    Ok(cx.hasher.hash_unless(place, typed, against).await?.map_or(Novelty::Used, Novelty::New))
}

/// Writes what a reservation writes, for nobody, so that an account that must wait answers no faster.
async fn reserve_nothing(cx: &Services) -> Result<(), Unexpected> {
    let key = cx.keys.budget_key("nobody", &[]);
    let seen = cx.store.read_budget(key).await?;
    let next = Budget { failures: seen.failures.wrapping_add(1) % 1_000_000, next_at: None };
    cx.store.swap_budget(key, seen, next, cx.now()).await?;
    Ok(())
}

/// Reserves a try by compare-and-swap. Each lost race means that another try was reserved,
/// so the loop ends: at the latest when the budget is used up.
async fn reserve(
    cx: &Services,
    key: Digest,
    now: Timestamp,
    rule: impl Fn(Budget, Timestamp) -> Option<Budget>,
) -> Result<Option<Budget>, Unexpected> {
    loop {
        let seen = cx.store.read_budget(key).await?;
        let Some(next) = rule(seen, now) else { return Ok(None) };
        if cx.store.swap_budget(key, seen, next, now).await? {
            return Ok(Some(next));
        }
    }
}

/// A name for a kind of identifier, for deriving keys.
pub(crate) const fn kind_name(kind: IdentifierKind) -> &'static str {
    match kind {
        IdentifierKind::Email => "email",
        IdentifierKind::Phone => "phone",
        IdentifierKind::Username => "username",
    }
}

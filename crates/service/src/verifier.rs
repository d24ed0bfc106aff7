//! The one verifier of each kind of secret, with its budget inside it: there is no second door (T-18).
//!
//! A try is claimed in the database, in a statement of its own, before anything is compared (P2).

use std::sync::atomic::Ordering;

use subtle::ConstantTimeEq as _;

use rekey_domain::account::action_token::{ActionToken, ActionTokenKind};
use rekey_domain::journey::Journey;
use rekey_domain::throttle::budget::{Budget, Lockout, Window};
use rekey_domain::{Account, AccountId, Digest, PasswordHash};
use rekey_shared::identifier::IdentifierKind;
use rekey_shared::{OneTimeCode, Secret, Timestamp};

use crate::hasher::QueuePermit;
use crate::temporary::{self, TemporaryPassword};
use crate::{Services, Unexpected};

/// What came of a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PasswordCheck {
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
    permit: QueuePermit,
    budget: Digest,
    account: Option<&Account>,
    typed: &Secret,
) -> Result<PasswordCheck, Unexpected> {
    let lockout = cx.settings().sign_in.lockout;
    let Some(reserved) = reserve(cx, budget, cx.now(), |seen, now| lockout.reserve(seen, now)).await? else {
        reserve_dummy(cx).await?;
        cx.hasher.verify_decoy(permit, typed).await?;
        return Ok(PasswordCheck::Waiting);
    };
    let right = match account.and_then(|account| account.password.as_ref()) {
        Some(stored) => cx.hasher.verify(permit, typed, stored).await?,
        None => cx.hasher.verify_decoy(permit, typed).await?,
    };
    Ok(if right { PasswordCheck::Right } else { PasswordCheck::Wrong { just_locked: lockout.just_locked(reserved) } })
}

/// What opens a session.
#[derive(Debug, Clone)]
pub(crate) enum SignInMethod {
    /// The password.
    ByPassword,
    /// A temporary password: not spent yet.
    ByTemporary(Box<ActionToken>),
}

/// Verifies what was typed at sign-in: the password or, where they are in use, a temporary one. One budget for both,
/// and the same work whether or not there is one.
pub(crate) async fn password_or_temporary(
    cx: &Services,
    permit: QueuePermit,
    (budget, nobody): (Digest, AccountId),
    account: Option<&Account>,
    typed: &Secret,
) -> Result<Result<SignInMethod, PasswordCheck>, Unexpected> {
    let sent = if temporary::in_use(cx) {
        let id = account.map_or(nobody, |account| account.id);
        let typed = TemporaryPassword::parse(typed.expose()).map(|typed| cx.keys.temporary_digest(id, &typed));
        let latest = cx.store.find_latest_action_token(ActionTokenKind::TemporaryPassword, id).await?;
        // Asked for every account, and for none: whether there is one must not show in the time.
        let administers = cx.store.has_role(id, cx.now()).await?;
        latest.zip(typed).map(|(latest, typed)| (latest, typed, administers))
    } else {
        None
    };
    Ok(match (password(cx, permit, budget, account, typed).await?, sent) {
        (PasswordCheck::Right, _) => Ok(SignInMethod::ByPassword),
        (PasswordCheck::Wrong { .. }, Some((action_token, typed, administers)))
            if fits(cx, &action_token, account, typed, administers) =>
        {
            Ok(SignInMethod::ByTemporary(Box::new(action_token)))
        }
        (checked, _) => Err(checked),
    })
}

fn fits(
    cx: &Services,
    action_token: &ActionToken,
    account: Option<&Account>,
    typed: Digest,
    administers: bool,
) -> bool {
    let same: bool = typed.0.ct_eq(&action_token.digest.0).into();
    same && account.is_some_and(|account| account.may_have_temporary_password(administers))
        && action_token.is_open(ActionTokenKind::TemporaryPassword, cx.now())
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
pub(crate) enum HistoryCheck {
    /// It is none of them: this is its hash.
    New(PasswordHash),
    /// It is one of them.
    Used,
    /// No try was left: nothing was compared.
    NoTryLeft,
}

/// Compares a new password with past ones and hashes it, under one queue permit.
pub(crate) async fn check_history(
    cx: &Services,
    permit: QueuePermit,
    account: &Account,
    typed: &Secret,
    against: Vec<PasswordHash>,
) -> Result<HistoryCheck, Unexpected> {
    if against.is_empty() {
        return Ok(HistoryCheck::New(cx.hasher.hash(permit, typed).await?));
    }
    let key = cx.keys.budget_key("past passwords", account.id.0.as_bytes());
    let rule = |seen, now| Window::PAST_PASSWORDS.reserve(seen, now);
    if reserve(cx, key, cx.now(), rule).await?.is_none() {
        return Ok(HistoryCheck::NoTryLeft);
    }
    Ok(cx.hasher.hash_unless(permit, typed, against).await?.map_or(HistoryCheck::Used, HistoryCheck::New))
}

/// Writes what a reservation writes, for nobody, so that an account that must wait answers no faster.
async fn reserve_dummy(cx: &Services) -> Result<(), Unexpected> {
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

//! The one verifier of each kind of secret, with its budget inside it: there is no second door (T-18).
//!
//! A try is claimed in the database, in a statement of its own, before anything is compared (P2).

use std::sync::atomic::Ordering;

use subtle::ConstantTimeEq as _;

use rekey_domain::account::action_token::{ActionToken, ActionTokenKind};
use rekey_domain::journey::Subject;
use rekey_domain::journey::challenge::Challenge;
use rekey_domain::throttle::budget::{Budget, Lockout, Window};
use rekey_domain::{Account, AccountId, Digest, JourneyId, PasswordHash};
use rekey_shared::identifier::{IdentifierKind, Username};
use rekey_shared::{Secret, Timestamp};

use uuid::Uuid;

use crate::hasher::QueuePermit;
use crate::journey::method::AnswerCheck;
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

/// The guess budget of an account's password: the same for all its aliases and for every form that asks for it. Browsers
/// that its owner has used have budgets of their own, see [`crate::session::known_device`].
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

/// Verifies what was typed at sign-in: the password or, where they are in use, a temporary one. The same work whether or
/// not there is one.
///
/// A temporary password does not share the budget: no one guesses 80 bits, and wrong guesses at the password would keep
/// its owner from using it (N48).
pub(crate) async fn password_or_temporary(
    cx: &Services,
    permit: QueuePermit,
    (budget, phantom): (Digest, AccountId),
    account: Option<&Account>,
    typed: &Secret,
) -> Result<Result<SignInMethod, PasswordCheck>, Unexpected> {
    let sent = if temporary::in_use(cx) {
        let (id, now) = (account.map_or(phantom, |account| account.id), cx.now());
        let latest = cx.store.find_latest_action_token(ActionTokenKind::TemporaryPassword, id).await?;
        let latest = latest.filter(|sent| sent.is_open(ActionTokenKind::TemporaryPassword, now));
        // Without one that is open the same is derived, with the key of now (T-02).
        let made_at = latest.as_ref().map_or(now, |sent| sent.created_at);
        let typed = TemporaryPassword::parse(typed.expose());
        let typed = typed.map(|typed| cx.keys.temporary_digest(id, &typed, made_at)).transpose()?;
        // Asked for every account, and for none: whether there is one must not show in the time.
        let administers = cx.store.has_role(id, now).await?;
        latest.zip(typed).map(|(latest, typed)| (latest, typed, administers))
    } else {
        None
    };
    Ok(match (password(cx, permit, budget, account, typed).await?, sent) {
        (PasswordCheck::Right, _) => Ok(SignInMethod::ByPassword),
        (PasswordCheck::Wrong { .. } | PasswordCheck::Waiting, Some((action_token, typed, administers)))
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

/// What an answer was worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It is right.
    Right,
    /// It is wrong.
    Wrong,
    /// It was not compared with anything that could be right: no guess was left. Only the audit log tells it from wrong.
    Withheld,
}

/// What came of an answer to a challenge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AnswerTry {
    /// A try was claimed.
    Compared {
        /// The challenge with that try counted.
        claimed: Challenge,
        /// What came of it.
        answer: Answer,
    },
    /// The challenge has no try left, or its time is over: nothing was compared.
    Dead,
}

/// A challenge as it is answered, and who would be guessed at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub challenge: &'a Challenge,
    pub subject: Subject,
    /// What was typed to begin with, where it is not known whose it is.
    pub target: Option<(IdentifierKind, &'a str)>,
}

/// The guess budget of answers: one for each account, gate and method, over all its aliases, journeys and channels
/// (TH-3); for what is no account, or not known yet, one for each text that was typed. Codes that are sent are one
/// method, by whichever channel: a guesser who begins by an address and by a number has no second budget (N38).
pub(crate) fn answer_budget(cx: &Services, asked: &Asked<'_>) -> Digest {
    let method = asked.challenge.method;
    let method = if method.is_sent() { "code" } else { method.name() };
    let (gate, method) = ([asked.challenge.gate], method.as_bytes());
    match (asked.subject.account(), asked.target) {
        (Some(account), _) => cx.keys.budget_key("answer", &[&gate, account.0.as_bytes().as_slice(), method].concat()),
        (None, target) => {
            let (kind, typed) = target.map_or(("", ""), |(kind, typed)| (kind_name(kind), typed));
            // Neither of the first two holds a zero, so no two targets run into the same bytes.
            let whose = [&gate, method, &[0], kind.as_bytes(), &[0], typed.as_bytes()].concat();
            cx.keys.budget_key("answer to a stranger", &whose)
        }
    }
}

/// Verifies the answer to a challenge.
///
/// Tries of the challenge are told to the person. That the budget behind it is used up is not: it is shared by all names
/// of an account, and would tell that two of them belong to one. Then the answer is as wrong as any other, and costs the
/// same (TH-7). Nothing is compared either where it is not known whom the challenge is for.
pub(crate) async fn answer(
    cx: &Services,
    check: &dyn AnswerCheck,
    asked: Asked<'_>,
    typed: &str,
) -> Result<AnswerTry, Unexpected> {
    let now = cx.now();
    let Some(claimed) = cx.store.claim_try(asked.challenge.id, now).await? else { return Ok(AnswerTry::Dead) };
    let is_left = reserve_answer(cx, &asked, now).await?;
    if !is_left || asked.subject == Subject::Unresolved {
        // Its secret is none that was ever sent.
        let decoy = Challenge { factor: None, generation: -1, ..claimed };
        check.fits(cx, &decoy, Subject::Unresolved, typed).await?;
        let answer = if is_left { Answer::Wrong } else { Answer::Withheld };
        return Ok(AnswerTry::Compared { claimed, answer });
    }
    cx.answers_evaluated.fetch_add(1, Ordering::Relaxed);
    let fits = check.fits(cx, &claimed, asked.subject, typed).await?;
    Ok(AnswerTry::Compared { claimed, answer: if fits { Answer::Right } else { Answer::Wrong } })
}

/// Reserves a try of the account's budget, and one of its day, which no right code clears. Writes two rows whatever comes
/// of it.
async fn reserve_answer(cx: &Services, asked: &Asked<'_>, now: Timestamp) -> Result<bool, Unexpected> {
    let lockout = if cx.code_alarm.is_raised(now) { Lockout::CODES_IN_ALARM } else { Lockout::CODES };
    let budget = answer_budget(cx, asked);
    if reserve(cx, budget, now, |seen, now| lockout.reserve(seen, now)).await?.is_none() {
        reserve_dummy(cx).await?;
        reserve_dummy(cx).await?;
        return Ok(false);
    }
    let day = cx.keys.budget_key("answers of a day", &budget.0);
    let is_left = reserve(cx, day, now, |seen, now| Window::CODES_A_DAY.reserve(seen, now)).await?.is_some();
    if !is_left {
        reserve_dummy(cx).await?;
    }
    Ok(is_left)
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
    (account, counted_for): (&Account, Uuid),
    typed: &Secret,
    against: Vec<PasswordHash>,
) -> Result<HistoryCheck, Unexpected> {
    if !may_hash(cx, counted_for).await? {
        return Ok(HistoryCheck::NoTryLeft);
    }
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

/// Hashes the password of an account to be, unless its registration has had too many hashed: `None`.
pub(crate) async fn first_password(
    cx: &Services,
    journey: JourneyId,
    typed: &Secret,
    permit: QueuePermit,
) -> Result<Option<PasswordHash>, Unexpected> {
    if !may_hash(cx, journey.0).await? {
        return Ok(None);
    }
    cx.hasher.hash(permit, typed).await.map(Some)
}

/// Claims one new password of an account, a registration or a recovery: a budget beside that of the client's address,
/// which comes first ([`Window::NEW_PASSWORDS`]).
async fn may_hash(cx: &Services, counted_for: Uuid) -> Result<bool, Unexpected> {
    let key = cx.keys.budget_key("new passwords", counted_for.as_bytes());
    Ok(reserve(cx, key, cx.now(), |seen, now| Window::NEW_PASSWORDS.reserve(seen, now)).await?.is_some())
}

/// Whether a user name can be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NameCheck {
    /// No account has it.
    Free,
    /// An account has it.
    Taken,
    /// No try was left: nothing was looked up.
    NoTryLeft,
}

/// Looks up whether a user name is taken, for a newcomer who has proven an address or number. The answer costs no hash,
/// so it is counted for each registration.
pub(crate) async fn username(cx: &Services, journey: JourneyId, typed: &Username) -> Result<NameCheck, Unexpected> {
    let key = cx.keys.budget_key("user names", journey.0.as_bytes());
    if reserve(cx, key, cx.now(), |seen, now| Window::USER_NAMES.reserve(seen, now)).await?.is_none() {
        return Ok(NameCheck::NoTryLeft);
    }
    let found = cx.store.find_account_by(IdentifierKind::Username, typed.canonical()).await?;
    Ok(if found.is_some() { NameCheck::Taken } else { NameCheck::Free })
}

/// Writes what a reservation writes, for no account, so that one that must wait answers no faster.
async fn reserve_dummy(cx: &Services) -> Result<(), Unexpected> {
    let key = cx.keys.budget_key("dummy", &[]);
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

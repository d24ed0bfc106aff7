//! Past passwords: none of them comes back (SP-144, AM-06).

use rekey_domain::{Account, PasswordHash};
use rekey_shared::Secret;
use rekey_shared::password::{Policy, Report, RuleId};

use uuid::Uuid;

use crate::hasher::QueuePermit;
use crate::verifier::{self, HistoryCheck};
use crate::{Services, Unexpected, policies};

/// Why a password that meets every cheaper rule is not taken.
pub(crate) enum HistoryError {
    /// It is one of the past ones.
    Weak(Box<Report>),
    /// It was compared with the past ones three times within the hour.
    TooMany,
    /// Something broke.
    Unexpected(Unexpected),
}

crate::error::from_store!(HistoryError);

impl From<Unexpected> for HistoryError {
    fn from(failure: Unexpected) -> Self {
        Self::Unexpected(failure)
    }
}

/// Hashes a password that meets every cheaper rule, unless it is one of the past ones. Only for someone who has proven
/// to own the account: that a password was used before is told to no one else.
///
/// `counted_for` is what it is counted for: the account, or the recovery in which the owner has just proven to own it,
/// so that neither takes from the other. `current_differs` says that the present password is known to be another one,
/// so that it need not be compared.
pub(crate) async fn hash_unless_used(
    cx: &Services,
    permit: QueuePermit,
    (account, counted_for): (&Account, Uuid),
    policy: &Policy,
    (mut report, typed): (Report, &Secret),
    current_differs: bool,
) -> Result<PasswordHash, HistoryError> {
    let depth = policy.history.on_change;
    let mut against = Vec::new();
    if depth > 0 {
        // A frozen account has no present password: the one that was taken away is the latest of the past ones.
        let past = u64::from(depth) - u64::from(account.password.is_some());
        against.extend(account.password.clone().filter(|_| !current_differs));
        against.extend(cx.store.list_past_passwords(account.id, past).await?);
    }
    let (unused, hash) = match verifier::check_history(cx, permit, (account, counted_for), typed, against).await? {
        HistoryCheck::New(hash) => (true, Some(hash)),
        HistoryCheck::Used => (false, None),
        HistoryCheck::NoTryLeft => return Err(HistoryError::TooMany),
    };
    report.settle(RuleId::History, unused);
    hash.filter(|_| report.accepted()).ok_or(HistoryError::Weak(Box::new(report)))
}

/// How many passwords an account's history holds, the present one included. As deep as any policy asks, so that an
/// account that comes under another policy has a past already.
pub(crate) async fn depth(cx: &Services) -> Result<u8, Unexpected> {
    let depth = |policy: &Policy| policy.history.on_change.max(policy.history.on_reset);
    Ok(policies::all(cx).await?.iter().map(depth).max().unwrap_or(0))
}

//! Choosing a password: what every form that takes a new one does with it.
//!
//! What costs little is judged first. Only a password that fits so far, of somebody who has proven who they are, is
//! compared with the past ones: each of them costs a whole hash.

use std::time::Duration;

use rekey_domain::{Account, PasswordHash};
use rekey_shared::password::{Personal, Policy, Report, RuleId, Verdict, edits, normalise};
use rekey_shared::{Field, FieldFault, FieldProblem, Secret, Timestamp};

use zeroize::Zeroizing;

use crate::hasher::QueuePermit;
use crate::ports::Breach;
use crate::verifier::{self, HistoryCheck};
use crate::{Services, Unexpected, policies};

/// A password being chosen, typed twice.
pub(crate) struct NewPassword<'a> {
    pub password: &'a Secret,
    pub confirm: &'a Secret,
}

/// What there is to know of the password that is replaced without hashing anything.
#[derive(Default)]
pub(crate) struct CurrentPassword<'a> {
    /// As it was typed beside the new one.
    pub current: Option<&'a Secret>,
    /// When it was set.
    pub set_at: Option<Timestamp>,
}

/// Why a chosen password cannot be taken.
pub(crate) enum NewPasswordFault {
    Fields(Vec<FieldProblem>),
    Weak(Box<Report>),
}

/// Why a password that fits so far is not taken all the same.
pub(crate) enum HistoryFault {
    /// It is one of the past ones.
    Weak(Box<Report>),
    /// It was compared with the past ones three times within the hour.
    TooMany,
    Unexpected(Unexpected),
}

impl From<rekey_store::Unexpected> for HistoryFault {
    fn from(cause: rekey_store::Unexpected) -> Self {
        Self::Unexpected(cause.into())
    }
}

impl From<Unexpected> for HistoryFault {
    fn from(failure: Unexpected) -> Self {
        Self::Unexpected(failure)
    }
}

impl NewPassword<'_> {
    /// The server's verdict on all that costs little: by the function that the browser used, and then by what only the
    /// server knows. `policy` is reduced to the occasion ([`Policy::on`]). What the report leaves open is whether it
    /// is a past password.
    pub(crate) async fn judge(
        &self,
        cx: &Services,
        policy: &Policy,
        personal: &Personal,
        replaced: &CurrentPassword<'_>,
    ) -> Result<Report, NewPasswordFault> {
        if self.password.is_empty() {
            return Err(NewPasswordFault::Fields(vec![fault(Field::NewPassword, FieldFault::Missing)]));
        }
        let mut report = policy.check(self.password.expose(), personal);
        settle(&mut report, policy, self.password, replaced, cx.now());
        // As the browser does: nobody is asked about a password that is refused already.
        if report.fits_so_far() {
            self.look_up(cx, &mut report).await;
        }
        if !report.fits_so_far() {
            return Err(NewPasswordFault::Weak(Box::new(report)));
        }
        if self.password != self.confirm {
            return Err(NewPasswordFault::Fields(vec![fault(Field::ConfirmPassword, FieldFault::Differs)]));
        }
        Ok(report)
    }

    /// Fills in what the list of breached passwords says (PW-6). One that is too long for any policy is not looked up.
    async fn look_up(&self, cx: &Services, report: &mut Report) {
        let asked = report.rule(RuleId::Breached).is_some_and(|rule| rule.verdict == Verdict::Server);
        if asked {
            let normal = Zeroizing::new(normalise(self.password.expose()));
            report.settle(RuleId::Breached, cx.breaches.look_up(&normal).await != Breach::Found);
        }
    }
}

/// Fills in what only the server knows, as far as it costs no hash.
fn settle(report: &mut Report, policy: &Policy, typed: &Secret, replaced: &CurrentPassword<'_>, now: Timestamp) {
    let age = Duration::from_secs(u64::from(policy.min_age_hours) * 3600);
    report.settle(RuleId::Age, replaced.set_at.is_none_or(|at| now.since(at) >= age));
    let far_enough = |current: &Secret| edits(current.expose(), typed.expose(), policy.differs_by) >= policy.differs_by;
    report.settle(RuleId::Differs, replaced.current.is_none_or(far_enough));
    if replaced.current.is_some_and(|current| normalise(current.expose()) == normalise(typed.expose())) {
        // Both were typed just now, so it tells nothing, and spares a try.
        report.settle(RuleId::History, false);
    }
}

pub(crate) fn fault(field: Field, fault: FieldFault) -> FieldProblem {
    FieldProblem { field, fault }
}

/// Hashes a password that fits so far, unless it is one of the past ones (SP-144, AM-06). Only for somebody who has proven
/// to own the account: whether a password was used before is told to nobody else.
///
/// `current_differs` says that the present password is known and another one, so that it need not be compared.
pub(crate) async fn hash_new(
    cx: &Services,
    permit: QueuePermit,
    account: &Account,
    policy: &Policy,
    (mut report, typed): (Report, &Secret),
    current_differs: bool,
) -> Result<PasswordHash, HistoryFault> {
    let depth = policy.history.on_change;
    let mut against = Vec::new();
    if depth > 0 {
        against.extend(account.password.clone().filter(|_| !current_differs));
        against.extend(cx.store.list_past_passwords(account.id, u64::from(depth) - 1).await?);
    }
    let (met, answer) = match verifier::check_history(cx, permit, account, typed, against).await? {
        HistoryCheck::New(hash) => (true, Some(hash)),
        HistoryCheck::Used => (false, None),
        HistoryCheck::NoTryLeft => return Err(HistoryFault::TooMany),
    };
    report.settle(RuleId::History, met);
    answer.filter(|_| report.accepted()).ok_or(HistoryFault::Weak(Box::new(report)))
}

/// How many passwords an account's history holds, the present one included.
/// As deep as any policy asks, so that whoever comes under another one has a past already.
pub(crate) async fn remembered(cx: &Services) -> Result<u8, Unexpected> {
    let depth = |policy: &Policy| policy.history.on_change.max(policy.history.on_reset);
    Ok(policies::all(cx).await?.iter().map(depth).max().unwrap_or(0))
}

//! A new password as it was typed: what every form that takes one does with it.
//!
//! What costs little is judged first. Only a password that meets all of that, typed by someone who has proven who they
//! are, is compared with the past ones (`history`): each of them costs a whole hash.

use std::time::Duration;

use rekey_shared::password::{Personal, Policy, Report, RuleId, Verdict, edits, normalise};
use rekey_shared::{Field, FieldFault, FieldProblem, Secret, Timestamp};

use zeroize::Zeroizing;

use crate::hasher::Busy;
use crate::ports::Breach;
use crate::{Services, Unexpected};

/// A new password, typed twice.
pub(crate) struct NewPassword<'a> {
    pub password: &'a Secret,
    pub confirm: &'a Secret,
}

/// What is known of the current password without hashing anything.
#[derive(Default)]
pub(crate) struct CurrentPassword<'a> {
    /// As it was typed beside the new one.
    pub typed: Option<&'a Secret>,
    /// When it was set.
    pub set_at: Option<Timestamp>,
}

/// Why a new password cannot be taken.
pub(crate) enum NewPasswordError {
    /// Fields need another look.
    Fields(Vec<FieldProblem>),
    /// It does not meet the policy.
    Weak(Box<Report>),
    /// The hashing queue is full.
    Busy(Busy),
    /// Something broke.
    Unexpected(Unexpected),
}

impl From<Busy> for NewPasswordError {
    fn from(busy: Busy) -> Self {
        Self::Busy(busy)
    }
}

impl From<Unexpected> for NewPasswordError {
    fn from(failure: Unexpected) -> Self {
        Self::Unexpected(failure)
    }
}

impl NewPassword<'_> {
    /// The server's verdict on all that costs little: by the function that the browser used, and then by what only the
    /// server knows. `policy` is reduced to the occasion ([`Policy::on`]). What the report leaves open is whether it
    /// is a past password.
    pub(crate) async fn check(
        &self,
        cx: &Services,
        policy: &Policy,
        personal: &Personal,
        current: &CurrentPassword<'_>,
    ) -> Result<Report, NewPasswordError> {
        if self.password.is_empty() {
            return Err(NewPasswordError::Fields(vec![fault(Field::NewPassword, FieldFault::Missing)]));
        }
        let mut report = self.judge(cx, policy, personal, current).await?;
        // As the browser does: no service is asked about a password that is refused already.
        if report.fits_so_far() {
            self.check_breaches(cx, &mut report).await;
        }
        if !report.fits_so_far() {
            return Err(NewPasswordError::Weak(Box::new(report)));
        }
        if self.password != self.confirm {
            return Err(NewPasswordError::Fields(vec![fault(Field::ConfirmPassword, FieldFault::Differs)]));
        }
        Ok(report)
    }

    /// What is judged from the text alone, on the hashing threads: up to 16 ms for a long password, in which an async
    /// thread would answer no one.
    async fn judge(
        &self,
        cx: &Services,
        policy: &Policy,
        personal: &Personal,
        current: &CurrentPassword<'_>,
    ) -> Result<Report, NewPasswordError> {
        let (policy, personal, now) = (policy.clone(), personal.clone(), cx.now());
        let (current, set_at) = (current.typed.cloned(), current.set_at);
        let judge = move |typed: &str| {
            let mut report = policy.check(typed, &personal);
            let current = CurrentPassword { typed: current.as_ref(), set_at };
            check_against_current(&mut report, &policy, typed, &current, now);
            report
        };
        Ok(cx.hasher.judge(cx.hasher.permit()?, self.password, judge).await?)
    }

    /// Fills in what the list of breached passwords says (PW-6). One that is too long for any policy is not looked up.
    async fn check_breaches(&self, cx: &Services, report: &mut Report) {
        let asked = report.rule(RuleId::Breached).is_some_and(|rule| rule.verdict == Verdict::Server);
        if asked {
            let normal = Zeroizing::new(normalise(self.password.expose()));
            report.settle(RuleId::Breached, cx.breaches.look_up(&normal).await != Breach::Found);
        }
    }
}

/// Fills in the rules on the current password, as far as they cost no hash.
fn check_against_current(
    report: &mut Report,
    policy: &Policy,
    typed: &str,
    current: &CurrentPassword<'_>,
    now: Timestamp,
) {
    let age = Duration::from_secs(u64::from(policy.min_age_hours) * 3600);
    report.settle(RuleId::Age, current.set_at.is_none_or(|at| now.since(at) >= age));
    let far_enough = |current: &Secret| edits(current.expose(), typed, policy.differs_by) >= policy.differs_by;
    report.settle(RuleId::Differs, current.typed.is_none_or(far_enough));
    if current.typed.is_some_and(|current| normalise(current.expose()) == normalise(typed)) {
        // Both were typed just now, so it tells nothing, and spares a try.
        report.settle(RuleId::History, false);
    }
}

pub(crate) fn fault(field: Field, fault: FieldFault) -> FieldProblem {
    FieldProblem { field, fault }
}

//! Asking for jobs, and asking them to end.

use rekey_domain::JobId;
use rekey_domain::audit::{Actor, AuditEntry, AuditEvent, Reason, Target};
use rekey_domain::job::{Counts, Job, JobKind};
use rekey_store::transaction;

use crate::context::About as _;
use crate::{Services, Unexpected};

/// Demands a new password of every account. A running server does it, beginning within a second.
pub async fn require_change(cx: &Services, by: Actor) -> Result<JobId, Unexpected> {
    let counts = Counts { total: Some(cx.store.count_accounts().await?), ..Counts::default() };
    let job = Job { counts, ..super::new(cx, JobKind::RequireChange, by) };
    transaction!(cx.store, |tx| {
        tx.insert_job(&job).await?;
        tx.record(AuditEntry::new(AuditEvent::JobStarted, by, job.created_at).target(Target::Job(job.id)));
        Ok(job.id)
    })
    .await
}

/// Asks a job to end before its next step. `false` when there is none, it has ended or it never ends.
pub async fn cancel(cx: &Services, id: JobId, by: Actor) -> Result<bool, Unexpected> {
    let now = cx.now();
    transaction!(cx.store, |tx| {
        let asked = tx.cancel_job(id, now).await?;
        if asked {
            let entry = AuditEntry::new(AuditEvent::JobCancelled, by, now);
            tx.record(entry.target(Target::Job(id)).reason(Reason::OperatorsDecision));
        }
        Ok(asked)
    })
    .await
}

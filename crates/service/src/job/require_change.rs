//! The job that demands a new password of every account, such as after a breach.

use rekey_domain::audit::{AuditEntry, AuditEvent, Reason, Target};
use rekey_domain::job::{Job, JobOutcome, RowOutcome};
use rekey_domain::{Account, AccountId, ChangeCause};
use rekey_store::Write;
use serde::{Deserialize, Serialize};

use super::{Step, Work};
use crate::context::About as _;
use crate::{Services, Unexpected};

/// The account that was looked at last.
#[derive(Serialize, Deserialize, Default)]
pub(super) struct Cursor(Option<AccountId>);

pub(super) struct Marking;

impl Work for Marking {
    type Cursor = Cursor;
    type Prepared = Account;

    async fn prepare(cx: &Services, cursor: &Cursor) -> Result<Option<Account>, Unexpected> {
        Ok(cx.store.find_account_after(cursor.0).await?)
    }

    async fn apply(cx: &Services, tx: &mut Write, job: &Job, account: &Account) -> Result<Step<Cursor>, Unexpected> {
        let now = cx.now();
        let outcome = mark(tx, account).await?;
        if outcome == RowOutcome::Done {
            let entry = AuditEntry::new(AuditEvent::CredentialChangeRequired, job.created_by, now).account(account.id);
            tx.record(entry.reason(Reason::OperatorsDecision).target(Target::Job(job.id)));
        }
        let outcomes = vec![JobOutcome { account: account.id, outcome, at: now }];
        Ok(Step { outcomes, ..Step::to(Cursor(Some(account.id))) })
    }
}

async fn mark(tx: &Write, account: &Account) -> Result<RowOutcome, Unexpected> {
    if account.password.is_none() {
        return Ok(RowOutcome::NoPassword);
    }
    if account.must_change.is_some() {
        return Ok(RowOutcome::Already);
    }
    // A password that was replaced just now is as new as this asks for.
    let marked = tx.require_change_of(account.id, account.epoch, ChangeCause::Operator).await?;
    Ok(if marked { RowOutcome::Done } else { RowOutcome::Overtaken })
}

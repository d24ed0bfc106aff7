//! The job that tells people whose password expires in fourteen, seven days or one, once each.

use std::collections::BTreeSet;

use rekey_domain::job::{Job, JobOutcome, RowOutcome};
use rekey_domain::password::expiry::{Due, PageCursor, due_warnings};
use rekey_domain::{Account, AccountId, AccountIdentifier};
use rekey_shared::Timestamp;
use rekey_store::Write;
use serde::{Deserialize, Serialize};

use super::{Step, Work};
use crate::message::notices;
use crate::{Services, Unexpected, policies};

/// The account that was looked at last, and for which warning.
#[derive(Serialize, Deserialize, Default, Clone, Copy)]
pub(super) struct Cursor(Option<Position>);

#[derive(Serialize, Deserialize, Clone, Copy)]
struct Position {
    days: u16,
    warning: u8,
    set_at: Timestamp,
    account: AccountId,
}

/// An account that may be due a warning.
pub(super) struct Candidate {
    position: Position,
    account: Account,
    known: Vec<AccountIdentifier>,
    /// When its password expires; `None` when another policy holds for this account, with another end.
    ends_at: Option<Timestamp>,
}

pub(super) struct Warnings;

impl Work for Warnings {
    type Cursor = Cursor;
    type Prepared = Candidate;

    async fn prepare(cx: &Services, cursor: &Cursor) -> Result<Option<Candidate>, Unexpected> {
        for (days, due) in all_due(cx).await?.into_iter().skip_while(|(days, due)| is_done(cursor, *days, *due)) {
            let after = cursor.0.filter(|position| position.days == days && position.warning == due.warning);
            let after = after.map(|position| PageCursor { set_at: position.set_at, account: position.account });
            if let Some(account) = cx.store.list_due_warnings(due, after, 1).await?.pop() {
                return candidate(cx, days, due, account).await.map(Some);
            }
        }
        Ok(None)
    }

    async fn apply(cx: &Services, tx: &mut Write, _job: &Job, of: &Candidate) -> Result<Step<Cursor>, Unexpected> {
        let next = Step::to(Cursor(Some(of.position)));
        let Some(ends_at) = of.ends_at else { return Ok(next) };
        let outcome = if !tx.claim_warning(of.account.id, of.position.set_at, of.position.warning).await? {
            RowOutcome::Overtaken
        } else if notices::password_expires(cx, tx, &of.account, &of.known, ends_at).await? {
            RowOutcome::Done
        } else {
            RowOutcome::NoContact
        };
        Ok(Step { outcomes: vec![JobOutcome { account: of.account.id, outcome, at: cx.now() }], ..next })
    }
}

/// Every life of a password that any policy gives, with the warnings that are due for it now, in an order that stays.
async fn all_due(cx: &Services) -> Result<Vec<(u16, Due)>, Unexpected> {
    let rules = policies::all(cx).await?;
    let lives: BTreeSet<u16> = rules.iter().filter_map(|policy| policy.expiry).map(|rule| rule.days).collect();
    let now = cx.now();
    Ok(lives.into_iter().flat_map(|days| due_warnings(days, now).map(move |due| (days, due))).collect())
}

/// Lives come shortest first, and of each the longest warning first.
fn is_done(cursor: &Cursor, days: u16, due: Due) -> bool {
    cursor.0.is_some_and(|position| days < position.days || days == position.days && due.warning > position.warning)
}

async fn candidate(cx: &Services, days: u16, due: Due, account: Account) -> Result<Candidate, Unexpected> {
    let rule = policies::of(cx, &account).await?.expiry.filter(|rule| rule.days == days);
    let set_at = account.password_changed_at.unwrap_or(account.created_at);
    Ok(Candidate {
        position: Position { days, warning: due.warning, set_at, account: account.id },
        known: cx.store.list_identifiers(account.id).await?,
        ends_at: rule.and_then(|rule| account.password_expires_at(Some(rule))),
        account,
    })
}

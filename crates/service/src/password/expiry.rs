//! Passwords that grow old: who is told, and when. What an old one opens is decided at every request, in
//! [`crate::sign_in::authenticate`].

use std::collections::BTreeSet;

use rekey_domain::Account;
use rekey_domain::password::expiry::{Due, PageCursor, due_warnings};

use crate::{Services, Unexpected, message::notices, policies};

/// Accounts that are looked at with one query.
const PIECE: u64 = 200;

/// Enqueues a message to everyone whose password ends in fourteen, seven days or one, once each. How many were told.
/// Any number of nodes may do so at once.
pub async fn warn(cx: &Services) -> Result<u64, Unexpected> {
    let rules = policies::all(cx).await?;
    let lives: BTreeSet<u16> = rules.iter().filter_map(|policy| policy.expiry).map(|rule| rule.days).collect();
    let mut told = 0;
    for days in lives {
        for due in due_warnings(days, cx.clock.now()) {
            told += warn_all(cx, days, due).await?;
        }
    }
    if told > 0 {
        cx.wake.notify_one();
    }
    Ok(told)
}

async fn warn_all(cx: &Services, days: u16, due: Due) -> Result<u64, Unexpected> {
    let (mut told, mut after) = (0, None);
    loop {
        let found = cx.store.list_due_warnings(due, after, PIECE).await?;
        for account in &found {
            // Another policy may hold for this one, with another end.
            let rule = policies::of(cx, account).await?.expiry.filter(|rule| rule.days == days);
            if rule.is_some() && warn_one(cx, account, due.warning).await? {
                told += 1;
            }
        }
        let Some(last) = found.last().filter(|_| found.len() as u64 == PIECE) else { return Ok(told) };
        after = last.password_changed_at.map(|set_at| PageCursor { set_at, account: last.id });
    }
}

async fn warn_one(cx: &Services, account: &Account, warning: u8) -> Result<bool, Unexpected> {
    let rule = policies::of(cx, account).await?.expiry;
    let (Some(set_at), Some(ends_at)) = (account.password_changed_at, account.password_expires_at(rule)) else {
        return Ok(false);
    };
    let known = cx.store.list_identifiers(account.id).await?;
    let mut tx = cx.store.begin_write().await?;
    if !tx.claim_warning(account.id, set_at, warning).await? {
        return Ok(false);
    }
    notices::password_expires(cx, &mut tx, account, &known, ends_at).await?;
    tx.commit().await?;
    Ok(true)
}

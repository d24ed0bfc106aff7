//! The alarm on wrong codes over all accounts: this node's, where it is told, and what it does.

use std::sync::{Mutex, MutexGuard, PoisonError};

use rekey_domain::audit::{Actor, AuditEntry, AuditEvent};
use rekey_domain::journey::challenge::Challenge;
use rekey_domain::journey::{Journey, JourneyKind};
use rekey_domain::throttle::alarm;
use rekey_shared::Timestamp;
use rekey_shared::identifier::IdentifierKind;
use rekey_store::transaction;

use crate::{Services, Unexpected};

/// The alarm of one node.
#[derive(Debug, Default)]
pub struct CodeAlarm(Mutex<alarm::CodeAlarm>);

impl CodeAlarm {
    /// Whether it is raised.
    pub fn is_raised(&self, now: Timestamp) -> bool {
        self.state().is_raised(now)
    }

    fn state(&self) -> MutexGuard<'_, alarm::CodeAlarm> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes the answer to a code into account, and tells of the alarm when that is due.
pub(crate) async fn note(cx: &Services, right: bool) -> Result<(), Unexpected> {
    let now = cx.now();
    if !cx.code_alarm.state().note(right, now) {
        return Ok(());
    }
    transaction!(cx.store, |tx| {
        tx.record(AuditEntry::new(AuditEvent::CodeAlarm, Actor::System, now));
        Ok(())
    })
    .await
}

/// Whether a journey takes no code while the alarm lasts: its message brought a link, which is not guessed. Judged by
/// what was typed alone, so it tells nothing of an account; a number gets no link, and its code goes on.
pub(crate) fn demands_link(cx: &Services, journey: &Journey, asked: &Challenge) -> bool {
    let by_link = match (journey.kind, journey.target_kind) {
        (JourneyKind::Recovery, IdentifierKind::Email | IdentifierKind::Username) => asked.link_expires_at.is_some(),
        (JourneyKind::Recovery, IdentifierKind::Phone) | (JourneyKind::Registration, _) => false,
    };
    by_link && cx.code_alarm.is_raised(cx.now())
}

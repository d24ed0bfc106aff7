//! What setting a password brings with it. It follows from the occasion alone.
//!
//! | Occasion | Rules on the past | Minimum age | Effects | Reason in the audit log |
//! |---|---|---|---|---|
//! | Registration | none | – | none: a new account has nothing that could be older | – (the account's own entry) |
//! | Change | as on a change | counts | all secrets and sessions end, the owner is told | the owner's choice |
//! | Required change | as on a change | – | the same | it was required |
//! | After a temporary password | as on a reset | – | the same | the temporary password |
//! | Recovery | as on a reset | – | the same, and a frozen account is released | recovery |
//! | Operator | as on a reset | – | the same, and the owner must choose another one | the operator's decision |
//!
//! On every occasion the password is as young as can be, and warnings of its end begin anew.

use rekey_shared::password::Occasion;
use rekey_shared::view::ChangeReason;

use crate::audit::{AuditEvent, Reason};
use crate::{Account, AccountId, Authority, Epoch};

/// Why a password is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SetOccasion {
    /// The first password of a new account.
    Registration,
    /// Its owner typed the current one and chose another.
    Change,
    /// The same, demanded: the current one has expired or the account is marked.
    RequiredChange,
    /// Chosen in a session that a temporary password opened.
    AfterTemporary,
    /// Chosen at the end of a proven recovery.
    Recovery,
    /// Set by the operator at the command line, for the owner to replace.
    Operator,
}

/// One thing that comes with a new password, in the same transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    /// The replaced password goes into the history.
    RememberReplaced,
    /// The credential epoch rises: everything older is dead on all nodes.
    RaiseEpoch,
    /// The account is marked: the new password opens nothing but the page where it is changed.
    RequireChange,
    /// Every session ends. One that goes on does so under a new secret, which its caller writes.
    EndSessions,
    /// Every other journey, mailed link and temporary password of the account is revoked.
    RevokeSecrets,
    /// The failures counted against the password are forgotten.
    ClearBudget,
    /// An account that its owner had frozen may be used again.
    Release,
    /// Every verified address and number is told, but for one that the owner has objected to, with a way to object;
    /// older ways end.
    NotifyOwner,
}

/// What every replacement does. Only the first password of an account replaces nothing.
const REPLACEMENT: [Effect; 6] = [
    Effect::RememberReplaced,
    Effect::RaiseEpoch,
    Effect::EndSessions,
    Effect::RevokeSecrets,
    Effect::ClearBudget,
    Effect::NotifyOwner,
];

impl SetOccasion {
    /// Every occasion.
    pub const ALL: [Self; 6] =
        [Self::Registration, Self::Change, Self::RequiredChange, Self::AfterTemporary, Self::Recovery, Self::Operator];

    /// The occasion of a change from a session that may do nothing else for this reason, or may do anything.
    pub const fn of_change(reason: Option<ChangeReason>) -> Self {
        match reason {
            None => Self::Change,
            Some(ChangeReason::Expired | ChangeReason::Breached | ChangeReason::Marked) => Self::RequiredChange,
            Some(ChangeReason::Temporary) => Self::AfterTemporary,
        }
    }

    /// Which of a policy's rules on the past apply.
    pub const fn rules(self) -> Occasion {
        match self {
            Self::Registration => Occasion::Register,
            Self::Change | Self::RequiredChange => Occasion::Change,
            Self::AfterTemporary | Self::Recovery | Self::Operator => Occasion::Reset,
        }
    }

    /// Whether the present password can be too young to be replaced. One that must go never is.
    pub const fn minimum_age_counts(self) -> bool {
        match self {
            Self::Change => true,
            Self::Registration | Self::RequiredChange | Self::AfterTemporary | Self::Recovery | Self::Operator => false,
        }
    }

    /// Whether the current password is typed beside the new one.
    pub fn asks_for_current(self) -> bool {
        self.rules() == Occasion::Change
    }

    /// What comes with the new password.
    pub fn effects(self) -> impl Iterator<Item = Effect> {
        let (usual, own): (&[Effect], &[Effect]) = match self {
            Self::Registration => (&[], &[]),
            Self::Change | Self::RequiredChange | Self::AfterTemporary => (&REPLACEMENT, &[]),
            Self::Recovery => (&REPLACEMENT, &[Effect::Release]),
            Self::Operator => (&REPLACEMENT, &[Effect::RequireChange]),
        };
        usual.iter().chain(own).copied()
    }

    /// Whether an effect is one of this occasion's.
    pub fn has(self, effect: Effect) -> bool {
        self.effects().any(|own| own == effect)
    }

    /// What the audit log says of it, and why; `None` when another entry says it.
    pub const fn event(self) -> Option<(AuditEvent, Reason)> {
        let reason = match self {
            Self::Registration => return None,
            Self::Change => Reason::OwnersChoice,
            Self::RequiredChange => Reason::ChangeRequired,
            Self::AfterTemporary => Reason::TemporaryPassword,
            Self::Recovery => Reason::Recovery,
            Self::Operator => Reason::OperatorsDecision,
        };
        Some((AuditEvent::CredentialChange, reason))
    }

    /// Permission to set the password of an account as it was read; `None` when a directory keeps it.
    pub fn permit(self, account: &Account) -> Option<SetPermit> {
        match account.authority {
            Authority::Local => Some(SetPermit { occasion: self, account: account.id, epoch: account.epoch }),
            Authority::Directory => None,
        }
    }
}

/// Permission to set one password once. The store asks for it, so that none is set without an occasion,
/// and its effects on the account's row cannot be left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SetPermit {
    occasion: SetOccasion,
    account: AccountId,
    epoch: Epoch,
}

impl SetPermit {
    /// Why.
    pub fn occasion(self) -> SetOccasion {
        self.occasion
    }

    /// Whose password.
    pub fn account(self) -> AccountId {
        self.account
    }

    /// The epoch that the account must still be at.
    pub fn epoch(self) -> Epoch {
        self.epoch
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use rekey_shared::{Lang, Timestamp};
    use uuid::Uuid;

    use super::*;

    const EFFECTS: [Effect; 8] = [
        Effect::RememberReplaced,
        Effect::RaiseEpoch,
        Effect::RequireChange,
        Effect::EndSessions,
        Effect::RevokeSecrets,
        Effect::ClearBudget,
        Effect::Release,
        Effect::NotifyOwner,
    ];

    fn account(authority: Authority) -> Account {
        Account {
            authority,
            epoch: Epoch(7),
            ..Account::new(AccountId(Uuid::from_u128(1)), Lang::En, Timestamp::default())
        }
    }

    /// The table once more, by effect in place of by occasion.
    fn occasions_of(effect: Effect) -> Vec<SetOccasion> {
        match effect {
            Effect::RememberReplaced
            | Effect::RaiseEpoch
            | Effect::EndSessions
            | Effect::RevokeSecrets
            | Effect::ClearBudget
            | Effect::NotifyOwner => {
                SetOccasion::ALL.into_iter().filter(|occasion| *occasion != SetOccasion::Registration).collect()
            }
            Effect::Release => vec![SetOccasion::Recovery],
            Effect::RequireChange => vec![SetOccasion::Operator],
        }
    }

    #[test]
    fn every_occasion_has_its_effects_and_no_others() {
        for effect in EFFECTS {
            let having: Vec<_> = SetOccasion::ALL.into_iter().filter(|occasion| occasion.has(effect)).collect();
            assert_eq!(having, occasions_of(effect), "{effect:?}");
        }
        for occasion in SetOccasion::ALL {
            let own: Vec<_> = occasion.effects().collect();
            assert_eq!(own.iter().collect::<HashSet<_>>().len(), own.len(), "{occasion:?} twice");
            assert!(own.iter().all(|effect| EFFECTS.contains(effect)));
        }
    }

    #[test]
    fn every_replacement_is_audited_and_told_and_leaves_nothing_older_alive() {
        for occasion in SetOccasion::ALL {
            let replaces = occasion != SetOccasion::Registration;
            assert_eq!(occasion.event().is_some(), replaces, "{occasion:?}");
            for effect in [Effect::NotifyOwner, Effect::RaiseEpoch, Effect::EndSessions, Effect::RevokeSecrets] {
                assert_eq!(occasion.has(effect), replaces, "{occasion:?} {effect:?}");
            }
        }
    }

    #[test]
    fn only_who_typed_the_current_password_is_held_to_the_rules_of_a_change() {
        let table = [
            (SetOccasion::Registration, Occasion::Register, false, None),
            (SetOccasion::Change, Occasion::Change, true, Some(Reason::OwnersChoice)),
            (SetOccasion::RequiredChange, Occasion::Change, false, Some(Reason::ChangeRequired)),
            (SetOccasion::AfterTemporary, Occasion::Reset, false, Some(Reason::TemporaryPassword)),
            (SetOccasion::Recovery, Occasion::Reset, false, Some(Reason::Recovery)),
            (SetOccasion::Operator, Occasion::Reset, false, Some(Reason::OperatorsDecision)),
        ];
        assert_eq!(table.map(|row| row.0), SetOccasion::ALL);
        for (occasion, rules, minimum_age, reason) in table {
            assert_eq!((occasion.rules(), occasion.minimum_age_counts()), (rules, minimum_age), "{occasion:?}");
            let event = reason.map(|reason| (AuditEvent::CredentialChange, reason));
            assert_eq!(occasion.event(), event, "{occasion:?}");
        }
    }

    #[test]
    fn the_reason_of_a_change_is_its_occasion() {
        assert_eq!(SetOccasion::of_change(None), SetOccasion::Change);
        assert_eq!(SetOccasion::of_change(Some(ChangeReason::Expired)), SetOccasion::RequiredChange);
        assert_eq!(SetOccasion::of_change(Some(ChangeReason::Breached)), SetOccasion::RequiredChange);
        assert_eq!(SetOccasion::of_change(Some(ChangeReason::Marked)), SetOccasion::RequiredChange);
        assert_eq!(SetOccasion::of_change(Some(ChangeReason::Temporary)), SetOccasion::AfterTemporary);
    }

    #[test]
    fn nothing_is_set_here_that_a_directory_keeps() {
        for occasion in SetOccasion::ALL {
            let permit = occasion.permit(&account(Authority::Local)).expect("kept here");
            let parts = (permit.occasion(), permit.account(), permit.epoch());
            assert_eq!(parts, (occasion, AccountId(Uuid::from_u128(1)), Epoch(7)));
            assert_eq!(occasion.permit(&account(Authority::Directory)), None, "{occasion:?}");
        }
    }
}

//! What can happen: the audit log's own names, which are those of RISC and CAEP wherever these have one, and the names of
//! the OWASP logging vocabulary for the program's log.

/// The OpenID profile that defines an event type (OpenID Shared Signals).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// OpenID RISC Profile 1.0: what happens to accounts.
    Risc,
    /// OpenID Continuous Access Evaluation Profile 1.0: what happens to sessions and credentials.
    Caep,
}

impl Profile {
    /// Every event type that the profile defines. Types that it calls deprecated are left out.
    pub const fn types(self) -> &'static [&'static str] {
        match self {
            Self::Risc => &[
                "account-credential-change-required",
                "account-purged",
                "account-disabled",
                "account-enabled",
                "identifier-changed",
                "identifier-recycled",
                "credential-compromise",
                "opt-in",
                "opt-out-initiated",
                "opt-out-cancelled",
                "opt-out-effective",
                "recovery-activated",
                "recovery-information-changed",
            ],
            Self::Caep => &[
                "session-revoked",
                "token-claims-change",
                "credential-change",
                "assurance-level-change",
                "device-compliance-change",
                "session-established",
                "session-presented",
                "risk-level-change",
            ],
        }
    }

    const fn path(self) -> &'static str {
        match self {
            Self::Risc => "risc",
            Self::Caep => "caep",
        }
    }
}

macro_rules! events {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal, $profile:expr, $level:ident, $log:literal;)+) => {
        /// Something worth remembering.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum AuditEvent {$(
            $(#[doc = $doc])+
            $variant,
        )+}

        impl AuditEvent {
            /// Every event.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// Its name in the audit log.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// The profile that has an event type of this name and meaning.
            pub const fn profile(self) -> Option<Profile> {
                match self { $(Self::$variant => $profile,)+ }
            }

            /// Its name in the program's log, and how much attention it deserves there.
            pub const fn log(self) -> (Attention, &'static str) {
                match self { $(Self::$variant => (Attention::$level, $log),)+ }
            }
        }
    };
}

/// How much attention an event deserves in the program's log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attention {
    /// As intended.
    Info,
    /// Something was refused or taken away.
    Warn,
}

events! {
    /// A session began: someone has signed in.
    SessionEstablished = "session-established", Some(Profile::Caep), Info, "authn_login_success";
    /// Signing in was refused.
    SignInRefused = "sign-in-refused", None, Warn, "authn_login_fail";
    /// The guess budget of an account ran out with this failure.
    SignInLocked = "sign-in-locked", None, Warn, "authn_login_lock";
    /// An operator ended the wait after wrong passwords.
    SignInUnlocked = "sign-in-unlocked", None, Info, "authn_login_unlock";
    /// Sessions were ended before their time.
    SessionRevoked = "session-revoked", Some(Profile::Caep), Info, "session_expired";
    /// A password was replaced.
    CredentialChange = "credential-change", Some(Profile::Caep), Info, "authn_password_change";
    /// A password was not replaced: the current one was wrong.
    CredentialChangeRefused = "credential-change-refused", None, Warn, "authn_password_change_fail";
    /// The password of an account must be changed before anything else can be done with it.
    CredentialChangeRequired = "account-credential-change-required", Some(Profile::Risc), Warn, "password_change_required";
    /// Someone asked for a recovery. Whether there is an account is not known yet.
    RecoveryStarted = "recovery-started", None, Info, "recovery_started";
    /// A recovery found its account, whose owner is sent a link, a code or a temporary password.
    RecoveryActivated = "recovery-activated", Some(Profile::Risc), Info, "recovery_activated";
    /// A code was right.
    CodeVerified = "code-verified", None, Info, "code_verified";
    /// A code was wrong, or its tries or its time were over.
    CodeRefused = "code-refused", None, Warn, "code_refused";
    /// Codes are wrong far more often than right, over all accounts: told when it begins and while it goes on.
    CodeAlarm = "code-alarm", None, Warn, "code_alarm";
    /// A link was presented that is unknown, expired, spent or revoked.
    LinkRefused = "link-refused", None, Warn, "link_refused";
    /// Requests came too often and were refused unread: one entry stands for all of a minute.
    RequestsRefused = "requests-refused", None, Warn, "excess_rate_limit_exceeded";
    /// A registration was begun.
    RegistrationStarted = "registration-started", None, Info, "registration_started";
    /// An account came to be.
    AccountCreated = "account-created", None, Info, "user_created";
    /// An account was switched off by an operator, or frozen by its owner.
    AccountDisabled = "account-disabled", Some(Profile::Risc), Warn, "account_disabled";
    /// A disabled or frozen account may be used again.
    AccountEnabled = "account-enabled", Some(Profile::Risc), Info, "account_enabled";
    /// A temporary password was sent.
    TemporaryPasswordIssued = "temporary-password-issued", None, Info, "temporary_password_issued";
    /// The password of an account no longer expires.
    PasswordExpiryLifted = "password-expiry-lifted", None, Info, "password_expiry_lifted";
    /// The password of an account expires like any other.
    PasswordExpirySet = "password-expiry-set", None, Info, "password_expiry_set";
    /// A policy was assigned, or taken away.
    PolicyAssigned = "policy-assigned", None, Info, "policy_assigned";
    /// A settings document was changed, or an older version of it restored.
    SettingsChanged = "settings-changed", None, Info, "settings_changed";
    /// A group was created.
    GroupCreated = "group-created", None, Info, "group_created";
    /// A group was renamed.
    GroupRenamed = "group-renamed", None, Info, "group_renamed";
    /// A group was deleted.
    GroupDeleted = "group-deleted", None, Info, "group_deleted";
    /// An account became a member of a group.
    GroupJoined = "group-joined", None, Info, "group_joined";
    /// An account is no longer a member of a group.
    GroupLeft = "group-left", None, Info, "group_left";
    /// A role was given to an account or to a group, or its end was changed.
    RoleGranted = "role-granted", None, Warn, "authz_change";
    /// A role was taken from an account or from a group.
    RoleRevoked = "role-revoked", None, Warn, "authz_change";
    /// A link was made that registers an owner.
    OwnerLinkMade = "owner-link-made", None, Warn, "owner_link_made";
    /// A key was added, to be used from a moment on that every node knows.
    KeyAdded = "key-added", None, Info, "key_added";
    /// A key was retired: nothing opens with it any more.
    KeyRetired = "key-retired", None, Warn, "key_retired";
    /// A job over many accounts was asked for.
    JobStarted = "job-started", None, Info, "job_started";
    /// A job was asked to end early.
    JobCancelled = "job-cancelled", None, Info, "job_cancelled";
    /// A job has ended.
    JobEnded = "job-ended", None, Info, "job_ended";
    /// Old entries of the audit log were removed.
    AuditEntriesRemoved = "audit-entries-removed", None, Info, "audit_entries_removed";
    /// A backup was made: a copy of everything in the database.
    BackupMade = "backup-made", None, Info, "backup_made";
    /// The database is that of a backup from now on; what could be used only once is dead.
    DatabaseRestored = "database-restored", None, Warn, "database_restored";
}

impl AuditEvent {
    /// The URI of its type in a security event token (RFC 8417).
    pub fn event_type(self) -> Option<String> {
        let profile = self.profile()?.path();
        Some(format!("https://schemas.openid.net/secevent/{profile}/event-type/{}", self.name()))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_two_events_share_a_name_or_a_type() {
        let names: HashSet<_> = AuditEvent::ALL.iter().map(|event| event.name()).collect();
        assert_eq!(names.len(), AuditEvent::ALL.len());
        let types: Vec<_> = AuditEvent::ALL.iter().filter_map(|event| event.event_type()).collect();
        assert_eq!(types.iter().collect::<HashSet<_>>().len(), types.len(), "{types:?}");
        assert_eq!(types.len(), 7);
    }

    #[test]
    fn whatever_claims_a_type_has_one_and_nothing_else_bears_the_name_of_one() {
        for event in AuditEvent::ALL {
            for profile in [Profile::Risc, Profile::Caep] {
                let is_defined = profile.types().contains(&event.name());
                assert_eq!(is_defined, event.profile() == Some(profile), "{event:?} in {profile:?}");
            }
        }
    }

    #[test]
    fn names_are_written_alike() {
        for event in AuditEvent::ALL {
            let plain = |name: &str, mark| name.chars().all(|c| c.is_ascii_lowercase() || c == mark);
            assert!(plain(event.name(), '-') && plain(event.log().1, '_'), "{event:?}");
        }
    }
}

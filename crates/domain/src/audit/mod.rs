//! The audit record: what happened, in the words of the OWASP logging vocabulary.

use serde::{Deserialize, Serialize};

use rekey_shared::Timestamp;

use crate::{AccountId, JourneyId, SessionId};

/// Something worth remembering.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuditEvent {
    /// A person signed in.
    AuthnLoginSuccess,
    /// Wrong password, unknown account or an account that may not sign in.
    AuthnLoginFail,
    /// The guess budget of an account ran out.
    AuthnLoginLock,
    /// A person signed out, or ended another session.
    SessionEnded,
    /// A password was changed from a session.
    AuthnPasswordChange,
    /// The current password was wrong on a change.
    AuthnPasswordChangeFail,
    /// A recovery was asked for.
    RecoveryStarted,
    /// A code was right.
    CodeVerified,
    /// A code was wrong, or its budget or time was over.
    CodeRefused,
    /// A link was presented that is unknown, expired, spent or revoked.
    LinkRefused,
    /// A recovery ended with a new password.
    AuthnPasswordReset,
    /// A registration was begun.
    RegistrationStarted,
    /// An account came to be.
    UserCreated,
    /// The owner of the account said "this was not me".
    AccountFrozen,
    /// A frozen or disabled account may be used again.
    AccountReleased,
    /// An operator switched an account off.
    AccountDisabled,
    /// A temporary password was sent.
    TemporaryPasswordIssued,
    /// A temporary password opened a session.
    TemporaryPasswordUsed,
    /// An operator marked an account, or its password was found in a list of breached ones: it must be changed.
    PasswordChangeRequired,
    /// An operator said that a password never grows old.
    PasswordExpiryLifted,
    /// An operator said that a password grows old like any other.
    PasswordExpirySet,
    /// A policy was assigned, or taken away.
    PolicyAssigned,
    /// A settings document was changed, or an older version of it restored.
    SettingsChanged,
    /// A group was made.
    GroupCreated,
    /// A group was given another name.
    GroupRenamed,
    /// A group was removed.
    GroupDeleted,
    /// A role was given, or how long it lasts was changed.
    RoleGranted,
    /// A role was taken.
    RoleRevoked,
    /// Somebody was put into a group.
    GroupJoined,
    /// Somebody was taken out of a group.
    GroupLeft,
    /// An operator made an owner link.
    OwnerLinkMade,
}

/// One line of the record, before it is chained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditLine {
    /// When.
    pub at: Timestamp,
    /// What.
    pub event: AuditEvent,
    /// Whose account, when it is known.
    pub account: Option<AccountId>,
    /// In which journey.
    pub journey: Option<JourneyId>,
    /// In which session.
    pub session: Option<SessionId>,
    /// The client address, as text; empty for the command line.
    pub address: String,
}

//! How closed enums are written in columns. Unknown text is an error, never a default.

use rekey_domain::account::action_token::ActionTokenKind;
use rekey_domain::audit::AuditEvent;
use rekey_domain::journey::{JourneyKind, JourneyState};
use rekey_domain::message::DeadCause;
use rekey_domain::session::SessionKind;
use rekey_domain::throttle::Purpose;
use rekey_domain::{Authority, Digest, Role};
use rekey_shared::Lang;
use rekey_shared::identifier::IdentifierKind;

use crate::Unexpected;

/// An enum that has one text for each variant.
pub(crate) trait Text: Copy + Sized {
    /// What is stored.
    fn text(self) -> &'static str;

    /// Reads what was stored; `table` and `column` name the place in the error.
    fn read(text: &str, table: &'static str, column: &'static str) -> Result<Self, Unexpected>;
}

macro_rules! texts {
    ($($name:ident { $($variant:ident = $text:literal,)+ })+) => {$(
        impl Text for $name {
            fn text(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            fn read(text: &str, table: &'static str, column: &'static str) -> Result<Self, Unexpected> {
                match text {
                    $($text => Ok(Self::$variant),)+
                    _ => Err(Unexpected::row(table, column)),
                }
            }
        }
    )+};
}

texts! {
    IdentifierKind { Email = "email", Phone = "phone", Username = "username", }
    Authority { Local = "local", Directory = "directory", }
    Role { Member = "member", Owner = "owner", }
    JourneyKind { Registration = "registration", Recovery = "recovery", }
    JourneyState { Waiting = "waiting", Proven = "proven", Done = "done", Revoked = "revoked", }
    SessionKind { Anonymous = "anonymous", Recovery = "recovery", Partial = "partial", Full = "full", }
    ActionTokenKind { Owner = "owner", NotMe = "not_me", TemporaryPassword = "temporary_password", }
    Purpose { Recovery = "recovery", Code = "code", }
    DeadCause { Refused = "refused", Unreachable = "unreachable", }
    Lang { En = "en", Ja = "ja", }
    AuditEvent {
        AuthnLoginSuccess = "authn_login_success",
        AuthnLoginFail = "authn_login_fail",
        AuthnLoginLock = "authn_login_lock",
        SessionEnded = "session_ended",
        AuthnPasswordChange = "authn_password_change",
        AuthnPasswordChangeFail = "authn_password_change_fail",
        RecoveryStarted = "recovery_started",
        CodeVerified = "code_verified",
        CodeRefused = "code_refused",
        LinkRefused = "link_refused",
        AuthnPasswordReset = "authn_password_reset",
        RegistrationStarted = "registration_started",
        UserCreated = "user_created",
        AccountFrozen = "account_frozen",
        AccountReleased = "account_released",
        AccountDisabled = "account_disabled",
        TemporaryPasswordIssued = "temporary_password_issued",
        TemporaryPasswordUsed = "temporary_password_used",
        PasswordChangeRequired = "password_change_required",
        PasswordExpiryLifted = "password_expiry_lifted",
        PasswordExpirySet = "password_expiry_set",
        PolicyAssigned = "policy_assigned",
        SettingsChanged = "settings_changed",
        GroupCreated = "group_created",
        GroupRenamed = "group_renamed",
        GroupDeleted = "group_deleted",
        RoleGranted = "role_granted",
        RoleRevoked = "role_revoked",
        GroupJoined = "group_joined",
        GroupLeft = "group_left",
        OwnerLinkMade = "owner_link_made",
    }
}

/// Reads 32 stored bytes.
pub(crate) fn digest(bytes: &[u8], table: &'static str, column: &'static str) -> Result<Digest, Unexpected> {
    bytes.try_into().map(Digest).map_err(|_| Unexpected::row(table, column))
}

/// Reads a count that is never negative.
pub(crate) fn count<N: TryFrom<i64>>(n: i64, table: &'static str, column: &'static str) -> Result<N, Unexpected> {
    N::try_from(n).map_err(|_| Unexpected::row(table, column))
}

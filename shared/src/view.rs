//! What pages may see: plain values that can be shown as they are.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Timestamp;
use crate::password::{Personal, Policy};

/// How a code or link travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// Email.
    Email,
    /// Text message.
    Sms,
    /// The channels on file: a username was typed, and the page must not say which ones the account has.
    OnFile,
}

/// What every page needs to know of the installation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of its own, and any of them may be on with any other"
)]
pub struct SiteView {
    /// The organization's name, shown in the footer and in messages.
    pub organisation: String,
    /// Whether people may register by themselves.
    pub registration_open: bool,
    /// Whether a phone number will do to register; when not, an email address is needed.
    pub phone_registration: bool,
    /// The consent line under the registration form, when the operator set one.
    pub terms_url: Option<String>,
    /// Where "Contact the help desk" leads, when the operator set it: `https:` or `mailto:`.
    pub help_url: Option<String>,
    /// Whether a recovery by email brings a temporary password instead of a link and a code.
    pub temporary_passwords: bool,
    /// Whether `/dev/mailbox` exists here.
    pub dev_mailbox: bool,
}

/// Who is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonView {
    /// Given name; empty when unknown.
    pub given_name: String,
    /// Family name; empty when unknown.
    pub family_name: String,
    /// The email address or number that the account is shown by.
    pub identifier: String,
    /// Whether the person owns the installation.
    pub is_owner: bool,
    /// When the password was last set.
    pub password_changed_at: Option<Timestamp>,
    /// Days until it must be changed; `None` until the policy's warning period begins.
    pub password_ends_in_days: Option<u16>,
    /// The terms that were accepted; `None` where there were none.
    pub terms: Option<TermsView>,
}

/// Terms that a person accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TermsView {
    /// Their version; `None` where only their address is known.
    pub version: Option<String>,
    /// When they were accepted.
    pub accepted_at: Timestamp,
}

/// Why a session may do nothing but choose a new password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeReason {
    /// The password is older than the policy allows.
    Expired,
    /// The password is known from a breach.
    Breached,
    /// An operator marked the account.
    Marked,
    /// A temporary password opened the session; it cannot be used again.
    Temporary,
}

/// One signed-in browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionView {
    /// The handle for ending it. It is not the cookie and cannot be used as one.
    pub id: Uuid,
    /// Browser and system, such as `Firefox on Windows`; empty when unknown.
    pub device: String,
    /// Approximate location; empty while no source of locations is configured.
    pub place: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last seen, to the minute.
    pub last_used_at: Timestamp,
    /// Whether it is the session of this request.
    pub current: bool,
}

/// The step that a registration or a recovery is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JourneyStep {
    /// Waiting for the code.
    Code,
    /// Proven: waiting for the password (and, when registering, the name).
    Password,
}

/// A registration or recovery as its page needs it. The same for accounts that exist and for those that do not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JourneyView {
    /// Its step.
    pub step: JourneyStep,
    /// What the person typed, canonical, to say where the code went.
    pub identifier: String,
    /// How the code travels, judged by what was typed alone.
    pub channel: Channel,
    /// When the code may be sent again.
    pub resend_at: Timestamp,
    /// When the code expires.
    pub code_expires_at: Timestamp,
    /// Tries left with this code.
    pub tries_left: u8,
    /// The server's clock when it answered: the browser's own clock may be wrong.
    pub now: Timestamp,
    /// Whether this registration makes the owner.
    pub for_owner: bool,
}

/// What a password field needs: the rules, and the personal data that the password must not resemble.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PolicyView {
    /// The account's identifier, in the form that the page may show.
    pub identifier: String,
    /// The rules in force.
    pub policy: Policy,
    /// What is known of the person at this step.
    pub personal: Personal,
    /// The list of breached passwords that the browser may query; `None` if only the server checks.
    pub breached: Option<String>,
}

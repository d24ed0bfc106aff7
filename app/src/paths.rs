//! Addresses by name, for those who lead to a page from outside of it: server functions, and the server's own routes.

use crate::pages::PageRoute as _;
use crate::pages::account::{AccountOverview, AccountPassword, AccountSessions};
use crate::pages::public::{self, Forgot};

/// Sign-in; leads the signed-in on to the account.
pub const SIGN_IN: &str = public::SignIn::PATH;
/// First page of a registration.
pub const REGISTER: &str = public::Register::PATH;
/// First page of an owner's registration.
pub const REGISTER_OWNER: &str = public::RegisterOwner::PATH;
/// The code of a registration.
pub const REGISTER_CODE: &str = public::RegisterCode::PATH;
/// Name and password.
pub const REGISTER_DETAILS: &str = public::RegisterDetails::PATH;
/// Registered.
pub const REGISTER_DONE: &str = public::RegisterDone::PATH;
/// First page of a recovery.
pub const FORGOT: &str = Forgot::PATH;
/// The code of a recovery.
pub const RECOVER: &str = public::Recover::PATH;
/// The new password.
pub const RECOVER_NEW: &str = public::RecoverNew::PATH;
/// Recovered.
pub const RECOVER_DONE: &str = public::RecoverDone::PATH;
/// "It was not me".
pub const NOT_ME: &str = public::NotMe::PATH;
/// Frozen.
pub const NOT_ME_DONE: &str = public::NotMeDone::PATH;
/// The account of the signed-in person.
pub const ACCOUNT: &str = AccountOverview::PATH;
/// Changing the password.
pub const ACCOUNT_PASSWORD: &str = AccountPassword::PATH;
/// Signed-in browsers.
pub const ACCOUNT_SESSIONS: &str = AccountSessions::PATH;
/// Messages of an installation that sends none yet.
pub const MAILBOX: &str = "/dev/mailbox";
/// Takes `lang` and `return_to` and sets the language cookie.
pub const LANGUAGE: &str = "/language";

/// The account page after the password was changed.
pub const ACCOUNT_PASSWORD_SAVED: &str = "/account?done=password";
/// The sessions after one was ended.
pub const SESSIONS_ENDED: &str = "/account/sessions?done=ended";
/// The sessions after all others were ended.
pub const SESSIONS_OTHERS_ENDED: &str = "/account/sessions?done=others";
/// The code page of a registration after the code was sent again.
pub const REGISTER_CODE_RESENT: &str = "/register/code?done=resent";
/// The code page of a recovery after the code was sent again.
pub const RECOVER_RESENT: &str = "/recover?done=resent";

//! Addresses that are led to from elsewhere than a page: by server functions, by the server's own routes, by messages.
//!
//! They stand here and not with their pages, so that a server function need not know a page, which knows it.

/// Sign-in; leads the signed-in on to the account.
pub const SIGN_IN: &str = "/";
/// First page of a registration.
pub const REGISTER: &str = "/register";
/// First page of an owner's registration.
pub const REGISTER_OWNER: &str = "/register/owner";
/// The code of a registration.
pub const REGISTER_CODE: &str = "/register/code";
/// Name and password.
pub const REGISTER_DETAILS: &str = "/register/details";
/// Registered.
pub const REGISTER_DONE: &str = "/register/done";
/// First page of a recovery.
pub const FORGOT: &str = "/forgot";
/// The code of a recovery.
pub const RECOVER: &str = "/recover";
/// Where a mailed recovery link leads whose token is behind the `#`.
pub const RECOVER_LINK: &str = "/recover/link";
/// Where an owner's link leads whose token is behind the `#`.
pub const OWNER_LINK: &str = "/owner";
/// Where an "it was not me" link leads whose token is behind the `#`.
pub const FREEZE_LINK: &str = "/freeze";
/// The new password.
pub const RECOVER_NEW: &str = "/recover/new";
/// Recovered.
pub const RECOVER_DONE: &str = "/recover/done";
/// "It was not me".
pub const NOT_ME: &str = "/not-me";
/// Frozen.
pub const NOT_ME_DONE: &str = "/not-me/done";
/// The account of the signed-in person.
pub const ACCOUNT: &str = "/account";
/// Changing the password.
pub const ACCOUNT_PASSWORD: &str = "/account/password";
/// Signed-in browsers.
pub const ACCOUNT_SESSIONS: &str = "/account/sessions";
/// How to get help.
pub const HELP: &str = "/help";
/// Messages of an installation that sends none yet.
pub const MAILBOX: &str = "/dev/mailbox";
/// Challenges to work, by kind of journey.
pub const WORK: &str = "/api/v1/work";
/// The header with a proof of work.
pub const WORK_HEADER: &str = "rekey-work";
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

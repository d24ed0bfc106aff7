//! The server functions: gather, call one service, reply.
//!
//! Every form field may be missing and then counts as empty, so that the service says what is wrong with it.
//! Every success leads to the next page, since without scripts it would show nothing.

mod freeze;
mod link;
mod password;
mod recovery;
mod registration;
mod session;

pub use freeze::Freeze;
pub use link::{OpenFreezeLink, OpenOwnerLink, OpenRecoveryLink};
pub use password::ChangePassword;
pub use recovery::{CompleteRecovery, ResendRecovery, StartRecovery, VerifyRecovery};
pub use registration::{
    CompleteRegistration, ResendRegistration, StartOwnerRegistration, StartRegistration, VerifyRegistration,
};
pub use session::{EndOthers, EndSession, SignIn, SignOut};

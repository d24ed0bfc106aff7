//! The password policy: one set of rules that the browser shows while a person types and the server applies again.
//!
//! A [`Policy`] is data. [`Policy::rules`] judges everything but the strength, which needs an estimator
//! that the browser loads late; [`Policy::check`] judges everything. Both are pure: the same password,
//! policy and person give the same [`Report`] on every machine.
//!
//! **Knows nothing of** randomness ([`generate`] is handed it), networks, hashes and past passwords:
//! what those say is put into a report by [`Report::settle`].

mod attribute;
mod banned;
mod charset;
mod classes;
mod dice;
mod differs;
mod generate;
mod judge;
mod limits;
mod lint;
mod normal;
mod passphrase;
mod personal;
mod personal_group;
mod policy;
mod preset;
mod report;
mod requirement;
mod runs;
mod space;
mod strength;
mod strictest;
mod suggest;
mod typed;

pub use attribute::{LengthHint, length_hint, passwordrules_attribute};
pub use banned::{Banned, Terms};
pub use charset::Charset;
pub use classes::{Class, Classes, NonAscii, Specials};
pub use differs::edits;
pub use generate::{generate, generated_bits};
pub use limits::OutOfRange;
pub use lint::{Code, Finding, Level};
pub use normal::{MAX_INPUT_BYTES, normalise};
pub use passphrase::{passphrase, passphrase_bits};
pub use personal::{Matching, Personal, PersonalPart, PersonalRules};
pub use personal_group::{Likeness, PersonalGroup};
pub use policy::{Blanks, Edges, Expiry, History, Length, Occasion, Policy};
pub use report::{Detail, Position, Report, RuleReport, Verdict};
pub use requirement::{Requirement, RuleId};
pub use runs::{Run, Runs};
#[cfg(feature = "strength")]
pub use strength::estimate;
pub use strength::{Advice, CrackTime, ESTIMATED_CODE_POINTS, Strength};
pub use suggest::{Replace, Suggestion};

//! The ways in which a person can prove something, and what each of them is worth.

use serde::{Deserialize, Serialize};

/// A way to prove something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// The password of the account.
    Password,
    /// A mailed password that is good once (AM-08).
    TemporaryPassword,
    /// A code or link sent to a mail address.
    Mail,
    /// A code in a text message.
    Text,
    /// A code read out by telephone.
    Call,
    /// A code of an authenticator app.
    Authenticator,
    /// A passkey.
    Passkey,
    /// One of the codes that were saved when they were made.
    RecoveryCode,
    /// Answers that were registered earlier.
    Questions,
    /// A clerk who has spoken with the person.
    Clerk,
}

/// What a proof is worth when classes must differ (SP 800-63B-4 §4.2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProofClass {
    /// A recovery code that its owner kept (§4.2.1.1).
    SavedCode,
    /// A code that was sent to a verified address or number (§4.2.1.2).
    IssuedCode,
    /// Another person who was named beforehand (§4.2.1.3).
    Contact,
    /// An authenticator that is bound to the account (§4.2.2.2).
    BoundAuthenticator,
    /// A trusted administrator who has spoken with the person.
    Agent,
    /// The identity was proven again from the beginning (§4.2.1.4).
    IdentityProofing,
}

impl Method {
    /// Every method.
    pub const ALL: [Self; 10] = [
        Self::Password,
        Self::TemporaryPassword,
        Self::Mail,
        Self::Text,
        Self::Call,
        Self::Authenticator,
        Self::Passkey,
        Self::RecoveryCode,
        Self::Questions,
        Self::Clerk,
    ];

    /// The class of its proofs. `None` where there is none: a password is what a recovery replaces, and answers that
    /// others can find out prove nothing by that standard.
    pub const fn class(self) -> Option<ProofClass> {
        match self {
            Self::Mail | Self::Text | Self::Call | Self::TemporaryPassword => Some(ProofClass::IssuedCode),
            Self::Authenticator | Self::Passkey => Some(ProofClass::BoundAuthenticator),
            Self::RecoveryCode => Some(ProofClass::SavedCode),
            Self::Clerk => Some(ProofClass::Agent),
            Self::Password | Self::Questions => None,
        }
    }

    /// Whether its secret goes out in a message. Then the factor is one of the account's identifiers.
    pub const fn is_sent(self) -> bool {
        match self {
            Self::Mail | Self::Text | Self::Call | Self::TemporaryPassword => true,
            Self::Password
            | Self::Authenticator
            | Self::Passkey
            | Self::RecoveryCode
            | Self::Questions
            | Self::Clerk => false,
        }
    }

    /// The name by which it is stored and by which keys are derived.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::TemporaryPassword => "temporary_password",
            Self::Mail => "mail",
            Self::Text => "text",
            Self::Call => "call",
            Self::Authenticator => "authenticator",
            Self::Passkey => "passkey",
            Self::RecoveryCode => "recovery_code",
            Self::Questions => "questions",
            Self::Clerk => "clerk",
        }
    }

    const fn bit(self) -> u16 {
        1 << self as u16
    }
}

/// Some of the methods.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(from = "Vec<Method>", into = "Vec<Method>")]
pub struct MethodSet(u16);

impl MethodSet {
    /// These methods.
    pub const fn of(methods: &[Method]) -> Self {
        let (mut bits, mut next) = (0, 0);
        while next < methods.len() {
            bits |= methods[next].bit();
            next += 1;
        }
        Self(bits)
    }

    /// Whether a method is among them.
    pub const fn contains(self, method: Method) -> bool {
        self.0 & method.bit() != 0
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Each of them, in the order of their declaration.
    pub fn iter(self) -> impl Iterator<Item = Method> {
        Method::ALL.into_iter().filter(move |method| self.contains(*method))
    }
}

impl FromIterator<Method> for MethodSet {
    fn from_iter<I: IntoIterator<Item = Method>>(methods: I) -> Self {
        Self(methods.into_iter().fold(0, |bits, method| bits | method.bit()))
    }
}

impl From<Vec<Method>> for MethodSet {
    fn from(methods: Vec<Method>) -> Self {
        Self::of(&methods)
    }
}

impl From<MethodSet> for Vec<Method> {
    fn from(set: MethodSet) -> Self {
        set.iter().collect()
    }
}

impl std::fmt::Debug for MethodSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_holds_what_was_put_into_it_and_nothing_else() {
        for (nth, method) in Method::ALL.into_iter().enumerate() {
            let set = MethodSet::of(&[method]);
            assert_eq!(set.iter().collect::<Vec<_>>(), [method]);
            for other in Method::ALL.into_iter().skip(nth + 1) {
                assert!(!set.contains(other), "{method:?} is not {other:?}");
            }
        }
        assert_eq!(Method::ALL.into_iter().collect::<MethodSet>().iter().count(), Method::ALL.len());
        assert!(MethodSet::default().is_empty());
    }

    #[test]
    fn a_set_is_written_as_the_list_of_its_methods() {
        let set = MethodSet::of(&[Method::Text, Method::Mail]);
        let written = serde_json::to_string(&set).expect("serialises");
        assert_eq!(written, r#"["mail","text"]"#);
        assert_eq!(serde_json::from_str::<MethodSet>(&written).expect("parses"), set);
    }
}

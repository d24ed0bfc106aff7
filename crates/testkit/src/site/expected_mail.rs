//! Messages that must come, held against those that came.

use std::collections::BTreeMap;

use super::message::ReceivedMessage;

/// What a message is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topic {
    /// The code of a registration.
    Registration,
    /// Link and code of a recovery.
    Recovery,
    /// The password was changed.
    PasswordChanged,
    /// Something that is told by the way, such as a welcome or a sign-in with another browser.
    Notice,
}

impl Topic {
    /// Told by the message's links.
    pub fn of(message: &ReceivedMessage) -> Self {
        let has = |beginnings: [&str; 2]| beginnings.iter().any(|beginning| message.link(beginning).is_some());
        if has(["/not-me/", "/freeze#"]) {
            Self::PasswordChanged
        } else if has(["/recover/link/", "/recover/link#"]) {
            Self::Recovery
        } else if message.code().is_some() {
            Self::Registration
        } else {
            Self::Notice
        }
    }
}

/// What can be done with a message.
fn secrets(message: &ReceivedMessage) -> [Option<String>; 3] {
    [message.code(), message.link("/recover/link/"), message.link("/not-me/")]
}

/// Messages that an address must get: so many different ones at least, and at most.
#[derive(Debug)]
pub struct ExpectedMail {
    /// The address.
    pub to: String,
    /// What they are about.
    pub topic: Topic,
    /// At least.
    pub least: usize,
    /// At most.
    pub most: usize,
}

impl ExpectedMail {
    /// Copies by Message-ID.
    pub fn received<'a>(&self, messages: &'a [ReceivedMessage]) -> BTreeMap<&'a str, Vec<&'a ReceivedMessage>> {
        let mut received: BTreeMap<&str, Vec<&ReceivedMessage>> = BTreeMap::new();
        for message in messages.iter().filter(|message| message.to == self.to && Topic::of(message) == self.topic) {
            received.entry(&message.id).or_default().push(message);
        }
        received
    }

    /// Whether so many have come as must.
    pub fn has_arrived(&self, messages: &[ReceivedMessage]) -> bool {
        self.received(messages).len() >= self.least
    }

    /// How many came a second time. None comes a third time, and not one too few or too many has come.
    pub fn came_twice(&self, messages: &[ReceivedMessage]) -> usize {
        let received = self.received(messages);
        assert!((self.least..=self.most).contains(&received.len()), "{self:?}: {:?}", received.keys());
        for (id, copies) in &received {
            // The second copy may tell fewer minutes; the secrets in it are the same.
            let same = copies.iter().all(|copy| secrets(copy) == secrets(copies[0]));
            assert!(copies.len() <= 2 && same, "{id}: {copies:?}");
        }
        received.values().map(|copies| copies.len() - 1).sum()
    }
}

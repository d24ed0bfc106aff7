//! Messages that must come, held against those that came.

use std::collections::BTreeMap;

use super::sink::Mail;

/// What a message is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// The code of a registration.
    Registration,
    /// Link and code of a recovery.
    Recovery,
    /// The password was changed.
    Change,
}

/// Tells by its links.
pub fn about(mail: &Mail) -> About {
    if mail.link("/not-me/").is_some() {
        About::Change
    } else if mail.link("/recover/link/").is_some() {
        About::Recovery
    } else {
        About::Registration
    }
}

/// What can be done with a message.
fn secrets(mail: &Mail) -> [Option<String>; 3] {
    [mail.code(), mail.link("/recover/link/"), mail.link("/not-me/")]
}

/// Messages that somebody must get: so many different ones at least, and at most.
#[derive(Debug)]
pub struct Owed {
    /// Who.
    pub to: String,
    /// What about.
    pub about: About,
    /// At least.
    pub least: usize,
    /// At most.
    pub most: usize,
}

impl Owed {
    /// Copies by Message-ID.
    pub fn received<'a>(&self, mails: &'a [Mail]) -> BTreeMap<&'a str, Vec<&'a Mail>> {
        let mut received: BTreeMap<&str, Vec<&Mail>> = BTreeMap::new();
        for mail in mails.iter().filter(|mail| mail.to == self.to && about(mail) == self.about) {
            received.entry(mail.head("Message-ID")).or_default().push(mail);
        }
        received
    }

    /// How many came a second time. None comes a third time, and not one too few or too many has come.
    pub fn came_twice(&self, mails: &[Mail]) -> usize {
        let received = self.received(mails);
        assert!((self.least..=self.most).contains(&received.len()), "{self:?}: {:?}", received.keys());
        for (id, copies) in &received {
            // The second copy may tell fewer minutes; the secrets in it are the same.
            let same = copies.iter().all(|copy| secrets(copy) == secrets(copies[0]));
            assert!(copies.len() <= 2 && same, "{id}: {copies:?}");
        }
        received.values().map(|copies| copies.len() - 1).sum()
    }
}

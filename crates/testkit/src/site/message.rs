//! A message as the person reads it who received it.

/// A mail or a text message as it arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedMessage {
    /// The address or number it went to.
    pub to: String,
    /// The same for every copy of one message; empty for text messages, which have none.
    pub id: String,
    /// What can be read in it.
    pub text: String,
}

impl ReceivedMessage {
    /// Six digits that stand alone.
    pub fn code(&self) -> Option<String> {
        let words = self.text.split(|message: char| !message.is_alphanumeric());
        words.filter(|word| word.len() == 6 && word.bytes().all(|byte| byte.is_ascii_digit())).map(str::to_owned).next()
    }

    /// Four groups of four messages and digits.
    pub fn temporary_password(&self) -> Option<String> {
        let is_group = |group: &str| group.len() == 4 && group.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let mut words = self.text.split_whitespace();
        words.find(|word| word.len() == 19 && word.split('-').all(is_group)).map(str::to_owned)
    }

    /// The path of the first link whose path begins like this.
    pub fn link(&self, beginning: &str) -> Option<String> {
        let from = &self.text[self.text.find(beginning)?..];
        let end =
            from.find(|message: char| message.is_whitespace() || matches!(message, '"' | '<')).unwrap_or(from.len());
        Some(from[..end].to_owned())
    }

    /// The link's token: the last segment of that path, or what stands behind the `#`.
    pub fn token(&self, beginning: &str) -> Option<String> {
        Some(self.link(beginning)?.rsplit(['/', '#']).next()?.to_owned())
    }
}

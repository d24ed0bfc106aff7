//! Links from messages. They change nothing: mail scanners open them, too.
//!
//! The token moves from the link into a cookie of fifteen minutes, and the browser goes on to a page whose address holds
//! no secret. Whether it is any good is found out there, by the person's own doing. It is the same for a link with its
//! token in the path and for one with its token behind the `#`.

use http::HeaderValue;
use rekey_service::PlainToken;

use crate::cookies::Cookie;
use crate::paths;

/// What a link from a message is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailedLink {
    /// A recovery.
    Recovery,
    /// The first or a lost owner.
    Owner,
    /// "It was not me".
    NotMe,
}

/// Stands in the cookie for a link that a mail program has cut: the page says that it does not work.
const CUT: &str = "cut";

impl MailedLink {
    /// The page that goes on with the token.
    pub const fn next(self) -> &'static str {
        match self {
            Self::Recovery => paths::RECOVER_NEW,
            Self::Owner => paths::REGISTER_OWNER,
            Self::NotMe => paths::NOT_ME,
        }
    }

    /// Has the browser keep the token. None, of what has not the form of a token, replaces an older one, so that no
    /// browser continues a journey that the link at hand did not begin.
    pub fn keep(self, token: Option<&PlainToken>, secure: bool) -> Option<HeaderValue> {
        let cookie = match self {
            Self::Recovery => Cookie::Link,
            Self::Owner => Cookie::Owner,
            Self::NotMe => Cookie::NotMe,
        };
        cookie.write(&token.map_or_else(|| CUT.to_owned(), PlainToken::expose), secure)
    }
}

/// The token in what was pasted: in a whole link of either form, or by itself. A mail program may have broken the link
/// over lines or put it in brackets.
pub fn token_in(pasted: &str) -> Option<PlainToken> {
    let joined: String = pasted.split_whitespace().collect();
    let link = joined.trim_end_matches(|letter: char| !letter.is_ascii_alphanumeric() && !matches!(letter, '-' | '_'));
    PlainToken::parse(link.rsplit(['#', '/', '<', '(', '"']).next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "C2xqI23uChSRpVDVd98SdWeTCfQ_8nWdUvnsRlgNzf0";

    #[test]
    fn a_token_is_found_in_whatever_way_its_link_was_pasted() {
        for pasted in [
            TOKEN.to_owned(),
            format!(" https://id.example.org/recover/link#{TOKEN}\n"),
            format!("https://id.example.org/recover/link/{TOKEN}"),
            format!("<https://id.example.org/freeze#{TOKEN}>"),
            format!("https://id.example.org/owner#{}\r\n{}.", &TOKEN[..20], &TOKEN[20..]),
            format!("(#{TOKEN})"),
            format!("#{TOKEN}"),
        ] {
            assert_eq!(token_in(&pasted).map(|token| token.expose()).as_deref(), Some(TOKEN), "{pasted}");
        }
    }

    #[test]
    fn what_is_no_whole_token_is_none() {
        for pasted in
            ["", " ", "#", "https://id.example.org/recover/link", "https://id.example.org/", &TOKEN[1..], "042913"]
        {
            assert!(token_in(pasted).is_none(), "{pasted}");
        }
        assert!(token_in(&format!("{TOKEN}A")).is_none());
    }
}

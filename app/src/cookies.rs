//! Our cookies: names, attributes, reading and writing.

use std::time::Duration;

use http::HeaderMap;
use http::header::{COOKIE, HeaderValue};

/// A cookie of ours. All are `HttpOnly`, `SameSite=Lax` and for the whole site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cookie {
    /// The session of a signed-in person.
    Session,
    /// A registration under way.
    Register,
    /// A recovery under way.
    Recover,
    /// The token of a mailed recovery link.
    Link,
    /// The token of an owner's link.
    Owner,
    /// The token of an "it was not me" link.
    NotMe,
    /// A browser that its owner has signed in with before. It opens nothing.
    Device,
    /// Where its owner goes on after signing in.
    Return,
    /// The chosen language.
    Lang,
    /// What a form post without scripts left for its page.
    Flash,
}

impl Cookie {
    /// The name; with the prefix that ties a cookie to this host and to https (RFC 6265bis §4.1.3.2).
    pub const fn name(self, secure: bool) -> &'static str {
        match (self, secure) {
            (Self::Session, true) => "__Host-rekey_session",
            (Self::Session, false) => "rekey_session",
            (Self::Register, true) => "__Host-rekey_register",
            (Self::Register, false) => "rekey_register",
            (Self::Recover, true) => "__Host-rekey_recover",
            (Self::Recover, false) => "rekey_recover",
            (Self::Link, true) => "__Host-rekey_link",
            (Self::Link, false) => "rekey_link",
            (Self::Owner, true) => "__Host-rekey_owner",
            (Self::Owner, false) => "rekey_owner",
            (Self::NotMe, true) => "__Host-rekey_not_me",
            (Self::NotMe, false) => "rekey_not_me",
            (Self::Device, true) => "__Host-rekey_device",
            (Self::Device, false) => "rekey_device",
            (Self::Return, true) => "__Host-rekey_return",
            (Self::Return, false) => "rekey_return",
            (Self::Lang, true) => "__Host-rekey_lang",
            (Self::Lang, false) => "rekey_lang",
            (Self::Flash, true) => "__Host-rekey_flash",
            (Self::Flash, false) => "rekey_flash",
        }
    }

    /// How long the browser keeps it; `None` = until it is closed. There is no "remember me": a session ends with the
    /// browser at the latest (SE-2). The server has its own idea of when a session or journey ends.
    pub const fn max_age(self) -> Option<Duration> {
        match self {
            Self::Session => None,
            Self::Register | Self::Recover => Some(Duration::from_secs(24 * 3600)),
            Self::Link | Self::Owner | Self::NotMe => Some(Duration::from_secs(15 * 60)),
            Self::Lang | Self::Device => Some(Duration::from_secs(365 * 24 * 3600)),
            Self::Return => Some(Duration::from_secs(3600)),
            Self::Flash => Some(Duration::from_secs(60)),
        }
    }

    /// The value in a request. Of two cookies of one name the first counts.
    pub fn read(self, headers: &HeaderMap, secure: bool) -> Option<String> {
        let name = self.name(secure);
        let lines = headers.get_all(COOKIE).into_iter().filter_map(|line| line.to_str().ok());
        let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        pairs.find(|(found, value)| *found == name && !value.is_empty()).map(|(_, value)| value.to_owned())
    }

    /// A `Set-Cookie` value. What cannot stand in a cookie is not written at all.
    pub fn write(self, value: &str, secure: bool) -> Option<HeaderValue> {
        let fits = value.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b';' | b',' | b'"' | b'\\'));
        fits.then(|| self.line(value, self.max_age(), secure)).flatten()
    }

    /// A `Set-Cookie` value that makes the browser forget it.
    pub fn clear(self, secure: bool) -> Option<HeaderValue> {
        self.line("", Some(Duration::ZERO), secure)
    }

    fn line(self, value: &str, max_age: Option<Duration>, secure: bool) -> Option<HeaderValue> {
        let name = self.name(secure);
        let age = max_age.map_or_else(String::new, |age| format!("; Max-Age={}", age.as_secs()));
        let secure = if secure { "; Secure" } else { "" };
        let line = format!("{name}={value}; Path=/{age}; HttpOnly; SameSite=Lax{secure}");
        HeaderValue::from_str(&line).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, HeaderValue::from_static("a=b; rekey_session=one; rekey_session=two"));
        assert_eq!(Cookie::Session.read(&headers, false).as_deref(), Some("one"));
        assert_eq!(Cookie::Session.read(&headers, true), None);
        assert_eq!(Cookie::Recover.read(&headers, false), None);
    }

    #[test]
    fn on_https_it_is_tied_to_the_host() {
        let line = Cookie::Session.write("abc", true).expect("a cookie");
        assert_eq!(line, "__Host-rekey_session=abc; Path=/; HttpOnly; SameSite=Lax; Secure");
    }

    #[test]
    fn nothing_slips_in_beside_the_value() {
        assert_eq!(Cookie::Lang.write("ja; Domain=evil.example", false), None);
        assert_eq!(Cookie::Lang.write("ja\r\nX: y", false), None);
    }
}

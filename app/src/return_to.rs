//! Where a person goes on after signing in: the page that they had asked for, or a site of the organization's (T-24).
//!
//! Kept in a cookie meanwhile, so that it outlasts a recovery on the way. What the cookie says is judged anew when it is
//! used: another site of the same domain may have written it.

use url::Url;

use crate::paths;

/// The longest address that is gone back to, in bytes.
const LONGEST: usize = 1024;

/// What asks for a signed-in person lies below these.
const BEHIND_SIGN_IN: [&str; 2] = [paths::ACCOUNT, "/admin"];

/// The address to go on to, written anew: one of our pages for the signed-in, or one of these origins. `None` for
/// everything else.
pub fn allowed(typed: &str, origins: &[String]) -> Option<String> {
    own_page(typed).filter(|page| is_behind_sign_in(page)).or_else(|| foreign(typed, origins))
}

/// A path on our own origin, read as a browser reads it and written anew; `None` for everything else.
pub fn own_page(typed: &str) -> Option<String> {
    if !is_plain(typed) || !typed.starts_with('/') || typed.starts_with("//") {
        return None;
    }
    let base = Url::parse("http://rekey.invalid/").ok()?;
    let url = base.join(typed).ok()?;
    let path = url.path();
    // Dots may have been folded away: "/.//evil.example" names another host by now.
    if url.origin() != base.origin() || !url.username().is_empty() || path.starts_with("//") {
        return None;
    }
    // Percent-encoded slashes never make a host, but a proxy may decode them.
    let folded = path.to_ascii_lowercase();
    if folded.contains("%2f") || folded.contains("%5c") || folded.contains("%00") {
        return None;
    }
    Some(url.query().map_or_else(|| path.to_owned(), |query| format!("{path}?{query}")))
}

fn is_plain(typed: &str) -> bool {
    typed.len() <= LONGEST && typed.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\')
}

fn is_behind_sign_in(page: &str) -> bool {
    let path = page.split('?').next().unwrap_or_default();
    BEHIND_SIGN_IN
        .iter()
        .any(|root| path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

/// An address of one of these origins, without a name or password in it.
fn foreign(typed: &str, origins: &[String]) -> Option<String> {
    if !is_plain(typed) {
        return None;
    }
    let url = Url::parse(typed).ok()?;
    let nameless = url.username().is_empty() && url.password().is_none();
    let origin = url.origin().ascii_serialization();
    (nameless && origins.contains(&origin)).then(|| url.into())
}

#[cfg(test)]
mod tests {
    use super::allowed;

    fn origins() -> [String; 1] {
        ["https://app.example.org".to_owned()]
    }

    #[test]
    fn pages_of_the_signed_in_and_listed_sites_are_gone_on_to() {
        for typed in ["/account", "/account/sessions", "/account/sessions?done=ended", "/admin/people?q=a%20b"] {
            assert_eq!(allowed(typed, &[]).as_deref(), Some(typed));
        }
        for typed in ["https://app.example.org/", "https://app.example.org/a?b=c#d"] {
            assert_eq!(allowed(typed, &origins()).as_deref(), Some(typed));
        }
        assert_eq!(allowed("HTTPS://APP.example.org:443", &origins()).as_deref(), Some("https://app.example.org/"));
    }

    #[test]
    fn nothing_else_is() {
        for typed in [
            "",
            "/",
            "/forgot",
            "/recover/link/token",
            "/accounts",
            "account",
            "//app.example.org",
            "/\\app.example.org",
            "/account/../recover/link/token",
            "/account/..//evil.example",
            "/account%2f..%2fevil",
            "https://evil.example/",
            "https://app.example.org.evil.example/",
            "https://app.example.org@evil.example/",
            "https://ada@app.example.org/",
            "http://app.example.org/",
            "https://app.example.org:8443/",
            "https:app.example.org.evil.example",
            "javascript:alert(1)",
            "data:text/html,hello",
            "https://app.example.org/\r\nset-cookie: a=b",
            " /account",
            "/account\t",
        ] {
            assert_eq!(allowed(typed, &origins()), None, "{typed:?}");
        }
        assert_eq!(allowed(&format!("/account?{}", "a".repeat(1024)), &[]), None);
    }
}

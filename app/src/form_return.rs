//! Where a form post without scripts goes back to when it did not work, so that nothing typed is lost.

use http::HeaderValue;
use rekey_shared::{Field, Problem};

use crate::cookies::Cookie;
use crate::flash::cookie::{self, FlashCookie};
use crate::paths;

/// The page that a form is on and what had been typed there.
///
/// Made from the route's row before the request is judged, so that a form that is refused by what stands before its
/// handler goes back like one that its handler refuses.
#[derive(Debug, Clone)]
pub struct FormReturn {
    page: &'static str,
    typed: Vec<(Field, String)>,
}

impl FormReturn {
    /// For a form on `page`, with those of its fields that may be shown again.
    pub fn new(page: &'static str, shown: &[Field], body: &[u8]) -> Self {
        let typed = |field: &Field| {
            let found = url::form_urlencoded::parse(body).find(|(name, _)| name == field.name());
            (*field, found.map(|(_, value)| value.into_owned()).unwrap_or_default())
        };
        Self { page, typed: shown.iter().map(typed).collect() }
    }

    /// The page to go back to, and the cookie that carries the problem and the typed values there.
    pub fn carry(&self, problem: Problem, secure: bool) -> (&'static str, Option<HeaderValue>) {
        let page = page_for(&problem).unwrap_or(self.page);
        let flash = FlashCookie { page: page.to_owned(), problem, values: self.typed.clone() };
        (page, cookie::encode(flash).and_then(|text| Cookie::Flash.write(&text, secure)))
    }
}

/// The page for those who may not see the one that they asked for.
fn page_for(problem: &Problem) -> Option<&'static str> {
    if *problem == Problem::NotSignedIn {
        Some(paths::SIGN_IN)
    } else if *problem == Problem::ChangePasswordFirst {
        Some(paths::ACCOUNT_PASSWORD)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_shown_again_comes_back_and_nothing_else() {
        let body = b"identifier=ada%40example.org&password=hunter2&identifier=other";
        let back = FormReturn::new("/", &[Field::Identifier], body);
        let (page, line) = back.carry(Problem::SignInRefused, false);
        let line = line.expect("a cookie").to_str().expect("readable").to_owned();
        let text = line.strip_prefix("rekey_flash=").and_then(|rest| rest.split(';').next()).expect("a value");
        let flash = cookie::decode(text).expect("ours");
        assert_eq!((page, flash.page.as_str(), flash.problem), ("/", "/", Problem::SignInRefused));
        assert_eq!(flash.values, [(Field::Identifier, "ada@example.org".to_owned())]);
    }

    #[test]
    fn those_who_may_not_see_the_page_are_led_to_one_that_they_may_see() {
        let back = FormReturn::new("/account/sessions", &[], b"");
        assert_eq!(back.carry(Problem::NotSignedIn, false).0, "/");
        assert_eq!(back.carry(Problem::ChangePasswordFirst, false).0, "/account/password");
        assert_eq!(back.carry(Problem::BadRequest, false).0, "/account/sessions");
    }
}

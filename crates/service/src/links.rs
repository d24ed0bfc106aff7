//! The only place where links to ourselves are made. It cannot see a request, so no header can bend a link (RC-5, T-07).

use rekey_domain::setting::LinkForm;
use url::Url;

use crate::token::PlainToken;

/// Makes links from the configured public URL.
#[derive(Debug, Clone)]
pub struct Links {
    base: Url,
}

impl Links {
    /// From `public_url`; only its scheme, host and port count.
    pub fn new(mut public_url: Url) -> Self {
        public_url.set_path("/");
        public_url.set_query(None);
        public_url.set_fragment(None);
        Self { base: public_url }
    }

    /// The public URL itself.
    pub fn base(&self) -> &Url {
        &self.base
    }

    /// The sign-in page.
    pub fn sign_in(&self) -> Url {
        self.base.clone()
    }

    /// The page that begins a recovery.
    pub fn forgot(&self) -> Url {
        self.at("/forgot")
    }

    /// The page where the signed-in change their password.
    pub fn change_password(&self) -> Url {
        self.at("/account/password")
    }

    /// A mailed recovery link.
    pub fn recovery(&self, token: &PlainToken, form: LinkForm) -> Url {
        self.with_token(token, form, "/recover/link", "/recover/link")
    }

    /// The link for the first or a lost owner.
    pub fn owner(&self, token: &PlainToken, form: LinkForm) -> Url {
        self.with_token(token, form, "/owner", "/owner")
    }

    /// "This was not me".
    pub fn not_me(&self, token: &PlainToken, form: LinkForm) -> Url {
        // Not `/not-me` in both: that page goes on with the token that the browser has, which may be another link's.
        self.with_token(token, form, "/not-me", "/freeze")
    }

    /// Both forms are as long, since text messages count characters.
    fn with_token(&self, token: &PlainToken, form: LinkForm, above: &str, page: &str) -> Url {
        match form {
            LinkForm::Path => self.at(&format!("{above}/{}", token.expose())),
            LinkForm::Fragment => {
                let mut url = self.at(page);
                url.set_fragment(Some(&token.expose()));
                url
            }
        }
    }

    fn at(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        url.set_path(path);
        url
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "C2xqI23uChSRpVDVd98SdWeTCfQ_8nWdUvnsRlgNzf0";

    /// Every link with a token, in one form.
    fn links(form: LinkForm) -> [Url; 3] {
        let links = Links::new(Url::parse("https://id.example.org/ignored?query#fragment").expect("a URL"));
        let token = PlainToken::parse(TOKEN).expect("a token");
        [links.recovery(&token, form), links.owner(&token, form), links.not_me(&token, form)]
    }

    #[test]
    fn the_token_stands_in_the_path_or_behind_the_number_sign() {
        let base = "https://id.example.org";
        let expected = ["/recover/link/", "/owner/", "/not-me/"].map(|path| format!("{base}{path}{TOKEN}"));
        assert_eq!(links(LinkForm::Path).map(String::from), expected);
        let expected = ["/recover/link#", "/owner#", "/freeze#"].map(|path| format!("{base}{path}{TOKEN}"));
        assert_eq!(links(LinkForm::Fragment).map(String::from), expected);
    }

    #[test]
    fn what_a_browser_sends_of_a_link_with_a_fragment_holds_no_token() {
        for mut link in links(LinkForm::Fragment) {
            assert_eq!((link.fragment(), link.query()), (Some(TOKEN), None));
            link.set_fragment(None);
            assert!(!link.as_str().contains(TOKEN), "{link}");
        }
    }

    #[test]
    fn no_form_makes_a_text_message_longer() {
        let lengths = [LinkForm::Path, LinkForm::Fragment].map(|form| links(form).map(|link| link.as_str().len()));
        assert_eq!(lengths[0], lengths[1]);
    }
}

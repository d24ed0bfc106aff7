//! The only place where links to ourselves are made. It cannot see a request, so no header can bend a link (RC-5, T-07).

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
    pub fn recovery(&self, token: &PlainToken) -> Url {
        self.at(&format!("/recover/link/{}", token.expose()))
    }

    /// The link for the first or a lost owner.
    pub fn owner(&self, token: &PlainToken) -> Url {
        self.at(&format!("/owner/{}", token.expose()))
    }

    /// "This was not me".
    pub fn not_me(&self, token: &PlainToken) -> Url {
        self.at(&format!("/not-me/{}", token.expose()))
    }

    fn at(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        url.set_path(path);
        url
    }
}

//! What a page knows from its first moment: language, installation, and what a form post without scripts left behind.
//!
//! Read from the request on the server, carried to the browser with the page.

use leptos::prelude::*;
use rekey_shared::view::SiteView;
use rekey_shared::{Field, Lang};
use serde::{Deserialize, Serialize};

use crate::error::AppError;

/// What a form post without scripts leaves for the page that it came from. Never holds a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Flash {
    /// The page that it is for.
    pub page: String,
    /// What did not work.
    pub problem: AppError,
    /// What had been typed.
    pub values: Vec<(Field, String)>,
}

/// The beginning of a page.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Start {
    pub lang: Lang,
    pub site: SiteView,
    pub flash: Option<Flash>,
}

impl Default for Start {
    fn default() -> Self {
        let site = SiteView {
            organisation: String::new(),
            registration_open: true,
            terms_url: None,
            help_url: None,
            temporary_passwords: false,
            dev_mailbox: false,
        };
        Self { lang: Lang::default(), site, flash: None }
    }
}

#[derive(Clone, Copy)]
struct Kept {
    lang: Lang,
    site: StoredValue<SiteView>,
    flash: StoredValue<Option<Flash>>,
    moved: StoredValue<bool>,
}

/// Makes the beginning known to everything below.
pub(crate) fn provide_start() -> Lang {
    let Start { lang, site, flash } = SharedValue::new(read_start).into_inner();
    let (site, flash) = (StoredValue::new(site), StoredValue::new(flash));
    provide_context(Kept { lang, site, flash, moved: StoredValue::new(false) });
    lang
}

#[cfg(feature = "ssr")]
fn read_start() -> Start {
    crate::context::start()
}

#[cfg(not(feature = "ssr"))]
fn read_start() -> Start {
    Start::default()
}

/// The language of the page.
pub(crate) fn lang() -> Lang {
    use_context::<Kept>().map_or_else(Lang::default, |kept| kept.lang)
}

/// What the page knows of the installation.
pub(crate) fn site() -> SiteView {
    use_context::<Kept>().map_or_else(|| Start::default().site, |kept| kept.site.get_value())
}

/// What a form post left for this page. A page may be drawn more than once before it is sent, so reading leaves it there.
pub(crate) fn flash(page: &str) -> Option<Flash> {
    let kept = use_context::<Kept>()?;
    kept.flash.with_value(|flash| flash.as_ref().filter(|flash| flash.page == page).cloned())
}

/// Notes that the person has gone to another page without loading it anew; what was left behind is old news then.
pub(crate) fn note_move() {
    if let Some(kept) = use_context::<Kept>() {
        kept.moved.set_value(true);
        kept.flash.set_value(None);
    }
}

/// Tells, whenever it is asked, whether this page was reached without loading it anew, so that its heading takes
/// the focus.
pub(crate) fn has_moved() -> impl Fn() -> bool + Copy {
    let moved = use_context::<Kept>().map(|kept| kept.moved);
    move || moved.and_then(|moved| moved.try_get_value()).unwrap_or(false)
}

//! What a page knows from its first moment: language, installation, and what a form post without scripts left behind.
//!
//! Read from the request on the server, carried to the browser with the page.

use leptos::prelude::*;
use rekey_shared::Lang;
use rekey_shared::view::SiteView;
use serde::{Deserialize, Serialize};

use crate::flash::Flash;
use crate::json;

/// What travels to the browser with the page.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct InitialState {
    lang: Lang,
    site: SiteView,
    flash: Option<Flash>,
}

impl Default for InitialState {
    fn default() -> Self {
        let site = SiteView {
            organisation: String::new(),
            registration_open: true,
            phone_registration: true,
            terms_url: None,
            help_url: None,
            temporary_passwords: false,
            dev_mailbox: false,
        };
        Self { lang: Lang::default(), site, flash: None }
    }
}

/// What everything on a page finds around it.
#[derive(Clone, Copy)]
struct PageContext {
    lang: Lang,
    site: StoredValue<SiteView>,
    flash: StoredValue<Option<Flash>>,
    moved: StoredValue<bool>,
}

/// Makes it known to everything below.
pub(crate) fn provide() -> Lang {
    // As a text that is read here: the framework's own way brings a second reader of JSON along.
    let text = SharedValue::new_str(write).into_inner();
    let InitialState { lang, site, flash } = json::from_str(&text).unwrap_or_default();
    let (site, flash) = (StoredValue::new(site), StoredValue::new(flash));
    provide_context(PageContext { lang, site, flash, moved: StoredValue::new(false) });
    lang
}

#[cfg(feature = "ssr")]
fn write() -> String {
    use crate::context;

    let Some(site) = context::site() else { return String::new() };
    let state = InitialState { lang: context::lang(), site, flash: context::take_flash() };
    serde_json::to_string(&state).unwrap_or_default()
}

#[cfg(not(feature = "ssr"))]
fn write() -> String {
    String::new()
}

/// The language of the page.
pub(crate) fn lang() -> Lang {
    use_context::<PageContext>().map_or_else(Lang::default, |page| page.lang)
}

/// What the page knows of the installation.
pub(crate) fn site() -> SiteView {
    use_context::<PageContext>().map_or_else(|| InitialState::default().site, |page| page.site.get_value())
}

/// What a form post left for this page. A page may be drawn more than once before it is sent, so reading leaves it there.
pub(crate) fn flash(page: &str) -> Option<Flash> {
    let page_context = use_context::<PageContext>()?;
    page_context.flash.with_value(|flash| flash.as_ref().filter(|flash| flash.page == page).cloned())
}

/// Notes that the person has gone to another page without loading it anew; what was left behind is old news then.
pub(crate) fn note_move() {
    if let Some(page) = use_context::<PageContext>() {
        page.moved.set_value(true);
        page.flash.set_value(None);
    }
}

/// Tells, whenever it is asked, whether this page was reached without loading it anew, so that its heading takes
/// the focus.
pub(crate) fn has_moved() -> impl Fn() -> bool + Copy {
    let moved = use_context::<PageContext>().map(|page| page.moved);
    move || moved.and_then(|moved| moved.try_get_value()).unwrap_or(false)
}

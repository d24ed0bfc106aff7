//! The sender as people see it.

use jiff::tz::TimeZone;
use rekey_service::links::Links;
use rekey_service::setting::Settings;
use rekey_shared::{Lang, Timestamp};
use url::{Host, Url};

use super::tidy;
use crate::settings::mail_domain;

/// Characters of the organization's name in a text message: each one costs.
const SHORT_LENGTH: usize = 16;

/// The sender, and where people find it.
#[derive(Debug, Clone)]
pub struct Brand {
    /// The organization's name, one line.
    pub(crate) organisation: String,
    /// The same, for text messages.
    pub(crate) short: String,
    /// The zone of times, whose readers may be anywhere.
    pub(crate) time_zone: TimeZone,
    /// Where people reach the help desk.
    pub(crate) help: Option<String>,
    /// The host that people see in their address bar.
    pub(crate) host: String,
    /// The host that a phone binds a code to; none where it could not (no HTTPS, or no name).
    pub(crate) bound: Option<String>,
}

impl Brand {
    /// From what the operator set.
    pub fn new(settings: &Settings, links: &Links) -> Self {
        let (organisation, base) = (tidy::organisation(&settings.organisation), links.base());
        Self {
            short: tidy::cut(&organisation, SHORT_LENGTH),
            organisation,
            time_zone: settings.time_zone.clone(),
            help: settings.help_url.as_deref().and_then(web_address),
            host: base.host_str().unwrap_or("localhost").to_owned(),
            bound: bound_host(base),
        }
    }

    /// The part of our addresses and Message-IDs after the `@`.
    pub fn mail_domain(&self) -> String {
        mail_domain(&self.host)
    }

    /// Date and time on the organization's clock, with the name of its zone then (summer time has another).
    pub(crate) fn written(&self, at: Timestamp, lang: Lang) -> String {
        let Ok(moment) = jiff::Timestamp::from_millisecond(at.as_millis()) else { return at.written(lang) };
        let clock = self.time_zone.to_offset_info(moment);
        at.written_in_zone(clock.offset().seconds() / 60, clock.abbreviation(), lang)
    }

    /// The last line of a text message with a code: phones fill the code in on this host only
    /// (WICG, "Origin-bound one-time codes").
    pub(crate) fn bind(&self, code: &str) -> String {
        self.bound.as_deref().map(|host| format!("\n@{host} #{code}")).unwrap_or_default()
    }
}

/// Only a link that a browser opens is shown.
fn web_address(configured: &str) -> Option<String> {
    let url = Url::parse(configured.trim()).ok()?;
    matches!(url.scheme(), "http" | "https" | "mailto").then(|| url.to_string())
}

fn bound_host(base: &Url) -> Option<String> {
    match base.host() {
        Some(Host::Domain(host)) if base.scheme() == "https" => Some(host.to_owned()),
        _ => None,
    }
}

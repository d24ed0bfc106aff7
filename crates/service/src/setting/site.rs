//! What every page shows of the installation.

use rekey_shared::view::SiteView;

use super::{RecoveryKind, Settings};

/// The settings that pages show, as they are now.
pub fn site_view(settings: &Settings, dev_mailbox: bool) -> SiteView {
    SiteView {
        organisation: settings.organisation.clone(),
        registration_open: settings.registration.open,
        phone_registration: settings.registration.phone,
        terms_url: settings.registration.terms_url.clone(),
        help_url: settings.help_url.clone(),
        temporary_passwords: settings.recovery.kind == RecoveryKind::TemporaryPassword,
        dev_mailbox,
    }
}

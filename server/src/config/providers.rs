//! Who carries messages.

use rekey_delivery::{Brand, MailSettings, SettingsError, SmsSettings};
use rekey_shared::Secret;

use super::{ConfigError, Source};

/// `mail.url` and `mail.from`.
pub(super) fn mail(source: &mut Source, brand: &Brand) -> Result<Option<MailSettings>, ConfigError> {
    let (url, from) = (source.text("mail.url")?, source.text("mail.from")?);
    let Some(url) = url else {
        return match from {
            None => Ok(None),
            Some(_) => Err(source.error("mail.url", "must be set as well when mail.from is")),
        };
    };
    MailSettings::parse(&url, from.as_deref(), brand).map(Some).map_err(|error| refused(source, &error))
}

/// `sms.url`, `sms.account`, `sms.token` and `sms.from`: all or none.
pub(super) fn sms(source: &mut Source) -> Result<Option<SmsSettings>, ConfigError> {
    let keys = ["sms.url", "sms.account", "sms.token", "sms.from"];
    let mut values = Vec::new();
    for key in keys {
        values.push(source.text(key)?);
    }
    if values.iter().all(Option::is_none) {
        return Ok(None);
    }
    let value =
        |index: usize| values[index].as_deref().ok_or_else(|| ConfigError::new(keys[index], "must be set as well"));
    let (url, account, token, from) = (value(0)?, value(1)?, Secret::new(value(2)?), value(3)?);
    SmsSettings::parse(url, account, &token, from).map(Some).map_err(|error| refused(source, &error))
}

fn refused(source: &Source, error: &SettingsError) -> ConfigError {
    source.error(error.key, error.problem)
}

//! Who carries messages.

use std::path::Path;

use rekey_delivery::{Brand, MailSettings, OAuthKeys, OAuthSettings, SettingsError, SmsSettings};
use rekey_shared::Secret;

use super::{ConfigError, Source};

/// How mail leaves.
pub(super) struct Mail {
    /// The server.
    pub settings: MailSettings,
    /// Where the tokens come from that it is shown, if it takes no password.
    pub oauth: Option<OAuthSettings>,
}

/// `mail.url`, `mail.from`, `mail.ca_file` and `mail.oauth`.
pub(super) fn mail(source: &mut Source, brand: &Brand) -> Result<Option<Mail>, ConfigError> {
    let (url, from, ca_file) = (source.text("mail.url")?, source.text("mail.from")?, source.text("mail.ca_file")?);
    let keys = oauth_keys(source)?;
    let Some(url) = url else {
        let beside = [("mail.from", from.is_some()), ("mail.ca_file", ca_file.is_some())];
        let beside = beside.into_iter().chain([("mail.oauth.token_url", keys.token_url.is_some())]);
        return match beside.into_iter().find(|(_, given)| *given) {
            None => Ok(None),
            Some((key, _)) => Err(source.error("mail.url", format!("must be set as well when {key} is"))),
        };
    };
    read_mail(&url, from.as_deref(), ca_file.as_deref(), keys, brand).map(Some).map_err(|error| refused(source, &error))
}

fn read_mail(
    url: &str,
    from: Option<&str>,
    ca_file: Option<&str>,
    keys: OAuthKeys,
    brand: &Brand,
) -> Result<Mail, SettingsError> {
    let (settings, user) = MailSettings::parse_for_tokens(url, from, brand)?;
    let oauth = OAuthSettings::parse(keys, &user, settings.credentials.is_some())?;
    let mut settings = if oauth.is_some() { settings } else { MailSettings::parse(url, from, brand)? };
    if let Some(file) = ca_file {
        settings.trust(Path::new(file))?;
    }
    Ok(Mail { settings, oauth })
}

fn oauth_keys(source: &mut Source) -> Result<OAuthKeys, ConfigError> {
    Ok(OAuthKeys {
        token_url: source.text("mail.oauth.token_url")?,
        client_id: source.text("mail.oauth.client_id")?,
        client_secret: source.text("mail.oauth.client_secret")?.map(Secret::new),
        refresh_token: source.text("mail.oauth.refresh_token")?.map(Secret::new),
        key_file: source.text("mail.oauth.key_file")?,
        key_id: source.text("mail.oauth.key_id")?,
        scope: source.text("mail.oauth.scope")?,
        mechanism: source.text("mail.oauth.mechanism")?,
    })
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

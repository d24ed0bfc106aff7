//! `rekey message test`.

use std::process::ExitCode;

use clap::Subcommand;
use rekey_delivery::render::test_message;
use rekey_delivery::{Brand, Channel, SendError};
use rekey_domain::OutboxId;
use rekey_service::Services;
use rekey_service::message::compose::Recipient;
use rekey_shared::Lang;
use rekey_shared::identifier::Identifier;

use crate::config::Config;
use crate::wiring::{self, StartError};

/// What to do with messages.
#[derive(Debug, Subcommand)]
pub enum Action {
    /// Send a test message now, and say what the provider answered.
    Test {
        /// Email address or phone number.
        #[arg(long, value_name = "ADDRESS_OR_NUMBER")]
        to: String,
        /// The language of the message: `en` or `ja`.
        #[arg(long, default_value = "en", value_parser = language)]
        lang: Lang,
    },
}

fn language(text: &str) -> Result<Lang, String> {
    Lang::from_tag(text).ok_or_else(|| "must be en or ja".to_owned())
}

/// Does it. Exit code 1 when the message was not taken.
pub async fn run(config: &Config, services: &Services, action: Action) -> Result<ExitCode, StartError> {
    let Action::Test { to, lang } = action;
    let settings = services.settings();
    let to = match Identifier::parse_contact(&to, &settings.default_region) {
        Ok(Identifier::Email(email)) => Recipient::Email(email.shown().to_owned()),
        Ok(Identifier::Phone(phone)) => Recipient::Phone(phone.canonical().to_owned()),
        Ok(Identifier::Username(_)) | Err(_) => {
            return Err(StartError::Failed("--to must be an email address or a phone number".to_owned()));
        }
    };
    let channel = Channel::to(&to);
    let (now, mut random) = (services.clock.now(), [0; 10]);
    services.entropy.fill(&mut random);
    let id = OutboxId::new(now, random).0.simple().to_string();
    let message = test_message(id, to, lang, now, &Brand::new(&settings, &services.links));
    match wiring::senders(config, services)?.send_now(channel, &message).await {
        Ok(()) => {
            println!("Sent: the provider has taken the message.");
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            println!("{}", answer(error, channel));
            Ok(ExitCode::from(1))
        }
    }
}

fn answer(error: SendError, channel: Channel) -> String {
    match (error, channel) {
        (SendError::Refused { class }, _) => format!("Not sent: the provider refuses this message ({class})."),
        (SendError::NotNow { class }, _) => format!("Not sent: {} ({class}).", reason(class)),
        (SendError::NoProvider, Channel::Email) => "Not sent: email has no provider; set mail.url.".to_owned(),
        (SendError::NoProvider, Channel::Sms) => "Not sent: text messages have no provider; set sms.url.".to_owned(),
    }
}

/// What a class means, and what to look at.
fn reason(class: &str) -> &'static str {
    match class {
        "smtp.credentials" | "sms.credentials" => "the provider refuses the credentials",
        "smtp.tls" | "sms.tls" | "oauth.tls" => "the certificate or the encryption of the server does not fit",
        "smtp.connection" | "sms.connection" => "the provider cannot be reached",
        "oauth.connection" | "oauth.timeout" | "oauth.5xx" => "the token endpoint cannot be reached",
        "oauth.refused" => "the token endpoint refuses the credentials of mail.oauth",
        "oauth.protocol" => "the token endpoint answered without a token",
        "timeout" => "the provider took too long",
        _ => "the provider cannot take it now",
    }
}

//! What a password must not resemble.

use rekey_domain::{Account, AccountIdentifier};
use rekey_shared::identifier::IdentifierKind;
use rekey_shared::password::Personal;

use crate::Services;

/// From names and identifiers.
pub(crate) fn personal_of<'a>(
    cx: &Services,
    given_name: &str,
    family_name: &str,
    identifiers: impl IntoIterator<Item = (IdentifierKind, &'a str)>,
) -> Personal {
    let mut personal = Personal {
        given_name: given_name.to_owned(),
        family_name: family_name.to_owned(),
        organisation: cx.settings().organisation.clone(),
        ..Personal::default()
    };
    for (kind, value) in identifiers {
        match kind {
            IdentifierKind::Email => personal.emails.push(value.to_owned()),
            IdentifierKind::Phone => personal.phones.push(value.to_owned()),
            IdentifierKind::Username => value.clone_into(&mut personal.username),
        }
    }
    personal
}

/// From what is known of an account.
pub(crate) fn personal_of_account(cx: &Services, account: &Account, identifiers: &[AccountIdentifier]) -> Personal {
    let identifiers = identifiers.iter().map(|identifier| (identifier.kind, identifier.canonical.as_str()));
    personal_of(cx, &account.given_name, &account.family_name, identifiers)
}

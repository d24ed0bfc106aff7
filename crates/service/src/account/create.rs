//! Accounts that an operator makes for people who cannot or may not register by themselves.

use rekey_domain::audit::{self, Actor, AuditEntry, AuditEvent, Detail, Reason};
use rekey_domain::{Account, AccountId, AccountIdentifier, IdentifierId};
use rekey_shared::identifier::{Identifier, IdentifierKind, Username};
use rekey_shared::{FieldProblem, Lang};
use rekey_store::{Inserted, transaction};
use url::Url;

use crate::account::names::check_names;
use crate::context::About as _;
use crate::journey::start;
use crate::{Services, Unexpected};

/// A new account.
#[derive(Debug, Clone, Default)]
pub struct NewAccount {
    /// An email address or phone number. It counts as verified, on the operator's word.
    pub identifier: String,
    /// May be empty.
    pub given_name: String,
    /// May be empty.
    pub family_name: String,
    /// May be empty.
    pub username: String,
    /// The language of its messages.
    pub lang: Lang,
}

/// Why no account was made.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// Neither an email address nor a phone number.
    #[error("neither an email address nor a phone number")]
    NotAContact,
    /// A name is too long, or has characters that names do not have.
    #[error("bad names")]
    Names(Vec<FieldProblem>),
    /// An account has it already.
    #[error("the identifier is taken")]
    Taken(IdentifierKind),
    /// Something broke.
    #[error(transparent)]
    Unexpected(#[from] Unexpected),
}

crate::error::from_store!(CreateError);

/// Makes an account without a password, and returns the link by which its owner chooses one.
pub async fn create(cx: &Services, new: NewAccount) -> Result<Url, CreateError> {
    let identifier = Identifier::parse_contact(&new.identifier, &cx.settings().default_region)
        .map_err(|_| CreateError::NotAContact)?;
    let names = (new.given_name.as_str(), new.family_name.as_str(), new.username.as_str());
    let username = check_names(names).map_err(CreateError::Names)?;
    let account = Account {
        given_name: new.given_name.trim().to_owned(),
        family_name: new.family_name.trim().to_owned(),
        ..Account::new(AccountId::new(cx.now(), cx.random()), new.lang, cx.now())
    };
    let identifiers = identifiers_of(cx, &account, &identifier, username.as_ref());
    let (started, token) = start::by_operator(cx, &identifier, &account)?;
    let entry =
        |event| AuditEntry::new(event, Actor::Operator, cx.now()).account(account.id).reason(Reason::OperatorsDecision);
    transaction!(cx.store, |tx| {
        if let Inserted::Taken(kind) = tx.insert_account(&account, &identifiers).await? {
            return Err(CreateError::Taken(kind));
        }
        started.insert(tx).await?;
        tx.record(entry(AuditEvent::AccountCreated));
        let begun = entry(AuditEvent::RecoveryActivated).journey(started.journey.id);
        tx.record(begun.detail(Detail::Method(audit::Method::Link)));
        Ok(())
    })
    .await?;
    Ok(cx.links.recovery(&token, cx.settings().link_form))
}

fn identifiers_of(
    cx: &Services,
    account: &Account,
    contact: &Identifier,
    username: Option<&Username>,
) -> Vec<AccountIdentifier> {
    let identifier = |kind, canonical: &str, shown: &str, verified_at| AccountIdentifier {
        id: IdentifierId::new(cx.now(), cx.random()),
        account: account.id,
        kind,
        canonical: canonical.to_owned(),
        shown: shown.to_owned(),
        verified_at,
    };
    let vouched_for = identifier(contact.kind(), contact.canonical(), contact.shown(), Some(cx.now()));
    let chosen = username.map(|name| identifier(IdentifierKind::Username, name.canonical(), name.shown(), None));
    std::iter::once(vouched_for).chain(chosen).collect()
}

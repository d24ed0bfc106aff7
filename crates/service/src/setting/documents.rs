//! Listing and changing settings documents.

use rekey_domain::audit::{self, AuditEvent, Detail};
use rekey_domain::right::{Action, Denied, Target};
use rekey_domain::setting::{
    Difference, Document, Edit, KEYS, Key, Problem, Section, SettingError, Settings, Source, Value, Values, difference,
    edited, resolve,
};
use rekey_store::{Write, transaction};

use crate::context::About as _;
use crate::right::{self, By};
use crate::{Services, Unexpected, policies};

/// Why settings were not changed. Nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// A key or a value cannot be taken.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// The document has changed since it was looked at.
    #[error("{section} has been changed meanwhile: it is at version {latest}")]
    Overtaken {
        /// The document.
        section: Section,
        /// Its version now.
        latest: i32,
    },
    /// The document never had this version.
    #[error("{section} has no version {version}")]
    NoSuchVersion {
        /// The document.
        section: Section,
        /// The version.
        version: i32,
    },
    /// The right is missing.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// Something broke.
    #[error(transparent)]
    Unexpected(#[from] Unexpected),
}

crate::error::from_store!(ChangeError);

/// A setting as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its key.
    pub key: &'static str,
    /// Its document.
    pub section: Section,
    /// What holds; `None` when it is not set and has no default.
    pub value: Option<Value>,
    /// Where that comes from.
    pub source: Source,
    /// What holds when nothing is set.
    pub default: Option<Value>,
    /// What may stand there.
    pub range: String,
}

/// One version of a document, and what was changed in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// The version.
    pub document: Document,
    /// Against the version before.
    pub differences: Vec<Difference>,
}

/// Every setting, where it comes from, and what may stand there.
pub async fn list(cx: &Services) -> Result<Vec<Listed>, ChangeError> {
    let documents = cx.store.list_setting_documents().await?;
    let resolved = resolve(&cx.live.base, &documents, &cx.live.pins)?;
    let usual = Settings::recommended();
    let listed = |key: &&dyn Key| Listed {
        key: key.name(),
        section: key.section(),
        value: resolved.value(*key),
        source: resolved.source(*key),
        default: key.of(&usual),
        range: key.range(),
    };
    Ok(KEYS.iter().map(listed).collect())
}

/// The latest version of a document; version 0 when it was never written.
pub async fn document(cx: &Services, section: Section) -> Result<Document, Unexpected> {
    let latest = cx.store.list_setting_history(section).await?.into_iter().next();
    Ok(latest.unwrap_or_else(|| Document::empty(section)))
}

/// Every version of a document with what changed in it, the latest first.
pub async fn history(cx: &Services, section: Section) -> Result<Vec<Version>, Unexpected> {
    let documents = cx.store.list_setting_history(section).await?;
    let nothing = Values::new();
    let older = documents.iter().skip(1).map(|document| &document.values).chain(std::iter::once(&nothing));
    let differences: Vec<_> = documents.iter().zip(older).map(|(new, old)| difference(old, &new.values)).collect();
    let version = |(document, differences)| Version { document, differences };
    Ok(documents.into_iter().zip(differences).map(version).collect())
}

/// Changes a document that was at version `based_on` when it was looked at, and gives its latest version.
pub async fn change(
    cx: &Services,
    by: By,
    section: Section,
    based_on: i32,
    edits: &[Edit],
) -> Result<Document, ChangeError> {
    write(cx, by, section, based_on, |latest, _| Ok(edited(latest, edits, &cx.live.pins)?)).await
}

/// Makes an older version of a document the latest one, as a new version.
pub async fn restore(
    cx: &Services,
    by: By,
    section: Section,
    based_on: i32,
    version: i32,
) -> Result<Document, ChangeError> {
    write(cx, by, section, based_on, |_, history| {
        let found = history.iter().find(|document| document.version == version);
        found.map(|document| document.values.clone()).ok_or(ChangeError::NoSuchVersion { section, version })
    })
    .await
}

/// Writes the next version of a document, unless it has another by now or does not fit the rest of the settings.
async fn write(
    cx: &Services,
    by: By,
    section: Section,
    based_on: i32,
    make: impl Fn(&Document, &[Document]) -> Result<Values, ChangeError>,
) -> Result<Document, ChangeError> {
    let document = transaction!(cx.store, |tx| {
        right::demand(cx, tx, by, Action::ChangeSettings, &Target::Installation).await??;
        // From here on no other node changes any document: what is checked together stays together.
        tx.bump_setting_epoch().await?;
        let history = tx.list_setting_history(section).await?;
        let latest = history.first().cloned().unwrap_or_else(|| Document::empty(section));
        if latest.version != based_on {
            return Err(ChangeError::Overtaken { section, latest: latest.version });
        }
        let values = make(&latest, &history)?;
        if values == latest.values {
            // Nothing to remember: a version says that something changed.
            tx.leave_nothing();
            return Ok(latest);
        }
        let changed_by = by.account();
        let document = Document { section, version: latest.version + 1, values, changed_at: cx.now(), changed_by };
        check(cx, tx, &document).await?;
        insert(tx, by, &document).await?;
        Ok(document)
    })
    .await?;
    if document.version == based_on {
        return Ok(document);
    }
    // Here at once; the other nodes follow. A failure is theirs and ours to find at the next look.
    if let Err(error) = super::refresh(cx).await {
        tracing::warn!(%error, "a change of settings will be taken up later");
    }
    Ok(document)
}

/// Holds the new version against all other documents, and against the pins of this node.
async fn check(cx: &Services, tx: &Write, document: &Document) -> Result<(), ChangeError> {
    let mut documents = tx.list_setting_documents().await?;
    documents.retain(|other| other.section != document.section);
    documents.push(document.clone());
    let settings = resolve(&cx.live.base, &documents, &cx.live.pins)?.settings;
    if document.section == Section::Password
        && let Some(finding) = policies::unmeetable(&settings.policy, &tx.list_policies().await?)
    {
        let problem = Problem::BelowFloor(finding);
        return Err(SettingError::Wrong { key: "policy.preset", problem }.into());
    }
    Ok(())
}

async fn insert(tx: &mut Write, by: By, document: &Document) -> Result<(), ChangeError> {
    if !tx.insert_setting_document(document).await? {
        return Err(ChangeError::Overtaken { section: document.section, latest: document.version });
    }
    let entry = by.audit(AuditEvent::SettingsChanged, document.changed_at);
    tx.record(entry.target(audit::Target::Settings(document.section)).detail(Detail::Version(document.version)));
    Ok(())
}

//! What is sealed with the ring's keys, and where it stands.

use rekey_shared::Timestamp;

/// A column that holds sealed values. A new one does not compile until it is said how its values are sealed anew when
/// a key goes (`rekey_service::keys`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SealedColumn {
    /// `data_key.sealed`: keys that outlive those of the ring.
    DataKey,
    /// `mail_token.sealed`: tokens that are shown to a mail server.
    MailToken,
}

impl SealedColumn {
    /// Every one.
    pub const ALL: [Self; 2] = [Self::DataKey, Self::MailToken];

    /// The table.
    pub const fn table(self) -> &'static str {
        match self {
            Self::DataKey => "data_key",
            Self::MailToken => "mail_token",
        }
    }

    /// The column.
    pub const fn column(self) -> &'static str {
        match self {
            Self::DataKey | Self::MailToken => "sealed",
        }
    }
}

/// The one place where a sealed value may stand: it is bound into the seal, so that a value that was copied to another
/// row, column or table does not open there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SealContext<'a> {
    /// Table and column.
    pub column: SealedColumn,
    /// The row's primary key, as text.
    pub row: &'a str,
}

/// What a key that is kept in the database is for. Such keys are sealed with the ring's, so that each key of the ring can
/// go while what they made stays good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DataKeyPurpose {
    /// Names of guess budgets and of throttled targets and addresses: they must stay the same over a rotation, or every
    /// count would begin anew.
    Names,
    /// The chain over the audit log: it is verified for years.
    Audit,
}

impl DataKeyPurpose {
    /// Every one.
    pub const ALL: [Self; 2] = [Self::Names, Self::Audit];

    /// The part of its row's key that tells it from others.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Names => "names",
            Self::Audit => "audit",
        }
    }
}

/// A key that is kept in the database, as it stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedDataKey {
    /// What it is for.
    pub purpose: DataKeyPurpose,
    /// 1 for the first one of its purpose.
    pub generation: i32,
    /// It is used from then on.
    pub not_before: Timestamp,
    /// The key, sealed.
    pub sealed: Vec<u8>,
}

impl SealedDataKey {
    /// The row's key as text.
    pub fn row(&self) -> String {
        format!("{}/{}", self.purpose.text(), self.generation)
    }
}

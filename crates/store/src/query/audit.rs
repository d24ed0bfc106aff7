//! The audit record. Each line holds the hash of the one before, so that no line can be changed,
//! taken out or put in unnoticed; the head row tells a cut tail.

use rekey_domain::audit::AuditLine;
use sea_orm::sea_query::Expr;
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};
use sha2::{Digest as _, Sha256};

use crate::entity::{audit, audit_head};
use crate::text::Text;
use crate::{Store, Unexpected, Write};

/// Lines that are read at a time.
const PAGE: u64 = 500;
/// The id of the only row of `audit_head`.
const HEAD: i32 = 1;

/// Whether the record is as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditVerdict {
    /// It is.
    Intact {
        /// How many lines it has.
        lines: u64,
    },
    /// It is not.
    Broken {
        /// The first line that is wrong or missing.
        seq: i64,
    },
}

impl Write {
    /// Keeps a line for the audit record. It is written when this transaction is committed.
    pub fn record(&mut self, line: AuditLine) {
        self.lines.push(line);
    }
}

/// Chains lines to the record. The head row stays locked until the transaction ends, so this comes last in it.
pub(crate) async fn append(tx: &impl ConnectionTrait, lines: &[AuditLine]) -> Result<(), Unexpected> {
    if lines.is_empty() {
        return Ok(());
    }
    let head = audit_head::Entity::find_by_id(HEAD).lock_exclusive().one(tx).await?;
    let mut head = head.ok_or(Unexpected::row("audit_head", "id"))?;
    let mut rows = Vec::with_capacity(lines.len());
    for line in lines {
        let row = chained(line, head.seq + 1, head.hash);
        (head.seq, head.hash) = (row.seq, row.hash.clone());
        rows.push(row.into_active_model());
    }
    audit::Entity::insert_many(rows).exec_without_returning(tx).await?;
    move_head(tx, head).await?;
    Ok(())
}

async fn move_head(tx: &impl ConnectionTrait, head: audit_head::Model) -> Result<(), DbErr> {
    audit_head::Entity::update_many()
        .col_expr(audit_head::Column::Seq, Expr::value(head.seq))
        .col_expr(audit_head::Column::Hash, Expr::value(head.hash))
        .filter(audit_head::COLUMN.id.eq(HEAD))
        .exec(tx)
        .await
        .map(drop)
}

fn chained(line: &AuditLine, seq: i64, prev: Vec<u8>) -> audit::Model {
    let mut row = audit::Model {
        seq,
        at: line.at.as_millis(),
        event: line.event.text().to_owned(),
        account: line.account.map(|id| id.0),
        journey: line.journey.map(|id| id.0),
        session: line.session.map(|id| id.0),
        address: line.address.clone(),
        prev,
        hash: Vec::new(),
    };
    row.hash = hash_of(&row);
    row
}

/// SHA-256 of the previous hash and every column, each with its length or a mark of its absence,
/// so that no two different lines are written the same.
fn hash_of(row: &audit::Model) -> Vec<u8> {
    let mut hash = Sha256::new();
    hash.update(&row.prev);
    hash.update(row.seq.to_be_bytes());
    hash.update(row.at.to_be_bytes());
    for text in [&row.event, &row.address] {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text.as_bytes());
    }
    for id in [row.account, row.journey, row.session] {
        hash.update([u8::from(id.is_some())]);
        hash.update(id.unwrap_or_default().as_bytes());
    }
    hash.finalize().to_vec()
}

impl Store {
    /// Reads the whole record, a page at a time, and checks every link of its chain.
    /// Lines that are added meanwhile do no harm.
    pub async fn verify_audit(&self) -> Result<AuditVerdict, Unexpected> {
        let (mut seq, mut hash) = (0_i64, vec![0_u8; 32]);
        loop {
            // The head is read first: every line up to it is there.
            let head = audit_head::Entity::find_by_id(HEAD).one(&self.reads).await?;
            let page = self.audit_after(seq).await?;
            let Some(head) = head else { return Ok(AuditVerdict::Broken { seq: 0 }) };
            for row in &page {
                if row.seq != seq + 1 || row.prev != hash || row.hash != hash_of(row) {
                    return Ok(AuditVerdict::Broken { seq: seq + 1 });
                }
                (seq, hash) = (row.seq, row.hash.clone());
                if seq == head.seq && hash != head.hash {
                    return Ok(AuditVerdict::Broken { seq });
                }
            }
            if page.is_empty() {
                return Ok(judge(&head, seq, &hash));
            }
        }
    }

    async fn audit_after(&self, seq: i64) -> Result<Vec<audit::Model>, DbErr> {
        let after = audit::Entity::find().filter(audit::COLUMN.seq.gt(seq));
        after.order_by_asc(audit::COLUMN.seq).limit(PAGE).all(&self.reads).await
    }
}

/// The verdict after the last line.
fn judge(head: &audit_head::Model, seq: i64, hash: &[u8]) -> AuditVerdict {
    if head.seq == seq && head.hash == hash {
        AuditVerdict::Intact { lines: seq.unsigned_abs() }
    } else {
        AuditVerdict::Broken { seq: i64::min(seq, head.seq) + 1 }
    }
}

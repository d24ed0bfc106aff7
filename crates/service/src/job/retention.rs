//! The job that deletes rows that are older than the settings say: every table in turn, a piece in each step.

use rekey_domain::job::Job;
use rekey_domain::job::retention::Expiring;
use rekey_store::{PIECE, Write};
use serde::{Deserialize, Serialize};

use super::{Step, Work};
use crate::{Services, Unexpected, audit};

/// Which rows are looked for; nothing for the first, and the name of none after the last.
#[derive(Serialize, Deserialize, Default)]
pub(super) struct Cursor(Option<String>);

/// The name of what comes after the last.
const END: &str = "end";

pub(super) struct Removal;

impl Work for Removal {
    type Cursor = Cursor;
    type Prepared = Expiring;

    async fn prepare(_cx: &Services, cursor: &Cursor) -> Result<Option<Expiring>, Unexpected> {
        match cursor.0.as_deref() {
            None => Ok(Some(Expiring::FIRST)),
            Some(END) => Ok(None),
            Some(name) => {
                Expiring::parse(name).map(Some).ok_or_else(|| Unexpected::new("a cursor that names no table"))
            }
        }
    }

    async fn apply(cx: &Services, tx: &mut Write, _job: &Job, what: &Expiring) -> Result<Step<Cursor>, Unexpected> {
        let (keep, now, what) = (cx.settings().retention, cx.now(), *what);
        let done = match what {
            Expiring::AuditEntries => audit::remove_old(cx, tx, keep.cutoff(what, now)).await?,
            _ => tx.purge(what, &keep, now).await?,
        };
        let next = if done < PIECE { what.next().map_or(END, Expiring::name) } else { what.name() };
        Ok(Step { done, ..Step::to(Cursor(Some(next.to_owned()))) })
    }
}

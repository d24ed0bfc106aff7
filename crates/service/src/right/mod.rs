//! Rights: who acts, and whether they may. Asked inside the transaction that writes.
//!
//! What may be done by whom is in [`rekey_domain::right`]. Here is what that function is told: the roles of the one who
//! acts, and where the target stands.

pub mod role;

use rekey_domain::audit::{self, AuditEntry, AuditEvent};
use rekey_domain::right::{AccountTarget, Action, Actor, Denied, GroupTarget, Right, Target, right, rights_everywhere};
use rekey_domain::{AccountId, GroupId};
use rekey_shared::Timestamp;
use rekey_store::Write;

use crate::{Services, Unexpected};

/// By whom something is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The operator at the command line.
    Operator,
    /// The owner of an account.
    Person(AccountId),
}

impl By {
    /// The account, as rows keep it; `None` for the operator.
    pub const fn account(self) -> Option<AccountId> {
        match self {
            Self::Operator => None,
            Self::Person(account) => Some(account),
        }
    }

    /// An entry of the audit log about something that was done so.
    pub(crate) fn audit(self, event: AuditEvent, at: Timestamp) -> AuditEntry {
        let actor = match self {
            Self::Operator => audit::Actor::Operator,
            Self::Person(account) => audit::Actor::Person(account),
        };
        AuditEntry::new(event, actor, at)
    }
}

/// Asks whether this may be done. No role changes until the transaction ends, so what was allowed here is done before it
/// is forbidden. To be asked before the transaction locks anything else.
pub(crate) async fn demand(
    cx: &Services,
    tx: &Write,
    by: By,
    action: Action,
    target: &Target,
) -> Result<Result<(), Denied>, Unexpected> {
    let actor = match by {
        By::Operator => Actor::Operator,
        By::Person(account) => {
            tx.share_roles().await?;
            Actor::Person { account, assignments: tx.list_roles_of(account).await? }
        }
    };
    Ok(right(&actor, action, target, cx.now()))
}

/// An account as a target.
pub(crate) async fn account_target(tx: &Write, id: AccountId) -> Result<AccountTarget, Unexpected> {
    let groups = tx.list_groups_of(id).await?;
    Ok(AccountTarget { id, groups: groups.into_iter().map(|group| group.id).collect() })
}

/// A group as a target.
pub(crate) async fn group_target(tx: &Write, id: GroupId) -> Result<GroupTarget, Unexpected> {
    Ok(GroupTarget { id, gives_roles: tx.gives_roles(id).await? })
}

/// The rights of an account that reach over the whole installation: what a route asks for that has no target yet.
pub async fn rights_of(cx: &Services, account: AccountId) -> Result<Vec<Right>, Unexpected> {
    Ok(rights_everywhere(&cx.store.list_roles_of(account).await?, cx.now()))
}

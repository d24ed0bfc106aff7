//! What a journey shows, in its rows and on its pages.

use super::*;
use crate::model::{Page, Pages, Rows, state_name};

impl Site {
    /// What is in the rows of a journey.
    pub async fn rows(&self, which: usize) -> Rows {
        let journey = self.journey(which).await;
        let mut proofs: Vec<_> = self
            .proofs(which)
            .await
            .iter()
            // The model does not write presented links down.
            .filter(|proof| !(bearer_of(proof.owner) == Bearer::Link && proof.gate == 1))
            .map(|proof| (bearer_of(proof.owner), proof.gate, proof.method))
            .collect();
        proofs.sort_unstable();
        Rows {
            state: state_name(journey.state),
            resolved: journey.subject != Subject::Unresolved,
            proofs,
            tries_left: self.mail(which).await.tries_left(),
            epoch: self.account_of(which).await.map_or(0, |account| account.epoch.0),
        }
    }

    /// What the pages of a journey show.
    pub async fn pages(&self, which: usize) -> Pages {
        let (cx, side, token) = (self.cx(), &self.sides[which], self.token(which).await);
        if side.kind == JourneyKind::Registration {
            let view = registration::view(cx, &side.handle).await.expect("reads");
            let ready = view.as_ref().is_some_and(|view| view.step == rekey_shared::view::JourneyStep::Password);
            return Pages { begun: Page { open: view.is_some(), ready }, by_link: Page { open: false, ready: false } };
        }
        let ready = |policy: Option<_>| policy.is_some();
        Pages {
            begun: Page {
                open: recovery::view(cx, &side.handle).await.expect("reads").is_some(),
                ready: ready(recovery::policy(cx, ProofSource::Journey(&side.handle)).await.expect("reads")),
            },
            by_link: Page {
                open: recovery::link_is_open(cx, &token).await.expect("reads"),
                ready: ready(recovery::policy(cx, ProofSource::Link(&token)).await.expect("reads")),
            },
        }
    }
}

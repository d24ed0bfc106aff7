//! What is typed in answer to a challenge, and what comes of it.

use super::*;

impl Site {
    pub(super) async fn answer(&self, which: usize, bearer: Bearer, method: Method, typed: Typed) -> Outcome {
        let text = self.typed(which, bearer, method, typed).await;
        let before = self.proofs(which).await.len();
        let answered = match self.sides[which].kind {
            JourneyKind::Recovery => {
                let token = self.token(which).await;
                recovery::answer(self.cx(), &meta(), self.source(which, bearer, &token), method, &text).await
            }
            JourneyKind::Registration if method == Method::Mail => {
                registration::verify(self.cx(), &meta(), &self.sides[which].handle, &text).await
            }
            JourneyKind::Registration => return self.asked_in_vain(which).await,
        };
        match answered {
            Ok(()) if self.proofs(which).await.len() > before => Outcome::Proven,
            Ok(()) => Outcome::AlreadyProven,
            Err(VerifyError::Wrong { tries_left }) => Outcome::Wrong { tries_left },
            Err(VerifyError::Dead) => Outcome::Dead,
            Err(VerifyError::Over) => Outcome::Refused,
            Err(VerifyError::LinkFirst) => panic!("too few codes are wrong for the alarm"),
            Err(VerifyError::NotACode(fault)) => panic!("{fault:?}"),
            Err(VerifyError::Unexpected(failure)) => panic!("{failure:?}"),
        }
    }

    /// A registration has no way to be answered by another method than the one it asks for.
    async fn asked_in_vain(&self, which: usize) -> Outcome {
        let view = registration::view(self.cx(), &self.sides[which].handle).await.expect("reads");
        match view.map(|view| view.step) {
            Some(rekey_shared::view::JourneyStep::Password) => Outcome::AlreadyProven,
            Some(rekey_shared::view::JourneyStep::Code) | None => Outcome::Refused,
        }
    }

    /// What is typed: the right answer to some challenge, or a guess.
    pub(super) async fn typed(&self, which: usize, bearer: Bearer, method: Method, typed: Typed) -> String {
        let own = self.challenges(which).await;
        let other = self.challenges(1 - which).await;
        let gate = match self.step(which, bearer).await {
            Some(Step::Prove(gate)) => gate.number,
            Some(Step::Complete(_)) | None => 0,
        };
        let is = |asked: &&Challenge, bearer| asked.method == method && bearer_of(asked.owner) == bearer;
        let asked = own.iter().find(|asked| is(asked, bearer) && asked.gate == gate);
        let right = asked.map(|asked| self.right(asked));
        let typed = match typed {
            Typed::Right => right.clone(),
            Typed::Wrong => None,
            Typed::OtherJourneys => other.iter().find(|asked| is(asked, bearer)).map(|asked| self.right(asked)),
            Typed::OtherGates => {
                let elsewhere =
                    own.iter().find(|other| other.method == method && Some(other.id) != asked.map(|asked| asked.id));
                elsewhere.map(|asked| self.right(asked))
            }
        };
        typed.unwrap_or_else(|| if right.as_deref() == Some("123456") { "654321" } else { "123456" }.to_owned())
    }

    fn right(&self, asked: &Challenge) -> String {
        if asked.method == Method::Mail {
            self.cx().keys.code_of(asked).expect("a key").expose().to_owned()
        } else {
            answer_of(asked)
        }
    }
}

//! The rules on the past of a password, over real databases.
#![allow(clippy::expect_used, reason = "a step that fails must stop the test")]

use std::time::Duration;

use rekey_service::password::{self, Change, ChangeError};
use rekey_service::recovery::{self, CompleteError, ProofSource};
use rekey_shared::password::{History, Occasion, Policy, Report, Verdict};
use rekey_testkit::bench::{BETTER, GOOD, code_in, meta};
use rekey_testkit::{Bench, assert_matches, on_both_databases};

const ADA: &str = "ada@example.org";
const HOUR: Duration = Duration::from_secs(3600);

/// A change to a password typed twice, with the right or a wrong current one.
async fn change(t: &Bench, current: &str, new: &str) -> Result<(), ChangeError> {
    let caller = t.caller(ADA, current).await;
    password::change(&t.cx, &meta(), &caller, input(current, new)).await.map(drop)
}

fn input(current: &str, new: &str) -> Change {
    Change { current_password: current.into(), new_password: new.into(), confirm_password: new.into() }
}

fn nth(n: usize) -> String {
    format!("{GOOD} and {n} more")
}

fn failed(report: &Report) -> Vec<&'static str> {
    report.failed_rules()
}

/// A person whose passwords were [`GOOD`], then the first four of [`nth`].
async fn with_a_past(t: Bench, policy: impl FnOnce(&mut Policy)) -> Bench {
    t.account(ADA).await;
    let t = t
        .with(|settings| {
            settings.policy.history = History { on_change: 4, on_reset: 2 };
            policy(&mut settings.policy);
        })
        .await;
    let mut current = GOOD.to_owned();
    for n in 0..4 {
        t.advance(2 * HOUR);
        change(&t, &current, &nth(n)).await.expect("changes");
        current = nth(n);
    }
    t.advance(2 * HOUR);
    t
}

on_both_databases! {
    async fn none_of_the_last_four_comes_back_and_the_fifth_does(t: Bench) {
        let t = with_a_past(t, |_| ()).await;
        for n in [3, 2, 1] {
            assert_matches!(change(&t, &nth(3), &nth(n)).await, Err(ChangeError::Weak(report)) if failed(&report) == ["history"]);
        }
        t.advance(HOUR);
        assert_matches!(change(&t, &nth(3), &nth(0)).await, Err(ChangeError::Weak(report)) if failed(&report) == ["history"]);
        change(&t, &nth(3), GOOD).await.expect("the fifth is forgotten");
        t.sign_in(ADA, GOOD).await.expect("signs in");
    }

    async fn a_recovery_looks_less_deep_and_spends_nothing_on_a_refusal(t: Bench) {
        let t = with_a_past(t, |_| ()).await;
        let link = t.recovery_link(ADA).await;
        for n in [3, 2] {
            let answer = t.complete_by_link(&link, &nth(n)).await;
            assert_matches!(answer, Err(CompleteError::Weak(report)) if failed(&report) == ["history"]);
        }
        t.complete_by_link(&link, &nth(1)).await.expect("the link still works");
        t.sign_in(ADA, &nth(1)).await.expect("signs in");
    }

    async fn a_proven_code_is_not_spent_either(t: Bench) {
        let t = with_a_past(t, |_| ()).await;
        let (handle, messages) = t.ask(ADA).await;
        let code = code_in(&messages).expect("a code");
        recovery::verify(&t.cx, &meta(), &handle, &code).await.expect("right");
        let by_code = |password: String| {
            let choice = rekey_testkit::bench::choice(&password);
            let (cx, handle) = (t.cx.clone(), handle.clone());
            async move { recovery::complete(&cx, &meta(), ProofSource::Journey(&handle), choice).await }
        };
        assert_matches!(by_code(nth(3)).await, Err(CompleteError::Weak(_)));
        by_code(BETTER.to_owned()).await.expect("the proof still counts");
    }

    async fn three_comparisons_an_hour_and_then_nothing_is_compared(t: Bench) {
        let t = with_a_past(t, |_| ()).await;
        let link = t.recovery_link(ADA).await;
        let caller = t.caller(ADA, &nth(3)).await;
        for n in [2, 1, 2] {
            assert_matches!(change(&t, &nth(3), &nth(n)).await, Err(ChangeError::Weak(_)));
        }
        let before = t.cx.hasher.evaluated();
        let input = input(&nth(3), BETTER);
        assert_matches!(password::change(&t.cx, &meta(), &caller, input).await, Err(ChangeError::TooMany));
        assert_eq!(t.cx.hasher.evaluated(), before + 1, "the current one alone");
        assert_matches!(t.complete_by_link(&link, BETTER).await, Err(CompleteError::TooMany), "one budget for both doors");
        t.advance(HOUR);
        let link = t.recovery_link(ADA).await;
        t.complete_by_link(&link, BETTER).await.expect("a new hour");
    }

    async fn refusals_do_not_count_toward_the_lock(t: Bench) {
        let t = with_a_past(t, |_| ()).await;
        for _ in 0..2 {
            for _ in 0..3 {
                assert_matches!(change(&t, &nth(3), &nth(1)).await, Err(ChangeError::Weak(_)));
            }
            t.advance(HOUR);
        }
        t.sign_in(ADA, &nth(3)).await.expect("not locked");
    }

    async fn the_same_one_again_costs_no_comparison(t: Bench) {
        let t = with_a_past(t, |_| ()).await;
        let caller = t.caller(ADA, &nth(3)).await;
        let before = t.cx.hasher.evaluated();
        for _ in 0..4 {
            let same = input(&nth(3), &nth(3));
            let answer = password::change(&t.cx, &meta(), &caller, same).await;
            assert_matches!(answer, Err(ChangeError::Weak(report)) if failed(&report) == ["history"]);
        }
        assert_eq!(t.cx.hasher.evaluated(), before);
    }

    async fn too_like_the_current_one_is_refused_on_a_change_alone(t: Bench) {
        let t = with_a_past(t, |policy| policy.history = History::default()).await;
        let t = t.with(|settings| settings.policy.differs_by = 5).await;
        let near = format!("{}, yes", nth(3));
        assert_matches!(change(&t, &nth(3), &nth(7)).await, Err(ChangeError::Weak(report)) if failed(&report) == ["differs"]);
        change(&t, &nth(3), &near).await.expect("five characters more");
        let link = t.recovery_link(ADA).await;
        t.complete_by_link(&link, &nth(3)).await.expect("no one knows the current one there");
    }

    async fn a_young_password_stays_unless_it_is_recovered(t: Bench) {
        t.account(ADA).await;
        let t = t.with(|settings| settings.policy.min_age_hours = 24).await;
        t.advance(23 * HOUR);
        assert_matches!(change(&t, GOOD, BETTER).await, Err(ChangeError::Weak(report)) if failed(&report) == ["age"]);
        let link = t.recovery_link(ADA).await;
        t.complete_by_link(&link, BETTER).await.expect("never asked on a reset");
        t.advance(24 * HOUR);
        change(&t, BETTER, GOOD).await.expect("a day later");
    }

    async fn every_preset_lets_people_register_change_and_recover(t: Bench) {
        let [first, second, third] = ["Four-quiet-words7here", "Nine-louder-doors8there", "Two-humble-gates9where"];
        let mut t = t;
        for (n, preset) in Policy::PRESETS.into_iter().enumerate() {
            let policy = Policy::preset(preset).expect("a preset");
            t = t.with(|settings| settings.policy = policy).await;
            let person = format!("person{n}@example.org");
            t.account_with(&person, "", first).await;
            t.advance(48 * HOUR);
            let caller = t.caller(&person, first).await;
            let view = password::policy(&t.cx, &caller).await.expect("answers");
            assert_eq!(view.policy, view.policy.on(Occasion::Change), "{preset}");
            let shown = view.policy.rules(second, &view.personal);
            assert!(shown.rules.iter().all(|rule| rule.verdict != Verdict::Fail), "{preset}: {shown:?}");
            let changed = password::change(&t.cx, &meta(), &caller, input(first, second)).await;
            changed.unwrap_or_else(|refusal| panic!("{preset}: {refusal:?}"));
            let link = t.recovery_link(&person).await;
            t.complete_by_link(&link, third).await.unwrap_or_else(|refusal| panic!("{preset}: {refusal:?}"));
        }
    }

    async fn of_two_changes_at_once_one_counts_and_one_history_remains(t: Bench) {
        let t = with_a_past(t, |_| ()).await;
        let caller = t.caller(ADA, &nth(3)).await;
        let nodes = [t.cx.clone(), t.another_node().await];
        let tasks: Vec<_> = (0..2)
            .map(|n| {
                let (cx, caller, new) = (nodes[n].clone(), caller.clone(), format!("{BETTER} {n}"));
                tokio::spawn(async move {
                    let input = input(&nth(3), &new);
                    password::change(&cx, &meta(), &caller, input).await.is_ok()
                })
            })
            .collect();
        let mut won = 0;
        for task in tasks {
            won += usize::from(task.await.expect("no panic"));
        }
        assert_eq!(won, 1);
        let past = t.cx.store.list_past_passwords(caller.account.id, 99).await.expect("answers");
        assert_eq!(past.len(), 3, "the present one is the fourth");
        assert_eq!(Some(&past[0]), caller.account.password.as_ref());
    }
}

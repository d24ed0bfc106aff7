//! The rules applied to a password.

use super::charset::Charset;
use super::normal::{MAX_INPUT_BYTES, is_control};
use super::personal::Personal;
use super::policy::{Blanks, Edges, Policy};
use super::report::{Detail, Position, Report, RuleReport, Verdict};
use super::requirement::Requirement;
use super::runs::Run;
use super::typed::Typed;

impl Policy {
    /// Judges everything but the strength: the verdict on [`Requirement::Guessable`] stays [`Verdict::Pending`].
    ///
    /// While nothing is typed, every verdict is pending.
    pub fn rules(&self, password: &str, personal: &Personal) -> Report {
        let rules = self.requirements().into_iter();
        let rules: Vec<RuleReport> = if password.is_empty() {
            rules.map(|rule| reported(rule, (Verdict::Pending, Detail::Nothing))).collect()
        } else if password.len() > MAX_INPUT_BYTES {
            rules.map(far_too_long).collect()
        } else {
            let typed = Typed::new(password);
            rules.map(|rule| self.judged(rule, &typed, personal)).collect()
        };
        Report { rules, strength: None, suggestion: None }
    }

    /// Judges everything: the final verdict, the same in the browser and on the server.
    #[cfg(feature = "strength")]
    pub fn check(&self, password: &str, personal: &Personal) -> Report {
        let mut report = self.rules(password, personal);
        if password.is_empty() || password.len() > MAX_INPUT_BYTES {
            return report;
        }
        let strength = super::strength::estimate(password, personal);
        for rule in &mut report.rules {
            if let Requirement::Guessable { floor } = rule.requirement {
                (rule.verdict, rule.detail) = verdict(strength.score >= floor, Detail::Nothing);
            }
        }
        report.strength = Some(strength);
        if report.rules.iter().any(|rule| rule.verdict == Verdict::Fail) {
            report.suggestion = self.suggest(password, personal);
        }
        report
    }

    fn judged(&self, rule: Requirement, typed: &Typed, personal: &Personal) -> RuleReport {
        let found = self.judge(&rule, typed, personal);
        reported(rule, found)
    }

    fn judge(&self, rule: &Requirement, typed: &Typed, personal: &Personal) -> (Verdict, Detail) {
        let text = typed.text.as_str();
        match *rule {
            Requirement::LengthMin { min } => long_enough(text, min, self.blanks),
            Requirement::LengthMax { max } => short_enough(text, max, self.length.max_bytes),
            Requirement::Spaces { blanks } => blanks_in_place(text, blanks),
            Requirement::Edges { edges } => fine_edges(text, edges),
            Requirement::Charset { ref charset, ref forbidden } => allowed_characters(text, charset, forbidden),
            Requirement::Classes { kinds, .. } => {
                let found = self.classes.kinds(text);
                verdict(found >= kinds, Detail::Kinds { found })
            }
            Requirement::Class { class } => verdict(self.classes.occurs(class, text), Detail::Nothing),
            Requirement::Run { run, longest } => short_run(&typed.folded, run, longest),
            Requirement::Personal { part, matching } => {
                verdict(!self.personal.resembles(typed, part, matching, personal), Detail::Nothing)
            }
            Requirement::Banned { points } => self.enough_points(typed, points),
            Requirement::Guessable { .. } => (Verdict::Pending, Detail::Nothing),
            Requirement::Breached
            | Requirement::Differs { .. }
            | Requirement::History { .. }
            | Requirement::Age { .. } => (Verdict::Server, Detail::Nothing),
        }
    }

    fn enough_points(&self, typed: &Typed, needed: u8) -> (Verdict, Detail) {
        let found = self.banned.as_ref().map_or(usize::MAX, |banned| banned.points_of(typed.letters()));
        verdict(found >= usize::from(needed), Detail::Points { found: u8::try_from(found).unwrap_or(u8::MAX) })
    }
}

const fn reported(requirement: Requirement, (verdict, detail): (Verdict, Detail)) -> RuleReport {
    RuleReport { requirement, verdict, detail }
}

const fn verdict(met: bool, otherwise: Detail) -> (Verdict, Detail) {
    if met { (Verdict::Pass, Detail::Nothing) } else { (Verdict::Fail, otherwise) }
}

/// Refused before anything is normalised (T-39), so the other rules stay unjudged.
const fn far_too_long(rule: Requirement) -> RuleReport {
    let found = match rule {
        Requirement::LengthMin { .. } => (Verdict::Pass, Detail::Nothing),
        Requirement::LengthMax { .. } => (Verdict::Fail, Detail::TooManyBytes),
        Requirement::Spaces { .. }
        | Requirement::Edges { .. }
        | Requirement::Charset { .. }
        | Requirement::Classes { .. }
        | Requirement::Class { .. }
        | Requirement::Run { .. }
        | Requirement::Personal { .. }
        | Requirement::Banned { .. }
        | Requirement::Guessable { .. }
        | Requirement::Breached
        | Requirement::Differs { .. }
        | Requirement::History { .. }
        | Requirement::Age { .. } => (Verdict::Pending, Detail::Nothing),
    };
    reported(rule, found)
}

/// Counts code points (PW-3).
fn long_enough(text: &str, min: u16, blanks: Blanks) -> (Verdict, Detail) {
    let counted = text.chars().filter(|typed| blanks != Blanks::Uncounted || *typed != ' ').count();
    match usize::from(min).checked_sub(counted) {
        None | Some(0) => (Verdict::Pass, Detail::Nothing),
        Some(missing) => (Verdict::Fail, Detail::Short { by: clamped(missing) }),
    }
}

fn short_enough(text: &str, max: u16, max_bytes: u16) -> (Verdict, Detail) {
    match text.chars().count().checked_sub(usize::from(max)) {
        None | Some(0) => verdict(text.len() <= usize::from(max_bytes), Detail::TooManyBytes),
        Some(extra) => (Verdict::Fail, Detail::Long { by: clamped(extra) }),
    }
}

fn clamped(count: usize) -> u16 {
    u16::try_from(count).unwrap_or(u16::MAX)
}

fn blanks_in_place(text: &str, blanks: Blanks) -> (Verdict, Detail) {
    let edges = matches!(blanks, Blanks::Forbid | Blanks::Inner);
    let wrong = if edges && text.starts_with(' ') {
        Some(Position::First)
    } else if edges && text.ends_with(' ') {
        Some(Position::Last)
    } else if blanks == Blanks::Forbid && text.contains(' ') {
        Some(Position::Inside)
    } else {
        None
    };
    misplaced(wrong)
}

fn fine_edges(text: &str, edges: Edges) -> (Verdict, Detail) {
    let fine = |edge: Option<char>| edge.is_none_or(|edge| edges.allows(edge));
    let wrong = if !fine(text.chars().next()) {
        Some(Position::First)
    } else if !fine(text.chars().next_back()) {
        Some(Position::Last)
    } else {
        None
    };
    misplaced(wrong)
}

fn misplaced(wrong: Option<Position>) -> (Verdict, Detail) {
    wrong.map_or((Verdict::Pass, Detail::Nothing), |position| (Verdict::Fail, Detail::At { position }))
}

fn allowed_characters(text: &str, charset: &Charset, forbidden: &str) -> (Verdict, Detail) {
    if text.chars().any(is_control) {
        return (Verdict::Fail, Detail::Control);
    }
    let foreign = text.chars().filter(|typed| !charset.allows(*typed) || forbidden.contains(*typed)).count();
    verdict(foreign == 0, Detail::Foreign { count: clamped(foreign) })
}

fn short_run(folded: &str, run: Run, longest: u8) -> (Verdict, Detail) {
    let length = run.length_in(folded);
    verdict(length <= usize::from(longest), Detail::Run { length: clamped(length) })
}

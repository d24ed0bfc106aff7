//! The shortest change that would meet the rules.
//!
//! Found by making it: the failing rules are mended one after another in a copy of the password, with neutral characters,
//! until every rule that can be judged here is met. What was done is the suggestion; the copy is wiped.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::attribute::needed;
use super::classes::Class;
use super::personal::{Personal, PersonalPart};
use super::policy::Policy;
use super::report::{Detail, Position, Report, RuleReport, Verdict};
use super::requirement::Requirement;
use super::runs::Run;

/// What to do so that the rules are met: a few numbers and kinds, nothing of the password.
///
/// To be done in the order of the fields. Says nothing of the strength, for which [`super::Advice`] is there.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Suggestion {
    /// What must give way to something else of the same length.
    pub replace: Vec<Replace>,
    /// How many characters to remove.
    pub remove: u16,
    /// How many characters to add.
    pub add: u16,
    /// Kinds that must be among those that are added, or put in place of others if nothing is added.
    pub with: Vec<Class>,
    /// Where a letter or digit must stand, by adding it.
    pub ends: Vec<Position>,
}

/// Something in a password that must give way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Replace {
    /// Spaces where none may stand.
    Blanks,
    /// Characters that are not allowed, and how many.
    Foreign(u16),
    /// The person's own data.
    Own(PersonalPart),
    /// A run that is too long.
    Run(Run),
}

/// More rounds than rules that can hinder one another.
const ROUNDS: usize = 6;
/// Letters and digits of which no two in a row are neighbors on a keyboard or in the alphabet.
const LOWER: &str = "mtkvqzbhwn";
const UPPER: &str = "MTKVQZBHWN";
const DIGITS: &str = "72946";
const MARKS: &str = "-_.!#%+=?*";

impl Policy {
    /// What would make the password meet every rule that can be judged here; `None` if nothing is wrong with it,
    /// or if no short change would help.
    pub fn suggest(&self, password: &str, personal: &Personal) -> Option<Suggestion> {
        if password.is_empty() || password.len() > super::MAX_INPUT_BYTES {
            return None;
        }
        let mut mending = Mending::new(self, password);
        for _ in 0..ROUNDS {
            if mending.copy.is_empty() {
                return None;
            }
            let report = self.rules(&mending.text(), personal);
            let mut failed = report.rules.iter().filter(|rule| rule.verdict == Verdict::Fail).peekable();
            if failed.peek().is_none() {
                return (mending.done != Suggestion::default()).then_some(mending.done);
            }
            let failed: Vec<&RuleReport> = failed.collect();
            if !mending.mend(&failed, &report) {
                return None;
            }
        }
        None
    }
}

/// A copy of the password that is being mended, and what was done to it.
struct Mending<'a> {
    policy: &'a Policy,
    copy: Zeroizing<Vec<char>>,
    done: Suggestion,
    /// How many neutral characters were used, so that the next one is another.
    used: usize,
}

impl<'a> Mending<'a> {
    fn new(policy: &'a Policy, password: &str) -> Self {
        let text = Zeroizing::new(super::normalise(password));
        Self { policy, copy: Zeroizing::new(text.chars().collect()), done: Suggestion::default(), used: 0 }
    }

    fn text(&self) -> Zeroizing<String> {
        Zeroizing::new(self.copy.iter().collect())
    }

    /// Mends what must give way first, and lengths and kinds only when nothing else is wrong, so that they are counted once.
    fn mend(&mut self, failed: &[&RuleReport], report: &Report) -> bool {
        let mut relaxed = false;
        for rule in failed {
            relaxed |= self.relax(rule);
        }
        relaxed || self.grow(failed, report)
    }

    fn relax(&mut self, rule: &RuleReport) -> bool {
        let what = match (&rule.requirement, rule.detail) {
            (Requirement::Charset { .. }, Detail::Foreign { count }) => Replace::Foreign(count),
            (Requirement::Charset { .. }, Detail::Control) => Replace::Foreign(self.count_foreign()),
            (Requirement::Spaces { .. }, _) => Replace::Blanks,
            (Requirement::Personal { part, .. }, _) => Replace::Own(*part),
            (Requirement::Run { run, .. }, _) => Replace::Run(*run),
            _ => return false,
        };
        let again = self.done.replace.iter().any(|done| std::mem::discriminant(done) == std::mem::discriminant(&what));
        match what {
            Replace::Foreign(_) => self.replace(Self::is_foreign),
            Replace::Blanks => self.replace(|_, typed| typed == ' '),
            // Several of them may lie in one another: all of it gives way to something of the same kinds.
            Replace::Own(_) | Replace::Run(_) => self.replace(|_, _| true),
        }
        if !again || matches!(what, Replace::Own(_)) && !self.done.replace.contains(&what) {
            self.done.replace.push(what);
        }
        !again
    }

    fn is_foreign(policy: &Policy, typed: char) -> bool {
        !policy.charset.allows(typed) || policy.classes.specials.forbidden.contains(typed)
    }

    fn count_foreign(&self) -> u16 {
        let count = self.copy.iter().filter(|typed| Self::is_foreign(self.policy, **typed)).count();
        u16::try_from(count).unwrap_or(u16::MAX)
    }

    /// Puts neutral characters of the same kind in place of some.
    fn replace(&mut self, which: impl Fn(&Policy, char) -> bool) {
        for at in 0..self.copy.len() {
            let Some(typed) = self.copy.get(at).copied().filter(|typed| which(self.policy, *typed)) else { continue };
            let kind = Class::KINDS.into_iter().find(|class| self.policy.classes.is(*class, typed));
            let neutral = kind.filter(|_| typed != ' ').and_then(|kind| self.of_kind(kind)).or_else(|| self.neutral());
            if let (Some(slot), Some(neutral)) = (self.copy.get_mut(at), neutral) {
                *slot = neutral;
            }
        }
    }

    /// Lengths, kinds, edges and points.
    fn grow(&mut self, failed: &[&RuleReport], report: &Report) -> bool {
        let before = self.copy.clone();
        for rule in failed {
            match (&rule.requirement, rule.detail) {
                (Requirement::LengthMax { .. }, Detail::Long { by }) => self.shorten(by),
                (Requirement::Edges { .. }, Detail::At { position }) => self.put_end(position),
                (Requirement::Class { class }, _) => self.add_kind(*class),
                (Requirement::Classes { kinds, .. }, Detail::Kinds { found }) => {
                    self.add_kinds(kinds.saturating_sub(found));
                }
                _ => {}
            }
        }
        // What was added for its kind counts as length and points, too: the next round sees what is still missing.
        if *before == *self.copy {
            self.lengthen(report);
        }
        *before != *self.copy
    }

    fn shorten(&mut self, by: u16) {
        // From the middle, so that edges stay what they are.
        for _ in 0..by {
            let middle = self.copy.len() / 2;
            if middle < self.copy.len() {
                self.copy.remove(middle);
            }
        }
        self.done.remove = self.done.remove.saturating_add(by);
    }

    fn put_end(&mut self, position: Position) {
        let Some(letter) = self.of_kind(Class::Lower).or_else(|| self.of_kind(Class::Digit)) else { return };
        if self.done.ends.contains(&position) {
            return;
        }
        match position {
            Position::First => self.copy.insert(0, letter),
            Position::Last | Position::Inside => self.copy.push(letter),
        }
        self.done.ends.push(position);
    }

    fn add_kinds(&mut self, missing: u8) {
        let text = self.text();
        let easiest = [Class::Lower, Class::Digit, Class::Upper, Class::Special];
        let absent = easiest.into_iter().filter(|class| !self.policy.classes.occurs(*class, &text));
        for class in absent.take(usize::from(missing)).collect::<Vec<_>>() {
            self.add_kind(class);
        }
    }

    fn add_kind(&mut self, class: Class) {
        let kind = if class == Class::Letter { Class::Lower } else { class };
        let Some(letter) = self.of_kind(kind) else { return };
        if self.done.with.contains(&class) {
            return;
        }
        self.done.with.push(class);
        self.insert(letter);
        self.done.add = self.done.add.saturating_add(1);
    }

    /// As many neutral characters as the length or the points lack.
    fn lengthen(&mut self, report: &Report) {
        let lacking = report.rules.iter().filter(|rule| rule.verdict == Verdict::Fail).map(|rule| {
            match (&rule.requirement, rule.detail) {
                (_, Detail::Short { by }) => by,
                (Requirement::Banned { points }, Detail::Points { found }) => u16::from(points.saturating_sub(found)),
                _ => 0,
            }
        });
        let lacking = lacking.max().unwrap_or(0).min(self.policy.length.max);
        for _ in 0..lacking {
            if let Some(neutral) = self.neutral() {
                self.insert(neutral);
                self.done.add = self.done.add.saturating_add(1);
            }
        }
    }

    /// Before the last character: neither edge changes.
    fn insert(&mut self, letter: char) {
        let at = self.copy.len().saturating_sub(1);
        self.copy.insert(at, letter);
    }

    fn neutral(&mut self) -> Option<char> {
        let kinds = needed(&self.policy.classes).into_iter().chain(Class::ALL).filter(|class| *class != Class::Letter);
        let kinds: Vec<Class> = [Class::Lower].into_iter().chain(kinds).collect();
        kinds.into_iter().find_map(|kind| self.of_kind(kind)).or_else(|| self.listed())
    }

    /// A character of a kind that the policy allows, each time another.
    fn of_kind(&mut self, kind: Class) -> Option<char> {
        let pool = match kind {
            Class::Upper => UPPER,
            Class::Digit => DIGITS,
            Class::Special => MARKS,
            Class::Letter | Class::Lower => LOWER,
        };
        self.used += 1;
        let fits = |letter: &char| self.policy.classes.is(kind, *letter) && !Self::is_foreign(self.policy, *letter);
        pool.chars().cycle().skip(self.used % pool.len()).take(pool.len()).find(fits)
    }

    /// From a policy's own list, which may lack all of ours.
    fn listed(&mut self) -> Option<char> {
        let super::Charset::Custom(listed) = &self.policy.charset else { return None };
        self.used += 1;
        let count = listed.chars().count().max(1);
        let fits = |letter: &char| !Self::is_foreign(self.policy, *letter);
        listed.chars().cycle().skip(self.used % count).take(count).find(fits)
    }
}

//! The ranges of the numbers in a policy, for reading one from a file or a form.

use super::banned::Terms;
use super::policy::{History, Policy};

/// A value outside its range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutOfRange {
    /// Where, as in a policy file: `banned.terms[3]`.
    pub path: String,
    /// What is there.
    pub found: u64,
    /// The lowest value that is accepted.
    pub least: u64,
    /// The highest value that is accepted.
    pub most: u64,
}

impl Policy {
    /// The first value that is outside its range. What lies between is for the linter to judge.
    ///
    /// # Errors
    /// Names the value and its range.
    pub fn check_ranges(&self) -> Result<(), OutOfRange> {
        within("length.min", self.length.min, 1, 256)?;
        within("length.max", self.length.max, 1, 1024)?;
        within("length.max_bytes", self.length.max_bytes, 1, 4096)?;
        within("classes.required_kinds", self.classes.required_kinds, 0, self.classes.kinds_there_are())?;
        for (path, longest) in [
            ("runs.repeated", self.runs.repeated),
            ("runs.sequence", self.runs.sequence),
            ("runs.keyboard", self.runs.keyboard),
        ] {
            within(path, longest.unwrap_or(1), 1, u8::MAX)?;
        }
        within("personal.min_word", self.personal.min_word, 1, 32)?;
        self.check_banned()?;
        within("guessability", self.guessability.unwrap_or(1), 1, 4)?;
        within("differs_by", self.differs_by, 0, 32)?;
        within("history.on_change", self.history.on_change, 0, History::DEEPEST)?;
        within("history.on_reset", self.history.on_reset, 0, History::DEEPEST)?;
        within("min_age_hours", self.min_age_hours, 0, 720)?;
        if let Some(expiry) = self.expiry {
            within("expiry.days", expiry.days, 1, 730)?;
            within("expiry.warn_days", expiry.warn_days, 0, 30)?;
        }
        Ok(())
    }

    fn check_banned(&self) -> Result<(), OutOfRange> {
        let Some(banned) = &self.banned else { return Ok(()) };
        within("banned.points", banned.points, 1, 20)?;
        let terms = banned.terms.written();
        let count = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
        within("banned.terms", count(terms.len()), 0, count(Terms::MOST))?;
        for (place, term) in terms.iter().enumerate() {
            let (least, most) = (count(*Terms::LENGTHS.start()), count(*Terms::LENGTHS.end()));
            within(&format!("banned.terms[{place}]"), count(term.chars().count()), least, most)?;
        }
        Ok(())
    }
}

fn within<N: Into<u64>>(path: &str, found: N, least: N, most: N) -> Result<(), OutOfRange> {
    let (found, least, most) = (found.into(), least.into(), most.into());
    if (least..=most).contains(&found) { Ok(()) } else { Err(OutOfRange { path: path.to_owned(), found, least, most }) }
}

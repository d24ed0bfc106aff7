//! How long an attacker would guess.

use serde::{Deserialize, Serialize};

/// How much of a password is estimated, in code points: enough for every verdict, and one frame of work at most (design §10).
pub const ESTIMATED_CODE_POINTS: usize = 72;

/// How hard a password is to guess.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Strength {
    /// 0 (thousands of guesses) to 4 (more than 10¹⁰).
    pub score: u8,
    /// How long it would resist an attacker who has the hashes.
    pub crack_time: CrackTime,
    /// What would help most.
    pub advice: Advice,
}

/// How long it takes to guess at ten thousand tries a second: stolen Argon2id hashes and a rack of graphics cards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CrackTime {
    /// Less than a second.
    Instantly,
    /// Less than a minute.
    Seconds,
    /// Less than an hour.
    Minutes,
    /// Less than a day.
    Hours,
    /// Less than a month.
    Days,
    /// Less than a year.
    Months,
    /// Less than a century.
    Years,
    /// A century or more.
    Centuries,
}

/// What would make a password harder to guess.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Advice {
    /// Nothing: it is good.
    Nothing,
    /// One more word that has nothing to do with the others.
    AddWord,
    /// No repetitions such as "aaa" and "abcabc".
    AvoidRepeats,
    /// No sequences such as "abc" and "6543".
    AvoidSequences,
    /// No rows of keys such as "qwerty".
    AvoidKeyboardRows,
    /// No names, dates and years.
    AvoidNamesAndDates,
    /// Not a common password or word, nor one spelled backwards or with @ for a.
    AvoidCommonWord,
    /// Uppercase letters do not help much.
    CapsDoNotHelp,
}

#[cfg(feature = "strength")]
pub use estimate::estimate;

#[cfg(feature = "strength")]
mod estimate {
    use zeroize::Zeroizing;
    use zxcvbn::feedback::{Feedback, Suggestion, Warning};

    use super::{Advice, CrackTime, ESTIMATED_CODE_POINTS, Strength};
    use crate::password::normal::{MAX_INPUT_BYTES, normalise};
    use crate::password::personal::Personal;

    /// How many words of the person the estimator is told, and how long they may be.
    const MAX_WORDS: usize = 64;

    /// Estimates the first [`ESTIMATED_CODE_POINTS`] of a password, with the person's own data as what is tried first.
    pub fn estimate(password: &str, personal: &Personal) -> Strength {
        let head = password.get(..password.floor_char_boundary(MAX_INPUT_BYTES)).unwrap_or_default();
        let normal = Zeroizing::new(normalise(head));
        let text = Zeroizing::new(normal.chars().take(ESTIMATED_CODE_POINTS).collect::<String>());
        let words = personal.all_words();
        let words: Vec<&str> = words.iter().map(String::as_str).take(MAX_WORDS).collect();
        let found = zxcvbn::zxcvbn(&text, &words);
        Strength {
            score: u8::from(found.score()),
            crack_time: crack_time(found.guesses()),
            advice: found.feedback().map_or(Advice::Nothing, advice),
        }
    }

    const fn crack_time(guesses: u64) -> CrackTime {
        const DAY: u64 = 24 * 60 * 60;
        const MONTH: u64 = 30 * DAY;
        const YEAR: u64 = 365 * DAY;
        const CENTURY: u64 = 100 * YEAR;
        match guesses / 10_000 {
            0 => CrackTime::Instantly,
            1..60 => CrackTime::Seconds,
            60..3600 => CrackTime::Minutes,
            3600..DAY => CrackTime::Hours,
            DAY..MONTH => CrackTime::Days,
            MONTH..YEAR => CrackTime::Months,
            YEAR..CENTURY => CrackTime::Years,
            _ => CrackTime::Centuries,
        }
    }

    /// The warning says what is wrong; a suggestion is the next best thing.
    fn advice(feedback: &Feedback) -> Advice {
        match feedback.warning() {
            Some(warning) => from_warning(warning),
            None => feedback.suggestions().iter().copied().map(from_suggestion).next_back().unwrap_or(Advice::AddWord),
        }
    }

    const fn from_warning(warning: Warning) -> Advice {
        match warning {
            Warning::StraightRowsOfKeysAreEasyToGuess | Warning::ShortKeyboardPatternsAreEasyToGuess => {
                Advice::AvoidKeyboardRows
            }
            Warning::RepeatsLikeAaaAreEasyToGuess | Warning::RepeatsLikeAbcAbcAreOnlySlightlyHarderToGuess => {
                Advice::AvoidRepeats
            }
            Warning::SequencesLikeAbcAreEasyToGuess => Advice::AvoidSequences,
            Warning::RecentYearsAreEasyToGuess
            | Warning::DatesAreOftenEasyToGuess
            | Warning::NamesAndSurnamesByThemselvesAreEasyToGuess
            | Warning::CommonNamesAndSurnamesAreEasyToGuess => Advice::AvoidNamesAndDates,
            Warning::ThisIsATop10Password
            | Warning::ThisIsATop100Password
            | Warning::ThisIsACommonPassword
            | Warning::ThisIsSimilarToACommonlyUsedPassword
            | Warning::AWordByItselfIsEasyToGuess => Advice::AvoidCommonWord,
        }
    }

    const fn from_suggestion(suggestion: Suggestion) -> Advice {
        match suggestion {
            Suggestion::UseAFewWordsAvoidCommonPhrases
            | Suggestion::NoNeedForSymbolsDigitsOrUppercaseLetters
            | Suggestion::AddAnotherWordOrTwo => Advice::AddWord,
            Suggestion::CapitalizationDoesntHelpVeryMuch
            | Suggestion::AllUppercaseIsAlmostAsEasyToGuessAsAllLowercase => Advice::CapsDoNotHelp,
            Suggestion::ReversedWordsArentMuchHarderToGuess | Suggestion::PredictableSubstitutionsDontHelpVeryMuch => {
                Advice::AvoidCommonWord
            }
            Suggestion::UseALongerKeyboardPatternWithMoreTurns => Advice::AvoidKeyboardRows,
            Suggestion::AvoidRepeatedWordsAndCharacters => Advice::AvoidRepeats,
            Suggestion::AvoidSequences => Advice::AvoidSequences,
            Suggestion::AvoidRecentYears
            | Suggestion::AvoidYearsThatAreAssociatedWithYou
            | Suggestion::AvoidDatesAndYearsThatAreAssociatedWithYou => Advice::AvoidNamesAndDates,
        }
    }
}

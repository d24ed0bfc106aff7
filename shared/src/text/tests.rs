use super::{MessageId, account, failure, fault, help, password, problem_title, public, requirement};
use crate::password::{
    Blanks, Charset, Code, Detail, Matching, PersonalRules, Policy, Position, Requirement, RuleReport, Runs, Verdict,
};
use crate::{Field, FieldFault, Lang, Problem, Reference};

fn all() -> impl Iterator<Item = MessageId> {
    [public::ALL, account::ALL, help::ALL, password::ALL].into_iter().flatten().copied()
}

/// Whether something is written in Japanese rather than left in English.
fn is_japanese(text: &str) -> bool {
    text.chars().any(|letter| matches!(letter, '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}'))
}

#[test]
fn every_message_says_something_in_both_languages() {
    for message in all() {
        assert!(!message.text(Lang::En).trim().is_empty(), "{}", message.key());
        // SMS is the Japanese word for a text message.
        assert!(is_japanese(message.text(Lang::Ja)) || message.text(Lang::Ja) == "SMS", "{}", message.key());
        assert!(!is_japanese(message.text(Lang::En)), "{}", message.key());
    }
}

#[test]
fn messages_are_named_once() {
    let mut keys: Vec<_> = all().map(MessageId::key).collect();
    let count = keys.len();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), count);
}

#[test]
fn every_problem_says_what_happened_and_what_to_do() {
    for problem in problems() {
        for lang in Lang::ALL {
            let (title, text) = (problem_title(&problem, lang), super::problem(&problem, lang));
            assert!(!title.is_empty() && !text.is_empty(), "{problem:?}");
            assert_eq!(is_japanese(&text), lang == Lang::Ja, "{text}");
            assert_eq!(is_japanese(title), lang == Lang::Ja, "{title}");
        }
    }
}

#[test]
fn every_fault_is_told_in_both_languages() {
    for field in FIELDS {
        for kind in FAULTS {
            assert!(is_japanese(fault(field, kind, Lang::Ja)), "{field:?} {kind:?}");
            assert!(!is_japanese(fault(field, kind, Lang::En)), "{field:?} {kind:?}");
        }
    }
}

/// A policy with every rule there is, in several shapes.
fn every_rule() -> Vec<Requirement> {
    let presets = Policy::PRESETS.into_iter().filter_map(Policy::preset);
    let mut rules: Vec<Requirement> = presets.flat_map(|preset| preset.requirements()).collect();
    for charset in [Charset::Any, Charset::Latin, Charset::Custom("0123".to_owned())] {
        let mut policy =
            Policy { charset, blanks: Blanks::Uncounted, differs_by: 2, breached: true, ..Policy::at_least(1) };
        policy.runs = Runs { repeated: Some(2), sequence: Some(3), keyboard: Some(3) };
        policy.classes.specials.forbidden = "<>".to_owned();
        policy.personal = PersonalRules::all(Matching::Folded);
        rules.extend(policy.requirements());
    }
    rules
}

#[test]
fn every_rule_is_told_in_both_languages() {
    for rule in every_rule() {
        assert!(is_japanese(&requirement(&rule, Lang::Ja)), "{rule:?}");
        assert!(!is_japanese(&requirement(&rule, Lang::En)), "{rule:?}");
    }
}

const DETAILS: [Detail; 10] = [
    Detail::Nothing,
    Detail::Short { by: 1 },
    Detail::Long { by: 2 },
    Detail::TooManyBytes,
    Detail::At { position: Position::First },
    Detail::Control,
    Detail::Foreign { count: 2 },
    Detail::Run { length: 4 },
    Detail::Points { found: 3 },
    Detail::Kinds { found: 1 },
];

#[test]
fn every_verdict_is_read_aloud_as_one_sentence() {
    for requirement in every_rule() {
        for detail in DETAILS {
            for verdict in [Verdict::Pass, Verdict::Fail, Verdict::Pending, Verdict::Server] {
                let report = RuleReport { requirement: requirement.clone(), verdict, detail };
                let (en, ja) = (super::rule_aloud(&report, Lang::En), super::rule_aloud(&report, Lang::Ja));
                assert!(en.ends_with('.') && !is_japanese(&en), "{en}");
                assert!(ja.ends_with('。') && is_japanese(&ja), "{ja}");
            }
        }
    }
}

#[test]
fn numbers_of_characters_are_counted_as_people_count() {
    let failing =
        |detail| RuleReport { requirement: Requirement::LengthMin { min: 9 }, verdict: Verdict::Fail, detail };
    for (by, en, ja) in
        [(1, "Add 1 more character", "あと1文字必要です"), (3, "Add 3 more characters", "あと3文字必要です")]
    {
        let report = failing(Detail::Short { by });
        assert_eq!((failure(&report, Lang::En).as_str(), failure(&report, Lang::Ja).as_str()), (en, ja));
    }
    let one = Requirement::LengthMin { min: 1 };
    assert_eq!(
        (requirement(&one, Lang::En).as_str(), requirement(&one, Lang::Ja).as_str()),
        ("At least 1 character", "1文字以上")
    );
    let twelve = Requirement::History { depth: 12 };
    assert_eq!(requirement(&twelve, Lang::En), "None of your last 12 passwords");
    assert_eq!(requirement(&twelve, Lang::Ja), "過去12回のパスワードと違う");
}

#[test]
fn every_finding_of_the_linter_is_told_in_both_languages() {
    for code in CODES {
        assert!(is_japanese(super::finding(code, Lang::Ja)), "{code:?}");
        assert!(!is_japanese(super::finding(code, Lang::En)), "{code:?}");
    }
}

const CODES: [Code; 18] = [
    Code::Len8,
    Code::Len15,
    Code::Max64,
    Code::Composition,
    Code::Unicode,
    Code::Blanks,
    Code::Blocklist,
    Code::HistoryCost,
    Code::Expiry,
    Code::MinAge,
    Code::Len6,
    Code::Space20,
    Code::Lengths,
    Code::NoSuchClass,
    Code::TooManyKinds,
    Code::NoEdge,
    Code::TooManyPoints,
    Code::Nothing,
];

#[test]
fn the_tries_left_are_counted_out() {
    assert_eq!(super::problem(&Problem::CodeWrong { tries_left: 3 }, Lang::En), "That code isn't right. 3 tries left.");
    assert_eq!(super::problem(&Problem::CodeWrong { tries_left: 1 }, Lang::En), "That code isn't right. 1 try left.");
}

const FIELDS: [Field; 11] = [
    Field::Identifier,
    Field::Password,
    Field::NewPassword,
    Field::ConfirmPassword,
    Field::CurrentPassword,
    Field::Code,
    Field::GivenName,
    Field::FamilyName,
    Field::Username,
    Field::Consent,
    Field::Link,
];

const FAULTS: [FieldFault; 15] = [
    FieldFault::Missing,
    FieldFault::MissingContact,
    FieldFault::TooLong,
    FieldFault::BadCharacters,
    FieldFault::NotAnAddress,
    FieldFault::NotAPhone,
    FieldFault::CountryNotServed,
    FieldFault::EmailOnly,
    FieldFault::NotACode,
    FieldFault::Differs,
    FieldFault::NotRight,
    FieldFault::Taken,
    FieldFault::NotAUsername,
    FieldFault::MustAccept,
    FieldFault::NotALink,
];

fn problems() -> Vec<Problem> {
    vec![
        Problem::field(Field::Code, FieldFault::NotACode),
        Problem::WeakPassword(Box::default()),
        Problem::SignInRefused,
        Problem::CodeWrong { tries_left: 2 },
        Problem::CodeDead,
        Problem::ResendTooSoon,
        Problem::LinkNotValid,
        Problem::OtherJourney,
        Problem::JourneyOver,
        Problem::LinkFirst,
        Problem::TooManyRequests,
        Problem::TooFrequent,
        Problem::SlowDown,
        Problem::TextsStopped,
        Problem::RegistrationClosed,
        Problem::ChangePasswordFirst,
        Problem::NotSignedIn,
        Problem::Busy,
        Problem::Forbidden,
        Problem::BadRequest,
        Problem::Offline,
        Problem::Unexpected(Reference::from_random([1, 2, 3, 4, 5])),
    ]
}

mod words;

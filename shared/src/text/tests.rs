use super::{MessageId, desk, door, fault, help, password, problem_title, requirement};
use crate::password::{Policy, Report};
use crate::{Field, FieldFault, Lang, Problem, Reference};

fn all() -> impl Iterator<Item = MessageId> {
    [door::ALL, desk::ALL, help::ALL, password::ALL].into_iter().flatten().copied()
}

/// Whether something is written in Japanese rather than left in English.
fn is_japanese(text: &str) -> bool {
    text.chars().any(|letter| matches!(letter, '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}'))
}

#[test]
fn every_message_says_something_in_both_languages() {
    for message in all() {
        assert!(!message.text(Lang::En).trim().is_empty(), "{}", message.key());
        assert!(is_japanese(message.text(Lang::Ja)), "{}", message.key());
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

#[test]
fn every_rule_is_told_in_both_languages() {
    for rule in Policy::recommended().requirements().iter().chain(&Policy::commerce().requirements()) {
        assert!(is_japanese(&requirement(rule, Lang::Ja)), "{rule:?}");
        assert!(!is_japanese(&requirement(rule, Lang::En)), "{rule:?}");
    }
}

#[test]
fn the_tries_left_are_counted_out() {
    assert_eq!(
        super::problem(&Problem::CodeWrong { tries_left: 3 }, Lang::En),
        "That code is not right. 3 tries left."
    );
    assert_eq!(
        super::problem(&Problem::CodeWrong { tries_left: 1 }, Lang::En),
        "That code is not right. One try is left."
    );
}

const FIELDS: [Field; 10] = [
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
];

const FAULTS: [FieldFault; 12] = [
    FieldFault::Missing,
    FieldFault::MissingContact,
    FieldFault::TooLong,
    FieldFault::BadCharacters,
    FieldFault::NotAnAddress,
    FieldFault::NotAPhone,
    FieldFault::NotACode,
    FieldFault::Differs,
    FieldFault::NotRight,
    FieldFault::Taken,
    FieldFault::NotAUsername,
    FieldFault::MustAccept,
];

fn problems() -> Vec<Problem> {
    vec![
        Problem::field(Field::Code, FieldFault::NotACode),
        Problem::WeakPassword(Box::new(Report { rules: Vec::new(), strength: None })),
        Problem::SignInRefused,
        Problem::CodeWrong { tries_left: 2 },
        Problem::CodeDead,
        Problem::ResendTooSoon,
        Problem::LinkNotValid,
        Problem::JourneyOver,
        Problem::TooManyRequests,
        Problem::TooFrequent,
        Problem::SlowDown,
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

//! The shortest change: what is suggested is small and sufficient.

use rekey_shared::password::{
    Class, Matching, Personal, PersonalPart, PersonalRules, Policy, Position, Replace, Run, Runs, Suggestion,
};

fn person() -> Personal {
    Personal { given_name: "Hana".to_owned(), family_name: "Sato".to_owned(), ..Personal::default() }
}

fn suggested(policy: &Policy, password: &str) -> Suggestion {
    policy.suggest(password, &person()).unwrap_or_else(|| panic!("a suggestion for {password}"))
}

fn nothing() -> Suggestion {
    Suggestion::default()
}

#[test]
fn what_is_suggested_is_the_shortest_change() {
    let strict = Policy::audience_manager();
    let mut runs = Policy::commerce();
    runs.runs = Runs { repeated: Some(2), sequence: Some(3), keyboard: Some(3) };
    for (policy, password, expected) in [
        (Policy::recommended(), "short", Suggestion { add: 10, ..nothing() }),
        (
            Policy::commerce_shipped(),
            "abcdefgh",
            Suggestion { add: 2, with: vec![Class::Digit, Class::Upper], ..nothing() },
        ),
        (Policy::commerce_shipped(), "abc", Suggestion { add: 5, with: vec![Class::Digit, Class::Upper], ..nothing() }),
        (Policy::commerce(), "quie t1", Suggestion { replace: vec![Replace::Blanks], ..nothing() }),
        (Policy::entra(), "Wombaté71", Suggestion { replace: vec![Replace::Foreign(1)], ..nothing() }),
        (strict.clone(), "#Maple7Canoe", Suggestion { ends: vec![Position::First], ..nothing() }),
        (
            strict.clone(),
            "Maple7#Sato99",
            Suggestion { replace: vec![Replace::Own(PersonalPart::FamilyName)], ..nothing() },
        ),
        (strict.clone(), "Maple7#Canoexxxxxxxxxxxxxxxxxxxxxxxxxxxxx", Suggestion { remove: 1, ..nothing() }),
        (strict, "maple", Suggestion { add: 7, with: vec![Class::Upper, Class::Digit, Class::Special], ..nothing() }),
        (runs, "quieeet", Suggestion { replace: vec![Replace::Run(Run::Repeated)], ..nothing() }),
    ] {
        assert_eq!(suggested(&policy, password), expected, "{password}");
    }
}

#[test]
fn points_are_made_by_adding() {
    let mut policy = Policy::entra();
    if let Some(banned) = &mut policy.banned {
        banned.terms = std::iter::once("contoso".to_owned()).collect();
    }
    assert_eq!(suggested(&policy, "Contoso!1"), Suggestion { add: 2, ..nothing() });
}

#[test]
fn nothing_is_suggested_where_nothing_is_wrong_or_nothing_helps() {
    assert_eq!(Policy::recommended().suggest("four quiet words here", &person()), None);
    assert_eq!(Policy::recommended().suggest("", &person()), None);
    let mut impossible = Policy::commerce();
    impossible.length.max = 3;
    assert_eq!(impossible.suggest("abc", &person()), None);
    let own = Policy { personal: PersonalRules::all(Matching::Contains), ..Policy::at_least(4) };
    assert!(own.suggest("hana", &person()).is_some());
}

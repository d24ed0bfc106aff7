//! What holds for every identifier, however hostile.
#![cfg(all(feature = "parse", not(target_arch = "wasm32")))]

use proptest::prelude::*;
use rekey_shared::identifier::{Email, Identifier, IdentifierKind, Phone, Username};

/// Texts that come near to being numbers: `phonenumber` has panicked before (ID-3).
fn near_numbers() -> impl Strategy<Value = String> {
    prop_oneof![
        "[+＋]?[0-9０-９ ().ー-]{0,70}",
        r"(\+|00|011|tel:)?[0-9]{0,20}(;|x|ext\.?|#|,)?[0-9a-z=;.+-]{0,20}",
        r"\+[1-9][0-9]{0,16}",
        any::<String>(),
    ]
}

fn near_addresses() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Zıİßſﬀ\u{212a}\u{301}.+-]{0,20}[@＠][a-zA-Züßａ。.\u{200d}-]{0,20}\\.[a-z]{1,4}",
        ".{0,12}@.{0,12}",
        any::<String>(),
    ]
}

// Few cases: every country's expressions are compiled anew, and unoptimised that takes a while.
proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn numbers_never_panic_and_are_e164(typed in near_numbers(), region in "JP|US|GB|IT|BR|AU|[A-Z]{2}|.{0,3}") {
        if let Ok(phone) = Phone::parse(&typed, &region) {
            let digits = phone.canonical().strip_prefix('+').expect("a plus");
            prop_assert!(digits.len() <= 15 && digits.bytes().all(|byte| byte.is_ascii_digit()));
            // The canonical form and the shown one are the same number anywhere.
            for again in [phone.canonical(), phone.shown()] {
                let again = Phone::parse(again, "");
                prop_assert_eq!(again.as_ref().map(Phone::canonical), Ok(phone.canonical()));
            }
        }
    }

    #[test]
    fn a_number_with_its_country_code_is_the_same_from_everywhere(
        typed in r"\+[1-9][0-9]{6,14}", here in "US|DE|AU|GB", there in "RU|JP|IT|BR|MX"
    ) {
        let canonical = |region: &str| Phone::parse(&typed, region).map(|phone| phone.canonical().to_owned());
        prop_assert_eq!(canonical(&here), canonical(&there));
    }

    #[test]
    fn a_number_is_the_same_however_it_is_dialled(typed in r"[1-9][0-9]{6,14}") {
        let canonical = |typed: &str, region: &str| Phone::parse(typed, region).map(|phone| phone.canonical().to_owned());
        if let Ok(number) = canonical(&format!("+{typed}"), "") {
            for (way_out, region) in [("011", "US"), ("010", "JP"), ("00", "DE")] {
                let abroad = canonical(&format!("{way_out}{typed}"), region);
                prop_assert!(abroad.is_err() || abroad.as_ref() == Ok(&number), "{abroad:?} from {region}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn addresses_never_panic_and_are_fit_for_a_header(typed in near_addresses()) {
        if let Ok(email) = Email::parse(&typed) {
            for form in [email.canonical(), email.shown()] {
                prop_assert!(form.len() <= 254);
                prop_assert_eq!(form.matches('@').count(), 1);
                let bare = |form: &str| form.chars().all(|letter| !letter.is_control() && !letter.is_whitespace() && !"<>()[],;:\\\"".contains(letter));
                prop_assert!(bare(form));
                let again = Email::parse(form);
                prop_assert_eq!(again.as_ref().map(Email::canonical), Ok(email.canonical()));
            }
        }
    }

    #[test]
    fn identifiers_never_panic_and_find_themselves_again(
        typed in prop_oneof![near_numbers(), near_addresses(), "[a-zA-Z0-9._-]{0,40}"]
    ) {
        if let Ok(identifier) = Identifier::parse(&typed, "JP") {
            let again = Identifier::parse(identifier.canonical(), "JP").expect("the canonical form is one too");
            prop_assert_eq!(again.kind(), identifier.kind());
            prop_assert_eq!(again.canonical(), identifier.canonical());
            let contact = Identifier::parse_contact(&typed, "JP").is_ok();
            prop_assert_eq!(contact, identifier.kind() != IdentifierKind::Username);
        }
    }

    #[test]
    fn user_names_are_never_taken_for_something_else(typed in "[a-zA-Z0-9._-]{1,34}") {
        if let (Ok(name), Ok(identifier)) = (Username::parse(&typed), Identifier::parse(&typed, "JP")) {
            prop_assert_eq!(identifier.canonical(), name.canonical());
        }
    }
}

#[test]
fn every_region_reads_numbers_without_panicking() {
    let letters = || b'A'..=b'Z';
    for region in letters().flat_map(|one| letters().map(move |two| String::from_utf8_lossy(&[one, two]).into_owned()))
    {
        for typed in ["09012345678", "1", "999999999999999"] {
            if let Ok(phone) = Phone::parse(typed, &region) {
                assert!(phone.canonical().len() <= 16, "{typed} in {region}");
            }
        }
    }
}

//! Addresses, numbers and usernames as people type them, and as attackers do.
#![cfg(feature = "parse")]

use rekey_shared::FieldFault::{self, BadCharacters, Missing, NotAPhone, NotAUsername, NotAnAddress, TooLong};
use rekey_shared::identifier::{Email, Identifier, IdentifierKind, Phone, Username};

fn email(typed: &str) -> Result<(String, String), FieldFault> {
    Email::parse(typed).map(|email| (email.canonical().to_owned(), email.shown().to_owned()))
}

fn phone(typed: &str, region: &str) -> Result<String, FieldFault> {
    Phone::parse(typed, region).map(|phone| phone.canonical().to_owned())
}

#[test]
fn addresses_are_read_as_people_type_them() {
    for (typed, canonical, shown) in [
        ("ada@example.org", "ada@example.org", "ada@example.org"),
        ("  Ada.Lovelace@Example.ORG\u{3000}", "ada.lovelace@example.org", "Ada.Lovelace@example.org"),
        ("ada＠example．org", "ada@example.org", "ada@example.org"),
        ("ａｄａ＠ｅｘａｍｐｌｅ。ｏｒｇ", "ada@example.org", "ada@example.org"),
        ("o'hara+news@sub.example.co.jp", "o'hara+news@sub.example.co.jp", "o'hara+news@sub.example.co.jp"),
        ("ada@bücher.example", "ada@xn--bcher-kva.example", "ada@xn--bcher-kva.example"),
        ("ada@BÜCHER.example", "ada@xn--bcher-kva.example", "ada@xn--bcher-kva.example"),
        ("ada@xn--bcher-kva.example", "ada@xn--bcher-kva.example", "ada@xn--bcher-kva.example"),
        ("ada@例え.テスト", "ada@xn--r8jz45g.xn--zckzah", "ada@xn--r8jz45g.xn--zckzah"),
        ("花子@example.jp", "花子@example.jp", "花子@example.jp"),
        ("JOSE\u{301}@example.org", "josé@example.org", "JOSÉ@example.org"),
        ("1@2.example", "1@2.example", "1@2.example"),
    ] {
        assert_eq!(email(typed), Ok((canonical.to_owned(), shown.to_owned())), "{typed:?}");
    }
}

#[test]
fn what_is_no_address_is_refused() {
    for (typed, fault) in [
        ("", Missing),
        ("  ", Missing),
        ("ada", NotAnAddress),
        ("@", NotAnAddress),
        ("@example.org", NotAnAddress),
        ("ada@", NotAnAddress),
        ("ada@localhost", NotAnAddress),
        ("ada@example", NotAnAddress),
        ("ada@example.org.", NotAnAddress),
        ("ada@.example.org", NotAnAddress),
        ("ada@exa..mple.org", NotAnAddress),
        ("ada@-example.org", NotAnAddress),
        ("ada@exa_mple.org", NotAnAddress),
        ("ada@example.org:25", NotAnAddress),
        ("ada@127.0.0.1", NotAnAddress),
        ("ada@[127.0.0.1]", NotAnAddress),
        ("ada@0x7f.1", NotAnAddress),
        ("ada@@example.org", NotAnAddress),
        ("ada@evil.example＠example.org", NotAnAddress),
        (".ada@example.org", NotAnAddress),
        ("ada.@example.org", NotAnAddress),
        ("a..da@example.org", NotAnAddress),
        ("a da@example.org", NotAnAddress),
        ("a\u{3000}da@example.org", NotAnAddress),
        ("\"ada\"@example.org", NotAnAddress),
        ("ada(work)@example.org", NotAnAddress),
        ("Ada <ada@example.org>", NotAnAddress),
        ("ada@example.org,bob@example.org", NotAnAddress),
        ("ada;bob@example.org", NotAnAddress),
        ("ada\\@example.org", NotAnAddress),
        ("mailto:ada@example.org", NotAnAddress),
        ("ada@example.org?subject=x", NotAnAddress),
        ("ada@example.org\r\nBcc: eve@example.org", BadCharacters),
        ("ada\0@example.org", BadCharacters),
        ("ada\t@example.org", BadCharacters),
        ("ada\u{200b}@example.org", BadCharacters),
        ("ada\u{202e}@example.org", BadCharacters),
        ("ada@exam\u{ad}ple.org", BadCharacters),
        ("ada@exam\u{200d}ple.org", BadCharacters),
        ("\u{feff}ada@example.org", BadCharacters),
    ] {
        assert_eq!(email(typed), Err(fault), "{typed:?}");
    }
}

#[test]
fn long_addresses_are_refused_at_the_boundary() {
    let of = |local: usize, label: usize| {
        let (local, label) = ("a".repeat(local), "b".repeat(label));
        format!("{local}@{label}.{}.{}.org", "c".repeat(60), "d".repeat(60))
    };
    assert!(email(&of(64, 63)).is_ok());
    assert_eq!(of(64, 63).len(), 254);
    assert_eq!(email(&of(65, 60)), Err(TooLong));
    assert_eq!(email(&format!("{}@{}.org", "a".repeat(10), "b.".repeat(130))), Err(NotAnAddress));
    assert_eq!(email(&"a".repeat(1 << 20)), Err(TooLong));
    // `İ` grows when it is lower-cased.
    assert_eq!(
        email(&format!("{}@{}.{}.{}.org", "İ".repeat(32), "b".repeat(62), "c".repeat(60), "d".repeat(61))),
        Err(TooLong)
    );
}

#[test]
fn look_alikes_are_not_the_same_address() {
    for (one, other) in [
        ("mike@example.org", "mıke@example.org"),
        ("strasse@example.org", "straße@example.org"),
        ("paypal@example.org", "раypal@example.org"),
        ("i@example.org", "İ@example.org"),
        ("ada@example.org", "ada@exаmple.org"),
        ("sigma@example.org", "ςigma@example.org"),
        ("ff@example.org", "ﬀ@example.org"),
    ] {
        let (one, other) = (email(one).expect("an address"), email(other).expect("an address"));
        assert_ne!(one.0, other.0);
        assert_ne!(one.1, other.1);
    }
}

#[test]
fn two_spellings_of_one_address_are_one_and_mail_goes_where_it_was_typed_to() {
    // The Kelvin sign's NFC is K, so no address can hold one.
    let kelvin = email("mi\u{212a}e@example.org").expect("an address");
    assert_eq!(kelvin, ("mike@example.org".to_owned(), "miKe@example.org".to_owned()));
    // UTS 46 maps these in hosts; mail must go to the mapped host, not to a look-alike of it.
    for host in ["EXAMPLE.org", "ｅxample.org", "example．org", "ex\u{212a}mple.org"] {
        let (canonical, shown) = email(&format!("ada@{host}")).expect("an address");
        assert!(shown.is_ascii());
        assert_eq!(canonical, shown);
    }
}

#[test]
fn numbers_are_read_in_every_spelling() {
    for (typed, region, canonical) in [
        ("090-1234-5678", "JP", "+819012345678"),
        ("０９０－１２３４－５６７８", "JP", "+819012345678"),
        ("０９０ー１２３４ー５６７８", "JP", "+819012345678"),
        ("09012345678", "JP", "+819012345678"),
        (" 090 1234 5678 ", "JP", "+819012345678"),
        ("(03) 3210-7000", "JP", "+81332107000"),
        ("（０３）３２１０−７０００", "JP", "+81332107000"),
        ("+81 90-1234-5678", "US", "+819012345678"),
        ("＋８１ ９０ １２３４ ５６７８", "GB", "+819012345678"),
        ("+81 (0)90-1234-5678", "JP", "+819012345678"),
        ("+1 415 555 2671", "JP", "+14155552671"),
        ("(415) 555-2671", "US", "+14155552671"),
        ("415.555.2671", "US", "+14155552671"),
        ("020 7946 0958", "GB", "+442079460958"),
        ("+49 30 901820", "JP", "+4930901820"),
        ("030/901820", "DE", "+4930901820"),
        ("+39 06 4782 1234", "JP", "+390647821234"),
        ("06 4782 1234", "IT", "+390647821234"),
        ("+33 06 31 96 65 43", "JP", "+33631966543"),
        ("+81 090-1234-5678", "US", "+819012345678"),
        ("010 1 415 555 2671", "JP", "+14155552671"),
        ("+49 1512 3456789", "US", "+4915123456789"),
        ("011 49 1512 3456789", "US", "+4915123456789"),
        ("010 49 1512 3456789", "JP", "+4915123456789"),
        ("0011 1 415 555 2671", "AU", "+14155552671"),
        ("81-90-1234-5678", "JP", "+819012345678"),
        ("+819012345678", "nowhere", "+819012345678"),
    ] {
        assert_eq!(phone(typed, region).as_deref(), Ok(canonical), "{typed:?} in {region}");
    }
    assert_eq!(Phone::parse("09012345678", "JP").expect("a number").shown(), "+81 90-1234-5678");
}

#[test]
fn what_is_no_number_is_refused() {
    for (typed, fault) in [
        ("", Missing),
        ("12", NotAPhone),
        ("110", NotAPhone),
        ("000-0000-0000", NotAPhone),
        ("+", NotAPhone),
        ("+999 1234 5678", NotAPhone),
        ("+81 90-1234-567", NotAPhone),
        ("+81 90-1234-56789", NotAPhone),
        ("090-1234-5678 ext. 5", NotAPhone),
        ("090-1234-5678;ext=5", NotAPhone),
        ("090-1234-5678#5", NotAPhone),
        ("090-1234-5678,5", NotAPhone),
        ("tel:09012345678", NotAPhone),
        ("0800-FLOWERS", NotAPhone),
        ("++819012345678", NotAPhone),
        ("81+9012345678", NotAPhone),
        ("٠٩٠١٢٣٤٥٦٧٨", NotAPhone),
        ("090\u{0}1234\u{0}5678", BadCharacters),
        ("090-1234-5678\n1", BadCharacters),
        ("\u{202e}09012345678", BadCharacters),
    ] {
        assert_eq!(phone(typed, "JP"), Err(fault), "{typed:?}");
    }
    assert_eq!(phone("090-1234-5678", ""), Err(NotAPhone));
    assert_eq!(phone(&"0".repeat(64), "JP"), Err(NotAPhone));
    assert_eq!(phone(&"0".repeat(65), "JP"), Err(TooLong));
    assert_eq!(phone(&"9".repeat(1 << 20), "JP"), Err(TooLong));
}

#[test]
fn user_names_are_plain() {
    for typed in ["ada", "Ada.Lovelace", "a-b_c.d", "7of9", "x1y", &"a".repeat(32)] {
        let name = Username::parse(&format!(" {typed} ")).expect(typed);
        assert_eq!((name.shown(), name.canonical()), (typed, typed.to_ascii_lowercase().as_str()));
    }
    for (typed, fault) in [
        ("", Missing),
        ("ab", NotAUsername),
        ("_ada", NotAUsername),
        ("ada.", NotAUsername),
        ("-ada", NotAUsername),
        ("a da", NotAUsername),
        ("ada@x", NotAUsername),
        ("12345", NotAUsername),
        ("раypal", NotAUsername),
        ("ａｄａ", NotAUsername),
        ("josé", NotAUsername),
        ("ada\u{200b}b", BadCharacters),
        ("ada\nb", BadCharacters),
        (&"a".repeat(33), TooLong),
    ] {
        assert_eq!(Username::parse(typed).err(), Some(fault), "{typed:?}");
    }
}

#[test]
fn the_kind_is_told_by_the_look() {
    for (typed, kind) in [
        ("ada@example.org", IdentifierKind::Email),
        ("ada＠example.org", IdentifierKind::Email),
        ("090-1234-5678", IdentifierKind::Phone),
        ("+1 415 555 2671", IdentifierKind::Phone),
        ("ada.lovelace", IdentifierKind::Username),
        ("7of9", IdentifierKind::Username),
        ("0800flowers", IdentifierKind::Username),
    ] {
        assert_eq!(Identifier::parse(typed, "JP").map(|identifier| identifier.kind()), Ok(kind), "{typed:?}");
    }
    assert_eq!(Identifier::parse("12345", "JP").err(), Some(NotAPhone));
    assert_eq!(Identifier::parse("ada@", "JP").err(), Some(NotAnAddress));
    assert_eq!(Identifier::parse(" ", "JP").err(), Some(Missing));
    assert_eq!(Identifier::parse(&"x".repeat(1 << 20), "JP").err(), Some(TooLong));
}

#[test]
fn a_contact_is_something_that_can_be_written_to() {
    let contact = |typed: &str| Identifier::parse_contact(typed, "JP").map(|identifier| identifier.kind());
    assert_eq!(contact("ada@example.org"), Ok(IdentifierKind::Email));
    assert_eq!(contact("090-1234-5678"), Ok(IdentifierKind::Phone));
    assert_eq!(contact("ada.lovelace"), Err(NotAnAddress));
    assert_eq!(contact("090-1234"), Err(NotAPhone));
    assert_eq!(contact("ada\u{200b}"), Err(BadCharacters));
    assert_eq!(contact(""), Err(Missing));
}

#[test]
fn none_of_them_prints_itself() {
    for typed in ["hana@example.org", "090-1234-5678", "hsato42"] {
        let printed = format!("{:?}", Identifier::parse(typed, "JP"));
        for secret in ["hana", "example", "1234", "sato"] {
            assert!(!printed.contains(secret), "{printed}");
        }
    }
}

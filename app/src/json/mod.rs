//! Reads the JSON that our own server wrote.
//!
//! The usual reader says what is wrong with which value. The code that writes that down, every kind of number
//! included, was a twentieth of the first load, and no one reads it: a page can only say that something went wrong.
//! Here that is one error without a word. Numbers with fractions are not read, since none travel.

mod deserializer;
mod reader;

use std::fmt::{self, Display};

use reader::Reader;
use serde::de::{self, Deserialize, Visitor};

/// The name by which [`Raw`] asks for a value unread.
const RAW: &str = "$raw";

/// What was read is not the JSON that was awaited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unreadable;

impl Display for Unreadable {
    fn fmt(&self, text: &mut fmt::Formatter<'_>) -> fmt::Result {
        text.write_str("unreadable")
    }
}

impl std::error::Error for Unreadable {}

impl de::Error for Unreadable {
    fn custom<T: Display>(_: T) -> Self {
        Self
    }
}

/// A value that is read later, by what knows how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Raw<'a>(pub &'a str);

impl<'de: 'a, 'a> Deserialize<'de> for Raw<'a> {
    /// Only from the reader of this file.
    fn deserialize<D: de::Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        struct Unread;

        impl<'de> Visitor<'de> for Unread {
            type Value = Raw<'de>;

            fn expecting(&self, text: &mut fmt::Formatter<'_>) -> fmt::Result {
                text.write_str("JSON")
            }

            fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Raw<'de>, E> {
                Ok(Raw(text))
            }
        }
        reader.deserialize_newtype_struct(RAW, Unread)
    }
}

/// Reads one value, and nothing after it.
///
/// # Errors
///
/// [`Unreadable`] when the text is not JSON, or not that of a `T`.
pub(crate) fn from_str<'de, T: Deserialize<'de>>(text: &'de str) -> Result<T, Unreadable> {
    let mut reader = Reader::new(text);
    let value = T::deserialize(&mut reader)?;
    if reader.is_done() { Ok(value) } else { Err(Unreadable) }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fmt::Debug;

    use serde::de::DeserializeOwned;
    use serde::{Deserialize, Serialize};

    use super::*;

    #[derive(Debug, PartialEq, Deserialize, Serialize)]
    struct Whole {
        text: String,
        small: u8,
        below: i32,
        list: Vec<(String, bool)>,
        #[serde(default)]
        left_out: Option<u64>,
        by_name: BTreeMap<String, Variants>,
        nothing: (),
    }

    #[derive(Debug, PartialEq, Deserialize, Serialize)]
    #[serde(rename_all = "snake_case")]
    enum Variants {
        Alone,
        OfOne(Option<Box<Whole>>),
        OfTwo(u16, String),
        Named { text: String },
    }

    fn whole(text: &str, by_name: impl IntoIterator<Item = (&'static str, Variants)>) -> Whole {
        Whole {
            text: text.to_owned(),
            small: 255,
            below: -7,
            list: vec![(text.to_owned(), true), (String::new(), false)],
            left_out: None,
            by_name: by_name.into_iter().map(|(name, variant)| (name.to_owned(), variant)).collect(),
            nothing: (),
        }
    }

    #[test]
    fn what_the_server_writes_is_read() {
        let texts = ["", "plain", "quote \" and \\ and /", "line\nfeed\ttab\u{8}\u{c}\r\u{1}", "ひらがな 漢字 🔑 é"];
        for text in texts {
            let inner = whole(text, [("alone", Variants::Alone), ("none", Variants::OfOne(None))]);
            let value = whole(
                text,
                [
                    ("nested", Variants::OfOne(Some(Box::new(inner)))),
                    ("two", Variants::OfTwo(65_535, text.to_owned())),
                    ("named", Variants::Named { text: text.to_owned() }),
                ],
            );
            let written = serde_json::to_string(&value).expect("writes");
            assert_eq!(from_str::<Whole>(&written), Ok(value), "{written}");
            let spaced: serde_json::Value = serde_json::from_str(&written).expect("JSON");
            let spaced = serde_json::to_string_pretty(&spaced).expect("writes");
            assert!(from_str::<Whole>(&spaced).is_ok(), "{spaced}");
        }
    }

    /// The usual reader is the measure of what is asked for, for what it takes and for what it refuses.
    fn alike<T: DeserializeOwned + PartialEq + Debug>(texts: &[&str]) {
        for text in texts {
            assert_eq!(from_str::<T>(text).ok(), serde_json::from_str::<T>(text).ok(), "{text}");
        }
    }

    #[test]
    fn escapes_are_read_as_by_the_usual_reader() {
        alike::<String>(&[
            r#""\u0041\u00e9\u3042""#,
            r#""\ud83d\udd11 key""#,
            r#""\ud83d""#,
            r#""\ud83d\u0041""#,
            r#""\udd11""#,
            r#""\u00g0""#,
            r#""\u12"#,
            r#""\x""#,
            "\"\\\"",
            "\"raw\nfeed\"",
            "\"é\\é\"",
            "\"open",
            "\"",
            "",
            "   \"space\" \n",
            "\"one\" \"two\"",
        ]);
    }

    #[test]
    fn numbers_beyond_their_type_are_refused() {
        alike::<u8>(&[
            "0", "255", "256", "-1", "1.5", "1e2", "--1", "-", "\"1\"", "null", "true", "01", "00", "-0", "-01",
        ]);
        alike::<i32>(&["-2147483648", "2147483648"]);
        alike::<Option<u64>>(&["null", "18446744073709551615", "18446744073709551616", "nul"]);
    }

    #[test]
    fn broken_lists_and_objects_are_refused() {
        alike::<Vec<bool>>(&["[]", "[true]", "[true,false]", "[true false]", "[,true]", "[", "[true", "{}", "]"]);
        alike::<BTreeMap<String, u8>>(&[
            "{}",
            r#"{"a":1,"b":2}"#,
            r#"{"a":1 "b":2}"#,
            r#"{"a" 1}"#,
            "{a:1}",
            r#"{"a":1"#,
            "[]",
        ]);
        alike::<Variants>(&[
            r#""alone""#,
            r#"{"alone":null}"#,
            r#"{"of_two":[1,"x"]}"#,
            r#"{"of_two":[1]}"#,
            r#""of_two""#,
            r#"{"unknown":1}"#,
            r#"{"named":{"text":"x","more":[{"deep":"]}"},1.5,null]}}"#,
            r#"{"named":{}}"#,
            r#"{"alone":null,"named":{}}"#,
        ]);
    }

    #[test]
    fn what_is_read_later_is_as_it_was_written() {
        #[derive(Debug, PartialEq, Deserialize)]
        struct Later<'a> {
            #[serde(borrow)]
            detail: Option<Raw<'a>>,
        }
        let value = r#"{"a":[1.5,-2,"]}\""],"b":{"c":null}}"#;
        for value in [value, "[]", "\"text\"", "12", "true"] {
            let text = format!("{{ \"detail\" : {value} }}");
            assert_eq!(from_str::<Later<'_>>(&text), Ok(Later { detail: Some(Raw(value)) }));
        }
        assert_eq!(from_str(r#"{"detail":null}"#), Ok(Later { detail: None }));
        assert_eq!(from_str("{}"), Ok(Later { detail: None }));
        for broken in [r#"{"detail":}"#, r#"{"detail":[}"#, r#"{"detail":]}"#, r#"{"detail":"#] {
            assert_eq!(from_str::<Later<'_>>(broken), Err(Unreadable), "{broken}");
        }
    }
}

//! The rules about a person's own data in words.

use super::pick;
use super::suggestion::listed;
use crate::Lang;
use crate::password::{Likeness, Matching, PersonalGroup, PersonalPart};

/// The rules of one line of the checklist: what the policy compares with, and how.
pub fn personal(group: &PersonalGroup, lang: Lang) -> String {
    if let [(part, matching)] = group.parts() {
        return one_part(*part, *matching, lang);
    }
    let names = names(group, lang);
    match lang {
        Lang::En => format!("{} your {}", unlike(group.likeness(), lang), listed(&names, "or")),
        Lang::Ja => {
            let between = if names.len() == 2 { "や" } else { "、" };
            format!("{}{}", names.join(between), unlike(group.likeness(), lang))
        }
    }
}

/// What the line names. All of it together goes by three names; both names of a person are their name.
fn names(group: &PersonalGroup, lang: Lang) -> Vec<&'static str> {
    let has = |part: PersonalPart| group.parts().iter().any(|(known, _)| *known == part);
    if PersonalPart::ALL.into_iter().all(has) {
        return match lang {
            Lang::En => vec!["name", "email", "phone number"],
            Lang::Ja => vec!["名前", "連絡先"],
        };
    }
    let whole = has(PersonalPart::GivenName) && has(PersonalPart::FamilyName);
    let name = |(part, matching): &(PersonalPart, Matching)| match part {
        PersonalPart::GivenName if whole => Some(pick(lang, "name", "名前")),
        PersonalPart::FamilyName | PersonalPart::Name if whole => None,
        PersonalPart::Name if *matching == Matching::Folded => Some(pick(lang, "name", "名前")),
        PersonalPart::GivenName => Some(pick(lang, "given name", "名（下の名前）")),
        PersonalPart::FamilyName => Some(pick(lang, "family name", "姓")),
        PersonalPart::Name => Some(pick(lang, "full name", "氏名")),
        PersonalPart::Username => Some(pick(lang, "username", "ユーザー名")),
        PersonalPart::Email => Some(pick(lang, "email", "メールアドレス")),
        PersonalPart::Organisation => Some(pick(lang, "organization's name", "組織名")),
        PersonalPart::Phone => Some(pick(lang, "phone number", "電話番号")),
    };
    group.parts().iter().filter_map(name).collect()
}

/// One rule by itself.
pub(super) fn one_part(part: PersonalPart, matching: Matching, lang: Lang) -> String {
    let unlike = unlike(matching.into(), lang);
    match lang {
        Lang::En => format!("{unlike} {}", own(part, matching, lang)),
        Lang::Ja => format!("{}{unlike}", own(part, matching, lang)),
    }
}

const fn own(part: PersonalPart, matching: Matching, lang: Lang) -> &'static str {
    match part {
        PersonalPart::Name if matches!(matching, Matching::Folded) => pick(lang, "your name", "氏名"),
        PersonalPart::GivenName => pick(lang, "your given name", "名（下の名前）"),
        PersonalPart::FamilyName => pick(lang, "your family name", "姓"),
        PersonalPart::Name => pick(lang, "your full name", "氏名"),
        PersonalPart::Username => pick(lang, "your username", "ユーザー名"),
        PersonalPart::Email => pick(lang, "your email address", "メールアドレス"),
        PersonalPart::Organisation => pick(lang, "your organization's name", "組織名"),
        PersonalPart::Phone => pick(lang, "your phone number", "電話番号"),
    }
}

const fn unlike(likeness: Likeness, lang: Lang) -> &'static str {
    match likeness {
        Likeness::Same => pick(lang, "Not", "と同じではない"),
        Likeness::Mostly => pick(lang, "Not mostly", "が大半を占めない"),
        Likeness::Within => pick(lang, "Doesn't contain", "を含まない"),
    }
}

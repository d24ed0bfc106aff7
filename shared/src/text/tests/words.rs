//! Every text in both languages, held to `docs/words.md`.

use super::{CODES, DETAILS, FAULTS, FIELDS, all, every_rule, problems};
use crate::password::{
    Advice, Class, CrackTime, PersonalGroup, PersonalPart, Policy, Position, Replace, RuleReport, Run, Strength,
    Suggestion, Verdict,
};
use crate::text::style::{self, Kind};
use crate::text::{self, MessageId};
use crate::view::Channel;
use crate::{Lang, Problem};

/// Messages that are sentences although their names don't say so.
const SENTENCES: [&str; 12] = [
    "RESENT",
    "EXPIRED",
    "BREACHED",
    "FROZEN_HELP",
    "MARKED",
    "TEMPORARY",
    "PASSWORD_SAVED",
    "SESSION_ENDED",
    "OTHERS_ENDED",
    "NO_OTHERS",
    "MAILBOX_EMPTY",
    "SEE_RULES",
];

/// What a message is, by its name.
fn kind(message: MessageId) -> Kind {
    let key = message.key();
    let about = key.starts_with("ABOUT_");
    let sentence = ["_LEAD", "_TEXT", "_HINT", "_AFTER", "_NONE", "_UNTOLD"].iter().any(|end| key.ends_with(end));
    if about || sentence || key.ends_with(|c: char| c.is_ascii_digit()) || SENTENCES.contains(&key) {
        Kind::Sentence
    } else if key == "ERROR_PREFIX" {
        Kind::Part
    } else {
        Kind::Label
    }
}

/// Fails with everything that is wrong with any of these texts.
#[track_caller]
fn hold(texts: impl IntoIterator<Item = (String, Lang, Kind)>) {
    let faults: Vec<String> =
        texts.into_iter().flat_map(|(text, lang, kind)| style::faults(&text, lang, kind)).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The same text in each language.
fn both(kind: Kind, text: impl Fn(Lang) -> String) -> [(String, Lang, Kind); 2] {
    Lang::ALL.map(|lang| (text(lang), lang, kind))
}

#[test]
fn messages_keep_to_the_words() {
    hold(all().flat_map(|message| both(kind(message), |lang| message.text(lang).to_owned())));
}

#[test]
fn a_title_has_six_words_and_a_lead_two_sentences_at_most() {
    let titles = all().filter(|message| message.key().ends_with("_TITLE")).map(|message| message.text(Lang::En));
    let problems = problems();
    for title in titles.chain(problems.iter().map(|problem| text::problem_title(problem, Lang::En))) {
        assert!(title.split(' ').count() <= 6, "{title}");
    }
    for message in all().filter(|message| message.key().ends_with("_LEAD")) {
        for (lang, end) in [(Lang::En, ". "), (Lang::Ja, "。")] {
            let sentences = message.text(lang).split(end).filter(|sentence| !sentence.is_empty()).count();
            assert!(sentences <= 2, "{}", message.text(lang));
        }
    }
}

#[test]
fn problems_keep_to_the_words() {
    let one_try = Problem::CodeWrong { tries_left: 1 };
    for problem in problems().into_iter().chain([one_try]) {
        // Nothing follows a support code, so that it can be copied.
        let kind = if matches!(problem, Problem::Unexpected(_)) { Kind::Part } else { Kind::Sentence };
        hold(both(Kind::Label, |lang| text::problem_title(&problem, lang).to_owned()));
        hold(both(kind, |lang| text::problem(&problem, lang)));
    }
}

#[test]
fn faults_keep_to_the_words() {
    let pairs = FIELDS.into_iter().flat_map(|field| FAULTS.map(|fault| (field, fault)));
    hold(pairs.flat_map(|(field, fault)| both(Kind::Sentence, |lang| text::fault(field, fault, lang).to_owned())));
}

#[test]
fn rules_keep_to_the_words() {
    for rule in every_rule() {
        hold(both(Kind::Label, |lang| text::requirement(&rule, lang)));
        for detail in DETAILS {
            let report = RuleReport { requirement: rule.clone(), verdict: Verdict::Fail, detail };
            // Two short sentences, of which the last is without its period: Kind::Part.
            hold(both(Kind::Part, |lang| text::failure(&report, lang)));
            for verdict in [Verdict::Pass, Verdict::Fail, Verdict::Pending, Verdict::Server] {
                let report = RuleReport { verdict, ..report.clone() };
                hold(both(Kind::Part, |lang| text::rule_aloud(&report, lang)));
            }
        }
    }
}

const CRACK_TIMES: [CrackTime; 8] = [
    CrackTime::Instantly,
    CrackTime::Seconds,
    CrackTime::Minutes,
    CrackTime::Hours,
    CrackTime::Days,
    CrackTime::Months,
    CrackTime::Years,
    CrackTime::Centuries,
];

const ADVICE: [Advice; 8] = [
    Advice::Nothing,
    Advice::AddWord,
    Advice::AvoidRepeats,
    Advice::AvoidSequences,
    Advice::AvoidKeyboardRows,
    Advice::AvoidNamesAndDates,
    Advice::AvoidCommonWord,
    Advice::CapsDoNotHelp,
];

#[test]
fn strengths_keep_to_the_words() {
    for score in 0..=4 {
        for (crack_time, advice) in CRACK_TIMES.into_iter().flat_map(|time| ADVICE.map(|advice| (time, advice))) {
            let told = |lang| text::strength(Strength { score, crack_time, advice }, lang);
            hold(both(Kind::Part, |lang| told(lang).0.to_owned()));
            hold(both(Kind::Sentence, |lang| told(lang).1.to_owned()));
        }
    }
}

#[test]
fn suggestions_keep_to_the_words() {
    let own = PersonalPart::ALL.map(Replace::Own);
    let runs = Run::ALL.map(Replace::Run);
    let foreign = [Replace::Foreign(1), Replace::Foreign(2), Replace::Blanks];
    let replace = own.into_iter().chain(runs).chain(foreign);
    let replaced = replace.map(|what| Suggestion { replace: vec![what], ..Suggestion::default() });
    let removed = [1, 2].map(|remove| Suggestion { remove, ..Suggestion::default() });
    let ends = [Position::First, Position::Last].map(|end| Suggestion { ends: vec![end], ..Suggestion::default() });
    let kinds = (1..=Class::ALL.len()).flat_map(|count| [0, 3].map(|more| (count, more)));
    let added = kinds.map(|(count, more)| {
        let add = u16::try_from(count).unwrap_or(u16::MAX) + more;
        Suggestion { add, with: Class::ALL[..count].to_vec(), ..Suggestion::default() }
    });
    let plain = [1, 2].map(|add| Suggestion { add, ..Suggestion::default() });
    for change in replaced.chain(removed).chain(ends).chain(added).chain(plain) {
        hold(both(Kind::Sentence, |lang| text::suggestion(&change, lang)));
    }
}

#[test]
fn sentences_keep_to_the_words() {
    let to = "ada@example.org";
    for channel in [Channel::Email, Channel::Sms, Channel::OnFile] {
        for minutes in [1, 10] {
            hold(both(Kind::Sentence, |lang| text::code_sent(to, channel, minutes, lang)));
            hold(both(Kind::Sentence, |lang| text::registration_code_sent(to, channel, minutes, lang)));
        }
    }
    hold(both(Kind::Sentence, |lang| text::temporary_sent(to, lang)));
    hold(both(Kind::Sentence, |lang| text::account_at("Rekey", lang)));
    hold(both(Kind::Sentence, |lang| text::password_for(to, lang)));
    for count in [1_u8, 2] {
        hold(both(Kind::Sentence, |lang| text::password_ends_in(count.into(), lang)));
        hold(
            [None, Some("2026-11")]
                .into_iter()
                .flat_map(|version| both(Kind::Part, move |lang| text::terms_accepted(version, lang))),
        );
        hold(both(Kind::Sentence, |lang| text::made_one(82, lang)));
        hold(both(Kind::Sentence, |lang| text::resend_in(count.into(), lang)));
        hold(both(Kind::Label, |lang| text::browsers(count.into(), lang)));
        hold(both(Kind::Label, |lang| text::step_of(count, 3, lang)));
    }
    for (met, of) in [(0, 1), (1, 1), (0, 3), (1, 3), (2, 3), (3, 3)] {
        hold(both(Kind::Sentence, |lang| text::tally(met, of, lang)));
    }
}

#[test]
fn names_keep_to_the_words() {
    for label in ["Firefox on Windows", "curl", ""] {
        hold(both(Kind::Label, |lang| text::device(label, lang)));
        hold(both(Kind::Label, |lang| text::end_session(&text::device(label, lang), lang)));
    }
    for (given, family) in [("Ada", "Lovelace"), ("Ada", ""), ("", "")] {
        hold(both(Kind::Label, |lang| text::greeting(given, family, lang)));
    }
    for wrong in [false, true] {
        let title = |lang| text::page_title(MessageId::SIGN_IN.text(lang), wrong, lang);
        assert_eq!(style::faults(&title(Lang::En), Lang::En, Kind::Label), [""; 0]);
    }
}

#[test]
fn lines_about_ones_own_data_keep_to_the_words() {
    let rules = every_rule();
    let alone = rules.iter().map(std::slice::from_ref);
    let presets = Policy::PRESETS.into_iter().filter_map(Policy::preset).map(|policy| policy.requirements());
    let groups = alone.flat_map(PersonalGroup::all).chain(presets.flat_map(|rules| PersonalGroup::all(&rules)));
    for group in groups.chain(PersonalGroup::all(&rules)) {
        hold(both(Kind::Label, |lang| text::personal(&group, lang)));
    }
}

#[test]
fn findings_keep_to_the_words() {
    hold(CODES.into_iter().flat_map(|code| both(Kind::Console, |lang| text::finding(code, lang).to_owned())));
}

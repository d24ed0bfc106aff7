//! What the fields of a new password tell password managers, read from the drawn page by the parser of one of them.

use http::StatusCode;
use password_rules_parser::{CharacterClass, PasswordRules, parse_password_rules};
use rekey_shared::password::{Personal, Policy};

use rekey_testkit::TestSite;
use rekey_testkit::site::{Browser, ReceivedMessage, Scripts, paths};

const ADA: &str = "ada@example.org";

/// The value of an attribute of the input of that name.
fn attribute(page: &str, input: &str, attribute: &str) -> Option<String> {
    let tag = page.split("<input ").find(|rest| rest.contains(&format!("name=\"{input}\"")))?;
    let tag = tag.split_once('>')?.0;
    let value = tag.split(&format!("{attribute}=\"")).nth(1)?.split('"').next()?;
    Some(value.replace("&amp;", "&"))
}

/// The rules on a page with a new password: the same on both of its fields.
fn rules_on(page: &str, policy: &Policy) -> PasswordRules {
    let [new, confirm] = ["new_password", "confirm_password"].map(|field| attribute(page, field, "passwordrules"));
    let written = new.clone().unwrap_or_else(|| panic!("no passwordrules on {page}"));
    assert_eq!(new, confirm);
    assert_eq!(attribute(page, "new_password", "autocomplete").as_deref(), Some("new-password"));
    let least = attribute(page, "new_password", "minlength");
    assert_eq!(least, Some(policy.length.min.max(1).to_string()), "{written}");
    // It would cut what is pasted.
    assert_eq!(attribute(page, "new_password", "maxlength"), None);
    parse_password_rules(&written, false).unwrap_or_else(|error| panic!("{written}: {error:?}"))
}

fn letters_of(classes: &[CharacterClass]) -> Vec<char> {
    classes.iter().flat_map(CharacterClass::chars).collect()
}

/// A password by the rules, as a manager makes one: something of everything that is required, in words of letters and
/// digits, no marks at the ends. `nth` makes them differ.
fn by_the_rules(rules: &PasswordRules, nth: usize) -> String {
    let pick = |from: &[char], at: usize| from[(at * 7 + nth * 13 + at * at * 3) % from.len()];
    let all = letters_of(&rules.allowed);
    let plain: Vec<char> = all.iter().copied().filter(char::is_ascii_alphanumeric).collect();
    let (least, most) = (rules.min_length.expect("a least"), rules.max_length.expect("a most"));
    let length = usize::try_from(least.max(20).min(most)).expect("small");
    let from = |at: usize| if at % 5 == 4 && at + 1 < length { &all } else { &plain };
    let mut made: Vec<char> = (0..length).map(|at| pick(from(at), at)).collect();
    for (at, one_of) in rules.required.iter().enumerate() {
        made[2 + 3 * at] = pick(&letters_of(one_of), at);
    }
    made.into_iter().collect()
}

/// What the rules say is what the policy asks.
fn agree(rules: &PasswordRules, policy: &Policy, name: &str) {
    assert_eq!(rules.min_length, Some(u32::from(policy.length.min.max(1))), "{name}");
    assert_eq!(rules.max_length, Some(u32::from(policy.length.max)), "{name}");
    assert_eq!(rules.max_consecutive, policy.runs.repeated.map(u32::from), "{name}");
    for nth in 0..50 {
        let made = by_the_rules(rules, nth);
        let refused = policy.check(&made, &Personal::default()).failed_rules();
        assert!(refused.is_empty(), "{name} refuses {made}: {refused:?}");
    }
}

/// A browser at the page where a registration ends.
async fn at_details(site: &TestSite) -> (Browser, String) {
    let mut browser = site.browser(1);
    browser.post(Scripts::On, paths::REGISTRATION_START, &[("identifier", ADA)]).await;
    let code = site.deliver().await.iter().find_map(ReceivedMessage::code).expect("a code");
    browser.post(Scripts::On, paths::REGISTRATION_VERIFY, &[("code", &code)]).await;
    let page = browser.get("/register/details").await;
    assert_eq!(page.status, StatusCode::OK);
    (browser, page.body)
}

#[tokio::test]
async fn password_managers_are_told_the_policy_in_force_whichever_it_is() {
    for preset in Policy::PRESETS {
        let policy = Policy::preset(preset).expect("a preset");
        let site = TestSite::router().set("REKEY_POLICY__PRESET", preset).start().await;
        agree(&rules_on(&at_details(&site).await.1, &policy), &policy, preset);
    }
}

#[tokio::test]
async fn a_password_by_the_rules_on_the_page_is_taken_and_every_page_has_the_same_rules() {
    for preset in ["nist-800-63b-4", "commerce", "audience-manager", "entra"] {
        let policy = Policy::preset(preset).expect("a preset");
        let site = TestSite::router().set("REKEY_POLICY__PRESET", preset).start().await;
        let (mut browser, page) = at_details(&site).await;
        let rules = rules_on(&page, &policy);
        let made = by_the_rules(&rules, 1);
        let choice = [("new_password", made.as_str()), ("confirm_password", made.as_str())];
        let done = browser.post(Scripts::On, paths::REGISTRATION_COMPLETE, &choice).await;
        assert!(done.is_success(), "{preset} refuses {made}: {}", done.body);
        assert!(site.accepts(ADA, &made).await);
        site.deliver().await;
        let account = site.signed_in(ADA, &made).await.get("/account/password").await;
        assert_eq!(rules_on(&account.body, &policy), rules, "{preset}");
        let link = site.recovery_link(ADA).await;
        let mut other = site.browser(2);
        other.get(&format!("{}{}", paths::RECOVERY_LINK, link.token)).await;
        assert_eq!(rules_on(&other.get("/recover/new").await.body, &policy), rules, "{preset}");
    }
}

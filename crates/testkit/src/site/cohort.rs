//! Visitors who do the same, step by step: one who is answered differently is found.

use super::TestSite;
use super::browser::{Answer, Browser, Scripts};
use super::comparison::{difference, masked, without_times};

/// How far the waits that two visitors are told may differ where the clock runs: they ask one after the other, on a
/// machine that has other work.
const TOLERANCE_MILLIS: u64 = 10_000;

/// What a visitor types. Words of one shape have one length.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visitor {
    /// Pages may say whether it is an address, a number or a name: that is known to the one who typed it.
    pub shape: Shape,
    /// As it is typed.
    pub typed: String,
    /// As pages show it.
    pub shown: String,
}

/// What something typed looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A mail address.
    Email,
    /// A telephone number.
    Phone,
    /// A user name.
    Username,
    /// The token of a link.
    Token,
}

impl Visitor {
    /// One by what is typed and shown alike.
    pub fn new(shape: Shape, typed: &str) -> Self {
        Self { shape, typed: typed.to_owned(), shown: typed.to_owned() }
    }
}

/// A visitor by an address.
pub fn email(typed: &str) -> Visitor {
    Visitor::new(Shape::Email, typed)
}

/// Visitors with a browser of their own each.
pub struct Cohort {
    scripts: Scripts,
    clock_runs: bool,
    visitors: Vec<(Visitor, Browser)>,
}

/// What each of them does; `{}` stands for what they type.
#[derive(Debug, Clone, Copy)]
pub enum Step<'a> {
    /// Opens a page.
    Open(&'a str),
    /// Sends a form.
    Send(&'a str, &'a [(&'a str, &'a str)]),
}

impl Cohort {
    /// Gives everyone a browser.
    pub fn new(site: &TestSite, scripts: Scripts, visitors: &[Visitor]) -> Self {
        let visitors = visitors.iter().enumerate().map(|(nth, visitor)| (visitor.clone(), site.browser(nth)));
        Self { scripts, clock_runs: site.clock_runs(), visitors: visitors.collect() }
    }

    /// Everyone does the same and is answered the same; gives the answers, once for each shape.
    pub async fn all(&mut self, step: Step<'_>) -> Vec<String> {
        let mut seen: Vec<(Visitor, String)> = Vec::new();
        for (visitor, browser) in &mut self.visitors {
            let text = as_text(&take(browser, self.scripts, step, &visitor.typed).await, visitor);
            match seen.iter().find(|(other, _)| other.shape == visitor.shape) {
                None => seen.push((visitor.clone(), text)),
                Some((other, expected)) => {
                    if let Some(place) = found_difference(expected, &text, self.clock_runs) {
                        panic!("{:?} {step:?}: {} and {} differ {place}", self.scripts, other.typed, visitor.typed);
                    }
                }
            }
        }
        seen.into_iter().map(|(_, text)| text).collect()
    }

    /// The same, and scripts are given this problem. Without scripts it is on a page, in words.
    pub async fn all_refused(&mut self, problem: &str, step: Step<'_>) {
        for text in self.all(step).await {
            let is_refused = match self.scripts {
                Scripts::On => text.contains(&format!("\"problem\":\"{problem}\"")),
                Scripts::Off => text.starts_with("303") && text.contains("role=\"alert\""),
            };
            assert!(is_refused, "{step:?}: {text}");
        }
    }

    /// The same, and everyone is led on.
    pub async fn all_led(&mut self, next: &str, step: Step<'_>) {
        for text in self.all(step).await {
            assert!(text.contains(&format!("\nlocation: {next}\n")), "{step:?}: {text}");
        }
    }
}

fn found_difference(expected: &str, found: &str, clock_runs: bool) -> Option<String> {
    if !clock_runs {
        return difference(expected, found);
    }
    let ((expected, its), (found, theirs)) = (without_times(expected), without_times(found));
    let apart = its.iter().zip(&theirs).any(|(one, other)| one.abs_diff(*other) > TOLERANCE_MILLIS);
    let in_time = || apart.then(|| format!("in time: {its:?} and {theirs:?}"));
    difference(&expected, &found).or_else(in_time)
}

async fn take(browser: &mut Browser, scripts: Scripts, step: Step<'_>, typed: &str) -> Vec<Answer> {
    match step {
        Step::Open(path) => vec![browser.get(&path.replace("{}", typed)).await],
        Step::Send(path, fields) => {
            let filled: Vec<_> = fields.iter().map(|(name, value)| (*name, value.replace("{}", typed))).collect();
            let filled: Vec<_> = filled.iter().map(|(name, value)| (*name, value.as_str())).collect();
            browser.submit(scripts, path, &filled).await
        }
    }
}

/// Answers one after the other, with what the visitor has typed taken out.
pub fn as_text(answers: &[Answer], visitor: &Visitor) -> String {
    let texts: Vec<_> = answers.iter().map(|answer| masked(answer, &[&visitor.shown, &visitor.typed])).collect();
    texts.join("\n~~~ and then ~~~\n")
}

#[cfg(test)]
mod tests {
    use super::found_difference;

    #[test]
    fn a_wait_that_is_told_to_one_alone_is_found() {
        let page = |seconds: u32| format!("now 1795273540052, you can resend it in {seconds} seconds.");
        assert_eq!(found_difference(&page(58), &page(55), true), None);
        assert!(found_difference(&page(58), &page(55), false).is_some());
        assert!(found_difference(&page(60), &page(30), true).is_some());
        assert!(found_difference(&page(60), "now 1795273540052", true).is_some());
        assert!(
            found_difference("until 1795273540052, 1795273600052", "until 1795273540999, 1795273570052", true)
                .is_some()
        );
    }
}

//! People before the same form, side by side: whoever is answered differently is found.

use super::browser::{Answer, Browser, Manner};
use super::house::House;
use super::mask::{difference, masked};

/// What a stranger types. Words of one shape have one length.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Pages may say whether it is an address, a number or a name: that is known to whoever typed it.
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

/// Somebody by what is typed and shown alike.
pub fn person(shape: Shape, typed: &str) -> Person {
    Person { shape, typed: typed.to_owned(), shown: typed.to_owned() }
}

/// Somebody by an address.
pub fn email(typed: &str) -> Person {
    person(Shape::Email, typed)
}

/// People before the same form, each at a browser of their own.
pub struct Walk {
    manner: Manner,
    people: Vec<(Person, Browser)>,
}

/// What each of them does; `{}` stands for what they type.
#[derive(Debug, Clone, Copy)]
pub enum Step<'a> {
    /// Opens a page.
    Open(&'a str),
    /// Sends a form.
    Send(&'a str, &'a [(&'a str, &'a str)]),
}

impl Walk {
    /// Seats everybody.
    pub fn new(house: &House, manner: Manner, people: &[Person]) -> Self {
        let seat = |(nth, person): (usize, &Person)| (person.clone(), house.browser(nth));
        Self { manner, people: people.iter().enumerate().map(seat).collect() }
    }

    /// Everybody does the same and is answered the same; gives the answers, once for each shape.
    pub async fn all(&mut self, step: Step<'_>) -> Vec<String> {
        let mut seen: Vec<(Person, String)> = Vec::new();
        for (person, browser) in &mut self.people {
            let text = as_text(&take(browser, self.manner, step, &person.typed).await, person);
            match seen.iter().find(|(other, _)| other.shape == person.shape) {
                None => seen.push((person.clone(), text)),
                Some((other, expected)) => {
                    if let Some(place) = difference(expected, &text) {
                        panic!("{:?} {step:?}: {} and {} part {place}", self.manner, other.typed, person.typed);
                    }
                }
            }
        }
        seen.into_iter().map(|(_, text)| text).collect()
    }

    /// The same, and scripts are told this problem. Without scripts it is on a page, in words.
    pub async fn all_told(&mut self, problem: &str, step: Step<'_>) {
        for text in self.all(step).await {
            let told = match self.manner {
                Manner::Scripted => text.contains(&format!("\"problem\":\"{problem}\"")),
                Manner::Plain => text.starts_with("303") && text.contains("role=\"alert\""),
            };
            assert!(told, "{step:?}: {text}");
        }
    }

    /// The same, and everybody is led on.
    pub async fn all_led(&mut self, next: &str, step: Step<'_>) {
        for text in self.all(step).await {
            assert!(text.contains(&format!("\nlocation: {next}\n")), "{step:?}: {text}");
        }
    }
}

async fn take(browser: &mut Browser, manner: Manner, step: Step<'_>, typed: &str) -> Vec<Answer> {
    match step {
        Step::Open(path) => vec![browser.get(&path.replace("{}", typed)).await],
        Step::Send(path, fields) => {
            let filled: Vec<_> = fields.iter().map(|(name, value)| (*name, value.replace("{}", typed))).collect();
            let filled: Vec<_> = filled.iter().map(|(name, value)| (*name, value.as_str())).collect();
            browser.submit(manner, path, &filled).await
        }
    }
}

/// Answers one after the other, with what the person has typed taken out.
pub fn as_text(answers: &[Answer], person: &Person) -> String {
    let texts: Vec<_> = answers.iter().map(|answer| masked(answer, &[&person.shown, &person.typed])).collect();
    texts.join("\n~~~ and then ~~~\n")
}

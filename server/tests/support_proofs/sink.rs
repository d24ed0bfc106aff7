//! A mail server that takes every mail and keeps it, on threads of its own.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

/// A mail as it arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// The address it went to.
    pub to: String,
    /// Head and body, soft line breaks undone.
    pub text: String,
}

impl Mail {
    /// A line of its head.
    pub fn head(&self, name: &str) -> &str {
        let prefix = format!("{name}: ");
        self.text.lines().find_map(|line| line.strip_prefix(&prefix)).unwrap_or_default()
    }

    /// Six digits that stand alone.
    pub fn code(&self) -> Option<String> {
        let words = self.text.split(|message: char| !message.is_alphanumeric());
        words.filter(|word| word.len() == 6 && word.bytes().all(|byte| byte.is_ascii_digit())).map(str::to_owned).next()
    }

    /// The path of the first link that begins like this.
    pub fn link(&self, beginning: &str) -> Option<String> {
        let from = &self.text[self.text.find(beginning)?..];
        let end =
            from.find(|message: char| message.is_whitespace() || matches!(message, '"' | '<')).unwrap_or(from.len());
        Some(from[..end].to_owned())
    }
}

/// The server.
#[derive(Clone)]
pub struct Sink(Arc<Inner>);

struct Inner {
    port: u16,
    mails: Mutex<Vec<Mail>>,
    arrived: Condvar,
}

impl Sink {
    /// Starts one.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let sink = Self(Arc::new(Inner { port, mails: Mutex::default(), arrived: Condvar::new() }));
        let server = sink.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let server = server.clone();
                std::thread::spawn(move || server.talk(&stream));
            }
        });
        sink
    }

    /// For `mail.url`.
    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.0.port)
    }

    /// Every mail so far.
    pub fn mails(&self) -> Vec<Mail> {
        self.0.mails.lock().expect("lock").clone()
    }

    /// Waits until the mails so far are right.
    pub fn wait_until(&self, patience: Duration, mut right: impl FnMut(&[Mail]) -> bool) -> bool {
        let mails = self.0.mails.lock().expect("lock");
        let waited = self.0.arrived.wait_timeout_while(mails, patience, |mails| !right(mails)).expect("lock");
        !waited.1.timed_out()
    }

    fn talk(&self, stream: &TcpStream) -> Option<()> {
        let mut lines = BufReader::new(stream).lines();
        let mut to = String::new();
        say(stream, "220 sink ready")?;
        loop {
            let line = lines.next()?.ok()?;
            let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
            match verb.as_str() {
                "EHLO" => say(stream, "250-sink\r\n250 8BITMIME")?,
                "RCPT" => {
                    line.split(['<', '>']).nth(1).unwrap_or_default().clone_into(&mut to);
                    say(stream, "250 ok")?;
                }
                "DATA" => {
                    say(stream, "354 go on")?;
                    let body: Vec<String> =
                        lines.by_ref().map_while(Result::ok).take_while(|line| line != ".").collect();
                    self.keep(Mail { to: to.clone(), text: readable(&body) });
                    say(stream, "250 taken")?;
                }
                "QUIT" => return None,
                _ => say(stream, "250 ok")?,
            }
        }
    }

    fn keep(&self, mail: Mail) {
        self.0.mails.lock().expect("lock").push(mail);
        self.0.arrived.notify_all();
    }
}

fn say(mut stream: &TcpStream, line: &str) -> Option<()> {
    stream.write_all(format!("{line}\r\n").as_bytes()).ok()
}

/// Quoted-printable as far as tests look at it: soft line breaks and the equals sign.
fn readable(lines: &[String]) -> String {
    lines.join("\n").replace("=\n", "").replace("=3D", "=")
}

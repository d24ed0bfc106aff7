//! Providers of mail and of text messages that take everything and keep it, on threads of their own.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use super::message::ReceivedMessage;

/// A mail server and a text message service.
#[derive(Clone)]
pub struct MessageProvider(Arc<Inner>);

struct Inner {
    mail_port: u16,
    text_port: u16,
    messages: Mutex<Vec<ReceivedMessage>>,
    arrived: Condvar,
}

impl MessageProvider {
    /// Starts both.
    pub fn start() -> Self {
        let (mail, text) = (listener(), listener());
        let port = |listener: &TcpListener| listener.local_addr().expect("an address").port();
        let (mail_port, text_port) = (port(&mail), port(&text));
        let inner = Inner { mail_port, text_port, messages: Mutex::default(), arrived: Condvar::new() };
        let provider = Self(Arc::new(inner));
        provider.serve(mail, Self::take_mails);
        provider.serve(text, Self::take_text);
        provider
    }

    /// The settings under which the program finds them.
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        vec![
            ("REKEY_MAIL__URL", format!("smtp://127.0.0.1:{}", self.0.mail_port)),
            ("REKEY_SMS__URL", format!("http://127.0.0.1:{}", self.0.text_port)),
            ("REKEY_SMS__ACCOUNT", "account".to_owned()),
            ("REKEY_SMS__TOKEN", "token".to_owned()),
            ("REKEY_SMS__FROM", "+12025550100".to_owned()),
        ]
    }

    /// Every message so far, in the order in which they came.
    pub fn messages(&self) -> Vec<ReceivedMessage> {
        self.0.messages.lock().expect("lock").clone()
    }

    /// Waits until the messages so far are right. Whether they were in time.
    pub fn wait_until(&self, patience: Duration, mut right: impl FnMut(&[ReceivedMessage]) -> bool) -> bool {
        let messages = self.0.messages.lock().expect("lock");
        let waited = self.0.arrived.wait_timeout_while(messages, patience, |messages| !right(messages)).expect("lock");
        !waited.1.timed_out()
    }

    fn serve(&self, listener: TcpListener, take: fn(&Self, &TcpStream) -> Option<()>) {
        let provider = self.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let provider = provider.clone();
                std::thread::spawn(move || take(&provider, &stream));
            }
        });
    }

    /// One conversation of SMTP.
    fn take_mails(&self, stream: &TcpStream) -> Option<()> {
        let mut lines = BufReader::new(stream).lines();
        let mut to = String::new();
        say(stream, "220 ready")?;
        loop {
            let line = lines.next()?.ok()?;
            let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
            match verb.as_str() {
                "EHLO" => say(stream, "250-provider\r\n250 8BITMIME")?,
                "RCPT" => {
                    line.split(['<', '>']).nth(1).unwrap_or_default().clone_into(&mut to);
                    say(stream, "250 ok")?;
                }
                "DATA" => {
                    say(stream, "354 go on")?;
                    let mail: Vec<_> = lines.by_ref().map_while(Result::ok).take_while(|line| line != ".").collect();
                    self.keep(received_mail(&to, &mail));
                    say(stream, "250 taken")?;
                }
                "QUIT" => return None,
                _ => say(stream, "250 ok")?,
            }
        }
    }

    /// One request with a text message, in the shape that Twilio gave it.
    fn take_text(&self, stream: &TcpStream) -> Option<()> {
        let mut reader = BufReader::new(stream);
        let mut length = 0;
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).ok()?;
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().ok()?;
            }
            if line.trim().is_empty() {
                break;
            }
        }
        let mut form = vec![0; length];
        reader.read_exact(&mut form).ok()?;
        let field = |wanted: &str| {
            let mut fields = url::form_urlencoded::parse(&form);
            fields.find(|(name, _)| name == wanted).map(|(_, value)| value.into_owned())
        };
        self.keep(ReceivedMessage { to: field("To")?, id: String::new(), text: field("Body")? });
        say(stream, "HTTP/1.1 201 Created\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}")
    }

    fn keep(&self, message: ReceivedMessage) {
        self.0.messages.lock().expect("lock").push(message);
        self.0.arrived.notify_all();
    }
}

fn listener() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").expect("a port")
}

fn say(mut stream: &TcpStream, line: &str) -> Option<()> {
    stream.write_all(format!("{line}\r\n").as_bytes()).ok()
}

fn received_mail(to: &str, lines: &[String]) -> ReceivedMessage {
    let id = lines.iter().find_map(|line| line.strip_prefix("Message-ID: ")).unwrap_or_default().to_owned();
    // Quoted-printable as far as tests look at it: soft line breaks and the equals sign.
    let text = lines.join("\n").replace("=\n", "").replace("=3D", "=");
    ReceivedMessage { to: to.to_owned(), id, text }
}

//! A mail server that answers as the test says.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use rekey_testkit::tls;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// How connections to a server are protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection {
    /// Not at all.
    None,
    /// TLS from the first byte.
    Implicit,
    /// TLS after `STARTTLS`; without it no mail is taken.
    StartTls,
}

/// A stage of an SMTP conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The greeting.
    Connect,
    /// `EHLO`.
    Ehlo,
    /// `AUTH`.
    Auth,
    /// `MAIL FROM`.
    Mail,
    /// `RCPT TO`.
    Rcpt,
    /// `DATA`.
    Data,
    /// The message itself.
    Body,
}

impl Stage {
    /// Every one that a mail without credentials passes.
    pub const ALL: [Self; 6] = [Self::Connect, Self::Ehlo, Self::Mail, Self::Rcpt, Self::Data, Self::Body];
}

/// What happens there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// This answer.
    Reply(&'static str),
    /// No answer, ever.
    Hang,
    /// The connection is closed.
    Close,
    /// The message is taken, and then the connection is closed without an answer.
    TakeAndClose,
}

/// A mail as it arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// `MAIL FROM`.
    pub from: String,
    /// Every `RCPT TO`.
    pub to: Vec<String>,
    /// Header and body, dots undone.
    pub data: String,
}

/// A mail server on this machine.
#[derive(Clone)]
pub struct Sink(Arc<Inner>);

struct Inner {
    port: u16,
    fault: Mutex<Option<(Stage, Fault)>>,
    received: Mutex<Vec<Received>>,
    connections: AtomicUsize,
    protection: Protection,
    /// The only token that is taken, when there is one.
    token: Mutex<Option<String>>,
    /// What was said with `AUTH`, decoded, and what was answered to a refusal.
    auths: Mutex<Vec<String>>,
}

impl Sink {
    /// One that takes everything.
    pub async fn start() -> Self {
        Self::start_with(Protection::None).await
    }

    /// The same with TLS.
    pub async fn start_with(protection: Protection) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("binds");
        let port = listener.local_addr().expect("an address").port();
        let inner = Inner {
            port,
            fault: Mutex::default(),
            received: Mutex::default(),
            connections: AtomicUsize::new(0),
            protection,
            token: Mutex::default(),
            auths: Mutex::default(),
        };
        let sink = Self(Arc::new(inner));
        let server = sink.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                server.0.connections.fetch_add(1, Ordering::SeqCst);
                let server = server.clone();
                tokio::spawn(async move { server.serve(stream).await });
            }
        });
        sink
    }

    pub fn port(&self) -> u16 {
        self.0.port
    }

    /// From now on only this token is taken.
    pub fn take_token(&self, token: &str) {
        *self.0.token.lock().expect("lock") = Some(token.to_owned());
    }

    /// What was said with `AUTH`.
    pub fn auths(&self) -> Vec<String> {
        self.0.auths.lock().expect("lock").clone()
    }

    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.0.port)
    }

    /// From now on this happens.
    pub fn fail(&self, stage: Stage, fault: Fault) {
        *self.0.fault.lock().expect("lock") = Some((stage, fault));
    }

    /// From now on everything is taken.
    pub fn recover(&self) {
        *self.0.fault.lock().expect("lock") = None;
    }

    pub fn received(&self) -> Vec<Received> {
        self.0.received.lock().expect("lock").clone()
    }

    pub fn connections(&self) -> usize {
        self.0.connections.load(Ordering::SeqCst)
    }

    fn fault_at(&self, stage: Stage) -> Option<Fault> {
        self.0.fault.lock().expect("lock").filter(|(at, _)| *at == stage).map(|(_, fault)| fault)
    }

    async fn serve(&self, stream: TcpStream) -> Option<()> {
        match self.0.protection {
            Protection::None => self.talk(stream, true).await.map(drop),
            Protection::Implicit => self.talk(tls::accept(stream).await?, true).await.map(drop),
            Protection::StartTls => {
                let stream = self.talk(stream, true).await?;
                self.talk(tls::accept(stream).await?, false).await.map(drop)
            }
        }
    }

    /// Talks until the client goes, or until it asks for TLS: then its stream is given back.
    async fn talk<S: AsyncRead + AsyncWrite + Unpin>(&self, stream: S, greets: bool) -> Option<S> {
        let mut stream = BufReader::new(stream);
        let mut mail = Received { from: String::new(), to: Vec::new(), data: String::new() };
        let offers_tls = greets && self.0.protection == Protection::StartTls;
        let mut answer = if greets { self.answer(Stage::Connect, "220 sink ready").await? } else { String::new() };
        loop {
            if !answer.is_empty() {
                say(&mut stream, &answer).await?;
            }
            let line = read_line(&mut stream).await?;
            let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
            answer = match verb.as_str() {
                "EHLO" if offers_tls => "250-sink\r\n250 STARTTLS".to_owned(),
                "EHLO" => self.answer(Stage::Ehlo, "250-sink\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN XOAUTH2").await?,
                "STARTTLS" => {
                    say(&mut stream, "220 go on").await?;
                    return Some(stream.into_inner());
                }
                "AUTH" => self.judge_auth(&line, &mut stream).await?,
                "MAIL" if offers_tls => "530 STARTTLS first".to_owned(),
                "MAIL" => {
                    mail.from = line;
                    self.answer(Stage::Mail, "250 ok").await?
                }
                "RCPT" => {
                    mail.to.push(line);
                    self.answer(Stage::Rcpt, "250 ok").await?
                }
                "DATA" => self.answer(Stage::Data, "354 go on").await?,
                "QUIT" => return None,
                _ => "250 ok".to_owned(),
            };
            if answer.starts_with("354") {
                say(&mut stream, "354 go on").await?;
                mail.data = read_body(&mut stream).await?;
                answer = self.take(&mut mail).await?;
            }
        }
    }

    /// A token that is not taken is refused with details first, as large services do (RFC 7628 §3.2.3).
    async fn judge_auth<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        line: &str,
        stream: &mut BufReader<S>,
    ) -> Option<String> {
        let said = BASE64.decode(line.rsplit(' ').next().unwrap_or_default()).unwrap_or_default();
        let said = String::from_utf8_lossy(&said).into_owned();
        let mechanism = line.split(' ').nth(1).unwrap_or_default().to_owned();
        self.0.auths.lock().expect("lock").push(format!("{mechanism} {said}"));
        let token = self.0.token.lock().expect("lock").clone();
        if token.is_none_or(|token| said.ends_with(&format!("auth=Bearer {token}\u{1}\u{1}"))) {
            return self.answer(Stage::Auth, "235 welcome").await;
        }
        say(stream, &format!("334 {}", BASE64.encode(r#"{"status":"401"}"#))).await?;
        let after = read_line(stream).await?;
        self.0.auths.lock().expect("lock").push(format!("after refusal: {after}"));
        Some("535 5.7.8 not taken".to_owned())
    }

    async fn take(&self, mail: &mut Received) -> Option<String> {
        let fault = self.fault_at(Stage::Body);
        let taken = std::mem::replace(mail, Received { from: String::new(), to: Vec::new(), data: String::new() });
        if matches!(fault, None | Some(Fault::TakeAndClose)) {
            self.0.received.lock().expect("lock").push(taken);
        }
        self.answer(Stage::Body, "250 taken").await
    }

    /// The answer at this stage; `None` ends the conversation.
    async fn answer(&self, stage: Stage, usual: &str) -> Option<String> {
        match self.fault_at(stage) {
            None => Some(usual.to_owned()),
            Some(Fault::Reply(line)) => Some(line.to_owned()),
            Some(Fault::Close | Fault::TakeAndClose) => None,
            Some(Fault::Hang) => std::future::pending().await,
        }
    }
}

async fn say<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut BufReader<S>, line: &str) -> Option<()> {
    stream.get_mut().write_all(format!("{line}\r\n").as_bytes()).await.ok()?;
    stream.get_mut().flush().await.ok()
}

async fn read_line<S: AsyncRead + Unpin>(stream: &mut BufReader<S>) -> Option<String> {
    let mut line = String::new();
    let read = stream.read_line(&mut line).await.ok()?;
    (read > 0).then(|| line.trim_end_matches(['\r', '\n']).to_owned())
}

async fn read_body<S: AsyncRead + Unpin>(stream: &mut BufReader<S>) -> Option<String> {
    let mut data = String::new();
    loop {
        let line = read_line(stream).await?;
        if line == "." {
            return Some(data);
        }
        data.push_str(line.strip_prefix('.').unwrap_or(&line));
        data.push_str("\r\n");
    }
}

//! A mail server that answers as the test says.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::tcp::OwnedReadHalf;
use tokio::net::{TcpListener, TcpStream};

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
}

impl Sink {
    /// One that takes everything.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("binds");
        let port = listener.local_addr().expect("an address").port();
        let inner =
            Inner { port, fault: Mutex::default(), received: Mutex::default(), connections: AtomicUsize::new(0) };
        let sink = Self(Arc::new(inner));
        let server = sink.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                server.0.connections.fetch_add(1, Ordering::SeqCst);
                let server = server.clone();
                tokio::spawn(async move { server.talk(stream).await });
            }
        });
        sink
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

    async fn talk(&self, stream: TcpStream) -> Option<()> {
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        let mut mail = Received { from: String::new(), to: Vec::new(), data: String::new() };
        let mut answer = self.answer(Stage::Connect, "220 sink ready").await?;
        loop {
            write.write_all(format!("{answer}\r\n").as_bytes()).await.ok()?;
            let line = lines.next_line().await.ok()??;
            let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
            answer = match verb.as_str() {
                "EHLO" => self.answer(Stage::Ehlo, "250-sink\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN").await?,
                "AUTH" => self.answer(Stage::Auth, "235 welcome").await?,
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
                write.write_all(b"354 go on\r\n").await.ok()?;
                mail.data = read_body(&mut lines).await?;
                answer = self.take(&mut mail).await?;
            }
        }
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

async fn read_body(lines: &mut tokio::io::Lines<BufReader<OwnedReadHalf>>) -> Option<String> {
    let mut data = String::new();
    loop {
        let line = lines.next_line().await.ok()??;
        if line == "." {
            return Some(data);
        }
        data.push_str(line.strip_prefix('.').unwrap_or(&line));
        data.push_str("\r\n");
    }
}

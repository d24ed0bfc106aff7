//! A provider of text messages that answers as the test says.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What it answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// A status.
    Status(u16),
    /// A status with this body of JSON.
    Json(u16, String),
    /// A redirect to here.
    Redirect(String),
    /// Nothing, ever.
    Hang,
    /// Nothing; the connection is closed.
    Close,
}

/// A request as it arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Method, path and version.
    pub line: String,
    /// Header lines, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

impl Request {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The form in the body, decoded.
    pub fn form(&self) -> Vec<(String, String)> {
        url::form_urlencoded::parse(self.body.as_bytes()).into_owned().collect()
    }
}

/// A provider on this machine.
#[derive(Clone)]
pub struct Sink(Arc<Inner>);

struct Inner {
    port: u16,
    answer: Mutex<Answer>,
    received: Mutex<Vec<Request>>,
}

impl Sink {
    /// One that takes everything.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("binds");
        let port = listener.local_addr().expect("an address").port();
        let sink = Self(Arc::new(Inner { port, answer: Mutex::new(Answer::Status(201)), received: Mutex::default() }));
        let server = sink.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let server = server.clone();
                tokio::spawn(async move { server.talk(stream).await });
            }
        });
        sink
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.0.port)
    }

    pub fn answer(&self, answer: Answer) {
        *self.0.answer.lock().expect("lock") = answer;
    }

    pub fn received(&self) -> Vec<Request> {
        self.0.received.lock().expect("lock").clone()
    }

    async fn talk(&self, stream: TcpStream) -> Option<()> {
        let mut stream = BufReader::new(stream);
        let request = read(&mut stream).await?;
        self.0.received.lock().expect("lock").push(request);
        let answer = self.0.answer.lock().expect("lock").clone();
        let mut body = "{}".to_owned();
        let head = match answer {
            Answer::Status(status) => format!("HTTP/1.1 {status} So\r\n"),
            Answer::Json(status, json) => {
                body = json;
                format!("HTTP/1.1 {status} So\r\nContent-Type: application/json\r\n")
            }
            Answer::Redirect(to) => format!("HTTP/1.1 307 Elsewhere\r\nLocation: {to}\r\n"),
            Answer::Hang => std::future::pending().await,
            Answer::Close => return None,
        };
        let text = format!("{head}Content-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len());
        stream.get_mut().write_all(text.as_bytes()).await.ok()
    }
}

async fn read(stream: &mut BufReader<TcpStream>) -> Option<Request> {
    let mut line = String::new();
    stream.read_line(&mut line).await.ok()?;
    let mut headers = Vec::new();
    loop {
        let mut header = String::new();
        stream.read_line(&mut header).await.ok()?;
        let Some((name, value)) = header.trim_end().split_once(':') else { break };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let mut request = Request { line: line.trim_end().to_owned(), headers, body: String::new() };
    let length = request.header("content-length").and_then(|length| length.parse().ok());
    let chunked = request.header("transfer-encoding").is_some();
    request.body = if chunked { read_chunks(stream).await? } else { read_exactly(stream, length.unwrap_or(0)).await? };
    Some(request)
}

async fn read_exactly(stream: &mut BufReader<TcpStream>, length: usize) -> Option<String> {
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    String::from_utf8(body).ok()
}

async fn read_chunks(stream: &mut BufReader<TcpStream>) -> Option<String> {
    let mut body = String::new();
    loop {
        let mut size = String::new();
        stream.read_line(&mut size).await.ok()?;
        let size = usize::from_str_radix(size.trim(), 16).ok()?;
        body += read_exactly(stream, size + 2).await?.strip_suffix("\r\n")?;
        if size == 0 {
            return Some(body);
        }
    }
}

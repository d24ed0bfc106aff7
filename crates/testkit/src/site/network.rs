//! Requests to a program in another process, each over a connection of its own.

use std::fmt::Write as _;
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue, Request, StatusCode};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::browser::Answer;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// A request that was sent and whose answer is read later.
pub struct InFlight(TcpStream);

impl InFlight {
    /// Sends a request. `None` when no one listens, or listens no longer.
    pub async fn send(port: u16, request: &Request<String>) -> Option<Self> {
        // HTTP/1.0: the answer ends with the connection, and comes in one piece.
        let mut text = format!("{} {} HTTP/1.0\r\n", request.method(), request.uri());
        for (name, value) in request.headers() {
            write!(text, "{name}: {}\r\n", value.to_str().expect("readable")).expect("text");
        }
        write!(text, "content-length: {}\r\n\r\n{}", request.body().len(), request.body()).expect("text");
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await.ok()?;
        stream.write_all(text.as_bytes()).await.ok()?;
        Some(Self(stream))
    }

    /// The answer, if the whole of it arrives.
    pub async fn answer(mut self) -> Option<Answer> {
        let mut bytes = Vec::new();
        timeout(PATIENCE, self.0.read_to_end(&mut bytes)).await.ok()?.ok()?;
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
        let (head, body) = (std::str::from_utf8(&bytes[..end]).ok()?, &bytes[end + 4..]);
        let mut lines = head.lines();
        let status = StatusCode::from_bytes(lines.next()?.split(' ').nth(1)?.as_bytes()).ok()?;
        let mut headers = HeaderMap::new();
        for line in lines {
            let (name, value) = line.split_once(':')?;
            headers.append(name.parse::<HeaderName>().ok()?, HeaderValue::from_str(value.trim()).ok()?);
        }
        let length = headers.get(http::header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
        let is_whole = length.is_none_or(|length: usize| length == body.len());
        is_whole.then(|| Answer { status, headers, body: String::from_utf8_lossy(body).into_owned() })
    }
}

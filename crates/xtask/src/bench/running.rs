//! A release server on a free port, with limits that do not stand in the way of one client.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

pub struct Running {
    child: Child,
    port: u16,
    /// From the start of the process to the first "ready".
    pub ready_millis: u128,
}

impl Running {
    /// Over the SQLite file in `folder`, or over another database.
    pub fn start(binary: &Path, folder: &Path, database: Option<&str>) -> Result<Self> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        #[expect(clippy::disallowed_methods, reason = "a measurement reads the clock")]
        let start = Instant::now();
        let mut command = Command::new(binary);
        if let Some(database) = database {
            command.env("REKEY_DATABASE__URL", database);
        }
        let child = command
            .arg("serve")
            .current_dir(folder)
            .env("REKEY_LISTEN", format!("127.0.0.1:{port}"))
            .env("REKEY_DATA_DIR", folder)
            .env("REKEY_SIGN_IN__ADDRESS_PER_MINUTE", "1000000")
            .env("REKEY_SIGN_IN__ADDRESS_BURST", "1000000")
            .env("REKEY_REQUESTS__STARTS_PER_MINUTE", "1000000")
            .env("REKEY_REQUESTS__STARTS_IN_ALL", "1000000")
            .env("REKEY_REQUESTS__CODES_PER_MINUTE", "1000000")
            .env("REKEY_REQUESTS__CODES_IN_ALL", "1000000")
            .env("REKEY_REQUESTS__WRITES_PER_MINUTE", "1000000")
            .env("REKEY_REQUESTS__WRITES_IN_ALL", "1000000")
            .env("REKEY_SENDS__PER_HOUR_TARGET", "0")
            .env("REKEY_SENDS__PER_HOUR_ADDRESS", "0")
            .env("REKEY_RECOVERY__THROTTLE", "none")
            .env("REKEY_LOG__LEVEL", "error")
            .stdout(Stdio::null())
            .spawn()
            .context("cannot start the server")?;
        let mut running = Self { child, port, ready_millis: 0 };
        while start.elapsed() < Duration::from_secs(30) {
            if running.get("/readyz", "").is_ok_and(|answer| answer.starts_with(b"HTTP/1.1 200")) {
                running.ready_millis = start.elapsed().as_millis();
                return Ok(running);
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        bail!("the server was not ready within 30 s")
    }

    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    pub fn url(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// A whole answer, head and body, as it came.
    pub fn get(&self, path: &str, encodings: &str) -> Result<Vec<u8>> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nhost: localhost:{}\r\naccept: text/html\r\naccept-encoding: {encodings}\r\nconnection: close\r\n\r\n",
            self.port
        )?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        Ok(answer)
    }

    /// A line of `/proc/PID/status`, in KiB.
    pub fn memory_kib(&self, line: &str) -> Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let value = status.lines().find_map(|text| text.strip_prefix(line)?.strip_prefix(':'));
        let value = value.and_then(|text| text.split_whitespace().next()).context("no such line")?;
        Ok(value.parse()?)
    }

    pub fn stop(mut self) -> Result<()> {
        Command::new("kill").arg(self.child.id().to_string()).status()?;
        let status = self.child.wait()?;
        anyhow::ensure!(status.success(), "the server did not stop well: {status}");
        Ok(())
    }
}

/// A measurement that fails leaves no server behind.
impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

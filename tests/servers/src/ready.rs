use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// How to see on a port of the loopback address that a process serves.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Ready {
    /// A NATS server greets first, once its streams are recovered.
    Nats(u16),
    /// A Redis server answers a ping; while it loads, the answer is an error.
    Redis(u16),
    /// Our own program answers `GET /readyz` with 200.
    Http(u16),
}

impl Ready {
    /// Asks once.
    pub(crate) fn holds(self) -> bool {
        let (port, question, beginning): (_, &[u8], &[u8]) = match self {
            Self::Nats(port) => (port, b"", b"INFO"),
            Self::Redis(port) => (port, b"PING\r\n", b"+PONG"),
            Self::Http(port) => (port, READYZ, b"HTTP/1.1 200 "),
        };
        answer(port, question).is_some_and(|answer| answer.starts_with(beginning))
    }
}

const READYZ: &[u8] = b"GET /readyz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";

/// Says something to a server and returns the first part of what it answers.
fn answer(port: u16, question: &[u8]) -> Option<Vec<u8>> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(1))).ok()?;
    stream.write_all(question).ok()?;
    let mut answer = [0; 64];
    let length = stream.read(&mut answer).ok()?;
    Some(answer[..length].to_vec())
}

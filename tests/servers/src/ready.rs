use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// Asks a NATS server whether it serves: it greets first, once its streams are recovered.
pub(crate) fn nats(port: u16) -> bool {
    greeting(port, b"").is_some_and(|greeting| greeting.starts_with(b"INFO"))
}

/// Asks a Redis server whether it serves: while it loads, the answer is an error.
pub(crate) fn redis(port: u16) -> bool {
    greeting(port, b"PING\r\n").is_some_and(|greeting| greeting.starts_with(b"+PONG"))
}

/// Says something to a server and returns the first part of what it answers.
fn greeting(port: u16, question: &[u8]) -> Option<Vec<u8>> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(1))).ok()?;
    stream.write_all(question).ok()?;
    let mut answer = [0; 64];
    let length = stream.read(&mut answer).ok()?;
    Some(answer[..length].to_vec())
}

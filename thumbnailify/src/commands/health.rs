use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

use anyhow::{Context, ensure};

/// How long the process may take for each step of its answer.
const PATIENCE: Duration = Duration::from_secs(3);
/// More than any answer has.
const LONGEST_ANSWER: u64 = 64 * 1024;

/// Asks the process that listens on an address for its readiness. For a container that has no other program
/// to do that with.
pub(crate) fn health(listen: SocketAddr) -> anyhow::Result<()> {
    let address = reachable(listen);
    let answer = ask(address).with_context(|| format!("nothing answers on {address}"))?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    ensure!(head.starts_with("HTTP/1.1 200 "), "not ready: {body}");
    writeln!(std::io::stdout(), "ready: {body}")?;
    Ok(())
}

/// A process that listens on every address is asked on the loopback address.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

fn ask(address: SocketAddr) -> std::io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let request = format!("GET /readyz HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    let mut answer = String::new();
    stream.take(LONGEST_ANSWER).read_to_string(&mut answer)?;
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::thread;

    use super::*;

    /// A listener that gives one answer.
    fn answers(answer: &'static str) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            // The whole question is read first: closed with bytes unread, the answer could be lost.
            let mut question = Vec::new();
            while !question.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                stream.read_exact(&mut byte).unwrap();
                question.extend(byte);
            }
            stream.write_all(answer.as_bytes()).unwrap();
        });
        SocketAddr::from(([0, 0, 0, 0], port))
    }

    #[test]
    fn a_process_that_is_ready_is_healthy() {
        health(answers("HTTP/1.1 200 OK\r\n\r\n{\"ready\":true}")).unwrap();
    }

    #[test]
    fn one_that_is_not_ready_is_not_healthy_and_its_reasons_are_shown() {
        let answer = "HTTP/1.1 503 Service Unavailable\r\n\r\n{\"ready\":false}";
        let error = health(answers(answer)).unwrap_err();
        assert_eq!(error.to_string(), "not ready: {\"ready\":false}");
    }

    #[test]
    fn where_nothing_listens_nothing_is_healthy() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        let error = health(address).unwrap_err();
        assert_eq!(error.to_string(), format!("nothing answers on {address}"));
    }
}

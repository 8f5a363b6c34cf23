//! Makes servers lose what they said they would keep.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;

use thumbnailify_test_servers::Server;

fn connect(server: &Server) -> BufReader<TcpStream> {
    let url = server.url();
    let (_, address) = url.split_once("://").unwrap();
    BufReader::new(TcpStream::connect(address).unwrap())
}

fn line(connection: &mut BufReader<TcpStream>) -> String {
    let mut line = String::new();
    connection.read_line(&mut line).unwrap();
    line
}

/// Asks NATS for something, and returns its answer.
fn ask(nats: &Server, subject: &str, body: &str) -> String {
    let mut connection = connect(nats);
    assert!(line(&mut connection).starts_with("INFO"));
    let length = body.len();
    let asked = format!(
        "CONNECT {{\"verbose\":false}}\r\nSUB answer 1\r\nPUB {subject} answer {length}\r\n{body}\r\n"
    );
    connection.get_mut().write_all(asked.as_bytes()).unwrap();
    assert!(line(&mut connection).starts_with("MSG answer"));
    line(&mut connection)
}

/// The queue forgets every message.
pub(crate) fn queue_loses_all(nats: &Server) {
    let answer = ask(nats, "$JS.API.STREAM.PURGE.TN_JOBS", "");
    assert!(answer.contains("\"success\":true"), "{answer}");
}

/// The queue hands out a job once more that was done with: it has forgotten its acknowledgement, and that it knew it.
pub(crate) fn queue_repeats(nats: &Server, media_id: &str) {
    let job = format!(
        "{{\"media_id\":\"{media_id}\",\"media_type\":\"image/png\",\"bytes\":1,\"sha256\":\"\",\"epoch\":1}}"
    );
    let answer = ask(nats, "tn.job.image.png", &job);
    assert!(answer.contains("\"stream\":\"TN_JOBS\""), "{answer}");
}

/// The status store forgets every record.
pub(crate) fn statuses_lose_all(redis: &Server) {
    let mut connection = connect(redis);
    connection.get_mut().write_all(b"FLUSHALL\r\n").unwrap();
    assert_eq!(line(&mut connection), "+OK\r\n");
}

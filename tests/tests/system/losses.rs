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

/// The queue forgets every message.
pub(crate) fn queue_loses_all(nats: &Server) {
    let mut connection = connect(nats);
    assert!(line(&mut connection).starts_with("INFO"));
    let purge = "CONNECT {\"verbose\":false}\r\nSUB answer 1\r\n\
        PUB $JS.API.STREAM.PURGE.TN_JOBS answer 0\r\n\r\n";
    connection.get_mut().write_all(purge.as_bytes()).unwrap();
    assert!(line(&mut connection).starts_with("MSG answer"));
    let answer = line(&mut connection);
    assert!(answer.contains("\"success\":true"), "{answer}");
}

/// The status store forgets every record.
pub(crate) fn statuses_lose_all(redis: &Server) {
    let mut connection = connect(redis);
    connection.get_mut().write_all(b"FLUSHALL\r\n").unwrap();
    assert_eq!(line(&mut connection), "+OK\r\n");
}

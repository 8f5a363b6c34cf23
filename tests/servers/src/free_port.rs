use std::hash::{BuildHasher, RandomState};
use std::net::TcpListener;

/// Below the range from which Linux takes the ports of outgoing connections, so that a port stays free
/// while its server is down.
const FIRST_PORT: u16 = 20_000;
const PORT_COUNT: u64 = 12_000;

/// Finds a port of the loopback address that nobody listens on.
pub(crate) fn free_port() -> u16 {
    std::iter::repeat_with(random_port)
        .find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .unwrap_or_default()
}

fn random_port() -> u16 {
    let random = RandomState::new().hash_one(0) % PORT_COUNT;
    FIRST_PORT + u16::try_from(random).unwrap_or_default()
}

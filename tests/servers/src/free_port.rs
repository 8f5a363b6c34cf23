use std::hash::{BuildHasher, RandomState};
use std::net::TcpListener;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// Below the range from which Linux takes the ports of outgoing connections, so that a port stays free
/// while its server is down.
const FIRST_PORT: u16 = 20_000;
const PORT_COUNT: u64 = 12_000;

/// Counts the ports that were given out, from a place where another process hardly starts.
static NEXT: LazyLock<AtomicU64> =
    LazyLock::new(|| AtomicU64::new(RandomState::new().hash_one(0) % PORT_COUNT));

/// Finds a port of the loopback address that nobody listens on.
///
/// One after the other, so that no two servers of this process get the same: neither while they start, nor while
/// one of them is down.
pub(crate) fn free_port() -> u16 {
    std::iter::repeat_with(next_port)
        .find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .unwrap_or_default()
}

fn next_port() -> u16 {
    let nth = NEXT.fetch_add(1, Ordering::Relaxed) % PORT_COUNT;
    FIRST_PORT + u16::try_from(nth).unwrap_or_default()
}

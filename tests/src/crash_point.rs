use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use rustix::process::{Signal, getpid, kill_process};
use thumbnailify_core::watch_crash_points;

/// Where the process dies, as the name of a crash point, or `NAME:N` for the N-th time that it comes by.
pub const CRASH_AT: &str = "CRASH_AT";

static PLACE: OnceLock<Place> = OnceLock::new();

struct Place {
    name: String,
    /// How often the process may still come by.
    left: AtomicU32,
}

/// Lets the process kill itself as SIGKILL would, at the place that the variable [`CRASH_AT`] names.
///
/// # Panics
/// It names how often in no number.
pub fn heed_crash_point() {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the program under test, and no setting of it"
    )]
    let Ok(place) = std::env::var(CRASH_AT) else {
        return;
    };
    let (name, nth) = place.split_once(':').unwrap_or((&place, "1"));
    let nth: u32 = nth.parse().unwrap();
    PLACE.get_or_init(|| Place {
        name: name.to_owned(),
        left: AtomicU32::new(nth),
    });
    watch_crash_points(come_by);
}

fn come_by(name: &str) {
    let place = PLACE.get().filter(|place| place.name == name);
    if place.is_some_and(|place| place.left.fetch_sub(1, Ordering::Relaxed) == 1) {
        kill_process(getpid(), Signal::KILL).unwrap();
        // The other threads end with this one; until then it does nothing more.
        loop {
            std::thread::park();
        }
    }
}

use std::thread;
use std::time::Instant;

use tokio::sync::mpsc::{self, UnboundedReceiver};

use super::{Arrival, Plan};

/// Announces each arrival at its time, from a thread that does nothing else.
///
/// The timers of the runtime wake up to a millisecond late, which would hide what a fast answer takes.
/// The channel has no bound, but the plan has: a late reader makes arrivals late and drops none.
pub(super) fn pace(plan: &Plan, start: Instant) -> UnboundedReceiver<Arrival> {
    let (sender, receiver) = mpsc::unbounded_channel();
    let offsets = plan.offsets();
    thread::spawn(move || {
        for (index, offset) in (0..).zip(offsets) {
            let planned = start + offset;
            wait_until(planned);
            if sender.send(Arrival { index, planned }).is_err() {
                return;
            }
        }
    });
    receiver
}

#[expect(
    clippy::disallowed_methods,
    reason = "the plan says for how long, and nothing else is waited for"
)]
fn wait_until(time: Instant) {
    let left = time.saturating_duration_since(Instant::now());
    if !left.is_zero() {
        thread::sleep(left);
    }
}

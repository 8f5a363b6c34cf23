//! When load arrives, and that it does arrive then.

mod closed_loop;
mod interrupt;
mod load;
mod open_loop;
mod pacer;
mod plan;
mod random;

use std::time::Instant;

pub use closed_loop::closed_loop;
pub use interrupt::Interrupt;
pub use load::Load;
pub use open_loop::open_loop;
pub use plan::{Arrivals, Plan};
pub use random::Random;

/// One start of a journey.
#[derive(Clone, Copy, Debug)]
pub struct Arrival {
    /// Which one it is, from 0.
    pub index: u64,
    /// When it is to start. Latencies count from here.
    pub planned: Instant,
}

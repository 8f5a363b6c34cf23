use std::fmt;
use std::time::Duration;

use anyhow::{Result, ensure};

use super::{Arrival, Arrivals, Interrupt, Plan, closed_loop, open_loop};
use crate::tally::SharedTally;

/// How journeys are set off.
#[derive(Clone, Debug)]
pub enum Load {
    /// At planned times, whatever becomes of those before.
    Open {
        /// The times.
        plan: Plan,
        /// How many journeys may be on their way.
        in_flight: usize,
    },
    /// By users of whom each waits for the end of one journey before the next.
    Closed {
        /// How many users there are.
        users: usize,
        /// For how long they start journeys.
        time: Duration,
        /// How many journeys there are at most.
        count: u64,
    },
}

impl Load {
    /// Checks the numbers.
    ///
    /// # Errors
    /// The first one that cannot be used, by the name of its option.
    pub fn validate(&self) -> Result<()> {
        match self {
            Self::Open { plan, in_flight } => {
                ensure!(*in_flight > 0, "--in-flight must be at least 1");
                plan.validate()
            }
            Self::Closed { users, count, .. } => {
                ensure!(*users > 0, "--closed must be at least 1");
                ensure!(*count > 0, "--count must be at least 1");
                Ok(())
            }
        }
    }

    /// Sets off the journeys, and returns when all have ended.
    ///
    /// # Errors
    /// A journey panicked.
    pub async fn drive<J>(
        &self,
        tally: &SharedTally,
        interrupt: &Interrupt,
        journey: impl Fn(Arrival) -> J + Clone + Send + 'static,
    ) -> Result<()>
    where
        J: Future<Output = ()> + Send + 'static,
    {
        match self {
            Self::Open { plan, in_flight } => {
                open_loop(plan, *in_flight, tally, interrupt, journey).await
            }
            Self::Closed { users, time, count } => {
                closed_loop(*users, *time, *count, tally, interrupt, journey).await
            }
        }
    }
}

impl fmt::Display for Load {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Open { plan, in_flight } => {
                let spread = match plan.arrivals {
                    Arrivals::Constant => "constant",
                    Arrivals::Poisson => "Poisson",
                };
                let rate = plan.rate;
                write!(
                    formatter,
                    "open loop, {rate:.1}/s {spread}, at most {in_flight} in flight"
                )
            }
            Self::Closed { users, .. } => write!(formatter, "closed loop, {users} users"),
        }
    }
}

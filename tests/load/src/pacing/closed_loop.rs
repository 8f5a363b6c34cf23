use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use tokio::task::JoinSet;

use super::{Arrival, Interrupt};
use crate::tally::SharedTally;

/// Lets `users` make one journey after the other, until the time or the count is over.
///
/// A user who waits plans nothing, so the latencies leave out what a stalled server does to those who would
/// have come meanwhile. It is here for comparison with tools that work so, and for measuring cost.
///
/// # Errors
/// A journey panicked.
pub async fn closed_loop<J>(
    users: usize,
    time: Duration,
    count: u64,
    tally: &SharedTally,
    interrupt: &Interrupt,
    journey: impl Fn(Arrival) -> J + Clone + Send + 'static,
) -> Result<()>
where
    J: Future<Output = ()> + Send + 'static,
{
    let next = Arc::new(AtomicU64::new(0));
    let end = Instant::now() + time;
    let mut loops = JoinSet::new();
    for _ in 0..users {
        let (next, tally) = (Arc::clone(&next), tally.clone());
        let (interrupt, journey) = (interrupt.clone(), journey.clone());
        loops.spawn(async move {
            while Instant::now() < end && !interrupt.is_raised() {
                let index = next.fetch_add(1, Ordering::Relaxed);
                if index >= count {
                    return;
                }
                begin(&tally);
                journey(Arrival {
                    index,
                    planned: Instant::now(),
                })
                .await;
            }
        });
    }
    while let Some(ended) = loops.join_next().await {
        ended.context("a journey broke down")?;
    }
    Ok(())
}

fn begin(tally: &SharedTally) {
    let mut tally = tally.lock();
    tally.planned += 1;
    tally.started += 1;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_users_share_the_count() {
        let tally = SharedTally::default();
        let minute = Duration::from_mins(1);
        closed_loop(3, minute, 10, &tally, &Interrupt::default(), |_| async {})
            .await
            .unwrap();
        assert_eq!(tally.lock().started, 10);
    }
}

use std::pin::pin;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;

use super::pacer::pace;
use super::{Arrival, Interrupt, Plan};
use crate::tally::{Failure, Kind, Operation, SharedTally};

/// Starts a journey at each planned time, whether those before it have ended or not, and returns when all
/// have ended.
///
/// An arrival that finds `in_flight` journeys on their way is not started and not put off: it is counted
/// as a failure.
///
/// # Errors
/// A journey panicked.
pub async fn open_loop<J>(
    plan: &Plan,
    in_flight: usize,
    tally: &SharedTally,
    interrupt: &Interrupt,
    journey: impl Fn(Arrival) -> J,
) -> Result<()>
where
    J: Future<Output = ()> + Send + 'static,
{
    let seats = Arc::new(Semaphore::new(in_flight));
    let mut arrivals = pace(plan, Instant::now());
    let mut raised = pin!(interrupt.raised());
    let mut journeys = JoinSet::new();
    loop {
        let arrival = tokio::select! {
            arrival = arrivals.recv() => arrival,
            () = &mut raised => None,
        };
        let Some(arrival) = arrival else { break };
        if let Some(seat) = take_seat(&seats, tally, &arrival) {
            journeys.spawn(seated(seat, journey(arrival)));
        }
        while let Some(ended) = journeys.try_join_next() {
            ended.context("a journey broke down")?;
        }
    }
    while let Some(ended) = journeys.join_next().await {
        ended.context("a journey broke down")?;
    }
    Ok(())
}

/// A seat for the arrival, unless all are taken. Counts it either way.
fn take_seat(
    seats: &Arc<Semaphore>,
    tally: &SharedTally,
    arrival: &Arrival,
) -> Option<OwnedSemaphorePermit> {
    let mut tally = tally.lock();
    tally.planned += 1;
    let Ok(seat) = Arc::clone(seats).try_acquire_owned() else {
        tally.failed(Failure {
            operation: Operation::Start,
            kind: Kind::TooManyInFlight,
        });
        return None;
    };
    tally.started += 1;
    tally.took(Operation::Start, arrival.planned.elapsed());
    Some(seat)
}

async fn seated(seat: OwnedSemaphorePermit, journey: impl Future<Output = ()>) {
    journey.await;
    drop(seat);
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::pacing::Arrivals;

    fn plan(count: u64) -> Plan {
        Plan {
            rate: 200.0,
            arrivals: Arrivals::Constant,
            seconds: 60.0,
            count,
            seed: 0,
        }
    }

    /// Journeys that all wait for the last one.
    async fn wait_for_all(count: u64) -> SharedTally {
        let tally = SharedTally::default();
        let last = Interrupt::default();
        let journey = |arrival: Arrival| {
            let (tally, last) = (tally.clone(), last.clone());
            let is_last = arrival.index + 1 == count;
            async move {
                if is_last {
                    last.raise();
                }
                last.raised().await;
                tally
                    .lock()
                    .took(Operation::Whole, arrival.planned.elapsed());
            }
        };
        let interrupt = Interrupt::default();
        open_loop(&plan(count), 100, &tally, &interrupt, journey)
            .await
            .unwrap();
        tally
    }

    #[tokio::test]
    async fn a_journey_that_hangs_holds_up_no_other_and_counts_from_its_planned_start() {
        let tally = wait_for_all(41).await;
        let tally = tally.lock();
        assert_eq!((tally.planned, tally.started), (41, 41));
        // 40 intervals of 5 ms lie between the first arrival and the last, which ends them all.
        let whole = tally.latencies(Operation::Whole).unwrap();
        assert_eq!(whole.count(), 41);
        assert!(
            whole.max() >= Duration::from_millis(199),
            "{:?}",
            whole.max()
        );
        assert!(
            whole.at(0.5) >= Duration::from_millis(99),
            "{:?}",
            whole.at(0.5)
        );
    }

    #[tokio::test]
    async fn an_arrival_beyond_the_cap_is_a_failure_and_is_not_put_off() {
        let tally = SharedTally::default();
        let interrupt = Interrupt::default();
        let released = Interrupt::default();
        let journey = |_| {
            let released = released.clone();
            async move { released.raised().await }
        };
        let plan = plan(10);
        let run = open_loop(&plan, 3, &tally, &interrupt, journey);
        let release = async {
            while tally.lock().planned < 10 {
                tokio::task::yield_now().await;
            }
            released.raise();
        };
        let (ended, ()) = tokio::join!(run, release);
        ended.unwrap();
        let tally = tally.lock();
        assert_eq!((tally.planned, tally.started), (10, 3));
        assert_eq!(tally.failures_of(Kind::TooManyInFlight), 7);
    }

    #[tokio::test]
    async fn an_interrupt_starts_no_more() {
        let (tally, interrupt) = (SharedTally::default(), Interrupt::default());
        let raise = interrupt.clone();
        let journey = move |_| {
            let raise = raise.clone();
            async move { raise.raise() }
        };
        let plan = plan(u64::MAX);
        open_loop(&plan, 10, &tally, &interrupt, journey)
            .await
            .unwrap();
        assert!(tally.lock().started < 1_000);
    }
}

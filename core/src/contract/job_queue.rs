use std::collections::HashSet;
use std::time::{Duration, Instant};

use futures::future::join_all;
use tokio::time::timeout;

use super::sample::job;
use super::wait::{ends, eventually, never};
use crate::{Delivery, Depth, Error, Job, JobQueue, Published};

/// Runs the rules of [`JobQueue`] on an empty queue whose deliveries are leased for `lease`, which
/// should be about a second: some rules wait for it.
pub async fn job_queue(queue: &dyn JobQueue, lease: Duration) {
    queue.check().await.unwrap();
    a_published_job_is_handed_out_unchanged(queue).await;
    a_waiting_pull_gets_the_next_job(queue).await;
    a_repeat_adds_nothing_while_the_job_is_queued(queue, lease).await;
    each_job_has_one_holder_among_many(queue).await;
    a_lapsed_lease_brings_the_job_back(queue, lease).await;
    progress_keeps_the_lease(queue, lease).await;
    a_job_given_back_comes_no_sooner_than_asked(queue, lease).await;
    a_late_ack_does_no_harm(queue).await;
    a_dropped_pull_loses_nothing(queue).await;
    an_acknowledged_job_is_gone(queue, lease).await;
    the_depth_counts_what_waits_and_what_is_leased(queue).await;
    only_the_first_handing_over_tells_how_long_the_job_waited(queue).await;
}

/// Checks that an empty queue that holds `capacity` jobs refuses one more, and takes it when there is room.
pub async fn full_job_queue(queue: &dyn JobQueue, capacity: usize) {
    for _ in 0..capacity {
        publish(queue).await;
    }
    let refused = job();
    let answer = queue.publish(&refused).await;
    assert!(matches!(answer, Err(Error::QueueFull)), "{answer:?}");
    pull(queue).await.ack().await.unwrap();
    assert_eq!(queue.publish(&refused).await.unwrap(), Published::Stored);
}

async fn a_published_job_is_handed_out_unchanged(queue: &dyn JobQueue) {
    let published = publish(queue).await;
    let delivery = pull(queue).await;
    assert_eq!(*delivery.job(), published);
    assert_eq!(delivery.attempt(), 1);
    delivery.ack().await.unwrap();
}

async fn a_waiting_pull_gets_the_next_job(queue: &dyn JobQueue) {
    let (delivery, published) = tokio::join!(pull(queue), publish(queue));
    assert_eq!(*delivery.job(), published);
    delivery.ack().await.unwrap();
}

async fn a_repeat_adds_nothing_while_the_job_is_queued(queue: &dyn JobQueue, lease: Duration) {
    let first = publish(queue).await;
    assert_eq!(queue.publish(&first).await.unwrap(), Published::Duplicate);
    let delivery = pull(queue).await;
    assert_eq!(queue.publish(&first).await.unwrap(), Published::Duplicate);
    never("a repeat was added", lease / 2, pull(queue)).await;
    delivery.ack().await.unwrap();

    let again = Job { epoch: 2, ..first };
    assert_eq!(queue.publish(&again).await.unwrap(), Published::Stored);
    let delivery = pull(queue).await;
    assert_eq!(*delivery.job(), again);
    delivery.ack().await.unwrap();
}

async fn each_job_has_one_holder_among_many(queue: &dyn JobQueue) {
    const JOBS: usize = 40;
    let pulls = join_all((0..JOBS).map(|_| pull(queue)));
    let publishes = join_all((0..JOBS).map(|_| publish(queue)));
    let (deliveries, published) = tokio::join!(pulls, publishes);
    let held: HashSet<_> = deliveries.iter().map(|held| held.job().media_id).collect();
    let expected: HashSet<_> = published.iter().map(|job| job.media_id).collect();
    assert_eq!(held, expected);
    for delivery in deliveries {
        delivery.ack().await.unwrap();
    }
}

async fn a_lapsed_lease_brings_the_job_back(queue: &dyn JobQueue, lease: Duration) {
    let published = publish(queue).await;
    drop(pull(queue).await);
    let leased_at = Instant::now();
    let delivery = pull(queue).await;
    assert_eq!(*delivery.job(), published);
    assert_lapsed(leased_at, lease);
    delivery.ack().await.unwrap();
}

async fn progress_keeps_the_lease(queue: &dyn JobQueue, lease: Duration) {
    publish(queue).await;
    let delivery = pull(queue).await;
    for _ in 0..4 {
        never("handed out while in progress", lease / 2, pull(queue)).await;
        delivery.progress().await.unwrap();
    }
    delivery.ack().await.unwrap();
}

async fn a_job_given_back_comes_no_sooner_than_asked(queue: &dyn JobQueue, lease: Duration) {
    let published = publish(queue).await;
    let delivery = pull(queue).await;
    delivery.nak(Duration::ZERO).await.unwrap();

    // The delay is longer than the lease, to see that it is the delay that counts.
    let (delivery, delay) = (pull(queue).await, lease * 3 / 2);
    assert_eq!(*delivery.job(), published);
    let given_back_at = Instant::now();
    delivery.nak(delay).await.unwrap();
    let delivery = pull(queue).await;
    assert_eq!(*delivery.job(), published);
    assert_lapsed(given_back_at, delay);
    delivery.ack().await.unwrap();
}

async fn a_late_ack_does_no_harm(queue: &dyn JobQueue) {
    publish(queue).await;
    let late = pull(queue).await;
    let holder = pull(queue).await;
    late.ack().await.unwrap();
    holder.progress().await.unwrap();
    holder.ack().await.unwrap();
}

async fn a_dropped_pull_loses_nothing(queue: &dyn JobQueue) {
    const JOBS: u32 = 10;
    let mut missing = HashSet::new();
    for round in 0..JOBS {
        let given_up = timeout(Duration::from_micros(200) * round, queue.pull());
        let (pulled, published) = tokio::join!(given_up, publish(queue));
        missing.insert(published.media_id);
        // A delivery that is dropped comes back as well.
        drop(pulled);
    }
    while !missing.is_empty() {
        let delivery = pull(queue).await;
        missing.remove(&delivery.job().media_id);
        delivery.ack().await.unwrap();
    }
}

async fn an_acknowledged_job_is_gone(queue: &dyn JobQueue, lease: Duration) {
    publish(queue).await;
    pull(queue).await.ack().await.unwrap();
    never("handed out after its ack", lease * 3 / 2, pull(queue)).await;
}

async fn the_depth_counts_what_waits_and_what_is_leased(queue: &dyn JobQueue) {
    depth_becomes(queue, 0, 0).await;
    publish(queue).await;
    publish(queue).await;
    depth_becomes(queue, 2, 0).await;
    let first = pull(queue).await;
    depth_becomes(queue, 1, 1).await;
    let second = pull(queue).await;
    depth_becomes(queue, 0, 2).await;
    first.ack().await.unwrap();
    depth_becomes(queue, 0, 1).await;
    second.ack().await.unwrap();
    depth_becomes(queue, 0, 0).await;
}

/// A server may count a little later than it answers.
async fn depth_becomes(queue: &dyn JobQueue, waiting: u64, leased: u64) {
    let expected = Depth { waiting, leased };
    eventually(&format!("{expected:?}"), async || {
        (queue.depth().await.unwrap() == expected).then_some(())
    })
    .await;
}

async fn only_the_first_handing_over_tells_how_long_the_job_waited(queue: &dyn JobQueue) {
    let published_at = Instant::now();
    publish(queue).await;
    let pause = Duration::from_millis(50);
    never("two jobs for one", pause, std::future::pending::<()>()).await;
    let delivery = pull(queue).await;
    let waited = delivery.waited().unwrap();
    // The clocks of both sides are that of one machine here, read to the millisecond.
    let longest = published_at.elapsed() + Duration::from_millis(2);
    assert!((pause / 2..=longest).contains(&waited), "{waited:?}");
    delivery.nak(Duration::ZERO).await.unwrap();
    let delivery = pull(queue).await;
    assert_eq!(delivery.waited(), None);
    delivery.ack().await.unwrap();
}

async fn publish(queue: &dyn JobQueue) -> Job {
    let job = job();
    assert_eq!(queue.publish(&job).await.unwrap(), Published::Stored);
    job
}

async fn pull(queue: &dyn JobQueue) -> Box<dyn Delivery> {
    ends("a pull", queue.pull()).await.unwrap()
}

/// Servers may round a time, and the lease began a little before its answer arrived.
fn assert_lapsed(since: Instant, expected: Duration) {
    let elapsed = since.elapsed();
    assert!(
        elapsed >= expected * 9 / 10,
        "back after {elapsed:?}, not {expected:?}"
    );
}

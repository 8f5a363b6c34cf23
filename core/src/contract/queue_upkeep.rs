use std::time::{Duration, Instant};

use super::sample::job;
use super::wait::{ends, eventually, never};
use crate::{Job, JobQueue, Published, QueueUpkeep};

/// Runs the rules of [`QueueUpkeep`] on an empty queue.
pub async fn queue_upkeep(queue: &dyn JobQueue, upkeep: &dyn QueueUpkeep) {
    the_oldest_job_has_an_age_until_it_is_gone(queue, upkeep).await;
    no_job_that_is_still_wanted_is_removed(queue, upkeep).await;
}

async fn the_oldest_job_has_an_age_until_it_is_gone(
    queue: &dyn JobQueue,
    upkeep: &dyn QueueUpkeep,
) {
    queue.check().await.unwrap();
    assert_eq!(upkeep.oldest().await.unwrap(), None);
    let published_at = Instant::now();
    publish(queue).await;
    let pause = Duration::from_millis(50);
    never("nothing", pause, std::future::pending::<()>()).await;
    let younger_at = Instant::now();
    publish(queue).await;
    let first = ends("a pull", queue.pull()).await.unwrap();
    let age = upkeep.oldest().await.unwrap().unwrap();
    // Both clocks are those of one machine here, read to the millisecond.
    let longest = published_at.elapsed() + Duration::from_millis(2);
    assert!(
        (pause / 2..=longest).contains(&age),
        "with a holder: {age:?}"
    );
    first.ack().await.unwrap();
    eventually("the younger one to be the oldest", async || {
        let age = upkeep.oldest().await.unwrap().unwrap();
        (age <= younger_at.elapsed() + Duration::from_millis(2)).then_some(())
    })
    .await;
    let second = ends("a pull", queue.pull()).await.unwrap();
    second.ack().await.unwrap();
    eventually("an empty queue", async || {
        upkeep.oldest().await.unwrap().is_none().then_some(())
    })
    .await;
}

async fn no_job_that_is_still_wanted_is_removed(queue: &dyn JobQueue, upkeep: &dyn QueueUpkeep) {
    let look = async || {
        for _ in 0..3 {
            assert_eq!(upkeep.remove_ghosts().await.unwrap(), 0);
        }
    };
    look().await;
    for _ in 0..4 {
        publish(queue).await;
    }
    look().await;
    let done = ends("a pull", queue.pull()).await.unwrap();
    done.ack().await.unwrap();
    let held = ends("a pull", queue.pull()).await.unwrap();
    let given_back = ends("a pull", queue.pull()).await.unwrap();
    given_back.nak(Duration::from_millis(100)).await.unwrap();
    look().await;
    held.ack().await.unwrap();
    for _ in 0..2 {
        let delivery = ends("a pull", queue.pull()).await.unwrap();
        delivery.ack().await.unwrap();
    }
    look().await;
}

async fn publish(queue: &dyn JobQueue) -> Job {
    let job = job();
    assert_eq!(queue.publish(&job).await.unwrap(), Published::Stored);
    job
}

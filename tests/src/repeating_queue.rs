use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use thumbnailify_core::{Delivery, Depth, Job, JobQueue, Published, Result};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};

/// How much later than the first a delivery is repeated. Most jobs of tests are over by then.
const LATE: Duration = Duration::from_millis(300);

/// A queue that delivers everything again at once, again late, and again after the acknowledgement, as a
/// server may that was killed, fell over, or waited in vain for an answer.
///
/// The first delivery of each job is that of the queue below; the others are copies, of which that one
/// knows nothing. What is given back comes again, a copy too.
#[derive(Debug)]
pub(crate) struct RepeatingQueue {
    below: Arc<dyn JobQueue>,
    copies: Arc<Copies>,
    /// Pulls from the queue below for which a copy came first. They go on, and the next pull has them.
    pulls: Arc<Mutex<Vec<Pull>>>,
}

type Pull = JoinHandle<Result<Box<dyn Delivery>>>;

impl RepeatingQueue {
    pub(crate) fn over(below: Arc<dyn JobQueue>) -> Self {
        Self {
            below,
            copies: Arc::default(),
            pulls: Arc::default(),
        }
    }

    /// What was delivered once and is to come again.
    pub(crate) fn copies(&self) -> Arc<Copies> {
        Arc::clone(&self.copies)
    }

    fn pull_below(&self) -> PullBelow {
        let begun = self.pulls.lock().unwrap().pop();
        let pull = begun.unwrap_or_else(|| {
            let below = Arc::clone(&self.below);
            tokio::spawn(async move { below.pull().await })
        });
        PullBelow {
            pull: Some(pull),
            pulls: Arc::clone(&self.pulls),
        }
    }
}

#[async_trait]
impl JobQueue for RepeatingQueue {
    async fn publish(&self, job: &Job) -> Result<Published> {
        self.below.publish(job).await
    }

    async fn pull(&self) -> Result<Box<dyn Delivery>> {
        let mut pull = self.pull_below();
        let delivery = tokio::select! {
            copy = self.copies.next() => return Ok(Box::new(copy)),
            delivery = pull.ended() => delivery?,
        };
        let (job, attempt) = (delivery.job().clone(), delivery.attempt());
        self.copies.add(&job, attempt, Duration::ZERO);
        self.copies.add(&job, attempt, LATE);
        Ok(Box::new(Original {
            delivery,
            copies: Arc::clone(&self.copies),
        }))
    }

    async fn depth(&self) -> Result<Depth> {
        self.below.depth().await
    }

    async fn check(&self) -> Result<()> {
        self.below.check().await
    }
}

/// A pull from the queue below, which is kept for the next one when it is dropped before its end.
struct PullBelow {
    pull: Option<Pull>,
    pulls: Arc<Mutex<Vec<Pull>>>,
}

impl PullBelow {
    async fn ended(&mut self) -> Result<Box<dyn Delivery>> {
        let ended = self.pull.as_mut().unwrap().await;
        self.pull = None;
        ended.unwrap()
    }
}

impl Drop for PullBelow {
    fn drop(&mut self) {
        self.pulls.lock().unwrap().extend(self.pull.take());
    }
}

/// Deliveries that are still to be made, each with its time.
#[derive(Debug, Default)]
pub(crate) struct Copies {
    waiting: Mutex<Vec<(Instant, Job, u64)>>,
    added: Notify,
    acknowledged: AtomicUsize,
}

impl Copies {
    /// How many copies were acknowledged.
    pub(crate) fn acknowledged(&self) -> usize {
        self.acknowledged.load(Ordering::Relaxed)
    }

    fn add(&self, job: &Job, attempt: u64, delay: Duration) {
        let copy = (Instant::now() + delay, job.clone(), attempt);
        self.waiting.lock().unwrap().push(copy);
        self.added.notify_waiters();
    }

    async fn next(self: &Arc<Self>) -> Copy {
        loop {
            let added = self.added.notified();
            let Some(due_at) = self.first_due() else {
                added.await;
                continue;
            };
            if due_at <= Instant::now()
                && let Some(copy) = self.take(due_at)
            {
                return copy;
            }
            tokio::select! {
                () = sleep_until(due_at) => {}
                () = added => {}
            }
        }
    }

    fn first_due(&self) -> Option<Instant> {
        let waiting = self.waiting.lock().unwrap();
        waiting.iter().map(|(due_at, ..)| *due_at).min()
    }

    /// `None` where another was quicker.
    fn take(self: &Arc<Self>, due_at: Instant) -> Option<Copy> {
        let mut waiting = self.waiting.lock().unwrap();
        let place = waiting.iter().position(|(at, ..)| *at == due_at)?;
        let (_, job, attempt) = waiting.swap_remove(place);
        Some(Copy {
            job,
            attempt,
            copies: Arc::clone(self),
        })
    }
}

/// The delivery of the queue below.
#[derive(Debug)]
struct Original {
    delivery: Box<dyn Delivery>,
    copies: Arc<Copies>,
}

#[async_trait]
impl Delivery for Original {
    fn job(&self) -> &Job {
        self.delivery.job()
    }

    fn attempt(&self) -> u64 {
        self.delivery.attempt()
    }

    fn waited(&self) -> Option<Duration> {
        self.delivery.waited()
    }

    async fn progress(&self) -> Result<()> {
        self.delivery.progress().await
    }

    async fn ack(self: Box<Self>) -> Result<()> {
        let (job, attempt) = (self.job().clone(), self.attempt());
        self.delivery.ack().await?;
        self.copies.add(&job, attempt, Duration::ZERO);
        Ok(())
    }

    async fn nak(self: Box<Self>, delay: Duration) -> Result<()> {
        self.delivery.nak(delay).await
    }
}

/// A delivery of which the queue below knows nothing.
#[derive(Debug)]
struct Copy {
    job: Job,
    attempt: u64,
    copies: Arc<Copies>,
}

#[async_trait]
impl Delivery for Copy {
    fn job(&self) -> &Job {
        &self.job
    }

    fn attempt(&self) -> u64 {
        self.attempt
    }

    fn waited(&self) -> Option<Duration> {
        None
    }

    async fn progress(&self) -> Result<()> {
        Ok(())
    }

    async fn ack(self: Box<Self>) -> Result<()> {
        self.copies.acknowledged.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    async fn nak(self: Box<Self>, delay: Duration) -> Result<()> {
        self.copies.add(&self.job, self.attempt + 1, delay);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use thumbnailify::Settings;
    use thumbnailify_core::{MediaId, ThumbnailOptions, Trace};

    use super::*;

    fn job() -> Job {
        Job {
            media_id: MediaId::random(),
            media_type: "image/png".parse().unwrap(),
            bytes: 7,
            sha256: "00".repeat(32),
            epoch: 1,
            options: ThumbnailOptions::default(),
            trace: Trace::default(),
        }
    }

    #[tokio::test]
    async fn a_job_comes_again_at_once_and_late_and_after_its_acknowledgement() {
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings {
            data: folder.path().join("data"),
            ..Settings::default()
        };
        let ports = thumbnailify::ports(&settings).await.unwrap();
        let (queue, job) = (RepeatingQueue::over(ports.queue), job());
        queue.publish(&job).await.unwrap();
        let first = queue.pull().await.unwrap();
        let at_once = queue.pull().await.unwrap();
        let late = queue.pull().await.unwrap();
        let deliveries = [&first, &at_once, &late];
        assert!(deliveries.iter().all(|delivery| delivery.job() == &job));
        first.ack().await.unwrap();
        let depth = queue.depth().await.unwrap();
        assert_eq!((depth.waiting, depth.leased), (0, 0));
        let after = queue.pull().await.unwrap();
        assert_eq!(after.job(), &job);
        after.nak(Duration::ZERO).await.unwrap();
        assert_eq!(queue.pull().await.unwrap().job(), &job);
    }
}

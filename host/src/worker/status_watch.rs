use std::sync::Arc;
use std::time::Duration;

use thumbnailify_core::{Delivery, Result, StatusStore};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::Worker;
use super::attempt::Attempt;
use super::job::chain;
use super::outcome::{Outcome, Recorded};

/// How often the status store is looked at. A look takes a second at most, so an outage and its end are known
/// after two.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Knows whether the status store can be used: while it cannot, no slot takes a job whose claim would fail.
#[derive(Clone, Debug)]
pub(super) struct StatusWatch {
    is_up: Arc<watch::Sender<bool>>,
}

impl StatusWatch {
    pub(super) fn new() -> Self {
        Self {
            is_up: Arc::new(watch::Sender::new(true)),
        }
    }

    /// Looks again and again until told to stop. One line in the log for each outage and for its end.
    pub(super) async fn look(self, store: Arc<dyn StatusStore>, stop: CancellationToken) {
        let mut was_up = true;
        while !stop.is_cancelled() {
            let looked = store.check().await;
            match &looked {
                Ok(()) if !was_up => tracing::info!("jobs are taken again"),
                Err(error) if was_up => {
                    tracing::warn!(error = chain(error), "no jobs are taken for now");
                }
                _ => {}
            }
            was_up = looked.is_ok();
            self.is_up.send_replace(was_up);
            let _stopped_early = tokio::time::timeout(LOOK_EVERY, stop.cancelled()).await;
        }
    }

    /// Notes that a call failed. The next look shows whether it was more than that.
    pub(super) fn suspect(&self) {
        self.is_up.send_replace(false);
    }

    /// Waits until the store can be used.
    pub(super) async fn up(&self) {
        self.becomes(true).await;
    }

    /// Waits until it cannot.
    pub(super) async fn down(&self) {
        self.becomes(false).await;
    }

    async fn becomes(&self, wanted: bool) {
        let mut is_up = self.is_up.subscribe();
        // The sender lives as long as this.
        is_up.wait_for(|is_up| *is_up == wanted).await.ok();
    }
}

impl Worker {
    /// Records an outcome, if need be after an outage: it is kept, and the job with it, until the status store is
    /// back or the worker must end. Nobody else can claim the medium meanwhile.
    pub(super) async fn record_in_the_end(
        &self,
        attempt: &Attempt<'_>,
        delivery: &dyn Delivery,
        outcome: Outcome,
    ) -> Result<Recorded> {
        loop {
            match self.record(attempt, outcome.clone()).await {
                Err(error) if error.is_transient() && !self.interrupt.is_cancelled() => {
                    tracing::warn!(
                        error = chain(&error),
                        "the outcome is kept until it can be recorded"
                    );
                }
                recorded => return recorded,
            }
            self.status_watch.suspect();
            self.until_up_or_interrupted(delivery).await;
        }
    }

    /// Keeps the job meanwhile. That it cannot be kept is no reason to throw the outcome away.
    async fn until_up_or_interrupted(&self, delivery: &dyn Delivery) {
        let mut beats = tokio::time::interval(self.config.lease() / 3);
        loop {
            tokio::select! {
                biased;
                () = self.interrupt.cancelled() => return,
                () = self.status_watch.up() => return,
                _ = beats.tick() => drop(delivery.progress().await),
            }
        }
    }
}

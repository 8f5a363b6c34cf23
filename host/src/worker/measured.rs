use std::time::{Duration, Instant};

use thumbnailify_core::{Cost, FaultKind};

use super::outcome::Outcome;
use crate::picture::Size;
use crate::{Failure, Made, Ran};

/// What is learnt of an attempt on its way, for the log and the metrics.
#[derive(Debug)]
pub(super) struct Measured {
    pub(super) started: Instant,
    pub(super) stages: Stages,
    /// The handler that is to make the thumbnail, once it is found.
    pub(super) handler: Option<String>,
    /// What the sandbox took, where one ran.
    pub(super) cost: Option<Cost>,
    pub(super) fault: Option<FaultKind>,
    /// The size of the source.
    pub(super) size: Option<Size>,
    pub(super) code: Option<u16>,
    /// Why there is no thumbnail.
    pub(super) reason: Option<String>,
}

/// How long each stage took that the attempt got to.
#[derive(Debug, Default)]
pub(super) struct Stages {
    /// In the queue, before the first attempt.
    pub(super) queue_wait: Option<Duration>,
    /// Opening and reading the upload.
    pub(super) read: Option<Duration>,
    /// In the handler.
    pub(super) sandbox: Option<Duration>,
    /// Resizing and encoding.
    pub(super) finish: Option<Duration>,
    /// Storing the thumbnail and recording the outcome.
    pub(super) store: Option<Duration>,
}

impl Measured {
    pub(super) fn begin(queue_wait: Option<Duration>) -> Self {
        Self {
            started: Instant::now(),
            stages: Stages {
                queue_wait,
                ..Stages::default()
            },
            handler: None,
            cost: None,
            fault: None,
            size: None,
            code: None,
            reason: None,
        }
    }

    pub(super) fn note_made(&mut self, made: &Made) {
        self.note_ran(&made.ran);
        self.stages.finish = Some(made.ran.times.finish);
        self.size = Some(made.source_size);
    }

    pub(super) fn note_failure(&mut self, failure: &Failure) {
        self.fault = failure.fault;
        if let Some(ran) = &failure.ran {
            self.note_ran(ran);
        }
    }

    fn note_ran(&mut self, ran: &Ran) {
        add(&mut self.stages.read, ran.times.read);
        self.stages.sandbox = Some(ran.times.sandbox);
        self.cost = Some(ran.cost.clone());
    }

    pub(super) fn note_opened(&mut self, duration: Duration) {
        add(&mut self.stages.read, duration);
    }

    pub(super) fn note_stored(&mut self, duration: Duration) {
        add(&mut self.stages.store, duration);
    }

    pub(super) fn note_outcome(&mut self, outcome: &Outcome) {
        match outcome {
            Outcome::Failed {
                code,
                message,
                fault,
                ..
            } => {
                self.code = Some(*code);
                self.fault = *fault;
                self.reason = Some(message.clone());
            }
            Outcome::GivenUp(given_up) => {
                self.code = Some(given_up.code);
                self.fault = given_up.fault;
                self.reason = Some(given_up.message.clone());
            }
            Outcome::Retry {
                message: reason, ..
            }
            | Outcome::Postponed { reason, .. } => {
                self.reason = Some(reason.clone());
            }
            Outcome::Completed { .. } | Outcome::Interrupted => {}
        }
    }
}

fn add(sum: &mut Option<Duration>, duration: Duration) {
    *sum = Some(sum.unwrap_or_default().saturating_add(duration));
}

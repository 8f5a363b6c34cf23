use serde::{Deserialize, Serialize};

use crate::{FaultKind, HandlerIdentity, Job, MediaId, Transition};

/// A job that was given up although its upload may be good: what is known of it, for whoever looks into it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct DeadLetter {
    /// The job as the queue had it.
    pub job: Job,
    /// How many attempts were begun.
    pub attempts: u32,
    /// Why it was given up, in one sentence for people.
    pub reason: String,
    /// How the handler went wrong, where it was the handler's fault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<FaultKind>,
    /// Which handler was run last, where one was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handler: Option<HandlerIdentity>,
    /// The worker that gave it up.
    pub worker: String,
    /// When that was, in milliseconds since 1970 (UTC), by the worker's clock.
    pub at_ms: u64,
    /// The history of the medium up to then.
    #[serde(default)]
    pub history: Vec<Transition>,
}

impl DeadLetter {
    /// The medium.
    #[must_use]
    pub fn media_id(&self) -> MediaId {
        self.job.media_id
    }
}

use serde::{Deserialize, Serialize};

use crate::{Phase, Service, State};

/// One write of a status, as the history keeps it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Transition {
    /// The version that the status had from then on.
    pub version: u64,
    /// When it was, in milliseconds since 1970 (UTC).
    pub at_ms: u64,
    /// Which part of the system wrote.
    pub service: Service,
    /// Which worker, where it was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worker: Option<String>,
    /// Where the medium stood from then on.
    pub state: State,
    /// The finer step.
    pub phase: Phase,
    /// The epoch of the job.
    pub epoch: u32,
    /// How many attempts were begun in that epoch.
    pub attempts: u32,
    /// Why, where that does not go without saying. Cut to [`Self::MAX_REASON_CHARS`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Transition {
    /// How many transitions of a medium are kept: the last ones. A budget of five attempts takes eleven.
    pub const KEPT: usize = 32;

    /// How much is kept of a reason.
    pub const MAX_REASON_CHARS: usize = 200;
}

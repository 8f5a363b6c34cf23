use std::io;

use wasmtime::Trap;

use super::guest::Guest;
use crate::Limits;

/// How the message of the runtime begins when an answer outgrows the budget; it has no type of its own.
/// A test with a guest that answers too much guards the wording.
const HOSTCALL_FUEL_SPENT: &str = "fuel allocated for hostcalls has been exhausted";

/// Why a call of a guest ended without its answer.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// It took longer than its deadline.
    #[error("the handler ran out of time")]
    TimedOut,
    /// The host wanted it to stop.
    #[error("the handler was stopped by the host")]
    Cancelled,
    /// It asked for more memory than it may have.
    #[error("the handler ran out of memory")]
    OutOfMemory,
    /// It called for the upload's bytes too often.
    #[error("the handler read too often")]
    TooManyReads,
    /// It read more of the upload's bytes than it may.
    #[error("the handler read too much")]
    TooMuchRead,
    /// It answered with more than the host takes.
    #[error("the handler's answer is too large")]
    AnswerTooLarge,
    /// Its calls were nested too deeply.
    #[error("the handler overflowed its stack")]
    StackOverflow,
    /// It panicked or did something that Wasm forbids.
    #[error("the handler crashed: {0}")]
    Trapped(String),
    /// The host had no memory left for it: a fault of the host's side.
    #[error("there was no memory left for the handler")]
    HostMemory,
    /// The upload could not be read: a fault of the host's side.
    #[error("the upload could not be read")]
    Source(#[source] io::Error),
}

impl Fault {
    /// Finds out what stands behind the runtime's error.
    pub(super) fn classify(error: wasmtime::Error, guest: &Guest) -> Self {
        let error = match error.downcast::<Self>() {
            Ok(fault) => return fault,
            Err(error) => error,
        };
        let trap = error.downcast_ref::<Trap>();
        if trap == Some(&Trap::StackOverflow) {
            Self::StackOverflow
        } else if trap.is_none() && format!("{error:#}").contains(HOSTCALL_FUEL_SPENT) {
            Self::AnswerTooLarge
        } else if guest.memory.refused() {
            Self::OutOfMemory
        } else if guest.memory.host_failed() {
            Self::HostMemory
        } else {
            let cause = || error.root_cause().to_string();
            Self::Trapped(guest.last_words().unwrap_or_else(cause))
        }
    }

    /// Says what happened, with the budget that was too small and the setting that raises it.
    #[must_use]
    pub fn message(&self, limits: &Limits) -> String {
        let budget = match self {
            Self::TimedOut => format!("{} ms (limits.deadline_ms)", limits.deadline_ms),
            Self::OutOfMemory => format!("{} MiB (limits.memory_mib)", limits.memory_mib),
            Self::TooManyReads => format!("{} calls (limits.read_calls)", limits.read_calls),
            Self::TooMuchRead => format!("{} MiB (limits.read_mib)", limits.read_mib),
            Self::AnswerTooLarge => format!("{} MiB (limits.raster_mib)", limits.raster_mib),
            Self::Cancelled
            | Self::StackOverflow
            | Self::Trapped(_)
            | Self::HostMemory
            | Self::Source(_) => {
                return self.to_string();
            }
        };
        format!("{self}: its budget is {budget}")
    }
}

use std::io;

use thumbnailify_core::FaultKind;
use wasmtime::{Trap, WasmBacktrace};

use super::guest::Guest;
use crate::Limits;

/// How the message of the runtime begins when an answer outgrows the budget; it has no type of its own.
/// A test with a guest that answers too much guards the wording.
const HOSTCALL_FUEL_SPENT: &str = "fuel allocated for hostcalls has been exhausted";

/// How the message of the runtime begins when a guest has more memories, tables or instances than it may.
const OVER_OUR_LIMITS: &str = "resource limit exceeded";

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
    /// It ended itself, with a message where it gave one.
    #[error("the handler crashed: {0}")]
    Panicked(String),
    /// It did something that Wasm forbids.
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
        let trap = error.downcast_ref::<Trap>().copied();
        if trap == Some(Trap::StackOverflow) {
            Self::StackOverflow
        } else if trap.is_none() && format!("{error:#}").contains(HOSTCALL_FUEL_SPENT) {
            Self::AnswerTooLarge
        } else if guest.memory.refused() {
            Self::OutOfMemory
        } else if guest.memory.host_failed() {
            Self::HostMemory
        } else if trap == Some(Trap::MemoryOutOfBounds) && is_in_deep_recursion(&error) {
            Self::StackOverflow
        } else {
            Self::crash(trap, &error, guest)
        }
    }

    /// Finds out why an instance could not be made. What is no doing of the guest, such as a lack of address
    /// space, is a fault of the host.
    pub(super) fn at_start(error: wasmtime::Error, guest: &Guest) -> Self {
        let is_guests = error.is::<Self>()
            || error.is::<Trap>()
            || guest.memory.refused()
            || format!("{error:#}").contains(OVER_OUR_LIMITS);
        if is_guests {
            Self::classify(error, guest)
        } else {
            Self::HostMemory
        }
    }

    /// A guest that has run out of time because its upload was read slowly is not to blame for it.
    pub(super) fn unless_kept_waiting(self, guest: &Guest, limits: &Limits) -> Self {
        match self {
            Self::TimedOut if guest.reads.waited > limits.deadline() / 2 => {
                let slow = io::Error::new(io::ErrorKind::TimedOut, "it was read too slowly");
                Self::Source(slow)
            }
            fault => fault,
        }
    }

    fn crash(trap: Option<Trap>, error: &wasmtime::Error, guest: &Guest) -> Self {
        match guest.last_words() {
            Some(words) if trap == Some(Trap::UnreachableCodeReached) => Self::Panicked(words),
            Some(words) => Self::Trapped(words),
            None => Self::Trapped(error.root_cause().to_string()),
        }
    }

    /// How it is counted and shown. `None` where it is not the handler's doing.
    #[must_use]
    pub fn kind(&self) -> Option<FaultKind> {
        match self {
            Self::TimedOut => Some(FaultKind::TimedOut),
            Self::OutOfMemory => Some(FaultKind::OutOfMemory),
            Self::TooManyReads => Some(FaultKind::TooManyReads),
            Self::TooMuchRead => Some(FaultKind::TooMuchRead),
            Self::AnswerTooLarge => Some(FaultKind::AnswerTooLarge),
            Self::StackOverflow => Some(FaultKind::StackOverflow),
            Self::Panicked(_) => Some(FaultKind::Panicked),
            Self::Trapped(_) => Some(FaultKind::Trapped),
            Self::Cancelled | Self::HostMemory | Self::Source(_) => None,
        }
    }

    /// Says what happened to the handler of this name, with the budget that was too small and the setting
    /// that raises it.
    #[must_use]
    pub fn message(&self, handler: &str, limits: &Limits) -> String {
        let (budget, setting) = match self {
            Self::TimedOut => (format!("{} ms", limits.deadline_ms), "deadline_ms"),
            Self::OutOfMemory => (format!("{} MiB", limits.memory_mib), "memory_mib"),
            Self::TooManyReads => (format!("{} calls", limits.read_calls), "read_calls"),
            Self::TooMuchRead => (format!("{} MiB", limits.read_mib), "read_mib"),
            Self::AnswerTooLarge => (format!("{} MiB", limits.raster_mib), "raster_mib"),
            Self::Cancelled
            | Self::StackOverflow
            | Self::Panicked(_)
            | Self::Trapped(_)
            | Self::HostMemory
            | Self::Source(_) => return self.to_string(),
        };
        over_budget(&self.to_string(), &budget, handler, setting)
    }
}

/// Says which budget was too small, and the setting that raises it whatever else is set.
pub(crate) fn over_budget(problem: &str, budget: &str, handler: &str, setting: &str) -> String {
    format!("{problem}: its budget is {budget} (raise it with handler.{handler}.{setting})")
}

/// What fills the traced calls to so large a part counts as recursion.
const RECURSION_SHARE: usize = 4;
/// The runtime traces so many calls at most; fewer are no deep recursion.
const TRACED_CALLS: usize = 20;

/// Many compilers keep a stack of their own at the start of the memory. What outgrows it reaches below the
/// memory, which looks like any other stray access, but for the same calls again and again.
fn is_in_deep_recursion(error: &wasmtime::Error) -> bool {
    let Some(trace) = error.downcast_ref::<WasmBacktrace>() else {
        return false;
    };
    let calls: Vec<_> = trace
        .frames()
        .iter()
        .map(|frame| frame.func_index())
        .collect();
    let most = calls
        .iter()
        .map(|call| calls.iter().filter(|other| *other == call).count())
        .max();
    calls.len() >= TRACED_CALLS && most.is_some_and(|most| most >= calls.len() / RECURSION_SHARE)
}
